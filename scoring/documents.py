"""Plain documents (what JSON or YAML gives) read into typed dataclasses, with every fault named by its path."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a document: where (`limits.steps.0.step`) and what."""

    path: str
    detail: str


class DocumentInvalid(ValueError):
    """A document that breaks its promise; `faults` names everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the faults, and name them all in the message."""
        super().__init__("; ".join(f"{fault.path}: {fault.detail}" for fault in faults))
        self.faults = faults


def read_document(kind: Any, document: object, path: str, faults: list[Fault]) -> Any:
    """The value of type `kind` in `document`; what does not fit is added to `faults` and read as None."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _read_optional(kind, document, path, faults)
    if kind is object:
        return _read_any(document, path, faults)
    if is_dataclass(kind):
        return _read_dataclass(kind, document, path, faults)
    if origin is tuple:
        return _read_tuple(get_args(kind)[0], document, path, faults)
    if origin in (dict, Mapping):
        key_kind, value_kind = get_args(kind)
        return _read_mapping(key_kind, value_kind, document, path, faults)
    try:
        return _read_scalar(kind, document)
    except (ValueError, InvalidOperation):
        faults.append(Fault(path, f"{document!r} is not {_name_of(kind)}"))
        return None


def _read_optional(kind: Any, document: object, path: str, faults: list[Fault]) -> Any:
    """A value that may be None, of the one other type the union names."""
    if document is None:
        return None
    (present,) = (each for each in get_args(kind) if each is not NoneType)
    return read_document(present, document, path, faults)


@cache
def _shape_of(kind: Any) -> dict[str, tuple[Any, "Field[Any]"]]:
    """The fields a dataclass is made from, by name, with their resolved types."""
    hints = get_type_hints(kind)
    return {each.name: (hints[each.name], each) for each in fields(kind) if each.init}


def _read_dataclass(kind: Any, document: object, path: str, faults: list[Fault]) -> Any:
    """A dataclass from a mapping; unknown, missing and unfit fields are faults."""
    if not isinstance(document, Mapping):
        faults.append(Fault(path, "is not a mapping"))
        return None
    shape = _shape_of(kind)
    before = len(faults)
    faults.extend(Fault(_join(path, name), "is not known here") for name in document if name not in shape)
    values = {}
    for name, (hint, each) in shape.items():
        if name in document:
            values[name] = read_document(hint, document[name], _join(path, name), faults)
        elif each.default is MISSING and each.default_factory is MISSING:
            faults.append(Fault(_join(path, name), "is missing"))
    if len(faults) > before:
        return None
    try:
        return kind(**values)
    except ValueError as fault:
        faults.append(Fault(path, str(fault)))
        return None


def _read_tuple(kind: Any, document: object, path: str, faults: list[Fault]) -> Any:
    """A tuple from a list, each member read as the same type."""
    if not isinstance(document, list | tuple):
        faults.append(Fault(path, "is not a list"))
        return None
    return tuple(read_document(kind, each, _join(path, str(index)), faults) for index, each in enumerate(document))


def _read_mapping(key_kind: Any, kind: Any, document: object, path: str, faults: list[Fault]) -> Any:
    """A mapping with keys and values of one type each."""
    if not isinstance(document, Mapping):
        faults.append(Fault(path, "is not a mapping"))
        return None
    return {
        read_document(key_kind, key, _join(path, str(key)), faults): read_document(
            kind, each, _join(path, str(key)), faults
        )
        for key, each in document.items()
    }


def _read_scalar(kind: Any, document: object) -> Any:
    """One plain value; raises ValueError when it is of another type."""
    if get_origin(kind) is Literal:
        if document in get_args(kind):
            return document
    elif kind is Decimal:
        return _read_decimal(document)
    elif kind is date:
        if isinstance(document, str):
            return date.fromisoformat(document)
        if type(document) is date:
            return document
    elif type(document) is kind:
        return document
    raise ValueError


def _read_any(document: object, path: str, faults: list[Fault]) -> Any:
    """A number, text, true or false, or a list of these; of which kind they must be is for the reader to say."""
    if isinstance(document, list | tuple):
        return tuple(_read_any(each, _join(path, str(index)), faults) for index, each in enumerate(document))
    if document is None or isinstance(document, str | bool):
        return document
    try:
        return _read_decimal(document)
    except (ValueError, InvalidOperation):
        faults.append(Fault(path, "is not a number, a text, true, false or a list of these"))
        return None


def _read_decimal(document: object) -> Decimal:
    """A finite decimal from a number or its text; raises ValueError on anything else."""
    # YAML gives floats: their shortest text is what the author wrote, so nothing is lost by way of text.
    if isinstance(document, bool) or not isinstance(document, str | int | float | Decimal):
        raise ValueError
    number = Decimal(str(document))
    if not number.is_finite():
        raise ValueError
    return number


def _name_of(kind: Any) -> str:
    """What a type is called in a fault."""
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(str(each) for each in get_args(kind))
    return {Decimal: "a number", int: "a whole number", bool: "true or false", str: "text", date: "a date"}[kind]


def _join(path: str, name: str) -> str:
    """The path of a part of what stands at a path."""
    return f"{path}.{name}" if path else name
