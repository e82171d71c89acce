"""What people record of cover: an insurer's letter, and papers that prove its conditions are met."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.cover_answers import given_on
from api.acceptance.cover_changes import Change, record, tell
from api.acceptance.cover_requesting import get_request
from api.acceptance.cover_shown import decision_answer
from api.acceptance.documents import document_of
from api.acceptance.insurance_policies import get_policy
from api.acceptance.insurance_terms import counting
from api.identity.debtors import locked_debtor
from api.identity.identifying import find
from api.identity.schemas import debtor_named
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import cover_requests, cover_versions, insurance_policies
from api.records.cover_versions import AMOUNTLESS
from api.records.debtors import DebtorRecord
from api.records.insurance_policies import InsurancePolicyRecord
from api.wiring import Wiring, answer_bytes
from providers.insurers import CoverNotFound
from scoring.cover import reduction_begins_on
from scoring.money import Money


def decide_cover(data: dict[str, Any], given: Wiring) -> bytes:
    """Record an insurer's answer by its letter. Raises Problems."""
    require_person(given, "record an insurer's answer")
    named = debtor_named(data)
    with given.transaction() as session:
        given.once.claim(session)
        found = find(session, named)
        if found is None:
            raise NotFound("There is no such debtor.", code="debtor_not_found")
        debtor = locked_debtor(session, found)
        policy = get_policy(session, data["insurance_policy_id"])
        is_lost = cover_requests.is_not_found(session, debtor.id, policy.id, CoverNotFound.code)
        if policy.provider is not None and not is_lost:
            raise Conflict("The answers of this insurer come through its connection.", code="insurer_connected")
        amount: Money = data["amount"] or Money(Decimal(0), policy.currency)
        change = _change(session, data, amount, debtor, policy, given)
        _refuse_contradictions(data, amount, change, policy, given.today)
        document_of(session, data["document_id"], debtor.id)
        _answer_request(session, data["cover_request_id"], debtor, policy, given)
        decided = record(session, debtor, change, given.house.policies, given.now)
        answer = answer_bytes(decision_answer(decided))
        given.once.keep(session, 201, answer)
        return answer


def meet_condition(condition_id: UUID, data: Mapping[str, Any], given: Wiring) -> bytes:
    """Tick a condition, with the paper that proves it. Raises Problems."""
    require_person(given, "tick a condition")
    met_on = data["met_on"] or given.today
    if met_on > given.today:
        raise BadInput("It cannot be met yet.", faults=[Fault("/met_on", "out_of_range", "Must not be ahead.")])
    with given.transaction() as session:
        given.once.claim(session)
        decision = cover_versions.decision_of_condition(session, condition_id)
        if decision is None:
            raise NotFound("There is no such condition.", code="condition_not_found")
        debtor = locked_debtor(session, decision.debtor_id)
        document_of(session, data["document_id"], debtor.id)
        if cover_versions.is_met(session, condition_id):
            raise Conflict("This condition is met already.", code="condition_met_before")
        cover_versions.meet(session, condition_id, data["document_id"], met_on, given.caller.name, given.now)
        decided = cover_versions.with_conditions(session, decision)
        tell(session, debtor, decided, given.house.policies, given.now)
        answer = answer_bytes(decision_answer(decided))
        given.once.keep(session, 201, answer)
        return answer


def _refuse_contradictions(
    data: Mapping[str, Any], amount: Money, change: Change, policy: InsurancePolicyRecord, today: date
) -> None:
    """Raise BadInput naming all that a letter cannot say: a sum in another currency, a cut that raises, an end before.

    A cut of what did not stand is none that we could hold against anything.
    """
    faults = []
    if amount.currency != policy.currency:
        faults.append(Fault("/amount/currency", "other_currency", f"The contract is in {policy.currency}."))
    elif data["state"] == "reduced" and 0 < change.before_amount < amount.amount:
        detail = f"What is reduced is less than the {change.before_amount:f} that stands."
        faults.append(Fault("/amount/amount", "not_reduced", detail))
    if data["decided_on"] is not None and data["decided_on"] > today:
        faults.append(Fault("/decided_on", "out_of_range", "Must not be ahead."))
    until, begins_on = change.values["valid_until"], change.values["valid_from"]
    if until is not None and until < begins_on:
        faults.append(Fault("/valid_until", "out_of_range", f"Must not be before it begins, on {begins_on}."))
    if faults:
        raise BadInput("Such a letter cannot be recorded.", faults=faults)


def _answer_request(
    session: Session, request_id: UUID | None, debtor: DebtorRecord, policy: InsurancePolicyRecord, given: Wiring
) -> None:
    """Take the request that the letter answers as decided. Raises NotFound and Conflict."""
    if request_id is None:
        return
    request = get_request(session, request_id)
    if (request.debtor_id, request.insurance_policy_id) != (debtor.id, policy.id):
        raise NotFound("There is no such request for cover of this debtor.", code="cover_request_not_found")
    if request.state not in ("pending", "decided"):
        raise Conflict("This request is over.", code="request_over")
    request.state, request.changed_at = "decided", given.now


def _change(
    session: Session,
    data: Mapping[str, Any],
    amount: Money,
    debtor: DebtorRecord,
    policy: InsurancePolicyRecord,
    given: Wiring,
) -> Change:
    decided = cover_versions.of_debtor(session, debtor.id, policy.id)
    terms = counting(insurance_policies.terms_of(session, [policy.id])[policy.id], given.today)
    decided_on = data["decided_on"] or given.today
    before = given_on(decided, decided_on, terms)
    # What we gave back ourselves is no cut.
    is_cut = data["state"] != "cancelled" and before > 0 and amount.amount < before
    by_insurer = cover_versions.newest_of_insurer(decided)
    has_notice = is_cut and by_insurer is not None and data["state"] != "ended"
    starts_on = reduction_begins_on(decided_on, terms, data["valid_from"]) if has_notice else decided_on
    values = {name: data[name] for name in ("state", "cover_request_id", "response_code", "reason_code", "document_id")}
    columns = values | {
        "insurance_policy_id": policy.id,
        "source": "insurer",
        "amount": amount.amount,
        "currency": amount.currency,
        "decided_on": decided_on,
        "valid_from": data["valid_from"] or starts_on,
        "valid_until": None if data["state"] in AMOUNTLESS else data["valid_until"],
        "evidence": None,
        "raw": None,
        "recorded_by": given.caller.name,
    }
    return Change(columns, data["conditions"], before, is_cut)
