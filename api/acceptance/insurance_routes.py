"""HTTP of insurance policies: contracts with credit insurers, and their terms as dated data."""

from typing import Any
from uuid import UUID

from flask import Response

from api.acceptance.insurance_policies import (
    add_policy,
    add_terms,
    get_policy,
    policies_answer,
    policy_answer,
)
from api.acceptance.insurance_schemas import (
    InsurancePolicyQuery,
    InsurancePolicySchema,
    InsurancePolicyWholeSchema,
    NewInsurancePolicySchema,
    NewInsuranceTermsSchema,
)
from api.records import insurance_policies
from api.records.insurance_policies import InsurancePolicyRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import PageQuery, page_schema
from api.wiring import wiring

blueprint = Blueprint("insurance", __name__, description="Contracts with credit insurers.")


@blueprint.route("/insurance-policies", methods=["POST"])
@permission("insurance_policy.write")
@blueprint.arguments(NewInsurancePolicySchema)
@blueprint.response(201, InsurancePolicyWholeSchema)
def create_insurance_policy(data: dict[str, Any]) -> Response:
    """Add a contract with a credit insurer and its terms from its first day on."""
    return bytes_answer(add_policy(data, wiring()), 201)


@blueprint.route("/insurance-policies", methods=["GET"])
@permission("insurance_policy.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(InsurancePolicySchema))
def list_insurance_policies(query: dict[str, Any]) -> Response:
    """List the contracts, each with the terms in force today."""
    given = wiring()
    with given.transaction() as session:
        listed = insurance_policies.listing()
        page = page_of(session, listed, [InsurancePolicyRecord.id], query["limit"], query["after"])
        return json_answer({"items": policies_answer(session, page.items, given.today), "next": page.next})


@blueprint.route("/insurance-policies/<uuid:policy_id>", methods=["GET"])
@permission("insurance_policy.read")
@blueprint.arguments(InsurancePolicyQuery, location="query")
@blueprint.response(200, InsurancePolicyWholeSchema)
def show_insurance_policy(query: dict[str, Any], policy_id: UUID) -> Response:
    """Show a contract with the terms in force on a day, and all versions of them."""
    given = wiring()
    with given.transaction() as session:
        policy = get_policy(session, policy_id)
        return json_answer(policy_answer(session, policy, query["as_of"] or given.today, whole=True))


@blueprint.route("/insurance-policies/<uuid:policy_id>/terms", methods=["POST"])
@permission("insurance_policy.write")
@blueprint.arguments(NewInsuranceTermsSchema)
@blueprint.response(201, InsurancePolicyWholeSchema)
def create_insurance_terms(data: dict[str, Any], policy_id: UUID) -> Response:
    """Add a version of a contract's terms, from a day on; none is ever changed."""
    return bytes_answer(add_terms(policy_id, data, wiring()), 201)
