"""The API's own description (OpenAPI 3.1), written from the code; a check tells when the written one is behind."""

from pathlib import Path
from typing import Any

import flask_smorest
import yaml
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask

from api.web.problem_answers import CONTENT_TYPE, TITLES
from api.web.schemas import ProblemSchema

DESCRIPTION = """The gate between sales and receivables: whom to sell to on credit, how much, on which terms.

A refusal of credit is a normal answer with an `outcome`; an error is a request that cannot be answered."""
PROBLEM_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}},
    503: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}},
}


def _schema_name(schema: Any) -> str:
    name: str = resolve_schema_cls(schema).__name__  # type: ignore[union-attr]
    return name.removesuffix("Schema")


class Api(flask_smorest.Api):
    """flask-smorest without its error bodies: ours are problem+json, documented as such."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to `problem_answers`."""

    def _register_etag_headers(self) -> None:
        """Leave out what no route of ours uses."""

    def _register_pagination_header(self) -> None:
        """Leave out what no route of ours uses."""

    def _register_responses(self) -> None:
        for status, title in TITLES.items():
            self.spec.components.response(f"Problem{status}", _documented_problem(status, title))


def _documented_problem(status: int, title: str) -> dict[str, Any]:
    documented: dict[str, Any] = {"description": title, "content": {CONTENT_TYPE: {"schema": ProblemSchema}}}
    if status in PROBLEM_HEADERS:
        documented["headers"] = PROBLEM_HEADERS[status]
    return documented


def make_api(app: Flask) -> Api:
    """Add the API, and its description, to the app."""
    app.config.update(
        API_TITLE="creditgate",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION},
            "security": [{"bearer": []}],
        },
    )
    api = Api(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_schema_name)})
    api.spec.components.security_scheme(
        "bearer",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "A key `cg_<live|test>_<id>_<secret>`, or a token (JWT) of a registered issuer.",
        },
    )
    return api


def document(app: Flask) -> dict[str, Any]:
    """Give the description of this app."""
    described: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return described


def write(app: Flask, path: Path) -> None:
    """Write the description as YAML, the same for the same code."""
    path.write_text(_as_yaml(app), encoding="utf-8")


def check(app: Flask, path: Path) -> bool:
    """Say whether the written description is that of the code."""
    return path.is_file() and path.read_text(encoding="utf-8") == _as_yaml(app)


def _as_yaml(app: Flask) -> str:
    heading = "# Written from the code by `make openapi`; do not edit.\n"
    return heading + yaml.dump(document(app), sort_keys=True, allow_unicode=True, width=120, Dumper=_PlainDumper)


class _PlainDumper(yaml.SafeDumper):
    """Writes what stands in two places twice, rather than by an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
