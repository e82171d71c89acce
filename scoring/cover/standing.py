"""Which cover counts on a day, among all that an insurer decided and what we set ourselves by the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.cover.terms import InsuranceTerms
from scoring.dates import months_later

CoverState = Literal[
    "granted", "granted_in_part", "refused", "conditional", "reduced", "withdrawn", "cancelled", "ended"
]
CoverSource = Literal["insurer", "discretionary"]
CoverStanding = Literal[
    "in_force", "blind", "not_decided", "conditions_open", "refused", "withdrawn", "cancelled", "ended"
]
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CoverVersion:
    """One decision on a debtor; `amount` in the currency of the contract, valid to the end of `valid_until`.

    `conditions_met_on` has the day on which each of its conditions was met, None while it is not.
    """

    source: CoverSource
    state: CoverState
    amount: Decimal
    decided_on: date
    valid_from: date
    valid_until: date | None = None
    conditions_met_on: tuple[date | None, ...] = ()

    def standing_on(self, day: date) -> CoverStanding:
        """How this decision stands on a day on or after it began."""
        if self.state in ("refused", "withdrawn", "cancelled", "ended"):
            return self.state
        if self.valid_until is not None and self.valid_until < day:
            return "ended"
        # That it is conditional and nobody wrote down on what leaves nothing that could have been met.
        if self.state == "conditional" and not self.conditions_met_on:
            return "conditions_open"
        met = (met_on is not None and met_on <= day for met_on in self.conditions_met_on)
        return "in_force" if all(met) else "conditions_open"


@dataclass(frozen=True, slots=True)
class CoverOnDay:
    """What covers a debtor on a day: `insured_limit`, zero wherever nothing does, and the version that says so."""

    standing: CoverStanding
    insured_limit: Decimal
    version: CoverVersion | None

    @property
    def counted_amount(self) -> Decimal | None:
        """The cover as a limit is reckoned from it: zero where it was refused, None where nothing is in effect.

        What has ended, or waits for its conditions, covers nothing and is no refusal.
        """
        if self.standing in ("in_force", "blind", "refused", "withdrawn"):
            return self.insured_limit
        return None


def cover_on(versions: Sequence[CoverVersion], day: date, terms: InsuranceTerms) -> CoverOnDay:
    """The cover that counts on a day: the newest decision that has begun. `versions` in the order they were recorded.

    Any decision of the insurer, zero as well, ends for good what we set ourselves. What is over, or waits for its
    conditions, brings nothing older back. Blind cover counts while nobody has decided.
    """
    begun = [each for each in versions if each.valid_from <= day]
    decided = [each for each in begun if each.source == "insurer"] or begun
    if not decided:
        if terms.blind_cover_max is not None:
            return CoverOnDay("blind", terms.blind_cover_max, None)
        return CoverOnDay("not_decided", _ZERO, None)
    _, newest = max(enumerate(decided), key=_newest)
    standing = newest.standing_on(day)
    return CoverOnDay(standing, newest.amount if standing == "in_force" else _ZERO, newest)


def taken_back_since(versions: Sequence[CoverVersion], day: date, months: int) -> bool:
    """Whether in so many months up to a day the insurer refused cover, took it back, or gave zero."""
    since = months_later(day, -months)
    return any(
        each.source == "insurer"
        and since < each.valid_from <= day
        and (each.state in ("refused", "withdrawn") or (each.amount == 0 and each.state not in ("cancelled", "ended")))
        for each in versions
    )


def _newest(numbered: tuple[int, CoverVersion]) -> tuple[date, int]:
    """The order of decisions: by the day, and of one day the one that was recorded later."""
    index, version = numbered
    return version.decided_on, index
