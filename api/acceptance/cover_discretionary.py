"""Limits we set ourselves as the contract with the insurer allows: the evidence is held against it, and kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.acceptance.cover_changes import Change, record
from api.acceptance.cover_shown import decision_answer
from api.acceptance.documents import document_of
from api.acceptance.insurance_policies import get_policy
from api.acceptance.insurance_terms import in_force, terms_of
from api.fresh_report.stored import facts_of
from api.identity.debtors import locked_debtor
from api.known_time import end_of_day
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault
from api.records import cover_versions, insurance_policies, payment_experience, reports
from api.records.debtors import DebtorRecord
from api.records.insurance_policies import InsurancePolicyRecord
from api.records.reports import Report
from api.sanctions_clearing import refuse_listed
from api.wiring import Wiring, answer_bytes
from scoring.cover import (
    DiscretionaryObjection,
    InsuranceTerms,
    PaymentEvidence,
    ReportEvidence,
    bears_on,
    cover_on,
    experience_since,
    objections_to_experience,
    objections_to_report,
    report_counts_until,
)
from scoring.dates import months_later
from scoring.facts import BureauFacts
from scoring.money import Money

WORDS: Mapping[DiscretionaryObjection, str] = {
    "insurer_decided": "The insurer has decided on this debtor, so that we may not.",
    "not_in_contract": "The contract does not allow it, on this basis or for this debtor.",
    "above_contract": "It is above what the contract allows.",
    "report_missing": "There is no such credit report that could be relied on that day.",
    "report_too_old": "The report was too old for the contract on that day.",
    "report_not_clean": "The report tells of something adverse that was in force.",
    "paid_too_few": "Too few invoices were paid in the months that the contract asks for.",
    "paid_too_late": "Something was paid, or is open, later than the contract bears.",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What the evidence is, until when a limit on it holds, and what stands against it."""

    evidence: dict[str, Any]
    valid_until: date | None
    objections: tuple[DiscretionaryObjection, ...]


def set_limit(debtor_id: UUID, data: Mapping[str, Any], given: Wiring) -> bytes:
    """Set a limit of our own for a debtor. Raises BadInput naming all that the contract has against it."""
    require_person(given, "set a limit of our own")
    relied_on = data["relied_on"] or given.today
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        refuse_listed(session, debtor)
        policy = get_policy(session, data["insurance_policy_id"])
        terms = _terms(session, policy, relied_on)
        if data["document_id"] is not None:
            document_of(session, data["document_id"], debtor.id)
        _check_told(data, policy, relied_on, given.today)
        found = _evidence(session, debtor, data, relied_on, terms, given)
        decided = cover_versions.of_debtor(session, debtor.id, policy.id)
        has_insurer = cover_versions.newest_of_insurer(decided) is not None
        _refuse(["insurer_decided", *found.objections] if has_insurer else found.objections)
        before = cover_on([each.version for each in decided], given.today, terms).insured_limit
        values = {
            "insurance_policy_id": policy.id,
            "cover_request_id": None,
            "source": "discretionary",
            "state": "granted",
            "amount": data["amount"].amount,
            "currency": policy.currency,
            "valid_from": relied_on,
            "valid_until": found.valid_until,
            "decided_on": given.today,
            "response_code": None,
            "reason_code": None,
            "evidence": found.evidence,
            "document_id": data["document_id"],
            "raw": None,
            "recorded_by": given.caller.name,
        }
        made = record(session, debtor, Change(values, (), before, is_cut=False), given.house.policies, given.now)
        answer = answer_bytes(decision_answer(made))
        given.once.keep(session, 201, answer)
        return answer


def _terms(session: Session, policy: InsurancePolicyRecord, day: date) -> InsuranceTerms:
    runs = policy.valid_from <= day and (policy.valid_until is None or day <= policy.valid_until)
    found = in_force(insurance_policies.terms_of(session, [policy.id])[policy.id], day) if runs else None
    if found is None:
        raise Conflict(f"The contract is not in force on {day}.", code="insurance_policy_not_in_force")
    return terms_of(found)


