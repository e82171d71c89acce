"""What may be meant in a policy but probably is not: told beside it, and no reason to refuse it."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from scoring.documents import Fault
from scoring.policy.condition_parts import comparisons
from scoring.policy.document import Policy
from scoring.policy.grading import RISK_CLASSES, MasterScalePolicy
from scoring.policy.rule_checks import meanings_of
from scoring.policy.rules import Consequence, Rule

# Where the scales begin that we know; others are taken to begin at 0 or 1.
LOWEST_SCORES = {"creditsafe_1_100": 1, "coface_dra": 0, "dnb_paydex": 1, "dnb_failure_percentile": 1}
_OUTCOMES = ("accept_prepayment", "refer", "decline")  # The heaviest last.


def policy_warnings(policy: Policy) -> tuple[Fault, ...]:
    """Everything that is worth a second look in a policy that can be used, by path."""
    return tuple(
        warning
        for warnings in (
            _unreachable_grades(policy),
            _default_from_below_one(policy),
            _tables_without_the_lowest(policy),
            _caps_without_effect(policy),
            _worse_given_more(policy),
            _authority_turned_round(policy),
            _sources_kept_too_long(policy),
            _needed_never_asked(policy),
            _silence_rewarded(policy),
            _unknown_legal_forms(policy),
            _covered_rules(policy),
        )
        for warning in warnings
    )


def _unreachable_grades(policy: Policy) -> Iterator[Fault]:
    """Grades that no probability leads to, since it is kept between a floor and a ceiling."""
    floor, ceiling = policy.blending.pd_floor, policy.blending.pd_ceiling
    lowest = Decimal(0)
    for index, each in enumerate(policy.master_scale.grades):
        if each.below_pd <= floor or lowest > ceiling:
            detail = f"no score reaches {each.grade}: probabilities are kept between {floor} and {ceiling}"
            yield Fault(f"master_scale.grades.{index}", detail)
        lowest = each.below_pd


def _default_from_below_one(policy: Policy) -> Iterator[Fault]:
    """A last bound below 1, above which debtors that have not defaulted are given the grade of default."""
    scale = policy.master_scale
    last = scale.grades[-1].below_pd
    if last < 1 and last <= policy.blending.pd_ceiling:
        detail = f"every probability from {last} on is {scale.default_grade}, the grade of default: meant is mostly 1"
        yield Fault(f"master_scale.grades.{len(scale.grades) - 1}.below_pd", detail)


def _tables_without_the_lowest(policy: Policy) -> Iterator[Fault]:
    """Tables of vendors' scores whose lowest band starts above the lowest score there is."""
    cards = policy.scorecards
    lowest = [
        (f"external_scales.{name}", name, bands[0].at_least) for name, bands in cards.external_scales.items() if bands
    ]
    lowest += [
        (f"external_tables.{index}.bands", each.scale, each.bands[0].at_least)
        for index, each in enumerate(cards.external_tables)
    ]
    for path, scale, start in lowest:
        if start > LOWEST_SCORES.get(scale, 1):
            detail = f"says nothing of scores below {start}: give the lowest band the lowest score of {scale}"
            yield Fault(f"scorecards.{path}.0.at_least", detail)


def _caps_without_effect(policy: Policy) -> Iterator[Fault]:
    """Caps at the best grade, which take nothing away, and caps at the grade of default, which call for it."""
    scale, caps = policy.master_scale, policy.caps
    named = {f"caps.{name}": getattr(caps, name) for name in type(caps).__slots__ if name.endswith("_grade")}
    for index, rule in enumerate(policy.rules):
        if rule.then.grade_at_best is not None:
            named[f"rules.{index}.then.grade_at_best"] = rule.then.grade_at_best
    for path, grade in named.items():
        if grade == scale.names[0]:
            yield Fault(path, f"{grade} is the best grade there is: the cap takes nothing away")
        elif grade == scale.default_grade:
            yield Fault(path, f"{grade} is the grade of default: every such debtor is given it, whatever is known")


def _worse_given_more(policy: Policy) -> Iterator[Fault]:
    """Limits and terms that are larger for a worse grade or class than for a better one."""
    scale, limits = policy.master_scale, policy.limits
    for name in ("net_worth", "working_capital", "turnover"):
        by_grade = {grade: getattr(shares, name) for grade, shares in limits.capacity.items()}
        yield from _rising("limits.capacity", by_grade, scale.names, name)
    yield from _rising("limits.own_risk", limits.own_risk, scale.names)
    yield from _rising("limits.valid_months", limits.valid_months, RISK_CLASSES)
    yield from _rising("terms.payment_term_days", policy.terms.payment_term_days, RISK_CLASSES)
    for index, each in enumerate(policy.terms.segments):
        yield from _rising(f"terms.segments.{index}.payment_term_days", each.payment_term_days, RISK_CLASSES)
    yield from _rising("authority.finance", policy.authority.finance, RISK_CLASSES)
    yield from _rising("authority.credit_manager", policy.authority.credit_manager, RISK_CLASSES)


