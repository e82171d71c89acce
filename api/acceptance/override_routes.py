"""HTTP of overrides."""

from typing import Any

from flask import Response

from api.acceptance.override_schemas import OverrideSchema, OverridesPageSchema, OverridesQuery
from api.acceptance.overrides import overrides_page
from api.web.blueprint import Blueprint
from api.web.lists import list_answer
from api.web.permissions import permission
from api.wiring import wiring

blueprint = Blueprint("overrides", __name__, description="Where persons decided otherwise than the machine.")


@blueprint.route("/overrides", methods=["GET"])
@permission("override.read")
@blueprint.arguments(OverridesQuery, location="query")
@blueprint.response(200, OverridesPageSchema)
def list_overrides(query: dict[str, Any]) -> Response:
    """List verdicts that differ from the machine's decision, the newest first, with what became of the debtor since."""
    given = wiring()
    with given.transaction() as session:
        items, next_cursor, beside = overrides_page(session, query, given)
        return list_answer(OverrideSchema, items, next_cursor, beside)
