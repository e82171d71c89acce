"""How far the limits on the way to the top of a group are used, and what can still be ordered on account."""

from dataclasses import dataclass
from decimal import Decimal

from scoring.orders import LimitLevel, OrderFacts, headroom_of
from scoring.orders.room import missing_items, tightest
from scoring.ratios import rounded_ratio

_ZERO = Decimal(0)
_SHARE_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class LevelUse:
    """One level and how far it is used.

    `headroom` is what its limit, with what secures it, leaves: None where no amount bounds it. `utilisation` is the
    exposure as a share of that limit, None where it is not above zero.
    """

    level: LimitLevel
    is_in_force: bool
    headroom: Decimal | None
    utilisation: Decimal | None


@dataclass(frozen=True, slots=True)
class LimitUse:
    """All levels, the debtor's own first, and the one that is `effective`: it bounds the next order.

    That is one that is not in force, else the one with the least room, else the debtor's own. `headroom` is as an order
    meets it, None where nothing bounds it. `available_amount` is what can still be ordered on account by limits, terms
    and file: never below zero, None where nothing bounds it.
    """

    levels: tuple[LevelUse, ...]
    effective: LevelUse
    headroom: Decimal | None
    available_amount: Decimal | None

    @property
    def over_limit_amount(self) -> Decimal | None:
        """By how much the tightest limit is overdrawn, zero where none is; None where nothing bounds it."""
        return None if self.headroom is None else max(_ZERO, -self.headroom)


def limit_use(facts: OrderFacts) -> LimitUse:
    """How far limits are used; amounts in the currency of the facts, shares to 4 decimals, half to even."""
    uses = tuple(_use(each, facts) for each in facts.levels)
    headroom = headroom_of(facts)
    available = None if headroom is None else max(_ZERO, headroom)
    if not facts.terms_agreed or missing_items(facts):
        available = _ZERO
    return LimitUse(uses, _effective(uses, facts), headroom, available)


def _effective(uses: tuple[LevelUse, ...], facts: OrderFacts) -> LevelUse:
    """The level that bounds the next order."""
    tight = tightest(facts)
    lacking = (each for each in uses if not each.is_in_force)
    bounding = (each for each in uses if tight is not None and each.level is tight.level)
    return next(lacking, None) or next(bounding, uses[0])


def _use(level: LimitLevel, facts: OrderFacts) -> LevelUse:
    """One level: what its limit leaves, and how much of it is used."""
    most = level.most
    if most is None:
        return LevelUse(level, level.is_in_force(facts.as_of), None, None)
    share = rounded_ratio(level.exposure, most, _SHARE_DECIMALS) if most > 0 else None
    return LevelUse(level, level.is_in_force(facts.as_of), most - level.exposure, share)
