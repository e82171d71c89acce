"""What a policy says of providers that is probably not meant, and only the catalog knows: countries and prices."""

from collections.abc import Iterator
from decimal import Decimal

from providers.catalog import Catalog, Source
from providers.settings import Price
from scoring.documents import Fault
from scoring.facts import SourceKind
from scoring.policy.asking import AskingPlan, SourcesPolicy
from scoring.policy.document import Policy
from scoring.policy.warnings import policy_warnings


def all_warnings(policy: Policy, catalog: Catalog) -> tuple[Fault, ...]:
    """Everything that is worth a second look in a policy that can be used, by path."""
    return (*policy_warnings(policy), *provider_warnings(policy.sources, policy.currency, catalog))


def provider_warnings(policy: SourcesPolicy, currency: str, catalog: Catalog) -> Iterator[Fault]:
    """Providers that serve no country of their plan, and needed ones that its maximum keeps from being asked."""
    for index, plan in enumerate(policy.plans):
        for place, step in enumerate(plan.steps):
            for kind, names in step.ask.items():
                path = f"sources.plans.{index}.steps.{place}.ask.{kind}"
                yield from _of_countries(path, kind, names, plan, catalog)
                if kind in {*policy.needed, *policy.needed_without_number}:
                    asked = list(_asked(path, kind, names, plan, catalog))
                    left_out = list(_of_prices(asked, kind, plan, policy, currency))
                    # Of those that nobody named, one that can be paid is enough.
                    yield from left_out if names or len(left_out) == len(asked) else ()


def _of_countries(
    path: str, kind: SourceKind, names: tuple[str, ...], plan: AskingPlan, catalog: Catalog
) -> Iterator[Fault]:
    for where, source in _asked(path, kind, names, plan, catalog) if names and plan.countries else ():
        if not any(source.serves(country) for country in plan.countries):
            yield Fault(where, f"{source.provider} serves none of {', '.join(plan.countries)}: it is never asked")


def _of_prices(
    asked: list[tuple[str, Source]], kind: SourceKind, plan: AskingPlan, policy: SourcesPolicy, currency: str
) -> Iterator[Fault]:
    for where, source in asked if plan.cost_max is not None else ():
        why = _too_dear(_price(source, policy, currency), plan.cost_max, currency)
        if why is not None:
            yield Fault(where, f"{source.provider} {why}: it is not asked, although a {kind} is needed")


def _asked(
    path: str, kind: SourceKind, names: tuple[str, ...], plan: AskingPlan, catalog: Catalog
) -> Iterator[tuple[str, Source]]:
    """Give whom a plan asks, each with its path; where it names nobody, all that serve one of its countries."""
    known = {source.provider: source for source in catalog.sources}
    for place, name in enumerate(names):
        if name in known:  # A policy of before may name one that there is no more.
            yield f"{path}.{place}", known[name]
    for source in () if names else catalog.sources:
        if kind in source.reports and any(source.serves(country) for country in plan.countries or (None,)):
            yield path, source


def _price(source: Source, policy: SourcesPolicy, currency: str) -> Price | None:
    agreed = policy.prices.get(source.provider)
    return source.settings.price if agreed is None else Price(agreed, currency)


def _too_dear(price: Price | None, cost_max: Decimal | None, currency: str) -> str | None:
    """Why a report is not bought within a maximum; what costs nothing always is."""
    if price is None:
        return "has no price in sources.prices and the plan a cost_max"
    if cost_max is None or not price.amount:
        return None
    if price.currency != currency:
        return f"has a price in {price.currency} only and the plan a cost_max in {currency}"
    return f"costs {price.amount}, more than the cost_max of {cost_max}" if price.amount > cost_max else None
