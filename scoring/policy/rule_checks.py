"""Faults of rules and segments: conditions that can never hold, segments never reached, terms that break the law."""

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.documents import Fault, shown
from scoring.figures import FIGURES
from scoring.policy.condition_parts import comparisons, condition_told, depth_of, groups, value_told
from scoring.policy.conditions import GRADE, Case, Meanings, span_of
from scoring.policy.grading import MasterScalePolicy
from scoring.policy.rules import ORDERED, Condition, Rule, TermsSegment
from scoring.terms import AGREED_DAYS_MAX, STATUTORY_DAYS

COMPARISONS_MAX = 40
CONDITION_DEPTH_MAX = 4
_SIZE = "debtor.company_size"


def rule_faults(parts: Mapping[str, object], meanings: Meanings, seller_size: str) -> Iterator[Fault]:
    """Every fault of the rules, segments and terms that could be read, by path; `seller_size` as the policy says it."""
    for path, condition in parts.items():
        # Also the conditions of a rule that could not be read as a whole.
        if isinstance(condition, Condition) and path.endswith(".when"):
            yield from _of_condition(path, condition, meanings)
    yield from _of_names(parts, Rule)
    yield from _of_names(parts, TermsSegment)
    yield from _of_order(parts, meanings)
    for path, each in parts.items():
        if isinstance(each, TermsSegment):
            most, why = _days_allowed(each, seller_size, meanings)
            yield from too_long(f"{path}.payment_term_days", each.payment_term_days, most, why)


def meanings_of(scale: MasterScalePolicy | None, names: frozenset[str] = frozenset()) -> Meanings:
    """What figures can be where the grades are those of a scale, or where only their `names` are known, if they are."""
    if scale is None:
        return Meanings({GRADE: frozenset(names)} if names else {})
    return Meanings({GRADE: frozenset(scale.names)}, {name: scale.class_of(name) for name in scale.names})


def _of_condition(path: str, condition: Condition, meanings: Meanings) -> Iterator[Fault]:
    """What is wrong with a whole condition."""
    if depth_of(condition) > CONDITION_DEPTH_MAX:
        yield Fault(path, f"has groups within groups deeper than {CONDITION_DEPTH_MAX}")
        return
    found = list(comparisons(path, condition))
    if len(found) > COMPARISONS_MAX:
        yield Fault(path, f"has more than {COMPARISONS_MAX} comparisons")
        return
    faults = [fault for place, each in found for fault in _of_comparison(place, each, meanings)]
    yield from faults
    told = [fault.path for fault in faults]
    for place, group in groups(path, condition):
        if meanings.cases(group) == () and not any(each.startswith(f"{place}.") or each == place for each in told):
            told.append(place)
            yield Fault(place, f"can never hold: {_contradiction(group, meanings)}")


def _contradiction(group: Condition, meanings: Meanings) -> str:
    """Those parts of a group of `all` that cannot hold together, in words; without any one of them the others can."""
    needed = list(group.all)
    for each in group.all:
        others = [other for other in needed if other is not each]
        if others and meanings.cases(Condition(all=tuple(others))) == ():
            needed = others
    return condition_told(Condition(all=tuple(needed)))


