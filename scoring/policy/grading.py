"""The sections of a policy that say how evidence becomes a grade."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args

from scoring.documents import Fault, refuse
from scoring.policy.contradictions import ContradictionRule
from scoring.policy.scorecards import OddsScalePolicy, Scorecard
from scoring.policy.steps import CeilingSteps, FloorSteps, unless_ascending
from scoring.policy.tables import ScoreTable

RiskClass = Literal["low", "normal", "high", "blocked"]
RISK_CLASSES: tuple[RiskClass, ...] = get_args(RiskClass)  # The best first.
LATE_DAYS_KEPT = (0, 5, 15, 30, 60)  # What the ledger keeps sums of.
RATE_USABLE_DAYS_MAX = 366  # A rate of more than a year ago is no rate of today.
EventKind = Literal["insolvency", "not_active", "hold", "adverse"]


@dataclass(frozen=True, slots=True)
class LatenessPolicy:
    """How late shares are estimated: of items settled in `window_days`, the recent part being `recent_days`.

    A share is taken over each of `over_days` (of LATE_DAYS_KEPT). The debtor's own is drawn toward the book's as if
    `book_weight` items of the book were its own, the recent one toward its own by `own_weight` items. A book of less
    than `book_count_min` settled items is not known yet: `book_shares` stand in for it.
    """

    window_days: int
    recent_days: int
    over_days: tuple[int, ...]
    book_weight: Decimal
    own_weight: Decimal
    book_count_min: int
    book_shares: tuple[Decimal, ...]

    def __post_init__(self) -> None:
        """Every threshold is one the ledger counts, and has a share that stands in for the book's."""
        faults = []
        if not self.over_days or not set(self.over_days) <= set(LATE_DAYS_KEPT):
            faults.append(Fault("over_days", f"must be of {', '.join(map(str, LATE_DAYS_KEPT))}"))
        if len(self.book_shares) != len(self.over_days):
            faults.append(Fault("book_shares", "needs one share for each of over_days"))
        if any(not 0 <= share <= 1 for share in self.book_shares):
            faults.append(Fault("book_shares", "are shares, from 0 to 1"))
        if self.recent_days >= self.window_days:
            faults.append(Fault("recent_days", "is not below window_days"))
        refuse(faults)


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """How old evidence may be, how far it is believed, and what events and legal forms mean.

    Behaviour looks at what was settled in `behaviour_window_days`, the recent part of it being
    `behaviour_recent_days`; paid more than `late_days` after the due date is late (one of LATE_DAYS_KEPT).
    A vendor's probability that names no horizon is taken to be over `assumed_horizon_months`. A rate of exchange is
    used while it is at most `rate_usable_days` old; the default is for policies that do not name it yet.
    `contradictions` says what counts where sources contradict each other; what it does not name is not looked for.
    """

    behaviour_window_days: int
    behaviour_recent_days: int
    late_days: int
    report_fresh_days: int
    report_usable_days: int
    assumed_horizon_months: int
    financials_usable_months: int
    quality_fresh_with_financials: Decimal
    quality_fresh_without_financials: Decimal
    quality_stale: Decimal
    confidence_min: Decimal
    past_insolvency_years: int
    events: Mapping[str, EventKind]
    natural_person_legal_forms: tuple[str, ...]
    legal_person_legal_forms: tuple[str, ...]
    rate_usable_days: int = 7
    lateness: LatenessPolicy | None = None
    contradictions: tuple[ContradictionRule, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a report that is fresh longer than it is usable, and lateness that the ledger does not sum."""
        faults = []
        if self.late_days not in LATE_DAYS_KEPT:
            faults.append(Fault("late_days", f"must be one of {', '.join(map(str, LATE_DAYS_KEPT))}"))
        if self.behaviour_recent_days >= self.behaviour_window_days:
            faults.append(Fault("behaviour_recent_days", "is not below behaviour_window_days"))
        if self.report_fresh_days > self.report_usable_days:
            faults.append(Fault("report_fresh_days", "is above report_usable_days"))
        if self.assumed_horizon_months <= 0:
            faults.append(Fault("assumed_horizon_months", "is not above zero"))
        if self.rate_usable_days > RATE_USABLE_DAYS_MAX:
            faults.append(Fault("rate_usable_days", f"is above {RATE_USABLE_DAYS_MAX}"))
        kinds = [each.kind for each in self.contradictions]
        for index, kind in enumerate(kinds):
            if kind in kinds[:index]:
                faults.append(Fault(f"contradictions.{index}.kind", f"there is a rule of {kind} already"))
        refuse(faults)


@dataclass(frozen=True, slots=True)
class CeilingCharacteristic:
    """A part of the payment index of which less is better; `target` is what good looks like."""

    weight: Decimal
    target: Decimal
    points: CeilingSteps


@dataclass(frozen=True, slots=True)
class FloorCharacteristic:
    """A part of the payment index of which more is better; `target` is what good looks like."""

    weight: Decimal
    target: Decimal
    points: FloorSteps


@dataclass(frozen=True, slots=True)
class ShareCharacteristic:
    """A part of the payment index that is a share itself: its points are 100 times the good share."""

    weight: Decimal
    target: Decimal


@dataclass(frozen=True, slots=True)
class DisputePenalty:
    """Points taken off for disputes found unjustified: `per_ratio` times their ratio, at most `maximum`."""

    per_ratio: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class PaymentIndexPolicy:
    """The internal scorecard, 0 to 100, higher is better."""

    dbt_days: CeilingCharacteristic
    late_amount_share: ShareCharacteristic
    trend_days: CeilingCharacteristic
    promises_kept_share: ShareCharacteristic
    peak_utilisation: CeilingCharacteristic
    tenure_years: FloorCharacteristic
    dispute_penalty: DisputePenalty

    def __post_init__(self) -> None:
        """Weights are shares of one whole, and none may pull the other way."""
        weighed: dict[str, CeilingCharacteristic | FloorCharacteristic | ShareCharacteristic] = {
            "dbt_days": self.dbt_days,
            "late_amount_share": self.late_amount_share,
            "trend_days": self.trend_days,
            "promises_kept_share": self.promises_kept_share,
            "peak_utilisation": self.peak_utilisation,
            "tenure_years": self.tenure_years,
        }
        refuse(Fault(f"{name}.weight", "is not above zero") for name, each in weighed.items() if each.weight <= 0)


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """Vendor scores from `at_least` on (below the next band) stand for `grade`."""

    at_least: Decimal
    grade: str


@dataclass(frozen=True, slots=True)
class ScorecardsPolicy:
    """How our own and the vendors' scores become a probability of default.

    Our own experience is scored by `behaviour`, or in policies of engine 1 by `payment_index` on `index_scale`. Where
    `behaviour` is trained, `behaviour_of_persons` judges natural persons. `financials` scores annual figures where no
    vendor gives a probability or a score that the policy knows. What vendors' scores stand for is said by
    `external_tables`, each for its own days, or by `external_scales` for all time.
    """

    external_target_pd: Decimal
    external_scales: Mapping[str, tuple[ScoreBand, ...]] = field(default_factory=dict)
    external_tables: tuple[ScoreTable, ...] = ()
    payment_index: PaymentIndexPolicy | None = None
    index_scale: OddsScalePolicy | None = None
    behaviour: Scorecard | None = None
    behaviour_of_persons: Scorecard | None = None
    financials: Scorecard | None = None

    def __post_init__(self) -> None:
        """One way to score our own experience, and one that people chose for natural persons."""
        faults: list[Fault | str] = []
        old = self.payment_index is not None and self.index_scale is not None
        if old == (self.behaviour is not None):
            faults.append("give either behaviour, or payment_index with its index_scale")
        card = self.behaviour
        if card is not None and card.trained and self.behaviour_of_persons is None:
            faults.append(
                Fault("behaviour_of_persons", "must say how natural persons are scored: behaviour is trained")
            )
        if self.behaviour_of_persons is not None and self.behaviour_of_persons.trained:
            faults.append(Fault("behaviour_of_persons.trained", "may not be true"))
        refuse(faults)


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """One grade: the probability it ends below, one typical of it, and its risk class."""

    grade: str
    below_pd: Decimal
    typical_pd: Decimal
    risk_class: RiskClass


@dataclass(frozen=True, slots=True)
class MasterScalePolicy:
    """All grades, best first; `default_grade` is what stands at or above the last bound, or insolvent."""

    grades: tuple[GradePolicy, ...]
    default_grade: str
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    ranks: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _bounds: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    _classes: Mapping[str, RiskClass] = field(init=False, repr=False, compare=False)
    _typical: Mapping[str, Decimal] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the look-ups; bounds must rise and names be unique."""
        bounds = tuple(each.below_pd for each in self.grades)
        names = (*(each.grade for each in self.grades), self.default_grade)
        refuse(self._faults(bounds, names))
        classes: dict[str, RiskClass] = {each.grade: each.risk_class for each in self.grades}
        classes[self.default_grade] = "blocked"
        typical = {each.grade: each.typical_pd for each in self.grades}
        typical[self.default_grade] = Decimal(1)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "ranks", {name: rank for rank, name in enumerate(names)})
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_classes", classes)
        object.__setattr__(self, "_typical", typical)

    def _faults(self, bounds: tuple[Decimal, ...], names: tuple[str, ...]) -> Iterator[Fault]:
        """What keeps these grades from being a scale."""
        if not self.grades:
            yield Fault("grades", "there are no grades")
        yield from unless_ascending(bounds, "grades", "below_pd")
        for index, (each, floor) in enumerate(zip(self.grades, (Decimal(0), *bounds), strict=False)):
            if not floor <= each.typical_pd < each.below_pd:
                detail = f"lies outside the grade {each.grade}: that is from {floor} to below {each.below_pd}"
                yield Fault(f"grades.{index}.typical_pd", detail)
        for index, name in enumerate(names):
            if name in names[:index]:
                path = f"grades.{index}.grade" if index < len(self.grades) else "default_grade"
                yield Fault(path, f"{name!r} is the name of another grade too")

    def grade_of(self, pd: Decimal) -> str:
        """The grade of a probability of default: lower bound inclusive, upper exclusive."""
        return self.names[bisect_right(self._bounds, pd)]

    def class_of(self, grade: str) -> RiskClass:
        """The risk class of a grade."""
        return self._classes[grade]

    def typical_pd_of(self, grade: str) -> Decimal:
        """A probability of default that stands for the grade."""
        return self._typical[grade]

    def worst_of(self, grade: str, other: str) -> str:
        """The worse of two grades."""
        return grade if self.ranks[grade] >= self.ranks[other] else other


