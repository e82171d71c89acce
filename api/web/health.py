"""Whether this process lives, and whether it can serve."""

from flask import Response, current_app
from marshmallow import fields
from sqlalchemy import text

from api import migrate
from api.problems import Unavailable
from api.web.answers import json_answer
from api.web.blueprint import Blueprint
from api.web.permissions import public
from api.web.schemas import Schema
from api.wiring import House

blueprint = Blueprint("health", __name__, url_prefix="", description="For load balancers and operators.")


class HealthSchema(Schema):
    """That it is well."""

    status = fields.String(required=True, metadata={"example": "ok"})


@blueprint.route("/healthz")
@blueprint.response(200, HealthSchema)
@public
def is_alive() -> Response:
    """Say that the process lives."""
    return json_answer({"status": "ok"})


@blueprint.route("/readyz")
@blueprint.response(200, HealthSchema)
@public
def is_ready() -> Response:
    """Say that the database answers and has the schema this program knows."""
    house: House = current_app.extensions["creditgate"]
    with house.sessions.engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = '2s'"))
        revision = migrate.current(connection)
    if revision != migrate.head():
        raise Unavailable("The database has another schema than this program; migrate it.", code="schema_behind")
    return json_answer({"status": "ok"})
