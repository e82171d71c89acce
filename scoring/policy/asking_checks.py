"""Faults of plans of asking as they are written: what else is wrong with a plan or a section hides none of them."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, get_args

from scoring.documents import Fault
from scoring.policy.asking import Purpose


def asking_faults(plans: object) -> Iterator[Fault]:
    """Kinds and providers that a plan asks twice, plans never reached; what is misshapen is passed over."""
    written = _list(plans)
    for index, plan in enumerate(written):
        if isinstance(plan, Mapping):
            yield from _asked_twice(f"sources.plans.{index}", plan)
    yield from _never_reached(written)


def _asked_twice(path: str, plan: Mapping[str, Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, step in enumerate(_list(plan.get("steps"))):
        asked = step.get("ask") if isinstance(step, Mapping) else None
        for kind, providers in asked.items() if isinstance(asked, Mapping) else ():
            place = f"{path}.steps.{index}.ask.{kind}"
            if kind in seen:
                yield Fault(place, "is asked in an earlier step")
            named = [each for each in _list(providers) if isinstance(each, str)]
            for twice in sorted({each for each in named if named.count(each) > 1}):
                yield Fault(place, f"{twice} is named twice")
        seen.update(asked if isinstance(asked, Mapping) else ())


def _never_reached(plans: list[Any]) -> Iterator[Fault]:
    """Plans that earlier ones leave no country and purpose to."""
    taken = [(_texts(plan, "countries"), _texts(plan, "purposes")) for plan in plans]
    # None stands for all the countries that no plan names, and for asking without a purpose.
    countries: list[str | None] = [*sorted({each for named, _ in taken for each in named or ()}), None]
    purposes: list[str | None] = [*get_args(Purpose), None]
    for index, (named, meant) in enumerate(taken):
        if not index or named is None or meant is None:
            continue
        before = [(own, other) for own, other in taken[:index] if own is not None and other is not None]
        cases = product(named or countries, meant or purposes)
        if all(any(_fits(each, case) for each in before) for case in cases):
            yield Fault(f"sources.plans.{index}", "is never reached: plans before it take every company from it")


def _fits(plan: tuple[list[str], list[str]], case: tuple[str | None, str | None]) -> bool:
    countries, purposes = plan
    return (not countries or case[0] in countries) and (not purposes or case[1] in purposes)


def _texts(plan: object, name: str) -> list[str] | None:
    """The texts of a list that a plan may leave out; None where it cannot be read."""
    if not isinstance(plan, Mapping):
        return None
    value = plan.get(name, [])
    return _list(value) if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value) else None


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
