"""Decides on the credit of a debtor: read, ask, judge, record. What follows from it is each room's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from sqlalchemy.orm import Session

from api.check_facts import Judged, gather
from api.credit_check.asking import CheckRequest, question
from api.credit_check.numbers import Asked, compared, keep_numbers, with_given
from api.credit_check.registered import fill_in
from api.fresh_report import stored
from api.fresh_report.inquiry import Budget, Inquiry
from api.fresh_report.planning import Planned, Question, Sellers, Subject, agreed_prices, planned
from api.fresh_report.running import marked, run
from api.fresh_report.source import described
from api.identity import identifying
from api.identity.company_merging import as_number
from api.identity.naming import DebtorNamed
from api.policy_shelf import Rules
from api.problems import BadInput, Fault, NotFound
from api.records import checks, decisions
from api.records.base import new_id
from api.records.checks import CheckedDebtor, CheckStart
from api.records.decisions import Decision
from api.source_access import source_access
from api.wiring import Wiring
from providers.ports import CompanyKey, Identifier
from scoring.canonical import canonical_json, facts_document
from scoring.engines import judge


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was just kept, with the debtor it is of and the rules it was made by."""

    decision: Decision
    debtor: CheckedDebtor
    rules: Rules


# Does what follows from a decision, in the transaction that keeps it; gives the answer as it is sent.
Follow = Callable[[Session, Decided], bytes]


def decide(request: CheckRequest, kind: str, follow: Follow, given: Wiring) -> bytes:
    """Decide whether to sell to a debtor, on which terms and up to how much, and keep the decision under its kind.

    Gives the answer of `follow`, kept for repeated requests. Raises Problems; a source that is down is part of the
    decision, not a problem.
    """
    named = identifying.identified(request.named, given)
    access = source_access(given.house, given.seller)  # Reads credentials, so before our own transaction.
    with given.transaction() as session:
        given.once.claim(session)
        start, by = with_given(_start(session, named, given), named.company, given.now)
        rules = _rules(session, request.policy_version or start.active_version, given)
        asked = question(session, request, rules.policy, given.today)
        plan = _plan(request, start, rules, Sellers(given.house.catalog, access))
        used = () if request.ask_again else start.reports
        sources = stored.read(used, plan.questions, rules.policy.sources.fresh_days, given.now)
        missing = stored.still_to_ask(plan, sources, rules.policy, given.today)
        if not missing:
            judged = Judged(start.debtor, asked, rules, marked(plan, sources, rules.policy, given.today), start.numbers)
            return _record(session, judged, by, _Kept(new_id(), kind, follow), given)
        _require_purpose(request, missing)
    # No transaction is open while we wait.
    kept = _Kept(new_id(), kind, follow)
    sources = run(plan, sources, _inquiry(request, start, by, rules, plan, kept.decision_id, given), given.today)
    with given.transaction() as session:
        judged = Judged(start.debtor, asked, rules, sources, start.numbers)
        return _record(session, judged, by, kept, given)


def _plan(request: CheckRequest, start: CheckStart, rules: Rules, sellers: Sellers) -> Planned:
    numbers = tuple(as_number(each) for each in start.numbers)
    schemes = frozenset(number.scheme for number in numbers)
    subject = Subject(start.debtor.country, schemes, request.purpose, numbers, start.numbers_since)
    return planned(subject, rules.policy.sources, rules.policy.currency, sellers)


def _inquiry(
    request: CheckRequest, start: CheckStart, by: Asked, rules: Rules, plan: Planned, decision_id: UUID, given: Wiring
) -> Inquiry:
    """Give what all questions of this check share; its calls are metered under the decision that is to come."""
    policy, debtor = rules.policy, start.debtor
    prices = agreed_prices(policy.sources, policy.currency)
    numbers = tuple(Identifier(number.scheme, number.country, number.value) for number in start.numbers)
    return Inquiry(
        house=given.house,
        seller=given.seller,
        debtor_id=debtor.id,
        company=CompanyKey(debtor.name or by.name, debtor.country, numbers),
        policy=policy,
        access=source_access(given.house, given.seller, debtor_id=debtor.id, decision_id=decision_id, prices=prices),
        budget=Budget(plan.cost_max, policy.currency),
        deadline=monotonic() + plan.deadline_seconds,
        purpose=request.purpose,
        relation=request.relation,
        not_used=frozenset(each.id for each in start.reports) if request.ask_again else None,
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """Under which id and kind a decision is kept, and what follows from it."""

    decision_id: UUID
    kind: str
    follow: Follow


def _record(session: Session, judged: Judged, by: Asked, kept: _Kept, given: Wiring) -> bytes:
    """Judge, keep the decision, and do what follows from it."""
    now, rules = given.now, judged.rules
    judged = compared(session, judged, by, given)
    facts = gather(session, judged, given.today)
    document = facts_document(facts)
    judgement = judge(rules.policy.engine, facts, rules.policy).document()
    decision = Decision(
        id=kept.decision_id,
        kind=kept.kind,
        debtor_id=judged.debtor.id,
        as_of=facts.as_of,
        decided_at=now,
        judgement=judgement,
        policy_version=rules.version,
        policy_digest=rules.digest,
        engine_version=rules.policy.engine,
        sources=[described(source, now) for source in judged.sources],
        asked_by=given.caller.name,
        actor=given.caller.actor,
        behaviour=document["behaviour"],
    )
    decisions.add(session, decision, canonical_json(judgement), canonical_json(document))
    keep_numbers(session, judged, facts, by, given)
    fill_in(session, judged, facts, given)
    answer = kept.follow(session, Decided(decision, judged.debtor, rules))
    given.once.keep(session, 201, answer)
    return answer


def _start(session: Session, named: DebtorNamed, given: Wiring) -> CheckStart:
    """Read what the check starts from. Raises NotFound for an unknown debtor."""
    debtor_id = identifying.find_or_add(session, named, given)
    start = checks.start(session, debtor_id) if debtor_id else None
    if start is None:
        raise NotFound("There is no such debtor.", code="debtor_not_found")
    return start


def _rules(session: Session, version: int | None, given: Wiring) -> Rules:
    if version is None:
        raise NotFound("No policy is active.", code="no_active_policy")
    return given.house.policies.version(session, version)


def _require_purpose(request: CheckRequest, missing: Sequence[Question]) -> None:
    """Refuse to buy a report about somebody without saying why: data protection asks for it."""
    if not any(each.buys for each in missing):
        return
    faults = [
        Fault(f"/{name}", "required", "Required, since a credit report may be bought.")
        for name in ("purpose", "relation")
        if getattr(request, name) is None
    ]
    if faults:
        raise BadInput("A credit report is needed: say for which purpose and relation.", faults=faults)
