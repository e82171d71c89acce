"""How a verdict differs from the machine's decision, told when it is given."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.acceptance.limit_answers import as_limit
from api.acceptance.limit_fields import limit_of
from api.acceptance.matter import Matter
from api.acceptance.persons import amount_to_weigh
from api.exchange import convert
from api.records import limits
from api.records.verdicts import VerdictRecord
from api.wiring import Wiring
from scoring.acceptance import Answer, Direction, direction_of
from scoring.judgement import Outcome
from scoring.money import Money


def direction_beside(session: Session, matter: Matter, verdict: VerdictRecord, given: Wiring) -> Direction:
    """Say how a verdict differs from what the machine decided, or would have decided had it not referred."""
    machine = _machine(session, matter, given)
    # Who names no limit leaves it as it is.
    unnamed = verdict.limit_kind == "none" and machine is not None
    said = as_limit(verdict.limit_kind, verdict.limit_amount)
    named = amount_to_weigh(session, said, verdict.currency, matter.rules.policy, given)
    amount = None if named is None else named.amount
    if unnamed and machine is not None:
        amount = machine.limit_amount
    return direction_of(machine, Answer(Outcome(verdict.verdict), amount))


def _machine(session: Session, matter: Matter, given: Wiring) -> Answer | None:
    """The machine's answer: never more than was asked for. None where it had no grade to give one by."""
    said = machine_answer(matter.decision.judgement)
    if said is None:
        return None
    written = limits.of_decision(session, matter.decision.id)
    amount = limit_of(said["limit"]).amount if written is None else written.limit_amount
    asked = matter.application.requested_amount
    if amount is not None and asked is not None:
        policy = matter.rules.policy
        requested = Money(asked, matter.application.currency)
        found = convert(session, [requested], policy.currency, given.today, policy.evidence.rate_usable_days)
        amount = amount if found.missing else min(amount, found.total)
    outcome = Outcome(said["outcome"])
    return Answer(outcome, amount if amount is not None else Decimal(0))


def machine_answer(judgement: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give outcome, limit and terms of a judgement, or those it would have had without a person; None without any."""
    return judgement["proposal"] if judgement["outcome"] == Outcome.REFER else judgement
