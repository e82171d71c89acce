"""HTTP of sanctions lists: a debtor's matches, clearing them, and screening all debtors again."""

from typing import Any
from uuid import UUID

from flask import Response

from api.job_asking import enqueue_alone
from api.prospect import sanctions
from api.prospect.rescreening_jobs import KIND
from api.prospect.sanctions_schemas import SanctionsMatchesSchema, SanctionsMoveSchema, ScreeningStartedSchema
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.permissions import permission
from api.wiring import wiring

blueprint = Blueprint("sanctions", __name__, description="Who resembles somebody on a sanctions list.")


@blueprint.route("/debtors/<uuid:debtor_id>/sanctions-matches", methods=["GET"])
@permission("sanctions.read")
@blueprint.response(200, SanctionsMatchesSchema)
@blueprint.alt_response(404)
def show_sanctions_matches(debtor_id: UUID) -> Response:
    """Show the entries that a debtor's last screening found, and which of them were cleared by whom."""
    return json_answer(sanctions.matches_answer(debtor_id, wiring()))


@blueprint.route("/debtors/<uuid:debtor_id>/sanctions-clearances", methods=["POST"])
@permission("sanctions.clear")
@blueprint.arguments(SanctionsMoveSchema)
@blueprint.response(201, SanctionsMatchesSchema)
@blueprint.alt_response(404)
def create_sanctions_clearance(data: dict[str, Any], debtor_id: UUID) -> Response:
    """Note that an entry is not the debtor, by a person. It holds until the entry or the debtor changes."""
    return bytes_answer(sanctions.clear(debtor_id, data["entity_id"], data["reason"], wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/sanctions-clearances/withdrawals", methods=["POST"])
@permission("sanctions.clear")
@blueprint.arguments(SanctionsMoveSchema)
@blueprint.response(201, SanctionsMatchesSchema)
@blueprint.alt_response(404)
def create_sanctions_withdrawal(data: dict[str, Any], debtor_id: UUID) -> Response:
    """Take a clearance back, by a person: the entry is a possible hit again."""
    return bytes_answer(sanctions.withdraw(debtor_id, data["entity_id"], data["reason"], wiring()), 201)


@blueprint.route("/sanctions-screenings", methods=["POST"])
@permission("sanctions.screen")
@blueprint.response(202, ScreeningStartedSchema)
def create_sanctions_screening() -> Response:
    """Screen every debtor again whose screening is of an older list, or too old. A new hit opens an alert."""
    return bytes_answer(enqueue_alone(wiring(), KIND), 202)
