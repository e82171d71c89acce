"""How far the limits on the way to the top of a group are used, and what can still be ordered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scoring.orders import LimitLevel
from scoring.ratios import rounded_ratio

_ZERO = Decimal(0)
_SHARE_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class LevelUse:
    """One level and how far it is used.

    `limit_amount` is the limit with what guarantees add to it, None where nothing bounds it or nobody decided it.
    `utilisation` is the exposure as a share of that, None where there is no limit above zero.
    """

    level: LimitLevel
    is_in_force: bool
    limit_amount: Decimal | None
    headroom: Decimal | None
    utilisation: Decimal | None


@dataclass(frozen=True, slots=True)
class LimitUse:
    """All levels, the debtor's own first, and `tight`, the one with the least room: None where nothing bounds any.

    `available_amount` is what can still be ordered on account by the limits alone: zero while one of them is not in
    force or `may_owe` says that nothing may be owed yet, None where nothing bounds it.
    """

    levels: tuple[LevelUse, ...]
    tight: LevelUse | None
    available_amount: Decimal | None

    @property
    def headroom(self) -> Decimal | None:
        """The least room, below zero where a limit is overdrawn; None where nothing bounds it."""
        return None if self.tight is None else self.tight.headroom

    @property
    def over_limit_amount(self) -> Decimal | None:
        """By how much the tightest limit is overdrawn, zero where none is; None where no limit has an amount."""
        return None if self.headroom is None else max(_ZERO, -self.headroom)


def limit_use(levels: Sequence[LimitLevel], as_of: date, *, may_owe: bool) -> LimitUse:
    """How far limits are used on a day; amounts in the currency of the levels, shares to 4 decimals, half to even."""
    uses = tuple(_use(each, as_of) for each in levels)
    bounded = [each for each in uses if each.headroom is not None]
    tight = min(bounded, key=_room_of, default=None)
    if not may_owe or not all(each.is_in_force for each in uses):
        return LimitUse(uses, tight, _ZERO)
    return LimitUse(uses, tight, None if tight is None else max(_ZERO, _room_of(tight)))


def _use(level: LimitLevel, as_of: date) -> LevelUse:
    """One level: what bounds it, and how much of that is used."""
    amount = None if level.limit.amount is None else level.limit.amount + level.secured_amount
    share = rounded_ratio(level.exposure, amount, _SHARE_DECIMALS) if amount else None
    return LevelUse(level, level.is_in_force(as_of), amount, level.room, share)


def _room_of(use: LevelUse) -> Decimal:
    """The room of a level that has one, by which the least is found."""
    return _ZERO if use.headroom is None else use.headroom
