"""What each factor did: the grade that would stand if one figure met its target, by grading again with it."""

from collections.abc import Iterator
from decimal import Decimal

from scoring.behaviour import PaymentFigures, payment_index
from scoring.evidence import index_pd
from scoring.grading import BUREAU_IN_DEFAULT, capped, default_probability
from scoring.judgement import Outcome, Reason, reason
from scoring.policy import Policy
from scoring.reasons import Params
from scoring.ruling import Ruling
from scoring.scorecard import log_odds

_EXTERNAL = "external_risk"
_REASONS_OF_FIGURES = {
    "dbt_days": ("pays_late", "dbt_days", "target_days"),
    "late_amount_share": ("much_paid_late", "late_share", "target_share"),
    "trend_days": ("pays_later_than_before", "trend_days", "target_days"),
    "promises_kept_share": ("promises_broken", "kept_share", "target_share"),
    "peak_utilisation": ("limit_stretched", "peak_share", "target_share"),
    "tenure_years": ("short_relation", "tenure_years", "target_years"),
    "dispute_ratio": ("disputes_lost", "dispute_share", "target_share"),
}


def heaviest_factors(ruling: Ruling, policy: Policy) -> list[Reason]:
    """The figures that cost a grade, heaviest first; if none did and the answer is not accept, the costliest."""
    factors = sorted(_factors(ruling, policy), key=_weight, reverse=True)
    costly = [each for each in factors if each.weight[0] > 0]
    if costly or ruling.outcome is Outcome.ACCEPT:
        return costly[: policy.outcomes.explained_factors_max]
    return factors[:1]


def _factors(ruling: Ruling, policy: Policy) -> Iterator[Reason]:
    """Every figure that misses its target, with what meeting it would have done."""
    evidence, figures = ruling.evidence, ruling.evidence.figures
    target_pd = policy.scorecards.external_target_pd
    if evidence.pd_external is not None and evidence.pd_external > target_pd:
        pd = default_probability(float(target_pd), evidence.pd_internal, evidence.credibility, policy)
        external_pd = Decimal(f"{evidence.pd_external:.6f}")
        yield from _effect(_EXTERNAL, {"external_pd": external_pd, "target_pd": target_pd}, pd, ruling, policy)
    if figures is None or evidence.pd_internal is None:
        return
    for name, improved in figures.improved(policy.scorecards.payment_index):
        index = payment_index(improved, policy.scorecards.payment_index)
        if index is not None and index != evidence.payment_index:
            pd_internal = index_pd(index, policy.scorecards.index_scale)
            pd = default_probability(evidence.pd_external, pd_internal, evidence.credibility, policy)
            code, value_name, target_name = _REASONS_OF_FIGURES[name]
            params = {value_name: _shown(figures, name), target_name: _shown(improved, name)}
            yield from _effect(code, params, pd, ruling, policy)


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
    fall = log_odds(float(grading.pd)) - log_odds(float(pd))
    yield reason(code, "grade" if gained else "none", shown, (gained, fall))


def _shown(figures: PaymentFigures, name: str) -> Decimal:
    """A figure as it is told, with four decimals at most."""
    return Decimal(round(getattr(figures, name), 4))


def _weight(factor: Reason) -> tuple[int, float]:
    """What factors are ordered by."""
    return factor.weight
