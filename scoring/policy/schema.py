"""The JSON Schema (2020-12) of a policy document, from the dataclasses it is read into: for editors, to check by.

What it refuses is refused when a policy is read, too; reading refuses more, such as gaps and contradictions.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, is_dataclass
from datetime import date
from decimal import Decimal
from inspect import getdoc
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from scoring.countries import COUNTRIES
from scoring.documents import NUMBER_AS_TEXT, is_required, shape_of
from scoring.figures import FIGURES, NUMBERS
from scoring.policy.bounds import ENTRIES_MAX, MAY_BE_NEGATIVE, NUMBER_MAX, TEXT_LENGTH_MAX, is_share
from scoring.policy.checks import ENGINES
from scoring.policy.document import Policy
from scoring.reasons import REGISTRY

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCORED = sorted(name for name in NUMBERS if not name.startswith("result."))
# Texts of which there are only some, by where they stand: the dataclasses cannot name them.
_CHOICES: Mapping[tuple[str, str], list[str]] = {
    ("Policy", "engine"): list(ENGINES),
    ("Characteristic", "figure"): _SCORED,
    ("Characteristic", "reason"): sorted(REGISTRY),
    ("Condition", "field"): sorted(FIGURES),
    ("LimitsPolicy", "domestic_country"): sorted(COUNTRIES),
}
_PLAIN: dict[Any, dict[str, Any]] = {
    bool: {"type": "boolean"},
    str: {"type": "string", "maxLength": TEXT_LENGTH_MAX},
    date: {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"},
}
_VALUE = {"type": ["number", "string", "boolean"], "maxLength": TEXT_LENGTH_MAX}


def policy_schema() -> dict[str, Any]:
    """The schema, as a plain document."""
    sections: dict[str, Any] = {}
    _schema_of(Policy, "", sections)
    whole = sections.pop("Policy")
    return {"$schema": DIALECT, "title": "Policy of creditgate", **whole, "$defs": dict(sorted(sections.items()))}


def _schema_of(kind: Any, name: str, sections: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value of type `kind` that stands under `name`; dataclasses are added to `sections`."""
    origin, members = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (present,) = (each for each in members if each is not NoneType)
        return {"anyOf": [_schema_of(present, name, sections), {"type": "null"}]}
    if is_dataclass(kind):
        return _reference(kind, sections)
    if origin is tuple:
        return {"type": "array", "items": _schema_of(members[0], name, sections), "maxItems": ENTRIES_MAX}
    if origin is Mapping:
        key, value = members
        keys = {"propertyNames": {"enum": list(get_args(key))}} if get_origin(key) is Literal else {}
        described = _schema_of(value, "", sections)
        return {"type": "object", **keys, "additionalProperties": described, "maxProperties": ENTRIES_MAX}
    if origin is Literal:
        return {"enum": list(members)}
    if kind is object:
        return {"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "maxItems": ENTRIES_MAX}, {"type": "null"}]}
    if kind in (int, Decimal):
        return _number(kind, name)
    return dict(_PLAIN[kind])


def _reference(kind: Any, sections: dict[str, Any]) -> dict[str, Any]:
    """A reference to the schema of a dataclass, which is made the first time it is met."""
    title = kind.__name__
    if title not in sections:
        sections[title] = {}  # A condition is made of conditions.
        shape = shape_of(kind)
        sections[title] = {
            "description": getdoc(kind),
            "type": "object",
            "properties": {name: _field(title, name, *each, sections) for name, each in shape.items()},
            "required": [name for name, (_, each) in shape.items() if is_required(each)],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{title}"}


def _field(title: str, name: str, kind: Any, each: "Field[Any]", sections: dict[str, Any]) -> dict[str, Any]:
    """The schema of one field of a dataclass."""
    schema = _schema_of(kind, name, sections)
    choices = _CHOICES.get((title, name))
    if choices is not None:
        schema = {"enum": [*choices, *([None] if NoneType in get_args(kind) else [])]}
    if each.default is not MISSING and isinstance(each.default, str | int | bool | NoneType):
        schema["default"] = each.default
    return schema


def _number(kind: Any, name: str) -> dict[str, Any]:
    """The schema of a number that stands under `name`; one with decimals may be written as text."""
    most = 1 if is_share(name) else int(NUMBER_MAX)
    least = -int(NUMBER_MAX) if name in MAY_BE_NEGATIVE else 0
    if kind is int:
        return {"type": "integer", "minimum": least, "maximum": most}
    return {"type": ["number", "string"], "minimum": least, "maximum": most, "pattern": f"^{NUMBER_AS_TEXT}$"}