def _check_told(data: Mapping[str, Any], policy: InsurancePolicyRecord, relied_on: date, today: date) -> None:
    amount: Money = data["amount"]
    faults = []
    if amount.currency != policy.currency:
        faults.append(Fault("/amount/currency", "other_currency", f"The contract is in {policy.currency}."))
    if amount.amount <= 0:
        faults.append(Fault("/amount/amount", "out_of_range", "Must be above zero."))
    if relied_on > today:
        faults.append(Fault("/relied_on", "out_of_range", "Must not be ahead."))
    if data["basis"] == "experience" and data["report_id"] is not None:
        faults.append(Fault("/report_id", "not_a_choice", "On experience no report is relied on."))
    if faults:
        raise BadInput("Such a limit cannot be set.", faults=faults)


def _evidence(
    session: Session,
    debtor: DebtorRecord,
    data: Mapping[str, Any],
    relied_on: date,
    terms: InsuranceTerms,
    given: Wiring,
) -> Found:
    amount: Decimal = data["amount"].amount
    if not bears_on(terms, debtor.country, is_natural_person=debtor.is_natural_person, related=debtor.related_party):
        return Found({}, None, ("not_in_contract",))
    if data["basis"] == "report":
        return _of_report(session, debtor.id, data, relied_on, terms, given)
    since = experience_since(relied_on, terms)
    if since is None:
        return Found({}, None, tuple(objections_to_experience(amount, PaymentEvidence(0, None), terms)))
    known_at = end_of_day(relied_on, given.seller.time_zone)
    paid = payment_experience.paid_since(session, debtor.id, since, relied_on, known_at)
    told = {"basis": "experience", "relied_on": str(relied_on), "since": str(since)}
    evidence = {**told, "paid_count": paid.paid_count, "latest_days": paid.latest_days}
    objections = objections_to_experience(amount, PaymentEvidence(paid.paid_count, paid.latest_days), terms)
    assert terms.discretionary_experience_months is not None
    return Found(evidence, months_later(relied_on, terms.discretionary_experience_months), tuple(objections))


def _of_report(
    session: Session, debtor_id: UUID, data: Mapping[str, Any], relied_on: date, terms: InsuranceTerms, given: Wiring
) -> Found:
    report = _report(session, debtor_id, data["report_id"], relied_on, ZoneInfo(given.seller.time_zone))
    if report is None:
        return Found({}, None, tuple(objections_to_report(data["amount"].amount, None, relied_on, terms)))
    facts = facts_of(report)
    assert isinstance(facts, BureauFacts)
    adverse = tuple(sorted({each.code for each in facts.events if each.in_force(relied_on)}))
    found = ReportEvidence(facts.dated_on, adverse)
    objections = tuple(objections_to_report(data["amount"].amount, found, relied_on, terms))
    evidence = {
        "basis": "report",
        "relied_on": str(relied_on),
        "report_id": str(report.id),
        "provider": report.provider,
        "dated_on": str(facts.dated_on),
    }
    until = None if terms.discretionary_report_months is None else report_counts_until(found, terms)
    return Found(evidence, until, objections)


def _report(
    session: Session, debtor_id: UUID, report_id: UUID | None, relied_on: date, zone: ZoneInfo
) -> Report | None:
    """Give the credit report that is named, else the newest one, among those we had on that day."""
    had = (
        each
        for each in reports.told(session, debtor_id, "credit_bureau")
        if each.retrieved_at.astimezone(zone).date() <= relied_on
    )
    return next((each for each in had if report_id in (None, each.id)), None)


def _refuse(objections: Iterable[DiscretionaryObjection]) -> None:
    """Raise BadInput naming all objections there are."""
    faults = [
        Fault("/amount" if each == "above_contract" else "/basis", each, WORDS[each])
        for each in dict.fromkeys(objections)
    ]
    if faults:
        raise BadInput("The contract does not allow this limit.", code="not_discretionary", faults=faults)
