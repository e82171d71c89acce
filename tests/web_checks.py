"""Holds answers to their documentation, for the tests of every room."""

from typing import Any

import jsonschema_rs
from flask import Flask
from werkzeug.test import TestResponse

from api.web.openapi import document


def assert_documented(app: Flask, method: str, path_template: str, status: int, body: Any) -> None:
    """Fail unless `body` is what the API's description says this route answers with this status.

    `path_template` is written as in the description: `/v1/keys/{key_id}/revocations`.
    """
    described = document(app)
    answer = described["paths"][path_template][method.lower()]["responses"][str(status)]
    if "$ref" in answer:
        answer = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = next(iter(answer["content"].values()))["schema"]
    # What goes out has every field that is documented as required and none that is not documented at all.
    validator = jsonschema_rs.Draft202012Validator(
        {**schema, "components": {"schemas": _closed(described["components"]["schemas"])}}, validate_formats=True
    )
    faults = [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(body)]
    assert not faults, "\n".join(faults)


def assert_problem(app: Flask, answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Fail unless the answer is a problem of this status and code, in the documented form; gives its body."""
    assert (answer.status_code, answer.json.get("code")) == (status, code), answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Trace-Id"] == answer.json["trace_id"]
    schemas = document(app)["components"]["schemas"]
    problem = {"$ref": "#/components/schemas/Problem", "components": {"schemas": _closed(schemas)}}
    jsonschema_rs.Draft202012Validator(problem).validate(answer.json)
    return dict(answer.json)


def _closed(schemas: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"additionalProperties": False, **schema} if schema.get("type") == "object" else schema
        for name, schema in schemas.items()
    }
