"""HTTP of finance's desk."""

from typing import Any
from uuid import UUID

from flask import Response

from api.acceptance.desk import desk_page
from api.acceptance.desk_schemas import ReferralSchema, ReferralsQuery, TakeSchema
from api.acceptance.desk_taking import release, take
from api.web.answers import bytes_answer
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("referrals", __name__, description="Finance's desk: what waits for a person.")


@blueprint.route("/referrals", methods=["GET"])
@permission("referral.read")
@blueprint.arguments(ReferralsQuery, location="query")
@blueprint.response(200, page_schema(ReferralSchema))
@blueprint.doc(responses=CSV_TOO)
def list_referrals(query: dict[str, Any]) -> Response:
    """List what waits for a person, applications and held orders, the nearest deadline first."""
    given = wiring()
    with given.transaction() as session:
        page = desk_page(session, query, given)
        return list_answer(ReferralSchema, page.items, page.next)


@blueprint.route("/referrals/<uuid:referral_id>/takes", methods=["POST"])
@permission("referral.decide")
@blueprint.arguments(TakeSchema)
@blueprint.response(201, ReferralSchema)
def create_take(data: dict[str, Any], referral_id: UUID) -> Response:
    """Take an application or a held order, so that others see who is at it; from another person, with grounds."""
    return bytes_answer(take(referral_id, data["grounds"], wiring()), 201)


@blueprint.route("/referrals/<uuid:referral_id>/releases", methods=["POST"])
@permission("referral.decide")
@blueprint.arguments(TakeSchema)
@blueprint.response(201, ReferralSchema)
def create_take_release(data: dict[str, Any], referral_id: UUID) -> Response:
    """Give a referral back to the desk; one that another person took, with grounds."""
    return bytes_answer(release(referral_id, data["grounds"], wiring()), 201)
