"""Limits that a person sets: standing or for some days, within authority; and the versions there are."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.limit_answers import class_to_weigh, gives_credit, in_force_on, limit_answer
from api.acceptance.limit_fields import GivenLimit, limit_shown
from api.acceptance.persons import Credit, credit_to_weigh, refuse_applicant
from api.identity.debtors import locked_debtor, named_debtor
from api.known_time import known_until
from api.limit_writing import NewLimit, write_limit
from api.persons import beyond_authority, require_person
from api.policy_shelf import Rules
from api.problems import BadInput, Fault
from api.records import limits
from api.records.debtors import DebtorRecord
from api.records.limits import SCOPES, CreditLimitRecord
from api.sanctions_clearing import refuse_listed
from api.web.paging import page_of
from api.wiring import Wiring, answer_bytes
from scoring.acceptance import limit_days, temporary_until_max, within_authority
from scoring.policy.grading import RiskClass


@dataclass(frozen=True, slots=True)
class LimitRequest:
    """A limit as a person sets it; days that are not given follow from the policy."""

    limit: GivenLimit
    grounds: str
    scope: str = "own"
    valid_from: date | None = None
    valid_until: date | None = None
    is_temporary: bool = False


@dataclass(frozen=True, slots=True)
class LimitsPage:
    """Some versions, the cursor of the next ones, and what is told of all of them."""

    items: list[dict[str, Any]]
    next: str | None
    beside: dict[str, Any]


def set_limit(debtor_id: UUID, request: LimitRequest, given: Wiring) -> bytes:
    """Write a person's limit; gives the version as it is sent.

    Raises NotAllowed beyond the person's authority, naming who could, and for who applied; BadInput naming every
    fault; Conflict for credit to who is on a sanctions list.
    """
    decider = require_person(given, "set a limit")
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        refuse_applicant(session, debtor.id, decider)
        rules = given.house.policies.active(session)
        risk_class = class_to_weigh(session, debtor.id)
        new = _new_limit(request, risk_class, rules, given)
        if gives_credit(new.limit):
            refuse_listed(session, debtor)
        credit = Credit(new.limit, new.currency, new.scope)
        amount = credit_to_weigh(session, debtor.id, credit, rules.policy, given)
        weight = None if amount is None else amount.amount
        if not within_authority(weight, risk_class, decider.role, rules.policy):
            raise beyond_authority(decider, amount, risk_class, rules.policy)
        answer = answer_bytes(limit_answer(write_limit(session, debtor, new, given.now), given.caller.role))
        given.once.keep(session, 201, answer)
        return answer


def _new_limit(request: LimitRequest, risk_class: RiskClass | None, rules: Rules, given: Wiring) -> NewLimit:
    policy = rules.policy.limits
    valid_from = request.valid_from or given.today
    days = limit_days(risk_class, valid_from, policy)
    latest = temporary_until_max(valid_from, policy) if request.is_temporary else days.valid_until
    limit, currency = request.limit.stored(rules.policy)
    # What is taken back stays so until somebody decides again.
    valid_until = request.valid_until or (None if limit.kind == "none" else latest)
    faults = []
    if valid_from < given.today:
        faults.append(Fault("/valid_from", "in_the_past", "Orders before today were judged by what held then."))
    if valid_until is not None and valid_until < valid_from:
        faults.append(Fault("/valid_until", "ends_before_it_begins", "The limit would end before it begins."))
    if valid_until is not None and valid_until > latest:
        faults.append(Fault("/valid_until", "too_late", f"By the policy it ends by {latest}."))
    if faults:
        raise BadInput("The limit cannot be set.", faults=faults)
    review = None if request.is_temporary or valid_until is None else min(valid_until, days.next_review_on)
    return NewLimit(
        scope=request.scope,
        limit=limit,
        currency=currency,
        risk_class=risk_class,
        valid_from=valid_from,
        valid_until=valid_until,
        next_review_on=review,
        decided_by=given.caller.name,
        grounds=request.grounds,
        is_temporary=request.is_temporary,
    )


def limits_page(session: Session, debtor_id: UUID, query: dict[str, Any], given: Wiring) -> LimitsPage:
    """Give versions of a debtor's limits, the newest first, and what is in force on a day. Raises NotFound."""
    debtor = named_debtor(session, debtor_id)
    as_of, known_at = query["as_of"] or given.today, known_until(query["known_at"], given)
    listed = limits.listing(debtor.id, known_at)
    page = page_of(session, listed, [CreditLimitRecord.id], query["limit"], query["after"], newest_first=True)
    beside = {
        "debtor_id": debtor.id,
        "as_of": as_of,
        "known_at": known_at,
        "in_force": {scope: _on_day(session, debtor, scope, as_of, known_at) for scope in SCOPES},
    }
    return LimitsPage([limit_answer(each, given.caller.role) for each in page.items], page.next, beside)


def _on_day(session: Session, debtor: DebtorRecord, scope: str, as_of: date, known_at: Any) -> dict[str, Any]:
    found, version = in_force_on(limits.versions(session, debtor.id, scope, known_at), as_of)
    currency = "" if version is None else version.currency
    return {
        "standing": found.standing,
        "limit": limit_shown(found.limit.kind, found.limit.amount, currency),
        "limit_id": None if version is None else version.id,
        "valid_until": None if version is None else version.valid_until,
    }
