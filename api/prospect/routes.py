"""HTTP of the prospect room: credit checks, company search and debtors."""

from typing import Any
from uuid import UUID

from flask import Response

from api.credit_check.asking import CheckRequest
from api.debtor_answer import debtor_answer, debtor_answers
from api.debtor_schemas import DebtorSchema
from api.decision_answer import SEE_EVERYTHING
from api.decision_schemas import DecisionSchema
from api.identity.companies import read_query
from api.known_time import since
from api.problems import NotAllowed
from api.prospect import service
from api.prospect.choice_schemas import EntityMatchSchema, NewEntityMatchSchema
from api.prospect.choosing import Choice, choose_company
from api.prospect.company_answers import find_companies
from api.prospect.company_schemas import CompanySearchAnswer, CompanySearchQuery
from api.prospect.debtors import (
    add_debtor,
    add_names,
    change_debtor,
    lock_to_change,
)
from api.prospect.jobs import enqueue_batch
from api.prospect.merging import merge_debtors
from api.prospect.schemas import (
    BatchStartedSchema,
    CreditCheckBatchSchema,
    CreditCheckSchema,
    DebtorFields,
    DebtorsQuery,
    MergeSchema,
    NamesSchema,
    NewDebtorSchema,
    names_in,
)
from api.records import debtors
from api.records.debtor_classes import risk_class
from api.records.debtors import DebtorRecord
from api.web.answers import bytes_answer, etag_of, json_answer, require_match
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("prospect", __name__, description="Phase 1: whom do we want?")


@blueprint.route("/credit-checks", methods=["POST"])
@permission("credit_check.ask")
@blueprint.arguments(CreditCheckSchema)
@blueprint.response(201, DecisionSchema)
def ask_credit_check(asked: CheckRequest) -> Response:
    """Ask whether to sell to a company, on which terms and up to how much. Nothing is reserved."""
    return bytes_answer(service.check_credit(asked, wiring()), 201)


@blueprint.route("/credit-checks/batches", methods=["POST"])
@permission("credit_check.ask")
@blueprint.arguments(CreditCheckBatchSchema)
@blueprint.response(202, BatchStartedSchema)
def ask_credit_checks(asked: dict[str, Any]) -> Response:
    """Ask up to 1,000 credit checks as one job, whose result names the decisions."""
    given = wiring()
    if given.caller.role != "credit_manager" and any("policy_version" in item for item in asked["items"]):
        raise NotAllowed("Only a credit manager may ask for another version of the policy.")
    if given.caller.role not in SEE_EVERYTHING and any(item.get("ask_again") for item in asked["items"]):
        raise NotAllowed("Only finance may have everything asked again.")
    return bytes_answer(enqueue_batch(asked["items"], given), 202)


@blueprint.route("/companies", methods=["GET"])
@permission("company.search")
@blueprint.arguments(CompanySearchQuery, location="query")
@blueprint.response(200, CompanySearchAnswer)
def list_companies(query: dict[str, Any]) -> Response:
    """Search the registers for a company, by words of its name or by its numbers."""
    return json_answer(find_companies(read_query(query), wiring()))


@blueprint.route("/entity-matches", methods=["POST"])
@permission("entity_match.choose")
@blueprint.arguments(NewEntityMatchSchema)
@blueprint.response(201, EntityMatchSchema)
@blueprint.alt_response(404)
def create_entity_match(choice: Choice) -> Response:
    """Keep which company is meant by a name, or which one a debtor is. The debtor, new or known, gets its numbers."""
    return bytes_answer(choose_company(choice, wiring()), 201)


@blueprint.route("/debtors", methods=["POST"])
@permission("debtor.add_prospect")
@blueprint.arguments(NewDebtorSchema)
@blueprint.response(201, DebtorSchema)
def create_debtor(data: dict[str, Any]) -> Response:
    """Add a debtor in phase prospect."""
    values = {name: data[name] for name in debtors.COLUMNS_A_CALLER_SETS if name in data}
    return bytes_answer(add_debtor(values, names_in(data), wiring()), 201)


@blueprint.route("/debtors", methods=["GET"])
@permission("debtor.read")
@blueprint.arguments(DebtorsQuery, location="query")
@blueprint.response(200, page_schema(DebtorSchema))
@blueprint.doc(responses=CSV_TOO)
def list_debtors(query: dict[str, Any]) -> Response:
    """List debtors, in the order in which they were added."""
    given = wiring()
    listed = debtors.listing(query["phase"], since(query["changed_since"], given), query["owner"])
    if query["risk_class"] is not None:
        listed = listed.where(risk_class(given.today) == query["risk_class"])
    with given.transaction() as session:
        page = page_of(session, listed, [DebtorRecord.id], query["limit"], query["after"])
        return list_answer(DebtorSchema, debtor_answers(session, page.items, given.today), page.next)


@blueprint.route("/debtors/<uuid:debtor_id>", methods=["PATCH"])
@permission("debtor.write")
@blueprint.arguments(DebtorFields)
@blueprint.response(200, DebtorSchema)
@blueprint.problems(412, 428)
def patch_debtor(data: dict[str, Any], debtor_id: UUID) -> Response:
    """Change a debtor. Send `If-Match` with the ETag of what was read."""
    given = wiring()
    with given.transaction() as session:
        debtor = lock_to_change(session, debtor_id, data)
        require_match(etag_of(debtor.id, debtor.version))
        change_debtor(session, debtor, data, given)
        return json_answer(
            debtor_answer(session, debtor, given.today), headers={"ETag": etag_of(debtor.id, debtor.version)}
        )


@blueprint.route("/debtors/<uuid:debtor_id>/references", methods=["POST"])
@permission("debtor.write")
@blueprint.arguments(NamesSchema)
@blueprint.response(201, DebtorSchema)
@blueprint.alt_response(404)
def create_references(data: dict[str, Any], debtor_id: UUID) -> Response:
    """Give a debtor further references or official numbers."""
    return bytes_answer(add_names(debtor_id, names_in(data), wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/merges", methods=["POST"])
@permission("debtor.write")
@blueprint.arguments(MergeSchema)
@blueprint.response(201, DebtorSchema)
@blueprint.alt_response(404)
def create_merge(data: dict[str, Any], debtor_id: UUID) -> Response:
    """Merge another debtor into this one, which takes over what it is known by and all that bound it.

    Limits of the merged one end: those of this one stand.
    """
    return bytes_answer(merge_debtors(debtor_id, data["merged_debtor_id"], wiring()), 201)
