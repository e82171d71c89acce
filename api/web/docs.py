"""The description of the API, for machines and for people; everything comes from this very process."""

from pathlib import Path

from flask import Response, current_app, send_from_directory

from api.web.answers import json_answer
from api.web.blueprint import Blueprint
from api.web.openapi import document
from api.web.permissions import public

STATIC = Path(__file__).parent / "static"
# Swagger UI sets styles on its elements and shows its icons from data addresses; it needs no inline script.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

blueprint = Blueprint("docs", __name__, url_prefix="", description="This description.")


@blueprint.route("/openapi.json")
@blueprint.response(200, {"type": "object"})
@public
def read_description() -> Response:
    """Give this description."""
    return json_answer(document(current_app))


@blueprint.route("/docs")
@blueprint.response(200, {"type": "string"}, content_type="text/html")
@public
def read_docs() -> Response:
    """Show this description to people."""
    return _page("docs.html")


@blueprint.route("/docs/<string:name>")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@public
def read_docs_file(name: str) -> Response:
    """Give a file of the page that shows this description."""
    return _page(name)


def _page(name: str) -> Response:
    answer = send_from_directory(STATIC, name, max_age=3600)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
