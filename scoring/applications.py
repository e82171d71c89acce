"""What a machine's answer to an application is worth beside what a person decided, and beside a limit in force."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from scoring.facts import CreditLimit
from scoring.judgement import Outcome

ReferralCode = Literal["refused_by_person", "above_limit_of_person", "limit_beside_prepayment"]
ABOVE_LIMIT = "asked_above_limit"
# Why it is as it is, where a person's word and not the machine's counts; by his verdict, or none.
BY_VERDICT = {
    "accept": "granted_by_person",
    "accept_prepayment": "prepayment_by_person",
    "decline": "declined_by_person",
}
ON_LIMIT_IN_FORCE = "within_limit_in_force"


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a debtor's credit, amounts in the currency of the policy.

    `limit` is in force, of kind `none` where there is none. `is_of_person`: a person set it, or one that is to begin.
    `refused`: the last that a person decided was that there is no credit.
    """

    limit: CreditLimit
    is_of_person: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """The outcome of an application; `because` says why a person must decide where the machine would not have asked.

    `writes_limit`: what the machine grants becomes the limit. Else what is accepted stands on the limit in force.
    """

    outcome: Outcome
    because: ReferralCode | None = None
    writes_limit: bool = False


def answer_beside(
    outcome: Outcome, refers: Collection[str], asked: CreditLimit, granted: CreditLimit, standing: Standing
) -> Beside:
    """What becomes of the machine's answer. `refers` are the codes of its reasons to refer.

    A person's word falls to no machine: his limit is neither raised, lowered nor ended, and his refusal holds until a
    person decides again. Nor does an application for less lower any limit.
    """
    if outcome is Outcome.DECLINE:
        return Beside(outcome)
    if outcome is Outcome.REFER:
        fits = standing.is_of_person and not standing.refused and set(refers) == {ABOVE_LIMIT}
        return Beside(Outcome.ACCEPT if fits and _is_within(asked, standing.limit) else outcome)
    if standing.refused:
        return Beside(Outcome.REFER, "refused_by_person")
    if outcome is Outcome.ACCEPT_PREPAYMENT:
        # Orders would go out on account by the limit, whatever was answered here.
        return Beside(Outcome.REFER, "limit_beside_prepayment") if _gives_credit(standing.limit) else Beside(outcome)
    if not standing.is_of_person:
        return Beside(outcome, writes_limit=_is_within(standing.limit, granted))
    if _is_within(asked, standing.limit):
        return Beside(outcome)
    return Beside(Outcome.REFER, "above_limit_of_person")


def _gives_credit(limit: CreditLimit) -> bool:
    """Whether anything goes out on account by a limit."""
    return limit.kind == "unlimited" or (limit.amount is not None and limit.amount > 0)


def _is_within(limit: CreditLimit, other: CreditLimit) -> bool:
    """Whether a limit is no higher than another one; that there is none is no higher than any."""
    if other.kind == "unlimited" or limit.kind == "none":
        return True
    zero = Decimal(0)
    return limit.amount is not None and limit.amount <= (zero if other.amount is None else other.amount)
