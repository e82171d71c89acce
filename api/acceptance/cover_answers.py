"""What an insurer's answer changes of a debtor's cover: the version to record, since when, and whether it cuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from api.records.cover_versions import Decided, newest_of_insurer
from providers.edifact import CANCELLED, CONDITIONAL
from providers.insurers import OVER, STANDING, CoverAnswer
from scoring.cover import CoverState, InsuranceTerms, cover_on, reduction_begins_on

NOT_TOLD = "The insurer decided with conditions, and its answer does not tell them: see its decision."


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to record; `before_amount` is what was covered until now, in the currency of the contract.

    `is_cut`: the insurer covers less than before, or said that it will.
    """

    state: CoverState
    amount: Decimal
    currency: str
    valid_from: date
    valid_until: date | None
    response_code: str | None
    reason_code: str | None
    conditions: tuple[str, ...]
    before_amount: Decimal
    is_cut: bool


def version_of(
    answer: CoverAnswer,
    decided: Sequence[Decided],
    terms: InsuranceTerms,
    currency: str,
    today: date,
    *,
    asked_by_us: bool,
    new_cover: bool,
) -> NewVersion | None:
    """Give the version that an answer makes, None where it tells nothing new.

    A cut takes effect on the day the insurer states, else so long after notice as the contract says; one that we asked
    for ourselves (`asked_by_us`), what ends a limit of our own, and everything that covers more, at once. A `new_cover`
    begins on the day that the insurer tells.
    """
    if answer.state == "pending" or answer.amount is None:
        return None
    last = newest_of_insurer(decided)
    before = given_on(decided, today, terms)
    conditions = _conditions(answer)
    state: CoverState = "conditional" if conditions and answer.state in STANDING else answer.state
    valid_until = answer.ends_on if answer.state in STANDING else None
    is_ending = answer.response_code == CANCELLED and valid_until is not None
    is_cut = not asked_by_us and ((before > 0 and answer.amount < before) or is_ending)
    made = NewVersion(
        state=state,
        amount=answer.amount,
        currency=answer.currency or currency,
        valid_from=_begins_on(
            answer, terms, today, has_notice=is_cut and not is_ending and last is not None, new_cover=new_cover
        ),
        valid_until=valid_until,
        response_code=answer.response_code,
        reason_code=answer.reason_code,
        conditions=conditions,
        before_amount=before,
        is_cut=is_cut,
    )
    return None if last is not None and _is_same(made, last) else made


def given_on(decided: Sequence[Decided], day: date, terms: InsuranceTerms) -> Decimal:
    """Give what is covered on a day, or would be once its conditions are met: taking that back is a cut as well."""
    standing = cover_on([each.version for each in decided], day, terms)
    if standing.standing == "conditions_open" and standing.version is not None:
        return standing.version.amount
    return standing.insured_limit


def _conditions(answer: CoverAnswer) -> tuple[str, ...]:
    if answer.state in OVER:
        return ()
    if not answer.conditions and answer.response_code == CONDITIONAL:
        return (NOT_TOLD,)
    return answer.conditions


def _begins_on(answer: CoverAnswer, terms: InsuranceTerms, today: date, *, has_notice: bool, new_cover: bool) -> date:
    if answer.state == "ended":
        return today if answer.ends_on is None else answer.ends_on + timedelta(days=1)
    if has_notice:
        return reduction_begins_on(today, terms, answer.ends_on if answer.state in OVER else None)
    if new_cover and answer.state in STANDING and answer.starts_on is not None:
        return answer.starts_on
    return today


def _is_same(made: NewVersion, last: Decided) -> bool:
    """Whether an answer says what was recorded already; from which day on it counts was said then."""
    names = ("state", "amount", "currency", "valid_until", "response_code", "reason_code")
    texts = tuple(each.record.text for each in last.conditions)
    return texts == made.conditions and all(getattr(made, name) == getattr(last.record, name) for name in names)
