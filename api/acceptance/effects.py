"""What a verdict does once it counts: the state of the application, the limit, the debtor's file."""

from decimal import Decimal

from sqlalchemy.orm import Session

from api import onboarding
from api.acceptance import states
from api.acceptance.limit_answers import as_limit, in_force_on, known_class
from api.acceptance.matter import Matter
from api.limit_writing import NewLimit, write_limit
from api.records import applications, limits
from api.records.applications import ApplicationRecord
from api.records.limits import CreditLimitRecord
from api.records.verdicts import VerdictRecord
from api.wiring import Wiring
from scoring.acceptance import MACHINE, limit_days
from scoring.facts import CreditLimit


def take_effect(session: Session, matter: Matter, verdict: VerdictRecord, given: Wiring) -> None:
    """Do what a verdict says that counts from now on; the debtor must be locked."""
    was = states.of_machine(matter.application, matter.decision.judgement["outcome"])
    applications.enter(matter.application, states.BY_VERDICT[verdict.verdict], given.now)
    if _writes_limit(session, matter, verdict, was, given):
        write_limit(session, matter.debtor, _limit(matter, verdict, given), given.now)
    if matter.application.state in states.ACCEPTED:
        onboarding.begin(session, matter.debtor, given.house.policies, given.now)
    states.tell_decided(session, matter.application, matter.debtor, verdict.given_by, given.now)


def _writes_limit(session: Session, matter: Matter, verdict: VerdictRecord, was: str, given: Wiring) -> bool:
    """Whether a limit follows: what is named; else, of a refusal, that there is no credit where it was given by this.

    What another decision gave stays in force, unless this application was approved on what the machine gave.
    """
    if verdict.limit_kind != "none":
        return True
    there = limits.versions(session, matter.debtor.id, matter.application.scope)
    found, in_force = in_force_on(there, given.today)
    if found.limit.kind == "none":
        return True
    if found.limit.amount == 0:
        return False
    # What lies under a temporary limit comes back when that ends.
    standing = in_force_on([each for each in there if not each.is_temporary], given.today)[1]
    return any(_rests_on(each, matter.application, was) for each in (in_force, standing) if each is not None)


def _rests_on(version: CreditLimitRecord, application: ApplicationRecord, was: str) -> bool:
    if version.decision_id == application.decision_id:
        return True
    return was == "approved" and version.decided_by == MACHINE


def _limit(matter: Matter, verdict: VerdictRecord, given: Wiring) -> NewLimit:
    policy = matter.rules.policy
    risk_class = known_class(verdict.risk_class)
    days = limit_days(risk_class, given.today, policy.limits)
    until = verdict.valid_until or days.valid_until
    zero = CreditLimit("amount", Decimal(0))
    limit = zero if verdict.limit_kind == "none" else as_limit(verdict.limit_kind, verdict.limit_amount)
    return NewLimit(
        scope=matter.application.scope,
        limit=limit,
        currency=verdict.currency,
        risk_class=verdict.risk_class,
        valid_from=given.today,
        # A second person may take days to agree: what he agrees to holds for a day at least.
        valid_until=max(until, given.today),
        next_review_on=max(given.today, min(until, days.next_review_on)),
        decided_by=verdict.given_by,
        grounds=verdict.grounds,
        decision_id=matter.application.decision_id,
        verdict_id=verdict.id,
    )
