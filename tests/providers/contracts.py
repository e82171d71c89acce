"""Whether a call is one that a vendor's contract knows: path, method, names and types of parameters, and body."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs
import orjson

SPECS = Path(__file__).parent / "specs"


class Contract:
    """The operations of a contract that we use, with references resolved; `address` is what stands before a path."""

    def __init__(self, file: str, address: str) -> None:
        self._paths: dict[str, dict[str, Any]] = orjson.loads((SPECS / file).read_bytes())["paths"]
        self._address = address

    def check(self, request: Any) -> str:
        """Raise for a call that the contract does not allow; gives the path that it answers to."""
        assert request.url.startswith(self._address)
        parts = urlsplit(request.url.removeprefix(self._address))
        path = self._path(parts.path)
        operation = self._paths[path][request.method.lower()]
        known = {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "query"}
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        assert asked.keys() <= known.keys(), f"{path} has no {asked.keys() - known.keys()}"
        assert {name for name, each in known.items() if each.get("required")} <= asked.keys()
        for name, text in asked.items():
            jsonschema_rs.validator_for(_plain(known[name]["schema"])).validate(_typed(text, known[name]["schema"]))
        if (body := operation.get("requestBody")) is not None:
            schema = _plain(body["content"]["application/json"]["schema"])
            jsonschema_rs.validator_for(schema).validate(orjson.loads(request.body))
        else:
            assert not request.body
        return path

    def _path(self, path: str) -> str:
        exact = [each for each in self._paths if each == path]
        having = exact or [each for each in self._paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each), path)]
        assert len(having) == 1, path
        return having[0]


def _typed(text: str, schema: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "boolean":
            return {"true": True, "false": False}[text]
        case _:
            return text


def _plain(schema: Any) -> Any:
    """The schema without what OpenAPI 3.0 adds to JSON Schema."""
    if isinstance(schema, dict):
        return {name: _plain(each) for name, each in schema.items() if name != "nullable"}
    return [_plain(each) for each in schema] if isinstance(schema, list) else schema
