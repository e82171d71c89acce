"""HTTP of the policies room: versions, approvals, decisions and their replay."""

from typing import Any
from uuid import UUID

from flask import Response, request

from api.decision_answer import decision_answer
from api.decision_schemas import DecisionSchema
from api.known_time import since
from api.overruling import overruled
from api.policies import moves, service
from api.policies.documents import read_written
from api.policies.explanation.page import POLICY, explanation_page
from api.policies.explanation.schemas import ExplanationSchema
from api.policies.schemas import (
    ActivationSchema,
    DecisionsQuery,
    JsonSchemaSchema,
    NewPolicySchema,
    PolicySchema,
    ReplaySchema,
)
from api.problems import BadInput, Fault
from api.records import decisions, policies
from api.records.decisions import DecisionRecord, Wanted
from api.records.policies import PolicyRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import PageQuery, page_schema
from api.wiring import wiring
from scoring.policy.schema import policy_schema

HTML = "text/html"
HTML_TOO: dict[str, Any] = {"200": {"content": {HTML: {"schema": {"type": "string"}}}}}

blueprint = Blueprint("policies", __name__, description="The rules as data, and what was decided by them.")


@blueprint.route("/policies", methods=["GET"])
@permission("policy.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(PolicySchema))
def list_policies(query: dict[str, Any]) -> Response:
    """List the versions, the newest first, without their documents."""
    with wiring().transaction() as session:
        keys = [PolicyRecord.version]
        page = page_of(session, policies.listing(), keys, query["limit"], query["after"], newest_first=True)
        return json_answer({"items": [service.policy_answer(each) for each in page.items], "next": page.next})


@blueprint.route("/policies", methods=["POST"])
@permission("policy.write")
@blueprint.arguments(NewPolicySchema)
@blueprint.response(201, PolicySchema)
def create_policy(data: dict[str, Any]) -> Response:
    """Add a version as a draft. Every fault of the document is named."""
    if ("document" in data) == ("yaml" in data):
        raise BadInput("One policy is needed.", faults=[Fault("", "required", "Give either document or yaml.")])
    if "document" in data:
        return bytes_answer(service.add_draft(data["name"], data["document"], wiring()), 201)
    written = read_written(data["yaml"])
    return bytes_answer(service.add_draft(data["name"], written.document, wiring(), written), 201)


@blueprint.route("/policies/schema", methods=["GET"])
@permission("policy.read")
@blueprint.response(200, JsonSchemaSchema)
def show_policy_schema() -> Response:
    """Show the JSON Schema of the document of a policy, by which an editor checks and completes one."""
    return json_answer(policy_schema())


@blueprint.route("/policies/<int:version>", methods=["GET"])
@permission("policy.read")
@blueprint.response(200, PolicySchema)
@blueprint.alt_response(404)
def show_policy(version: int) -> Response:
    """Show one version with its document."""
    return json_answer(service.read_version(version, wiring()))


@blueprint.route("/policies/<int:version>/approvals", methods=["POST"])
@permission("policy.approve")
@blueprint.response(201, PolicySchema)
@blueprint.alt_response(404)
def approve_policy(version: int) -> Response:
    """Approve a draft or a shadow, as another person than its maker."""
    return bytes_answer(moves.approve(version, wiring()), 201)


@blueprint.route("/policies/<int:version>/shadows", methods=["POST"])
@permission("policy.write")
@blueprint.response(201, PolicySchema)
@blueprint.alt_response(404)
def put_policy_in_shadow(version: int) -> Response:
    """Let a draft or a retired version be judged by beside the active one, approved or not; it decides nothing."""
    return bytes_answer(moves.put_in_shadow(version, wiring()), 201)


@blueprint.route("/policies/<int:version>/retirements", methods=["POST"])
@permission("policy.write")
@blueprint.response(201, PolicySchema)
@blueprint.alt_response(404)
def retire_policy(version: int) -> Response:
    """Put a draft or a shadow aside; it may come back."""
    return bytes_answer(moves.retire(version, wiring()), 201)


@blueprint.route("/policies/<int:version>/activations", methods=["POST"])
@permission("policy.activate")
@blueprint.arguments(ActivationSchema, required=False)
@blueprint.response(201, PolicySchema)
@blueprint.alt_response(404)
def activate_policy(data: dict[str, Any], version: int) -> Response:
    """Let an approved version decide from now on; with `replaces` only in the place of that version."""
    return bytes_answer(moves.activate(version, data["replaces"], wiring()), 201)


@blueprint.route("/decisions", methods=["GET"])
@permission("decision.read")
@blueprint.arguments(DecisionsQuery, location="query")
@blueprint.response(200, page_schema(DecisionSchema))
@blueprint.doc(responses=CSV_TOO)
def list_decisions(query: dict[str, Any]) -> Response:
    """List decisions, the newest first."""
    given = wiring()
    names = ("debtor_id", "kind", "outcome", "risk_class")
    wanted = Wanted(**{name: query[name] for name in names}, since=since(query["changed_since"], given))
    with given.transaction() as session:
        listed, keys = decisions.listing(wanted), [DecisionRecord.id]
        page = page_of(session, listed, keys, query["limit"], query["after"], newest_first=True)
        shown = [decisions.from_row(*row) for row in page.items]
        instead = overruled(session, shown)
    role, language = given.caller.role, given.language
    items = [decision_answer(each, given.seller, role, language, instead.get(each.id)) for each in shown]
    return list_answer(DecisionSchema, items, page.next)


@blueprint.route("/decisions/<uuid:decision_id>", methods=["GET"])
@permission("decision.read")
@blueprint.response(200, DecisionSchema)
@blueprint.alt_response(404)
def show_decision(decision_id: UUID) -> Response:
    """Show a decision as it was made, with as much of it as the caller's role may see."""
    given = wiring()
    with given.transaction() as session:
        decision = service.get_decision(session, decision_id)
        instead = overruled(session, [decision]).get(decision.id)
    return json_answer(decision_answer(decision, given.seller, given.caller.role, given.language, instead))


@blueprint.route("/decisions/<uuid:decision_id>/explanation", methods=["GET"])
@permission("decision.read")
@blueprint.response(200, ExplanationSchema)
@blueprint.alt_response(404)
@blueprint.doc(responses=HTML_TOO)
def explain_decision(decision_id: UUID) -> Response:
    """Explain a decision to whom it concerns: data, procedure, reasons, what would change it, and rights.

    For `Accept: text/html` as one page to read or print.
    """
    given = wiring()
    with given.transaction() as session:
        pack = service.explain(session, decision_id, given)
    headers = {"Content-Language": given.language, "Vary": "Accept, Accept-Language"}
    if request.accept_mimetypes.best_match(["application/json", HTML]) != HTML:
        return json_answer(pack, headers=headers)
    headers["Content-Security-Policy"] = POLICY
    return Response(explanation_page(pack), 200, headers, content_type=f"{HTML}; charset=utf-8")


@blueprint.route("/decisions/<uuid:decision_id>/replay", methods=["POST"])
@permission("decision.replay")
@blueprint.response(200, ReplaySchema)
@blueprint.alt_response(404)
@blueprint.alt_response(410)
def replay_decision(decision_id: UUID) -> Response:
    """Judge the same facts again by the same policy and engine, and say whether the same comes out."""
    given = wiring()
    with given.transaction() as session:
        return json_answer(service.replay(session, decision_id, given.house.policies))
