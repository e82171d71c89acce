"""What a verdict does once it counts: the state of the application, the limit, the debtor's file."""

from decimal import Decimal

from sqlalchemy.orm import Session

from api import onboarding
from api.acceptance import states
from api.acceptance.granting import NewLimit, write_limit
from api.acceptance.limit_answers import as_limit, in_force_on, known_class
from api.acceptance.matter import Matter
from api.records import limits
from api.records.verdicts import VerdictRecord
from api.wiring import Wiring
from scoring.acceptance import limit_days
from scoring.facts import CreditLimit


def take_effect(session: Session, matter: Matter, verdict: VerdictRecord, given: Wiring) -> None:
    """Do what a verdict says that counts from now on; the debtor must be locked."""
    states.enter(matter.application, states.BY_VERDICT[verdict.verdict], given.now)
    if _writes_limit(session, matter, verdict, given):
        write_limit(session, matter.debtor, _limit(matter, verdict, given), given.now)
    if matter.application.state in states.ACCEPTED:
        onboarding.begin(session, matter.debtor, given.house.policies, given.now)
    states.tell_decided(session, matter.application, matter.debtor, verdict.given_by, given.now)


def _writes_limit(session: Session, matter: Matter, verdict: VerdictRecord, given: Wiring) -> bool:
    """Whether a limit follows: a refusal that names none leaves what is in force, and else says that there is none."""
    if verdict.limit_kind != "none":
        return True
    there = limits.versions(session, matter.debtor.id, matter.application.scope)
    return in_force_on(there, given.today)[0].limit.kind == "none"


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
