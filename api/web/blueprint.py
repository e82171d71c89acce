"""The blueprint every room makes: reads bodies our way, and documents what every route shares."""

from collections.abc import Callable
from typing import Any

import flask_smorest
from flask import Flask

from api.web.bodies import Parser
from api.web.permissions import PUBLIC, permission_of

PROBLEMS_OF_ALL = (500, 503)
PROBLEMS_OF_GUARDED = (401, 403, 422, 429)
BODY_METHODS = ("post", "put", "patch")
PROBLEMS_OF_BODIES = (400, 404, 413, 415)  # A body may name a debtor that is not there.
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same key and request give the first answer again, for 24 hours; another request gives 409.",
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The `ETag` of the version you have read.",
}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Names this version, for `If-Match`."}}


class Blueprint(flask_smorest.Blueprint):
    """A room's routes, under `/v1`."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, *, url_prefix: str = "/v1", description: str = "") -> None:
        super().__init__(name, import_name, url_prefix=url_prefix, description=description)
        self._prepare_doc_cbks.append(self._document_shared)

    def arguments(self, schema: Any, *, location: str = "json", **options: Any) -> Callable[[Any], Any]:
        """Read the body or the query by a schema; it is made once, not with each request."""
        made = schema() if isinstance(schema, type) else schema
        mark = super().arguments(made, location=location, **options)

        def marked(view: Any) -> Any:
            read = mark(view)
            read.reads_query = location in ("query", "querystring") or getattr(view, "reads_query", False)
            return read

        return marked

    def problems(self, *statuses: int) -> Callable[[Any], Any]:
        """Document the problems, by HTTP status, that not every route has; 412 tells that it needs If-Match."""

        def marked(view: Any) -> Any:
            view._apidoc = {**getattr(view, "_apidoc", {}), "problems": statuses}
            return view

        return marked

    def headers(self, *documented: dict[str, Any]) -> Callable[[Any], Any]:
        """Document headers of a route's own, beside those that every route of its kind has."""

        def marked(view: Any) -> Any:
            view._apidoc = {**getattr(view, "_apidoc", {}), "headers": documented}
            return view

        return marked

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """Register a route, and note what its documentation cannot see: its name, its permission."""
        super().add_url_rule(rule, endpoint, view_func, *args, **options)
        name = self._endpoints[-1]
        for method, documented in self._docs[name].items():
            if method != "parameters":
                documented["route"] = {
                    "operation_id": name,
                    "permission": permission_of(view_func),
                    "names_one": "<" in rule,
                }

    def _document_shared(self, doc: dict[str, Any], info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
        is_public = info["route"]["permission"] == PUBLIC
        statuses = [*PROBLEMS_OF_ALL, *info.get("problems", ())]
        if is_public:
            doc["security"] = []
        else:
            statuses += PROBLEMS_OF_GUARDED
            doc["x-permission"] = info["route"]["permission"]
        if info["route"]["names_one"]:
            statuses.append(404)
        if method in BODY_METHODS:
            statuses += PROBLEMS_OF_BODIES
        if method == "post":
            statuses.append(409)
            doc.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        doc.setdefault("parameters", []).extend(info.get("headers", ()))
        if 412 in statuses:
            doc.setdefault("parameters", []).append(IF_MATCH)
        responses = doc.setdefault("responses", {})
        own = [int(status) for status in responses if int(status) >= 400]
        for status in {*statuses, *own}:
            responses.pop(status, None)
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        doc["responses"] = {str(status): responses[status] for status in sorted(responses, key=int)}
        doc["operationId"] = info["route"]["operation_id"]
        return doc


def refuse_foreign_blueprints(app: Flask) -> None:
    """Raise TypeError for a blueprint that would read bodies another way than ours."""
    for name, blueprint in app.blueprints.items():
        if not isinstance(blueprint, Blueprint):
            raise TypeError(f"the blueprint '{name}' must be made of api.web.blueprint.Blueprint")