def _rising(
    path: str, given: Mapping[Any, Decimal] | Mapping[Any, int], order: Sequence[str], name: str = ""
) -> Iterator[Fault]:
    """Each of what is given, in the order best first, that is above the one before it."""
    present = [each for each in order if each in given]
    for better, worse in pairwise(present):
        if given[worse] > given[better]:
            below = f".{name}" if name else ""
            yield Fault(f"{path}.{worse}{below}", f"{given[worse]} is more than {given[better]}, that of {better}")


def _authority_turned_round(policy: Policy) -> Iterator[Fault]:
    """Classes in which finance may decide on more than its manager."""
    for risk_class, amount in policy.authority.finance.items():
        most = policy.authority.credit_manager.get(risk_class, Decimal(0))
        if amount > most:
            yield Fault(
                f"authority.finance.{risk_class}", f"{amount} is more than the credit manager may decide: {most}"
            )


def _sources_kept_too_long(policy: Policy) -> Iterator[Fault]:
    """A stored report that is used again when it does not count any more."""
    days, usable = policy.sources.fresh_days["credit_bureau"], policy.evidence.report_usable_days
    if days > usable:
        detail = f"a stored report is used for {days} days, but counts for {usable} only (evidence.report_usable_days)"
        yield Fault("sources.fresh_days.credit_bureau", detail)


def _needed_never_asked(policy: Policy) -> Iterator[Fault]:
    """Plans that leave out a source that is needed: every check by them waits for a person."""
    for index, plan in enumerate(policy.sources.plans):
        for kind in policy.sources.needed:
            if kind not in plan.kinds:
                yield Fault(f"sources.plans.{index}", f"never asks a {kind}, which is needed: its checks are referred")


def _silence_rewarded(policy: Policy) -> Iterator[Fault]:
    """Figures that earn more when they are not known than they ever do when they are."""
    cards = policy.scorecards
    named = {"behaviour": cards.behaviour, "behaviour_of_persons": cards.behaviour_of_persons}
    for name, card in {**named, "financials": cards.financials}.items():
        for index, each in enumerate(() if card is None else card.characteristics):
            most = max(row.points for row in each.bins or each.curve)
            if each.missing_points > most:
                detail = f"{each.missing_points} points for not knowing {each.figure}; knowing it earns {most} at most"
                yield Fault(f"scorecards.{name}.characteristics.{index}.missing_points", detail)


def _unknown_legal_forms(policy: Policy) -> Iterator[Fault]:
    """Legal forms in a condition that the policy says nothing else about: probably a slip of the pen."""
    known = {*policy.evidence.natural_person_legal_forms, *policy.evidence.legal_person_legal_forms}
    conditions = [(f"rules.{index}.when", rule.when) for index, rule in enumerate(policy.rules)]
    conditions += [(f"terms.segments.{index}.when", each.when) for index, each in enumerate(policy.terms.segments)]
    for path, condition in conditions:
        for place, each in comparisons(path, condition):
            values = each.value if isinstance(each.value, tuple) else (each.value,)
            for value in values if each.field == "debtor.legal_form" else ():
                if value is not None and value not in known:
                    yield Fault(f"{place}.value", f"{value!r} is in neither list of legal forms in evidence")


def _covered_rules(policy: Policy) -> Iterator[Fault]:
    """Rules that an earlier one makes needless: it holds wherever they do, and does as much or more."""
    meanings = meanings_of(policy.master_scale)
    cases = [meanings.cases(rule.when) for rule in policy.rules]
    for index, rule in enumerate(policy.rules):
        for place, earlier in enumerate(policy.rules[:index]):
            if not _does_as_much(earlier, rule, policy.master_scale):
                continue
            if meanings.covers(cases[place], cases[index]):
                yield Fault(f"rules.{index}", f"adds nothing: {earlier.name!r} before it holds whenever this does")
                break


def _does_as_much(one: Rule, other: Rule, scale: MasterScalePolicy) -> bool:
    """Whether all that the other rule does is done by the one, or something heavier."""
    heavy, light = one.then, other.then
    outcome = light.outcome is None or (heavy.outcome is not None and _weight(heavy) >= _weight(light))
    grade = light.grade_at_best is None or (
        heavy.grade_at_best is not None and scale.ranks[heavy.grade_at_best] >= scale.ranks[light.grade_at_best]
    )
    limit = light.limit_at_most is None or (
        heavy.limit_at_most is not None and heavy.limit_at_most <= light.limit_at_most
    )
    return outcome and grade and limit


def _weight(then: Consequence) -> int:
    """How heavy the outcome of a rule is."""
    assert then.outcome is not None
    return _OUTCOMES.index(then.outcome)
