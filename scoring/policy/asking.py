"""The section of a policy that says which outside sources are asked, in which order, how long, and for how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args

from scoring.countries import country_fault
from scoring.documents import Fault, refuse
from scoring.facts import SourceKind
from scoring.policy.watching import WatchingPolicy

Purpose = Literal["credit_assessment", "credit_review", "onboarding"]
Known = Literal["ended", "insolvent", "sanctioned", "unknown", "unavailable"]

# What a policy of before plans goes by: everybody is asked at once, and nobody is waited for longer.
DEADLINE_SECONDS = Decimal(10)
DEADLINE_SECONDS_MAX = 45  # Nobody waits longer for an answer, and no repeat of a request may overtake it.
# Kinds that came later are kept so long where a policy does not say.
FRESH_DAYS: Mapping[SourceKind, int] = {"vat_register": 30, "entity_register": 30}


@dataclass(frozen=True, slots=True)
class AskingStep:
    """Kinds asked side by side, each with the providers in order of preference (none named: as the catalog has them).

    Once one of `stop_when` is known after the step, later steps are not asked.
    """

    ask: Mapping[SourceKind, tuple[str, ...]]
    stop_when: tuple[Known, ...] = ()

    def __post_init__(self) -> None:
        """A step asks something."""
        refuse([] if self.ask else [Fault("ask", "names no kind of source")])


@dataclass(frozen=True, slots=True)
class AskingPlan:
    """Whom to ask about a company of one of `countries` (none: any) for one of `purposes` (none: any).

    All of it within `deadline_seconds`, and for `cost_max` at most, in the policy's currency (None: no maximum).
    """

    name: str
    steps: tuple[AskingStep, ...]
    countries: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    deadline_seconds: Decimal = DEADLINE_SECONDS
    cost_max: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse a plan that asks nothing, or of countries that are none, or within no time."""
        faults = [] if self.steps else [Fault("steps", "is empty")]
        for index, country in enumerate(self.countries):
            if fault := country_fault(country):
                faults.append(Fault(f"countries.{index}", fault))
        if not 0 < self.deadline_seconds <= DEADLINE_SECONDS_MAX:
            faults.append(Fault("deadline_seconds", f"must be above zero and at most {DEADLINE_SECONDS_MAX}"))
        refuse(faults)

    def fits(self, country: str | None, purpose: str | None) -> bool:
        """Whether it is the plan for a company of a country, asked about for a purpose."""
        return (not self.countries or country in self.countries) and (not self.purposes or purpose in self.purposes)

    @property
    def kinds(self) -> tuple[SourceKind, ...]:
        """All kinds it asks, in the order of its steps."""
        return tuple(kind for step in self.steps for kind in step.ask)


EVERYBODY = AskingPlan("everybody", (AskingStep(dict.fromkeys(get_args(SourceKind), ())),))


@dataclass(frozen=True, slots=True)
class SourcesPolicy:
    """Which outside sources must have answered before anything is accepted, and how long an answer is used again.

    A debtor without an official number cannot be looked up everywhere: then `needed_without_number` must be asked.
    The first of `plans` that fits says whom to ask; where none does, all kinds are asked at once. `prices` are what a
    report of a provider costs by the seller's contract, in the policy's currency. `watching`: who is watched.
    """

    needed: tuple[SourceKind, ...]
    needed_without_number: tuple[SourceKind, ...]
    fresh_days: Mapping[SourceKind, int]
    plans: tuple[AskingPlan, ...] = ()
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    watching: WatchingPolicy = field(default_factory=WatchingPolicy)

    def __post_init__(self) -> None:
        """Every kind of source has its days: an answer is never kept for a time nobody chose."""
        days = {**FRESH_DAYS, **self.fresh_days}
        missing = (kind for kind in get_args(SourceKind) if kind not in days)
        negative = (kind for kind, each in self.fresh_days.items() if each < 0)
        refuse(
            (
                *(Fault(f"fresh_days.{kind}", "is missing") for kind in missing),
                *(Fault(f"fresh_days.{kind}", "is below zero") for kind in negative),
            )
        )
        object.__setattr__(self, "fresh_days", days)

    def review_plan(self, country: str) -> AskingPlan | None:
        """The plan by which reports are bought anew when something changed; None where no plan names that purpose."""
        plan = self.plan_for(country, "credit_review")
        return plan if "credit_review" in plan.purposes else None

    def plan_for(self, country: str, purpose: str | None) -> AskingPlan:
        """The plan for a company of a country (ISO 3166-1 alpha-2), asked about for a purpose or for none."""
        return next((plan for plan in self.plans if plan.fits(country, purpose)), EVERYBODY)