def _of_comparison(path: str, condition: Condition, meanings: Meanings) -> Iterator[Fault]:
    """A figure that does not exist, or one compared with what it can never be."""
    name, operator = condition.field or "", condition.operator
    figure = FIGURES.get(name)
    if figure is None:
        yield Fault(f"{path}.field", f"{shown(name)} is not a figure")
        return
    if operator in ORDERED and figure.kind != "number":
        yield Fault(f"{path}.operator", f"{operator} needs a number, and {name} is none")
        return
    possible = meanings.possible(name)
    if operator == "missing" and not possible.missing:
        yield Fault(f"{path}.operator", f"{name} is never missing")
        return
    is_list = isinstance(condition.value, tuple)
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if is_list and not values:
        yield Fault(f"{path}.value", "the list is empty")
    unfit = 0
    for index, value in enumerate(values):
        here = f"{path}.value.{index}" if is_list else f"{path}.value"
        if value is not None and kind_of(value) != figure.kind:
            unfit += 1
            wanted = "neither true nor false" if figure.kind == "flag" else f"no {figure.kind}"
            yield Fault(
                here, f"{shown(value if isinstance(value, str) else value_told(value))} is {wanted}, as {name} is"
            )
        elif value is not None and operator not in ORDERED and not possible.holds(value):
            unfit += 1
            yield Fault(here, f"{name} is never {value_told(value)}: {_range_of(name, meanings)}")
    if not unfit and operator in ORDERED and not possible.meet(span_of(condition)).has_values:
        yield Fault(
            f"{path}.value", f"{name} is never {operator} {value_told(condition.value)}: {_range_of(name, meanings)}"
        )


def _range_of(name: str, meanings: Meanings) -> str:
    """What a figure can be, in words."""
    figure, choices = FIGURES[name], meanings.possible(name).only
    if name == "debtor.country":
        return "it is a country code of ISO 3166-1"
    if choices is not None:
        return f"it is one of {', '.join(sorted(value_told(each) for each in choices))}"
    least = "" if figure.least is None else f"at least {figure.least}"
    most = "" if figure.most is None else f"at most {figure.most}"
    return f"it is {' and '.join(filter(None, (least, most)))}"


def _of_names(parts: Mapping[str, object], kind: type[Rule] | type[TermsSegment]) -> Iterator[Fault]:
    """Names that two rules or two segments share."""
    seen: set[str] = set()
    for path, each in parts.items():
        if isinstance(each, kind):
            if each.name in seen:
                word = "rule" if kind is Rule else "segment"
                yield Fault(f"{path}.name", f"{each.name!r} is the name of another {word} too")
            seen.add(each.name)


def _of_order(parts: Mapping[str, object], meanings: Meanings) -> Iterator[Fault]:
    """Segments that an earlier one takes every debtor from: the first that holds counts."""
    before: list[tuple[str, tuple[Case, ...] | None]] = []
    for path, each in parts.items():
        if isinstance(each, TermsSegment):
            cases = meanings.cases(each.when)
            for name, earlier in before:
                if cases and meanings.covers(earlier, cases):
                    yield Fault(f"{path}.when", f"is never reached: {name!r} before it takes all its debtors")
                    break
            before.append((each.name, cases))


def _days_allowed(segment: TermsSegment, seller_size: str, meanings: Meanings) -> tuple[int, str]:
    """The longest term the law leaves the debtors of a segment, in days, and why it is less than between businesses."""
    cases = meanings.cases(segment.when)
    sizes = {size for case in cases or () for size in _sizes_of(case, meanings)}
    if sizes == {"public"} or (sizes and sizes <= {"public", "large"} and seller_size == "sme"):
        who = "a public body" if sizes == {"public"} else "a large company that owes a small one"
        return STATUTORY_DAYS, f", the most that {who} may have (BW 6:119b, Directive 2011/7/EU)"
    return AGREED_DAYS_MAX, ""


def _sizes_of(case: Case, meanings: Meanings) -> frozenset[object]:
    """The sizes of debtors that an alternative lets through; none where it lets through unknown ones too."""
    span = case.get(_SIZE, meanings.possible(_SIZE))
    if span.missing or span.only is None:
        return frozenset({None})
    return frozenset(each for each in span.only if span.holds(each))


def too_long(path: str, by_class: Mapping[Any, int], most: int = AGREED_DAYS_MAX, why: str = "") -> Iterator[Fault]:
    """Terms longer than the law lets businesses agree without more."""
    for risk_class, days in by_class.items():
        if days > most:
            yield Fault(f"{path}.{risk_class}", f"is not between 0 and {most}{why}")


def kind_of(value: object) -> str:
    """Which kind of figure a plain value could be compared with."""
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"