@dataclass(frozen=True, slots=True)
class BlendingPolicy:
    """How own experience and outside evidence are weighed: Z = n / (n + credibility_k), at most the cap."""

    credibility_k: Decimal
    credibility_cap: Decimal
    pd_floor: Decimal
    pd_ceiling: Decimal

    def __post_init__(self) -> None:
        """The probabilities must leave room for odds, and the credibility must be a share."""
        faults = []
        if self.pd_floor <= 0 or self.pd_floor >= self.pd_ceiling:
            faults.append(Fault("pd_floor", "must be above 0 and below pd_ceiling"))
        if self.pd_ceiling >= 1:
            faults.append(Fault("pd_ceiling", "must be below 1"))
        if self.credibility_k <= 0:
            faults.append(Fault("credibility_k", "must be above zero"))
        if not 0 <= self.credibility_cap <= 1:
            faults.append(Fault("credibility_cap", "is a share, from 0 to 1"))
        refuse(faults)


@dataclass(frozen=True, slots=True)
class CapsPolicy:
    """The best grade each fact leaves, whatever the score says."""

    unresolved_write_off_grade: str
    cover_withdrawn_grade: str
    oldest_overdue_grade: str
    oldest_overdue_days: int
    young_company_grade: str
    young_company_months: int
    past_insolvency_grade: str
