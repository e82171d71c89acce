"""Answers a credit check: read, ask, judge, record, answer. Nothing is reserved and no limit changes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from api import fresh_report
from api.check_facts import Judged, gather
from api.decision_answer import decision_answer
from api.fresh_report import Source
from api.policy_shelf import Rules
from api.problems import BadInput, Fault, NotAllowed, NotFound
from api.prospect import identifying
from api.prospect.asking import CheckRequest, question
from api.prospect.identifying import DebtorNamed
from api.records import checks, decisions, identities
from api.records.base import new_id
from api.records.checks import CheckedDebtor, CheckStart
from api.records.decisions import Decision
from api.wiring import Wiring, answer_bytes
from providers.catalog import SourceSpec
from providers.ports import Answer, CompanyKey, Identifier
from scoring.canonical import canonical_json, facts_document
from scoring.engines import judge


def check_credit(request: CheckRequest, given: Wiring) -> bytes:
    """Decide whether to sell to a debtor, on which terms and up to how much, and keep the decision.

    Gives the answer as it is sent. Raises Problems; a source that is down is part of the answer, not a problem.
    """
    if request.policy_version is not None and given.caller.role != "credit_manager":
        raise NotAllowed("Only a credit manager may ask for another version of the policy.")
    named = identifying.identified(request.named, given)
    with given.transaction() as session:
        given.once.claim(session)
        start = _start(session, named, given)
        debtor, rules = start.debtor, _rules(session, request.policy_version or start.active_version, given)
        asked = question(session, request, rules.policy, given.today)
        policy = rules.policy.sources
        specs = given.house.catalog.kinds(given.seller.mode, debtor.country, policy.needed)
        sources = fresh_report.read(start.reports, specs, policy.fresh_days, given.now)
        if all(source.status == "cached" for source in sources):  # The usual case: its numbers are not needed.
            return _decide(session, Judged(debtor, asked, rules, sources), given)
        company = _company(session, debtor)
        specs = fresh_report.askable(specs, company, policy.needed_without_number)
        sources = fresh_report.read(start.reports, specs, policy.fresh_days, given.now)
        missing = fresh_report.to_ask(sources, specs)
        if not missing:
            return _decide(session, Judged(debtor, asked, rules, sources), given)
        _require_purpose(request, missing)
    # No transaction is open while we wait.
    sources = _ask(request, debtor.id, company, rules, missing, sources, given)
    with given.transaction() as session:
        return _decide(session, Judged(debtor, asked, rules, sources), given)


def _ask(
    request: CheckRequest,
    debtor_id: UUID,
    company: CompanyKey,
    rules: Rules,
    missing: Sequence[SourceSpec],
    sources: Sequence[Source],
    given: Wiring,
) -> list[Source]:
    """Ask what is missing, and store what was bought before it is judged."""
    answers = fresh_report.ask(given.house.catalog, missing, company, rules.policy.currency, given.now)
    bought = [answer for answer in answers if isinstance(answer, Answer)]
    with given.transaction() as session:
        fresh_report.keep(session, debtor_id, bought, purpose=request.purpose, relation=request.relation)
    return fresh_report.renewed(sources, missing, answers)


def _decide(session: Session, judged: Judged, given: Wiring) -> bytes:
    now, rules = given.now, judged.rules
    facts = gather(session, judged, given.today)
    document = facts_document(facts)
    judgement = judge(rules.policy.engine, facts, rules.policy).document()
    decision = Decision(
        id=new_id(),
        kind="credit_check",
        debtor_id=judged.debtor.id,
        as_of=facts.as_of,
        decided_at=now,
        judgement=judgement,
        policy_version=rules.version,
        policy_digest=rules.digest,
        engine_version=rules.policy.engine,
        sources=[fresh_report.described(source, now) for source in judged.sources],
        asked_by=given.caller.name,
        actor=given.caller.actor,
        behaviour=document["behaviour"],
    )
    decisions.add(session, decision, canonical_json(judgement), canonical_json(document))
    answer = answer_bytes(decision_answer(decision, given.seller, given.caller.role, given.language))
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


def _require_purpose(request: CheckRequest, missing: Sequence[SourceSpec]) -> None:
    """Refuse to buy a report about somebody without saying why: data protection asks for it."""
    if not any(spec.buys for spec in missing):
        return
    faults = [
        Fault(f"/{name}", "required", "Required, since a credit report may be bought.")
        for name in ("purpose", "relation")
        if getattr(request, name) is None
    ]
    if faults:
        raise BadInput("A credit report is needed: say for which purpose and relation.", faults=faults)


def _company(session: Session, debtor: CheckedDebtor) -> CompanyKey:
    numbers = identities.numbers_of(session, debtor.id)
    identifiers = tuple(Identifier(number.scheme, number.country, number.value) for number in numbers)
    return CompanyKey(debtor.name, debtor.country, identifiers)
