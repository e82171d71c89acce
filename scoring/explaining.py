"""What each factor did: the grade and limit that would stand if one figure met its target, found by judging with it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from scoring.experience import better_experience
from scoring.facts import CheckFacts
from scoring.figures import FIGURES
from scoring.grading import BUREAU_IN_DEFAULT, capped, default_probability
from scoring.granting import grant_credit
from scoring.judgement import Outcome, Reason, reason
from scoring.points import Improvement
from scoring.policy.document import Policy
from scoring.reasons import Params
from scoring.ruling import Ruling
from scoring.scorecard import log_odds

_EXTERNAL = "external_risk"
# How each reason names the value and the target of its figure; any other tells them with the figure's unit.
_PARAMS_OF_REASONS = {
    "often_late": ("late_share", "target_share"),
    "pays_late": ("dbt_days", "target_days"),
    "much_paid_late": ("late_share", "target_share"),
    "pays_later_than_before": ("trend_days", "target_days"),
    "promises_broken": ("kept_share", "target_share"),
    "limit_stretched": ("peak_share", "target_share"),
    "short_relation": ("tenure_years", "target_years"),
    "disputes_lost": ("dispute_share", "target_share"),
}


def heaviest_factors(facts: CheckFacts, ruling: Ruling, policy: Policy) -> list[Reason]:
    """The figures that cost a grade, heaviest first; if none did and the answer is not accept, the costliest.

    Where the policy asks for it, each tells its effect on the probability and on the limit too, and one that cost no
    grade but part of the limit counts as well.
    """
    factors = sorted(_factors(ruling, policy), key=_weight, reverse=True)
    shown_max = policy.outcomes.explained_factors_max
    if policy.explanation is not None:
        shown_max = policy.explanation.factors_max
        factors = [_with_limit(each, facts, ruling, policy) for each in factors[:shown_max]]
        factors.sort(key=_weight, reverse=True)
    costly = [each for each in factors if each.effect != "none"]
    if costly or ruling.outcome is Outcome.ACCEPT:
        return costly[:shown_max]
    return factors[:1]


def _factors(ruling: Ruling, policy: Policy) -> Iterator[Reason]:
    """Every figure that misses its target, with what meeting it would have done."""
    evidence = ruling.evidence
    target_pd = policy.scorecards.external_target_pd
    if evidence.pd_external is not None and evidence.pd_external > target_pd:
        pd = default_probability(float(target_pd), evidence.pd_internal, evidence.credibility, policy)
        external_pd = Decimal(f"{evidence.pd_external:.6f}")
        yield from _effect(_EXTERNAL, {"external_pd": external_pd, "target_pd": target_pd}, pd, ruling, policy)
    if evidence.experience is None:
        return
    for better in better_experience(evidence.experience, policy):
        pd = default_probability(evidence.pd_external, better.pd, evidence.credibility, policy)
        code = better.reason or FIGURES[better.figure].reason
        yield from _effect(code, _params_of(code, better), pd, ruling, policy)


def _params_of(code: str, better: Improvement) -> Params:
    """Value and target of a figure as its reason names them, with four decimals at most."""
    value, target = Decimal(round(better.value, 4)), Decimal(round(better.target, 4))
    names = _PARAMS_OF_REASONS.get(code)
    if names is not None:
        return {names[0]: value, names[1]: target}
    unit = FIGURES[better.figure].unit or "score"
    return {"figure": better.figure, "unit": unit, "value": value, "target": target}


def _effect(code: str, params: Params, pd: Decimal | None, ruling: Ruling, policy: Policy) -> Iterator[Reason]:
    """The reason for one figure, unless the changed probability is no better."""
    grading, scale = ruling.grading, policy.master_scale
    if pd is None or grading.pd is None or grading.grade is None or pd >= grading.pd:
        return
    # A bureau that saw no more risk than the target would not call the debtor in default either.
    lifted = BUREAU_IN_DEFAULT if code == _EXTERNAL else None
    caps = tuple(cap for cap in grading.caps if cap.code is None or cap.code != lifted)
    grade = capped(scale.grade_of(pd), caps, policy)
    gained = scale.ranks[grading.grade] - scale.ranks[grade]
    shown: Params = {**params, "grade": grading.grade, "grade_would_be": grade}
    if policy.explanation is not None:
        shown = {**shown, "default_pd": grading.pd, "would_be_pd": pd}
    fall = log_odds(float(grading.pd)) - log_odds(float(pd))
    yield reason(code, "grade" if gained else "none", shown, (gained, 0.0, fall))


def _with_limit(factor: Reason, facts: CheckFacts, ruling: Ruling, policy: Policy) -> Reason:
    """The factor with the limit that would have been granted, where both limits are amounts."""
    now = ruling.grant.limit.amount
    pd, grade = factor.params["would_be_pd"], str(factor.params["grade_would_be"])
    assert isinstance(pd, Decimal)
    better = replace(ruling.grading, pd=pd, grade=grade, risk_class=policy.master_scale.class_of(grade))
    would_be = grant_credit(facts, ruling.evidence, better, ruling.held_rules, policy).limit.amount
    if now is None or would_be is None or would_be <= now:
        return factor
    params: Params = {
        **factor.params,
        "currency": facts.currency,
        "limit_amount": now,
        "limit_would_be_amount": would_be,
    }
    gained, _, fall = factor.weight
    effect = "limit" if factor.effect == "none" else factor.effect
    return reason(factor.code, effect, params, (gained, float(would_be - now), fall))


def _weight(factor: Reason) -> tuple[int, float, float]:
    """What factors are ordered by."""
    return factor.weight
