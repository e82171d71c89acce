"""Covers that a credit insurer was asked for, and what has become of each by a day: as the company's fate says."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from providers.sandbox.company import Company
from providers.sandbox.fates import Cover
from providers.sandbox.world import world

Standing = Literal["pending", "granted", "granted_in_part", "refused", "reduced", "withdrawn", "cancelled"]
OVER: frozenset[Standing] = frozenset({"refused", "withdrawn", "cancelled"})
FIRST_NUMBER = 1_234_567


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for cover, as it was made under an insurance policy. `lowered_to`: the seller gave a part back."""

    number: int
    policy: tuple[str, ...]
    company: Company
    amount: Decimal
    currency: str
    reference: str | None
    starts_on: date
    asked_on: date
    lowered_to: Decimal | None = None
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """How a cover stands: `amount` None while nobody has decided; `on` is the day of the last change."""

    standing: Standing
    amount: Decimal | None
    on: date | None


class Covers:
    """All covers of one insurer; everything holds the world's lock."""

    def __init__(self, round_down: Callable[[Decimal], Decimal]) -> None:
        self._round_down = round_down
        self._numbers = itertools.count(FIRST_NUMBER)
        self._asked: dict[int, Asked] = {}

    def ask(self, **told: object) -> Asked:
        """Keep a request; `told` is what an `Asked` holds, but for its number."""
        asked = Asked(number=next(self._numbers), **told)  # type: ignore[arg-type]
        self._asked[asked.number] = asked
        return asked

    def change(self, asked: Asked, **changes: object) -> Asked:
        """Keep a request changed."""
        changed = replace(asked, **changes)  # type: ignore[arg-type]
        self._asked[asked.number] = changed
        return changed

    def of(self, policy: tuple[str, ...]) -> list[Asked]:
        """All of an insurance policy, the oldest first."""
        return [each for each in self._asked.values() if each.policy == policy]

    def decision(self, asked: Asked, today: date) -> Decision:
        """What has become of a request by a day."""
        fate = asked.company.cover or Cover("refused")
        if asked.cancelled_on is not None:
            return Decision("cancelled", Decimal(0), asked.cancelled_on)
        age = (today - asked.asked_on).days
        if age < fate.after_days:
            return Decision("pending", None, None)
        later = fate.later
        if later is not None and age >= later.after_days:
            on = asked.asked_on + timedelta(days=later.after_days)
            if later.to == "withdrawn":
                return Decision("withdrawn", Decimal(0), on)
            return Decision("reduced", self._share(asked, later.share), on)
        on = asked.asked_on + timedelta(days=fate.after_days)
        if asked.lowered_to is not None:
            return Decision("granted", asked.lowered_to, on)
        if fate.decision == "refused":
            return Decision("refused", Decimal(0), on)
        if fate.decision == "granted_in_part":
            return Decision("granted_in_part", self._share(asked, fate.share), on)
        return Decision("granted", asked.amount, on)

    def _share(self, asked: Asked, share: Decimal | None) -> Decimal:
        assert share is not None
        return self._round_down(asked.amount * share)


def covers_of(insurer: str, round_down: Callable[[Decimal], Decimal]) -> Covers:
    """The covers of an insurer in this sandbox; `round_down` gives the amounts it grants. Hold `world().lock`."""
    kept: Covers = world().kept.setdefault(f"{insurer} covers", Covers(round_down))
    return kept
