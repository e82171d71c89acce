"""Faults of a policy that only the catalog knows: providers there are not, or that do not answer such a question."""

from collections.abc import Iterator, Mapping
from typing import Any

from providers.catalog import KINDS, Catalog
from scoring.documents import Fault, shown


def provider_faults(document: Mapping[str, Any], catalog: Catalog) -> Iterator[Fault]:
    """Give every provider in a policy document that cannot be meant, by its path; what is misshapen is passed over."""
    answers: dict[str, set[str]] = {source.provider: set(source.reports) for source in catalog.sources}
    sources = document.get("sources")
    if not isinstance(sources, Mapping):
        return
    for name in _mapping(sources.get("prices")):
        if not answers.get(name):
            yield Fault(f"sources.prices.{name}", _unknown(name, answers))
    for path, kind, name in _asked(sources.get("plans")):
        if not answers.get(name):
            yield Fault(path, _unknown(name, answers))
        elif kind in KINDS and kind not in answers[name]:
            yield Fault(path, f"{name} is no {kind}, but {' and '.join(sorted(answers[name]))}")


def _unknown(name: str, answers: Mapping[str, set[str]]) -> str:
    return f"{shown(name)} is not one of {', '.join(sorted(each for each, kinds in answers.items() if kinds))}"


def _asked(plans: object) -> Iterator[tuple[str, str, str]]:
    """Give the path, the kind and the name of each provider that a plan names."""
    for at, plan in enumerate(_list(plans)):
        for place, step in enumerate(_list(_mapping(plan).get("steps"))):
            for kind, names in _mapping(_mapping(step).get("ask")).items():
                for index, name in enumerate(_list(names)):
                    if isinstance(name, str):
                        yield f"sources.plans.{at}.steps.{place}.ask.{kind}.{index}", str(kind), name


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
