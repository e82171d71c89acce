"""Whether what a client sends is what the vendor's contract allows (OpenAPI 3 or Swagger 2, as stored in specs/)."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs
import yaml
from requests import PreparedRequest

SPECS = Path(__file__).parent / "specs"
CONVERT = {
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.get,
}


def assert_allowed(request: PreparedRequest, contract: str, address: str) -> None:
    """Fail unless path, method, query and body of a request below `address` are those of an operation."""
    spec = _spec(contract)
    url = urlsplit(request.url or "")
    path = url.path.removeprefix(urlsplit(address).path)
    template, operation = _operation(spec, path, str(request.method).lower())
    parameters = [_resolved(spec, each) for each in operation.get("parameters", [])]
    queried = {each["name"]: each for each in parameters if each["in"] == "query"}
    sent = parse_qsl(url.query, keep_blank_values=True)
    assert {name for name, _ in sent} <= set(queried), f"{template} takes no {sent}"
    assert {name for name, each in queried.items() if each.get("required")} <= {name for name, _ in sent}
    for name, value in sent:
        _assert_value(spec, queried[name], value)
    _assert_path(spec, template, path, parameters)
    _assert_body(spec, operation, parameters, request)


@cache
def _spec(contract: str) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = yaml.safe_load((SPECS / contract).read_text(encoding="utf-8"))
    return spec


def _operation(spec: Mapping[str, Any], path: str, method: str) -> tuple[str, Mapping[str, Any]]:
    for template, methods in spec["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method in methods:
            return template, methods[method]
    raise AssertionError(f"{method} {path} is not in the contract")


def _resolved(spec: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = spec
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def _assert_value(spec: Mapping[str, Any], parameter: Mapping[str, Any], text: str) -> None:
    schema = parameter.get("schema", {key: parameter[key] for key in ("type", "enum", "pattern") if key in parameter})
    if schema.get("type") == "array":
        schema = schema.get("items", {"type": "string"})
    convert: Any = CONVERT.get(schema.get("type", "string"), str)
    _assert_valid(spec, schema, convert(text), parameter["name"])


def _assert_path(spec: Mapping[str, Any], template: str, path: str, parameters: list[Mapping[str, Any]]) -> None:
    values = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
    assert values is not None
    for each in parameters:
        if each["in"] == "path":
            _assert_value(spec, each, values[each["name"]])


def _assert_body(
    spec: Mapping[str, Any], operation: Mapping[str, Any], parameters: list[Mapping[str, Any]], request: PreparedRequest
) -> None:
    schema = next((each["schema"] for each in parameters if each["in"] == "body"), None)
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
    if schema is None:
        assert not request.body
        return
    body = json.loads(request.body or "null")
    _assert_valid(spec, schema, body, "body")
    # These contracts leave objects open; a field that they do not name is a mistake of ours all the same.
    properties = _resolved(spec, schema).get("properties")
    assert properties is None or set(body) <= set(properties)


def _assert_valid(spec: Mapping[str, Any], schema: Mapping[str, Any], value: Any, name: str) -> None:
    whole = {**schema, "definitions": spec.get("definitions", {}), "components": spec.get("components", {})}
    faults = [fault.message for fault in jsonschema_rs.validator_for(whole).iter_errors(value)]
    assert not faults, f"{name}: {faults}"
