"""HTTP of limits: the versions there are, and those that a person sets."""

from typing import Any
from uuid import UUID

from flask import Response

from api.acceptance.limit_schemas import (
    LimitsPageSchema,
    LimitsQuery,
    LimitVersionSchema,
    NewLimitSchema,
    NewTemporaryLimitSchema,
)
from api.acceptance.limits import LimitRequest, limits_page, set_limit
from api.web.answers import bytes_answer
from api.web.blueprint import Blueprint
from api.web.lists import list_answer
from api.web.permissions import permission
from api.wiring import wiring

blueprint = Blueprint("limits", __name__, description="Credit limits, as dated versions with author and grounds.")


@blueprint.route("/debtors/<uuid:debtor_id>/limits", methods=["GET"])
@permission("limit.read")
@blueprint.arguments(LimitsQuery, location="query")
@blueprint.response(200, LimitsPageSchema)
def list_limits(query: dict[str, Any], debtor_id: UUID) -> Response:
    """List the versions of a debtor's limits, the newest first, and tell which are in force on a day."""
    given = wiring()
    with given.transaction() as session:
        page = limits_page(session, debtor_id, query, given)
        return list_answer(LimitVersionSchema, page.items, page.next, page.beside)


@blueprint.route("/debtors/<uuid:debtor_id>/limits", methods=["POST"])
@permission("limit.decide")
@blueprint.arguments(NewLimitSchema)
@blueprint.response(201, LimitVersionSchema)
def create_limit(request: LimitRequest, debtor_id: UUID) -> Response:
    """Set a debtor's own limit, or that of its group, within one's authority."""
    return bytes_answer(set_limit(debtor_id, request, wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/temporary-limits", methods=["POST"])
@permission("limit.decide")
@blueprint.arguments(NewTemporaryLimitSchema)
@blueprint.response(201, LimitVersionSchema)
def create_temporary_limit(request: LimitRequest, debtor_id: UUID) -> Response:
    """Set a limit for some days, within one's authority; after them the standing one holds again."""
    return bytes_answer(set_limit(debtor_id, request, wiring()), 201)
