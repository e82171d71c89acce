"""Two policies beside each other, over the same decisions or debtors: who moves, which limits, what may be lost."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal

from scoring.expected_loss import expected_loss

NoComparedLoss = Literal["no_loss_given_default", "no_probability_of_default"]
SideName = Literal["outcome", "risk_class", "grade", "binding"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Side:
    """How something came out by one policy; None where it said nothing."""

    outcome: str | None
    risk_class: str | None
    grade: str | None
    binding: str | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over what came out alike by both policies.

    A limit of kind none says nothing, so that neither is higher; unlimited is above every amount. The two limit amounts
    are summed where both are amounts. What is at risk, in the currency of both, is rated where both give a probability
    of default; `active_pd_amount` and `version_pd_amount` sum probability x amount over the rated.
    """

    count: int = 0
    higher_count: int = 0
    lower_count: int = 0
    same_count: int = 0
    amounts_count: int = 0
    active_limit_amount: Decimal = _ZERO
    version_limit_amount: Decimal = _ZERO
    at_risk_count: int = 0
    at_risk_amount: Decimal = _ZERO
    rated_count: int = 0
    rated_amount: Decimal = _ZERO
    active_pd_amount: Decimal = _ZERO
    version_pd_amount: Decimal = _ZERO

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(*(getattr(self, name) + getattr(other, name) for name in SUM_NAMES))


SUM_NAMES = tuple(each.name for each in fields(Sums))
NOTHING = Sums()


@dataclass(frozen=True, slots=True)
class Group:
    """What came out one way by the active policy and one way by the version."""

    active: Side
    version: Side
    sums: Sums


@dataclass(frozen=True, slots=True)
class Said:
    """One limit and one probability; `amount` is that of a limit of kind amount, in the policy's currency."""

    kind: str | None
    amount: Decimal | None
    pd: Decimal | None


def sums_of(active: Said, version: Said, at_risk_amount: Decimal | None) -> Sums:
    """The sums of a single pair; `at_risk_amount` is what would be lost at worst, None where that is not known."""
    heights = _height(active), _height(version)
    compared = None not in heights
    amounts = active.amount is not None and version.amount is not None
    rated = at_risk_amount is not None and active.pd is not None and version.pd is not None
    return Sums(
        count=1,
        higher_count=int(compared and heights[1] > heights[0]),  # type: ignore[operator]
        lower_count=int(compared and heights[1] < heights[0]),  # type: ignore[operator]
        same_count=int(compared and heights[1] == heights[0]),
        amounts_count=int(amounts),
        active_limit_amount=(active.amount or _ZERO) if amounts else _ZERO,
        version_limit_amount=(version.amount or _ZERO) if amounts else _ZERO,
        at_risk_count=int(at_risk_amount is not None),
        at_risk_amount=at_risk_amount or _ZERO,
        rated_count=int(rated),
        rated_amount=(at_risk_amount or _ZERO) if rated else _ZERO,
        active_pd_amount=(active.pd or _ZERO) * (at_risk_amount or _ZERO) if rated else _ZERO,
        version_pd_amount=(version.pd or _ZERO) * (at_risk_amount or _ZERO) if rated else _ZERO,
    )


def _height(said: Said) -> Decimal | None:
    """What a limit is compared by: its amount, infinity where it is unlimited, None where nothing was said."""
    return Decimal("Infinity") if said.kind == "unlimited" else said.amount


def total(groups: Iterable[Group]) -> Sums:
    """The sums of all groups together."""
    found = NOTHING
    for each in groups:
        found = found.plus(each.sums)
    return found


def matrix(groups: Iterable[Group], name: SideName) -> list[tuple[str | None, str | None, int]]:
    """How often what the active policy says meets what the version says, the most frequent first."""
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for each in groups:
        counts[getattr(each.active, name), getattr(each.version, name)] += each.sums.count
    return sorted(
        ((*pair, count) for pair, count in counts.items()), key=lambda row: (-row[2], row[0] or "", row[1] or "")
    )


def shares(groups: Sequence[Group], name: SideName) -> list[tuple[str | None, int, int]]:
    """How many have each value by the active policy, and by the version."""
    active: Counter[str | None] = Counter()
    version: Counter[str | None] = Counter()
    for each in groups:
        active[getattr(each.active, name)] += each.sums.count
        version[getattr(each.version, name)] += each.sums.count
    return [(value, active[value], version[value]) for value in sorted({*active, *version}, key=lambda one: one or "")]


@dataclass(frozen=True, slots=True)
class GradesMoved:
    """How many have a better, a worse or the same grade by the version, and how many cannot be compared.

    Two grades are compared where both policies give one, each by its place on its own policy's master scale.
    """

    better_count: int
    worse_count: int
    same_count: int
    not_compared_count: int


def grades_moved(
    groups: Iterable[Group], active_ranks: Mapping[str, int], version_ranks: Mapping[str, int]
) -> GradesMoved:
    """Count the grades that moved; ranks are 0 for the best grade of a scale."""
    counts: Counter[str] = Counter()
    for each in groups:
        before = None if each.active.grade is None else active_ranks.get(each.active.grade)
        after = None if each.version.grade is None else version_ranks.get(each.version.grade)
        if before is None or after is None:
            moved = "not_compared"
        else:
            moved = "better" if after < before else "worse" if after > before else "same"
        counts[moved] += each.sums.count
    return GradesMoved(counts["better"], counts["worse"], counts["same"], counts["not_compared"])


def by_binding(groups: Iterable[Group]) -> dict[tuple[str | None, str | None], Sums]:
    """The sums by what binds the limit of the active policy, and that of the version."""
    found: dict[tuple[str | None, str | None], Sums] = {}
    for each in groups:
        pair = each.active.binding, each.version.binding
        found[pair] = found.get(pair, NOTHING).plus(each.sums)
    return found


@dataclass(frozen=True, slots=True)
class ComparedLoss:
    """EL = PD x LGD x amount by both policies, not rounded; None with the reason why there is none."""

    active_amount: Decimal | None
    version_amount: Decimal | None
    missing: NoComparedLoss | None
    loss_given_default: Decimal | None


def compared_loss(sums: Sums, loss_given_default: Decimal | None) -> ComparedLoss:
    """What may be lost in a year by both policies, over what both give a probability for: the same amounts."""
    if loss_given_default is None:
        return ComparedLoss(None, None, "no_loss_given_default", None)
    if not sums.rated_count:
        return ComparedLoss(None, None, "no_probability_of_default", loss_given_default)
    # PD and amount are multiplied one by one already.
    return ComparedLoss(
        expected_loss(Decimal(1), loss_given_default, sums.active_pd_amount),
        expected_loss(Decimal(1), loss_given_default, sums.version_pd_amount),
        None,
        loss_given_default,
    )
