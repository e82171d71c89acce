"""Plain documents (what JSON or YAML gives) read into typed dataclasses, with every fault named by its path."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

SHOWN_LENGTH_MAX = 60
NUMBER_AS_TEXT = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a document: where (`limits.steps.0.step`) and what."""

    path: str
    detail: str


class DocumentInvalid(ValueError):
    """A document that breaks its promise; `faults` names everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the faults, and name them all in the message."""
        super().__init__("; ".join(f"{each.path}: {each.detail}" if each.path else each.detail for each in faults))
        self.faults = faults


def refuse(faults: Iterable[Fault | str]) -> None:
    """Raise DocumentInvalid naming all faults there are; their paths begin at what is being made, a text at itself."""
    found = [each if isinstance(each, Fault) else Fault("", each) for each in faults]
    if found:
        raise DocumentInvalid(found)


def read_document(
    kind: Any, document: object, path: str, faults: list[Fault], parts: dict[str, object] | None = None
) -> Any:
    """The value of type `kind` in `document`; what does not fit is added to `faults` and read as None.

    `parts` is given every dataclass that could be made, by its path: also those within what could not.
    """
    return _Reading(faults, {} if parts is None else parts).read(kind, document, path)


def joined(path: str, name: str) -> str:
    """The path of a part of what stands at a path."""
    return f"{path}.{name}" if path and name else path or name


def shown(value: object) -> str:
    """A value as a fault tells it: not more of it than a reader needs."""
    text = repr(value)
    return text if len(text) <= SHOWN_LENGTH_MAX else f"{text[:SHOWN_LENGTH_MAX]}..."


@dataclass(frozen=True, slots=True)
class _Reading:
    """One document being read: the faults and the dataclasses found so far."""

    faults: list[Fault]
    parts: dict[str, object] = field(default_factory=dict)

    def read(self, kind: Any, document: object, path: str) -> Any:
        """The value of type `kind`, None with a fault where it does not fit."""
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return self._optional(kind, document, path)
        if kind is object:
            return self._any(document, path)
        if is_dataclass(kind):
            return self._dataclass(kind, document, path)
        if origin is tuple:
            return self._tuple(get_args(kind)[0], document, path)
        if origin in (dict, Mapping):
            return self._mapping(get_args(kind), document, path)
        try:
            return _scalar(kind, document)
        except (ValueError, InvalidOperation):
            return self._fault(path, f"{shown(document)} is not {_name_of(kind)}")

    def _fault(self, path: str, detail: str) -> Any:
        """Add a fault; gives None, as which what does not fit is read."""
        self.faults.append(Fault(path, detail))
        return None

    def _optional(self, kind: Any, document: object, path: str) -> Any:
        """A value that may be None, of the one other type the union names."""
        if document is None:
            return None
        (present,) = (each for each in get_args(kind) if each is not NoneType)
        return self.read(present, document, path)

    def _dataclass(self, kind: Any, document: object, path: str) -> Any:
        """A dataclass from a mapping; unknown, missing and unfit fields are faults."""
        if not isinstance(document, Mapping):
            return self._fault(path, "is not a mapping")
        shape = shape_of(kind)
        before = len(self.faults)
        for name in document:
            if name not in shape:
                self._fault(joined(path, str(name)), "is not known here")
        values = {}
        for name, (hint, each) in shape.items():
            if name in document:
                values[name] = self.read(hint, document[name], joined(path, name))
            elif is_required(each):
                self._fault(joined(path, name), "is missing")
        if len(self.faults) > before:
            return None
        try:
            self.parts[path] = kind(**values)
        except DocumentInvalid as invalid:
            self.faults.extend(Fault(joined(path, each.path), each.detail) for each in invalid.faults)
        except (ValueError, ArithmeticError) as fault:
            self._fault(path, str(fault))
        return self.parts.get(path)

    def _tuple(self, kind: Any, document: object, path: str) -> Any:
        """A tuple from a list, each member read as the same type."""
        if not isinstance(document, list | tuple):
            return self._fault(path, "is not a list")
        return tuple(self.read(kind, each, joined(path, str(index))) for index, each in enumerate(document))

    def _mapping(self, kinds: tuple[Any, ...], document: object, path: str) -> Any:
        """A mapping with keys and values of one type each."""
        key_kind, kind = kinds
        if not isinstance(document, Mapping):
            return self._fault(path, "is not a mapping")
        values = {}
        for key, each in document.items():
            here = joined(path, str(key))
            values[self.read(key_kind, key, here)] = self.read(kind, each, here)
        return values

    def _any(self, document: object, path: str) -> Any:
        """A number, text, true or false, or a list of these; of which kind they must be is for the reader to say."""
        if isinstance(document, list | tuple):
            return tuple(self._plain(each, joined(path, str(index))) for index, each in enumerate(document))
        return None if document is None else self._plain(document, path)

    def _plain(self, document: object, path: str) -> Any:
        """A number, text, true or false."""
        if isinstance(document, str | bool):
            return document
        try:
            return _decimal(document)
        except (ValueError, InvalidOperation):
            return self._fault(path, f"{shown(document)} is not a number, a text, true or false")


@cache
def shape_of(kind: Any) -> dict[str, tuple[Any, "Field[Any]"]]:
    """The fields a dataclass is made from, by name, with their resolved types."""
    hints = get_type_hints(kind)
    return {each.name: (hints[each.name], each) for each in fields(kind) if each.init}


def is_required(each: "Field[Any]") -> bool:
    """Whether a field must be given: it has no default."""
    return each.default is MISSING and each.default_factory is MISSING


def _scalar(kind: Any, document: object) -> Any:
    """One plain value; raises ValueError when it is of another type."""
    if get_origin(kind) is Literal:
        if isinstance(document, str) and document in get_args(kind):
            return document
    elif kind is Decimal:
        return _decimal(document)
    elif kind is date:
        if isinstance(document, str):
            return date.fromisoformat(document)
        if type(document) is date:
            return document
    elif type(document) is kind:
        return document
    raise ValueError


def _decimal(document: object) -> Decimal:
    """A finite decimal from a number or its text; raises ValueError on anything else."""
    # YAML gives floats: their shortest text is what the author wrote, so nothing is lost by way of text.
    if isinstance(document, bool) or not isinstance(document, str | int | float | Decimal):
        raise ValueError
    if isinstance(document, str) and not re.fullmatch(NUMBER_AS_TEXT, document):
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
