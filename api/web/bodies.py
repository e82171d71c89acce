"""Reads what was sent: JSON without second meanings, and text that PostgreSQL can store."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Request, g, request
from marshmallow import RAISE, Schema, ValidationError
from marshmallow.fields import List
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from api.problems import BadInput, Fault
from api.web.faults import faults_of
from api.web.limits import whole_body

JSON_TYPES = ("application/json", "text/json")


class Unreadable(BadInput):
    """The body is not JSON at all."""

    code = "unreadable_body"


class _SecondMeaning(ValueError):
    """Two parsers would read this JSON differently."""


class Parser(FlaskParser):
    """Reads bodies and queries for `@blueprint.arguments`; every fault is named at once, unknown fields are refused."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(("json", "query", "querystring", "form", "files", "path"), RAISE)

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Give the body as plain values. Raises Unreadable, UnsupportedMediaType or BadInput."""
        return json_body()

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Give the query; a name that takes one value may not come twice."""
        _refuse_repeats(req.args, schema)
        return super().load_querystring(req, schema)

    def load_form(self, req: Request, schema: Schema) -> Any:
        """Give the form; a name that takes one value may not come twice."""
        _refuse_repeats(req.form, schema)
        return super().load_form(req, schema)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> Any:
        """Turn the library's messages into our faults."""
        messages = error.messages
        below = next(iter(messages.values())) if isinstance(messages, dict) and len(messages) == 1 else messages
        faults = list(faults_of(below))
        raise BadInput("What was sent breaks a rule; `errors` names every fault.", faults=faults) from error


def json_body() -> Any:
    """Give the body of this request as plain values, read once; without any body, `missing`."""
    if "json_body" not in g:
        g.json_body = _read_json()
    return g.json_body


def _read_json() -> Any:
    data = whole_body()
    if not data and not request.mimetype:
        return core.missing
    if request.mimetype not in JSON_TYPES and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    try:
        body = json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except _SecondMeaning as error:
        raise Unreadable(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON in UTF-8.") from error
    # Only an escape can bring in what JSON itself forbids, so that most bodies need no walk.
    faults = list(_unstorable(body, "")) if b"\\u" in data else []
    if faults:
        raise BadInput("Some text cannot be stored.", faults=faults)
    return body


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise _SecondMeaning("The body names a field twice in one object.")
    return read


def _refuse_constant(name: str) -> Any:
    raise _SecondMeaning(f"{name} is not JSON.")


def is_storable(text: str) -> bool:
    """Say whether PostgreSQL can store a text: it has no NUL, and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _unstorable(value: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(value, str):
        if not is_storable(value):
            yield Fault(pointer, "unstorable_character", "Must not hold NUL or half a surrogate pair.")
    elif isinstance(value, dict):
        for name, below in value.items():
            yield from _unstorable(name, pointer)
            yield from _unstorable(below, f"{pointer}/{name}")
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from _unstorable(below, f"{pointer}/{place}")


def _refuse_repeats(given: MultiDict[str, str], schema: Schema) -> None:
    lists = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, List)}
    faults = [
        Fault(f"/{name}", "repeated", "May be given once.")
        for name, values in given.lists()
        if len(values) > 1 and name not in lists
    ]
    if faults:
        raise BadInput("A name is given more than once.", faults=faults)


def refuse_unread_query(reads_query: bool) -> None:
    """Refuse query arguments, by name, on a route that takes none, and text that cannot be stored on any."""
    if not all(is_storable(text) for pair in request.args.items(multi=True) for text in pair):
        raise BadInput("The query holds a character that cannot be stored.", code="unstorable_character")
    if not is_storable(request.path):
        raise BadInput("The path holds a character that cannot be stored.", code="unstorable_character")
    if request.args and not reads_query:
        faults = [Fault(f"/{name}", "unknown_field", "Unknown field.") for name in request.args]
        raise BadInput("This route takes no query.", faults=faults)
