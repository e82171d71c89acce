"""One document, one text: the canonical JSON that decisions are kept in, compared by and digested from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, cast

from scoring.documents import DocumentInvalid, Fault, read_document
from scoring.facts import CheckFacts

_PLAIN = (str, int, bool, type(None))


def canonical_json(document: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; decimals and dates as text. Raises ValueError on NaN and infinity."""
    return _encoder.encode(document).encode()


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def facts_document(facts: CheckFacts) -> dict[str, Any]:
    """The facts as a plain document of text, whole numbers, booleans, lists and mappings."""
    return cast(dict[str, Any], plain(facts))


def facts_from_document(document: Mapping[str, Any]) -> CheckFacts:
    """The facts a document was made from. Raises DocumentInvalid, naming every fault."""
    faults: list[Fault] = []
    facts = read_document(CheckFacts, document, "", faults)
    if faults:
        raise DocumentInvalid(faults)
    return cast(CheckFacts, facts)


def plain(value: Any) -> Any:
    """A value without types of ours: dataclasses as mappings, tuples as lists, decimals and dates as text.

    Fields with the metadata `stored: False` are left out, those with `stored: "if_any"` when they are None or hold
    nothing; a zero is something.
    """
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or kind is list:
        return [plain(each) for each in value]
    if kind is dict:
        return {key: plain(each) for key, each in value.items()}
    if kind is Decimal or kind is date:
        return _as_text(value)
    names = _field_names(kind)
    if names is None:
        return _as_text(value)
    always, if_any = names
    document = {name: plain(getattr(value, name)) for name in always}
    if if_any:
        document |= {name: plain(each) for name in if_any if (each := getattr(value, name)) is not None and each != ()}
    return document


@cache
def _field_names(kind: Any) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The fields of a dataclass that are stored, always and if there is anything in them; None for any other type."""
    if not is_dataclass(kind):
        return None
    stored = {each.name: each.metadata.get("stored", True) for each in fields(kind)}
    return tuple(name for name in stored if stored[name] is True), tuple(
        name for name in stored if stored[name] == "if_any"
    )


def _as_text(value: object) -> str:
    """The text of a decimal, a date or an enumerated word; raises when it has none."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} has no canonical text")
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical text")


_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_text
)
