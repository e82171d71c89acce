"""HTTP of what versions say beside the active one: in shadow on live decisions, and of the whole book."""

from decimal import Decimal
from typing import Any

from flask import Response

from api.policies.trying.jobs import enqueue_rescoring
from api.policies.trying.schemas import (
    LossQuery,
    RescoringStartedSchema,
    ShadowDecisionSchema,
    ShadowDecisionsQuery,
    ShadowReportSchema,
)
from api.policies.trying.shadow_report import decision_item, get_shadow, report_answer
from api.records import shadow_decisions
from api.records.shadow_decisions import Decided, ShadowDecisionRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("shadows", __name__, description="What other versions of the policy would say.")


@blueprint.route("/policies/<int:version>/shadow-report", methods=["GET"])
@permission("policy.read")
@blueprint.arguments(LossQuery, location="query")
@blueprint.response(200, ShadowReportSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def show_shadow_report(query: dict[str, Any], version: int) -> Response:
    """Show what a version in shadow says of the decisions made since, beside what was decided."""
    given, share = wiring(), query["loss_given_default"]
    with given.transaction() as session:
        return json_answer(report_answer(session, version, None if share is None else Decimal(share), given))


@blueprint.route("/policies/<int:version>/shadow-decisions", methods=["GET"])
@permission("policy.read")
@blueprint.arguments(ShadowDecisionsQuery, location="query")
@blueprint.response(200, page_schema(ShadowDecisionSchema))
@blueprint.alt_response(404)
@blueprint.alt_response(409)
@blueprint.doc(responses=CSV_TOO)
def list_shadow_decisions(query: dict[str, Any], version: int) -> Response:
    """List the decisions a version in shadow has judged with both sides of each, the newest first."""
    with wiring().transaction() as session:
        record = get_shadow(session, version)
        listing = shadow_decisions.listing(record, changed=query["changed"])
        keys = [ShadowDecisionRecord.decision_id]
        page = page_of(session, listing, keys, query["limit"], query["after"], newest_first=True)
        items = [decision_item(row[0], Decided(*row[1:])) for row in page.items]
    return list_answer(ShadowDecisionSchema, items, page.next)


@blueprint.route("/policies/<int:version>/rescorings", methods=["POST"])
@permission("policy.rescore")
@blueprint.arguments(LossQuery, location="query")
@blueprint.response(202, RescoringStartedSchema)
@blueprint.alt_response(404)
def start_rescoring(query: dict[str, Any], version: int) -> Response:
    """Judge every debtor on today's facts by a version and by the active one, without effect, as a job."""
    return bytes_answer(enqueue_rescoring(version, query["loss_given_default"], wiring()), 202)
