"""HTTP of holds and securities."""

from typing import Any
from uuid import UUID

from flask import Response

from api.acceptance.hold_schemas import (
    GroundsSchema,
    HoldSchema,
    NewHoldSchema,
    NewSecuritySchema,
    OfDebtorQuery,
    SecuritySchema,
)
from api.acceptance.holds import HoldRequest, end, hold_answer, place
from api.acceptance.securities import SecurityRequest, end_security, record_security, security_answer
from api.decision_answer import SEE_EVERYTHING
from api.identity.debtors import get_debtor
from api.records import holds, securities
from api.records.holds import HoldRecord
from api.records.securities import SecurityRecord
from api.web.answers import bytes_answer
from api.web.blueprint import Blueprint
from api.web.lists import list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("holds", __name__, description="Holds of a debtor, and the securities behind its debt.")


@blueprint.route("/debtors/<uuid:debtor_id>/holds", methods=["POST"])
@permission("hold.place")
@blueprint.arguments(NewHoldSchema)
@blueprint.response(201, HoldSchema)
def create_hold(request: HoldRequest, debtor_id: UUID) -> Response:
    """Keep a debtor's orders waiting, or stop supply."""
    return bytes_answer(place(debtor_id, request, wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/holds", methods=["GET"])
@permission("limit.read")
@blueprint.arguments(OfDebtorQuery, location="query")
@blueprint.response(200, page_schema(HoldSchema))
def list_holds(query: dict[str, Any], debtor_id: UUID) -> Response:
    """List a debtor's holds, the newest first; those that are over too."""
    given = wiring()
    full = given.caller.role in SEE_EVERYTHING
    with given.transaction() as session:
        listed = holds.listing(get_debtor(session, debtor_id).id)
        page = page_of(session, listed, [HoldRecord.id], query["limit"], query["after"], newest_first=True)
        return list_answer(HoldSchema, [hold_answer(each, given.today, full=full) for each in page.items], page.next)


@blueprint.route("/debtors/<uuid:debtor_id>/holds/<uuid:hold_id>/ends", methods=["POST"])
@permission("hold.place")
@blueprint.arguments(GroundsSchema)
@blueprint.response(201, HoldSchema)
def create_hold_end(data: dict[str, Any], debtor_id: UUID, hold_id: UUID) -> Response:
    """End a hold; orders that waited for nothing else go out."""
    return bytes_answer(end(debtor_id, hold_id, data["grounds"], wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/securities", methods=["POST"])
@permission("security.record")
@blueprint.arguments(NewSecuritySchema)
@blueprint.response(201, SecuritySchema)
def create_security(request: SecurityRequest, debtor_id: UUID) -> Response:
    """Record what stands behind a debtor's debt; what raises its limit takes authority as a limit does."""
    return bytes_answer(record_security(debtor_id, request, wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/securities", methods=["GET"])
@permission("security.record")
@blueprint.arguments(OfDebtorQuery, location="query")
@blueprint.response(200, page_schema(SecuritySchema))
def list_securities(query: dict[str, Any], debtor_id: UUID) -> Response:
    """List a debtor's securities, the newest first; those that ended too."""
    given = wiring()
    with given.transaction() as session:
        listed = securities.listing(get_debtor(session, debtor_id).id)
        page = page_of(session, listed, [SecurityRecord.id], query["limit"], query["after"], newest_first=True)
        return list_answer(SecuritySchema, [security_answer(each, given.today) for each in page.items], page.next)


@blueprint.route("/debtors/<uuid:debtor_id>/securities/<uuid:security_id>/ends", methods=["POST"])
@permission("security.record")
@blueprint.response(201, SecuritySchema)
def create_security_end(debtor_id: UUID, security_id: UUID) -> Response:
    """End a security; a limit that it raised falls back."""
    return bytes_answer(end_security(debtor_id, security_id, wiring()), 201)
