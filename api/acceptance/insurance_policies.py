"""Keeps insurance policies: the contracts with credit insurers and the dated versions of their terms."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.insurance_terms import faults_of_days, faults_of_terms, in_force, read_terms
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import documents, events, held_orders, insurance_policies
from api.records.base import new_id
from api.records.insurance_policies import InsurancePolicyRecord, InsuranceTermsRecord
from api.web.faults import pointer_to
from api.wiring import Wiring, answer_bytes
from providers.catalog import Catalog

POLICY_COLUMNS = (
    *("id", "insurer_id", "insurer_name", "policy_number", "provider", "numbers", "currency"),
    *("valid_from", "valid_until", "added_by", "known_at"),
)
TERMS_COLUMNS = ("id", "valid_from", "terms", "source", "document_id", "added_by", "known_at")


def add_policy(data: Mapping[str, Any], given: Wiring) -> bytes:
    """Add a contract with its first terms.

    Raises NotAllowed for a machine, since when cover stops hangs on the terms; BadInput naming every fault, NotFound
    for an unknown document, Conflict for a number that is taken.
    """
    require_person(given, "add an insurance policy")
    source = _faults_of_source(data, given.house.catalog)
    faults = [*source, *faults_of_days(data), *faults_of_terms(data["terms"])]
    if faults:
        raise BadInput("Such an insurance policy cannot be kept.", faults=faults)
    terms = read_terms(data["terms"])
    with given.transaction() as session:
        given.once.claim(session)
        insurer_id = data["insurer_id"] or insurance_policies.insurer_named(session, data["insurer_name"]) or new_id()
        own = ("insurer_name", "policy_number", "provider", "numbers", "currency", "valid_from", "valid_until")
        values = {name: data[name] for name in own} | {"insurer_id": insurer_id}
        policy = insurance_policies.add(session, values, given.caller.name, given.now)
        if policy is None:
            raise Conflict("The insurer has another contract of this number with you.", code="policy_number_taken")
        _add_terms(session, policy, {**data, "terms": terms}, given)
        answer = answer_bytes(policy_answer(session, policy, given.today, whole=True))
        given.once.keep(session, 201, answer)
        return answer


def add_terms(policy_id: UUID, data: Mapping[str, Any], given: Wiring) -> bytes:
    """Add a version of the terms of a contract. Raises NotAllowed, BadInput naming every fault, and NotFound."""
    require_person(given, "change the terms of an insurance policy")
    with given.transaction() as session:
        given.once.claim(session)
        policy = get_policy(session, policy_id)
        faults = list(faults_of_terms(data["terms"]))
        if data["valid_from"] < policy.valid_from:
            faults.append(Fault("/valid_from", "out_of_range", f"The contract begins on {policy.valid_from}."))
        if faults:
            raise BadInput("Such terms the contract cannot have.", faults=faults)
        terms = read_terms(data["terms"])
        _add_terms(session, policy, {**data, "terms": terms}, given)
        answer = answer_bytes(policy_answer(session, policy, given.today, whole=True))
        given.once.keep(session, 201, answer)
        return answer


def get_policy(session: Session, policy_id: UUID) -> InsurancePolicyRecord:
    """Find a contract. Raises NotFound."""
    policy = insurance_policies.get(session, policy_id)
    if policy is None:
        raise NotFound("There is no such insurance policy.", code="insurance_policy_not_found")
    return policy


def policy_answer(session: Session, policy: InsurancePolicyRecord, day: date, *, whole: bool = False) -> dict[str, Any]:
    """Give a contract as it is shown, with the terms of a day, or `whole` with all of its versions too."""
    return policies_answer(session, [policy], day, whole=whole)[0]


def policies_answer(
    session: Session, policies: Sequence[InsurancePolicyRecord], day: date, *, whole: bool = False
) -> list[dict[str, Any]]:
    """Give contracts as they are shown, in two statements however many."""
    versions = insurance_policies.terms_of(session, [each.id for each in policies])
    return [_shown(each, versions.get(each.id, ()), day, whole=whole) for each in policies]


def _shown(
    policy: InsurancePolicyRecord, versions: Sequence[InsuranceTermsRecord], day: date, *, whole: bool
) -> dict[str, Any]:
    runs = policy.valid_from <= day and (policy.valid_until is None or day <= policy.valid_until)
    counting = in_force(versions, day) if runs else None
    answer = {name: getattr(policy, name) for name in POLICY_COLUMNS} | {
        "as_of": day,
        "terms_in_force": None if counting is None else _version(counting),
    }
    return answer | {"versions": [_version(each) for each in versions]} if whole else answer


def _version(record: InsuranceTermsRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in TERMS_COLUMNS}


def _faults_of_source(data: Mapping[str, Any], catalog: Catalog) -> list[Fault]:
    """Name what is wrong with the source through which cover is asked, and with what it knows the contract by."""
    insurers = {each.provider: each for each in catalog.sources if each.insurer is not None}
    provider, numbers = data["provider"], data["numbers"]
    if provider is None:
        return [Fault("/numbers", "no_provider", "Without a provider nobody asks for them.")] if numbers else []
    if provider not in insurers:
        return [Fault("/provider", "not_a_choice", f"Must be one of: {', '.join(sorted(insurers))}.")]
    return [
        Fault(pointer_to("numbers", name), "required", f"{provider} must be told it with each call.")
        for name in insurers[provider].policy_numbers
        if name not in numbers
    ]


def _add_terms(session: Session, policy: InsurancePolicyRecord, data: Mapping[str, Any], given: Wiring) -> None:
    if data["document_id"] is not None and documents.get(session, data["document_id"]) is None:
        raise NotFound("There is no such document.", code="document_not_found")
    values = {name: data[name] for name in ("valid_from", "terms", "source", "document_id")}
    record = insurance_policies.add_terms(session, policy.id, values, given.caller.name, given.now)
    told = {"insurance_policy_id": str(policy.id), "terms_id": str(record.id), "valid_from": str(record.valid_from)}
    now = given.now
    events.add(session, "insurance_policy.terms_changed.v1", told, happened_at=now, known_at=now)
    held_orders.look_again_at_all(session)
