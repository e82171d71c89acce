"""HTTP of applications: applying, verdicts with their second person, and terms agreed in writing."""

from typing import Any
from uuid import UUID

from flask import Response

from api.acceptance.answers import application_answer, application_row
from api.acceptance.application_schemas import (
    ApplicationRowSchema,
    ApplicationSchema,
    ApplicationsQuery,
    NewApplicationSchema,
    NewWithdrawalSchema,
)
from api.acceptance.applied import ApplicationRequest
from api.acceptance.applying import apply
from api.acceptance.finding import get_application
from api.acceptance.terms import TermsAccepted, agree_on_application, agree_with_debtor
from api.acceptance.terms_schemas import AgreedTermsSchema, NewAgreedTermsSchema
from api.acceptance.verdict_schemas import NewApprovalSchema, NewVerdictSchema, VerdictSchema
from api.acceptance.verdicts import Said, approve, give_verdict
from api.acceptance.withdrawing import withdraw_application
from api.known_time import since
from api.records import applications
from api.records.applications import ApplicationRecord
from api.web.answers import bytes_answer, etag_of, json_answer
from api.web.blueprint import IF_MATCH, Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

IF_MATCH_TOO = IF_MATCH | {"required": False}

blueprint = Blueprint("acceptance", __name__, description="Phase 2: how much credit, on which terms?")


@blueprint.route("/applications", methods=["POST"])
@permission("application.make")
@blueprint.arguments(NewApplicationSchema)
@blueprint.response(201, ApplicationSchema)
@blueprint.alt_response(200, schema=ApplicationSchema)
def create_application(request: ApplicationRequest) -> Response:
    """Apply for credit. The machine decides at once, or refers it to a person; what it accepts has effect.

    What you asked before and still waits is given again; asked otherwise, the new one replaces it.
    """
    return bytes_answer(*apply(request, wiring()))


@blueprint.route("/applications", methods=["GET"])
@permission("application.read")
@blueprint.arguments(ApplicationsQuery, location="query")
@blueprint.response(200, page_schema(ApplicationRowSchema))
@blueprint.doc(responses=CSV_TOO)
def list_applications(query: dict[str, Any]) -> Response:
    """List applications, in the order in which they were made."""
    given = wiring()
    changed_since = since(query["changed_since"], given)
    with given.transaction() as session:
        listed = applications.listing(query["state"], query["debtor_id"], query["owner"], changed_since)
        page = page_of(session, listed, [ApplicationRecord.id], query["limit"], query["after"])
        return list_answer(ApplicationRowSchema, [application_row(each) for each in page.items], page.next)


@blueprint.route("/applications/<uuid:application_id>", methods=["GET"])
@permission("application.read")
@blueprint.response(200, ApplicationSchema)
def show_application(application_id: UUID) -> Response:
    """Show an application: the machine's decision, verdicts, approvals, and what is missing before credit begins."""
    given = wiring()
    with given.transaction() as session:
        application = get_application(session, application_id)
        headers = {"ETag": etag_of(application.id, application.version)}
        return json_answer(application_answer(session, application, given), headers=headers)


@blueprint.route("/applications/<uuid:application_id>/verdicts", methods=["POST"])
@permission("referral.decide")
@blueprint.arguments(NewVerdictSchema)
@blueprint.response(201, VerdictSchema)
@blueprint.alt_response(412)
@blueprint.headers(IF_MATCH_TOO)
def create_verdict(said: Said, application_id: UUID) -> Response:
    """Decide as a person. The machine's decision stays beside it; above one's authority a second person must agree.

    With `If-Match`, only on the version that was read.
    """
    return bytes_answer(give_verdict(application_id, said, wiring()), 201)


@blueprint.route("/applications/<uuid:application_id>/verdicts/<uuid:verdict_id>/approvals", methods=["POST"])
@permission("referral.decide")
@blueprint.arguments(NewApprovalSchema)
@blueprint.response(201, VerdictSchema)
def create_approval(data: dict[str, Any], application_id: UUID, verdict_id: UUID) -> Response:
    """Second a verdict, or refuse it: as another person, within whose authority it lies."""
    return bytes_answer(approve(application_id, verdict_id, data["approved"], data["grounds"], wiring()), 201)


@blueprint.route("/applications/<uuid:application_id>/withdrawals", methods=["POST"])
@permission("application.make")
@blueprint.arguments(NewWithdrawalSchema)
@blueprint.response(201, ApplicationSchema)
@blueprint.alt_response(412)
@blueprint.headers(IF_MATCH_TOO)
def create_withdrawal(data: dict[str, Any], application_id: UUID) -> Response:
    """Withdraw an application that waits for a person: by who asked for it, or the debtor's account owner.

    Its referral ends, and the request for cover that was made for it.
    """
    return bytes_answer(withdraw_application(application_id, data["reason"], wiring()), 201)


@blueprint.route("/applications/<uuid:application_id>/agreed-terms", methods=["POST"])
@permission("terms.record")
@blueprint.arguments(NewAgreedTermsSchema)
@blueprint.response(201, AgreedTermsSchema)
@blueprint.alt_response(200, schema=AgreedTermsSchema)
def create_agreed_terms(accepted: TermsAccepted, application_id: UUID) -> Response:
    """Record the terms that the debtor accepted in writing; told again, it is what was recorded."""
    return bytes_answer(*agree_on_application(application_id, accepted, wiring()))


@blueprint.route("/debtors/<uuid:debtor_id>/agreed-terms", methods=["POST"])
@permission("terms.record")
@blueprint.arguments(NewAgreedTermsSchema)
@blueprint.response(201, AgreedTermsSchema)
@blueprint.alt_response(200, schema=AgreedTermsSchema)
def create_agreed_terms_of_debtor(accepted: TermsAccepted, debtor_id: UUID) -> Response:
    """Record the terms that a debtor accepted in writing, such as one that never applied."""
    return bytes_answer(*agree_with_debtor(debtor_id, accepted, wiring()))
