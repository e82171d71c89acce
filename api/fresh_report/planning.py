"""Whom a check asks: the plan of the policy for one company, with those of its providers that can be asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from api.fresh_report.source import OFTEN_SILENT, Cost, Why
from providers.catalog import Access, Catalog
from providers.settings import Price
from scoring.company_numbers import CompanyNumber
from scoring.facts import SourceKind
from scoring.policy.asking import Known, SourcesPolicy


@dataclass(frozen=True, slots=True)
class Offer:
    """One provider that can be asked; `price` None: nobody told what a report costs."""

    provider: str
    price: Price | None = None

    @property
    def is_free(self) -> bool:
        """Whether asking costs nothing for sure."""
        return self.price is not None and not self.price.amount

    @property
    def cost(self) -> Cost | None:
        """What a report is charged (amount, currency)."""
        return None if self.price is None else (self.price.amount, self.price.currency)


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question about one company: whom to ask, in this order. `why` nobody can be asked, where it is so.

    `needed` sources must answer before anything is accepted. `numbers` are what the company is asked about by now, the
    last of them known since `numbers_since`: silence from before says nothing of it.
    """

    kind: SourceKind
    needed: bool
    offers: tuple[Offer, ...] = ()
    why: Why | None = None
    numbers: tuple[CompanyNumber, ...] = ()
    numbers_since: datetime | None = None

    @property
    def buys(self) -> bool:
        """Whether asking may buy a credit report, or anything else that costs money."""
        return bool(self.offers) and (self.kind == "credit_bureau" or any(not each.is_free for each in self.offers))


@dataclass(frozen=True, slots=True)
class Step:
    """Questions asked side by side, and what must be known after them for no further one to be asked."""

    questions: tuple[Question, ...]
    stop_when: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan for one company: its steps, the seconds it may take, and the most it may cost (None: no maximum)."""

    steps: tuple[Step, ...]
    deadline_seconds: float
    cost_max: Decimal | None

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in the order in which they are asked."""
        return tuple(question for step in self.steps for question in step.questions)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a plan is for: the country (ISO 3166-1 alpha-2) and the schemes of the official numbers we know."""

    country: str
    schemes: frozenset[str]
    purpose: str | None = None
    numbers: tuple[CompanyNumber, ...] = ()
    numbers_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sellers:
    """Who could be asked: the sources of the catalog that this seller can use."""

    catalog: Catalog
    access: Access


def planned(subject: Subject, policy: SourcesPolicy, currency: str, sellers: Sellers | None = None) -> Planned:
    """Give the plan of a policy (in `currency`) for a company; without `sellers` only what is asked, and of nobody."""
    prices = agreed_prices(policy, currency)
    plan = policy.plan_for(subject.country, subject.purpose)
    needed = policy.needed if subject.schemes else policy.needed_without_number
    steps = []
    for step in plan.steps:
        questions = (
            _question(kind, kind in needed, names, subject, sellers, prices) for kind, names in step.ask.items()
        )
        steps.append(Step(tuple(each for each in questions if each is not None), step.stop_when))
    left_out = tuple(Question(kind, needed=True, why="nobody") for kind in needed if kind not in plan.kinds)
    if left_out:
        steps.append(Step(left_out))
    return Planned(tuple(steps), float(plan.deadline_seconds), plan.cost_max)


def _question(
    kind: SourceKind,
    needed: bool,
    names: Collection[str],
    subject: Subject,
    sellers: Sellers | None,
    prices: Mapping[str, Price],
) -> Question | None:
    """Give one question; None where it cannot be asked of this company, and nobody misses it."""
    if not _applies(kind, subject.schemes):
        return None if kind in OFTEN_SILENT and not needed else Question(kind, needed, why="no_number")
    if sellers is None:
        return Question(kind, needed, numbers=subject.numbers)
    serving = sellers.catalog.sources_for(subject.country, kind, sellers.access)
    listed = {each.provider: prices.get(each.provider) or each.settings.price for each in serving}
    offers = tuple(Offer(name, listed[name]) for name in names or listed if name in listed)
    why: Why | None = None if offers else "nobody"
    return Question(kind, needed, offers, why, subject.numbers, subject.numbers_since)


def _applies(kind: SourceKind, schemes: frozenset[str]) -> bool:
    """Whether a kind can be asked: only a sanctions list needs no official number, a VAT register needs its own."""
    if kind == "vat_register":
        return "vat" in schemes
    return kind == "sanctions_list" or bool(schemes)


def agreed_prices(policy: SourcesPolicy, currency: str) -> dict[str, Price]:
    """Give what reports cost by the seller's contracts, in the currency of the policy."""
    return {provider: Price(amount, currency) for provider, amount in policy.prices.items()}
