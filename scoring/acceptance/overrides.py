"""Whether a person decided as the machine did, or gave more credit or less."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from scoring.judgement import Outcome

Direction = Literal["same", "more_credit", "less_credit", "machine_silent"]
# By how much credit an answer gives; a first payment that is awaited takes nothing from the limit.
_CREDIT = {Outcome.DECLINE: 0, Outcome.ACCEPT_PREPAYMENT: 1, Outcome.HOLD_FIRST_PAYMENT: 2, Outcome.ACCEPT: 2}


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome with its limit in the currency of the policy: None is unlimited, zero no credit."""

    outcome: Outcome
    limit_amount: Decimal | None


def direction_of(machine: Answer | None, person: Answer) -> Direction:
    """How a person's answer differs from the machine's; None where the machine had none to give.

    The outcome tells before the limit does. Raises KeyError for a referral, which is no answer.
    """
    if machine is None:
        return "machine_silent"
    before, after = _CREDIT[machine.outcome], _CREDIT[person.outcome]
    if before == after == _CREDIT[Outcome.DECLINE]:
        return "same"
    if before == after:
        return _by_limit(machine.limit_amount, person.limit_amount)
    return "more_credit" if after > before else "less_credit"


def _by_limit(before: Decimal | None, after: Decimal | None) -> Direction:
    """How one limit differs from another; unlimited is more than any amount."""
    if before == after:
        return "same"
    if after is None or (before is not None and after > before):
        return "more_credit"
    return "less_credit"
