"""HTTP of cover: asked of insurers, answered by them or by letter, met conditions, limits of our own, what counts."""

from typing import Any
from uuid import UUID

from flask import Response

from api.acceptance.cover_deciding import decide_cover, meet_condition
from api.acceptance.cover_discretionary import set_limit
from api.acceptance.cover_requesting import ask_cover, change_cover, get_request, withdraw_cover
from api.acceptance.cover_schemas import (
    ConditionEvidenceSchema,
    CoverChangeSchema,
    CoverDecisionSchema,
    CoverRequestSchema,
    CoverRequestsQuery,
    CoversQuery,
    CoversSchema,
    DiscretionaryLimitSchema,
    NewCoverDecisionSchema,
    NewCoverRequestSchema,
)
from api.acceptance.cover_shown import request_answer
from api.acceptance.cover_view import covers_answer
from api.records import cover_requests
from api.records.covers import CoverRequestRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("cover", __name__, description="What a credit insurer carries.")

BY_PEOPLE = {
    "201": {
        "description": "Kept; people ask this insurer.",
        "content": {"application/json": {"schema": CoverRequestSchema}},
    }
}
TAKEN_BACK = {
    "200": {
        "description": "Taken back; nobody was asked.",
        "content": {"application/json": {"schema": CoverRequestSchema}},
    }
}


@blueprint.route("/cover-requests", methods=["POST"])
@permission("cover.ask")
@blueprint.arguments(NewCoverRequestSchema)
@blueprint.doc(responses=BY_PEOPLE)
@blueprint.response(202, CoverRequestSchema)
def create_cover_request(data: dict[str, Any]) -> Response:
    """Ask an insurer for cover, as a job; of one without a connection the request is kept, and people ask."""
    return bytes_answer(*ask_cover(data, wiring()))


@blueprint.route("/cover-requests", methods=["GET"])
@permission("cover.read")
@blueprint.arguments(CoverRequestsQuery, location="query")
@blueprint.response(200, page_schema(CoverRequestSchema))
def list_cover_requests(query: dict[str, Any]) -> Response:
    """List requests for cover, the newest first: of a debtor, in a state, or all."""
    with wiring().transaction() as session:
        listed = cover_requests.listing(query["debtor_id"], query["state"])
        page = page_of(session, listed, [CoverRequestRecord.id], query["limit"], query["after"], newest_first=True)
        return json_answer({"items": [request_answer(each) for each in page.items], "next": page.next})


@blueprint.route("/cover-requests/<uuid:request_id>", methods=["GET"])
@permission("cover.read")
@blueprint.response(200, CoverRequestSchema)
def show_cover_request(request_id: UUID) -> Response:
    """Show how a request for cover stands, and why it went no further."""
    with wiring().transaction() as session:
        return json_answer(request_answer(get_request(session, request_id)))


@blueprint.route("/cover-requests/<uuid:request_id>/changes", methods=["POST"])
@permission("cover.ask")
@blueprint.arguments(CoverChangeSchema)
@blueprint.doc(responses=BY_PEOPLE)
@blueprint.response(202, CoverRequestSchema)
def create_cover_change(data: dict[str, Any], request_id: UUID) -> Response:
    """Ask for another amount of a cover that stands, higher or lower; what stands counts until it is decided."""
    return bytes_answer(*change_cover(request_id, data["amount"], wiring()))


@blueprint.route("/cover-requests/<uuid:request_id>/withdrawals", methods=["POST"])
@permission("cover.ask")
@blueprint.doc(responses=TAKEN_BACK)
@blueprint.response(202, CoverRequestSchema)
def create_cover_withdrawal(request_id: UUID) -> Response:
    """Give a cover back, or take back a request that nobody has decided on."""
    return bytes_answer(*withdraw_cover(request_id, wiring()))


@blueprint.route("/cover-decisions", methods=["POST"])
@permission("cover.decide")
@blueprint.arguments(NewCoverDecisionSchema)
@blueprint.response(201, CoverDecisionSchema)
def create_cover_decision(data: dict[str, Any]) -> Response:
    """Record an insurer's answer by its letter, by a person: without a connection, or of a cover they lost."""
    return bytes_answer(decide_cover(data, wiring()), 201)


@blueprint.route("/cover-conditions/<uuid:condition_id>/evidence", methods=["POST"])
@permission("cover.decide")
@blueprint.arguments(ConditionEvidenceSchema)
@blueprint.response(201, CoverDecisionSchema)
def create_condition_evidence(data: dict[str, Any], condition_id: UUID) -> Response:
    """Tick a condition of a decision with the paper that proves it is met, by a person."""
    return bytes_answer(meet_condition(condition_id, data, wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/discretionary-limits", methods=["POST"])
@permission("cover.decide")
@blueprint.arguments(DiscretionaryLimitSchema)
@blueprint.response(201, CoverDecisionSchema)
def create_discretionary_limit(data: dict[str, Any], debtor_id: UUID) -> Response:
    """Set a limit of our own as the contract allows, by a person; the evidence is held against the contract."""
    return bytes_answer(set_limit(debtor_id, data, wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/covers", methods=["GET"])
@permission("cover.read")
@blueprint.arguments(CoversQuery, location="query")
@blueprint.response(200, CoversSchema)
def show_covers(query: dict[str, Any], debtor_id: UUID) -> Response:
    """Show what covers a debtor on a day, with its conditions and history, and who bears what of limit and exposure."""
    return json_answer(covers_answer(debtor_id, query["as_of"], wiring()))
