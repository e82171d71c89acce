"""The procedure of a decision in plain words, with the numbers that were actually applied."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from api.policies.explanation.limit_steps import limit_details, limit_text, term_details, term_text
from api.policies.explanation.telling import Told, step
from scoring.figures import FIGURES
from scoring.reasons import render
from scoring.reasons.words import OUTCOMES
from scoring.vendor_scores import table_in_force

CAPS = frozenset(
    {
        *("bureau_in_default", "unresolved_write_off", "cover_withdrawn", "oldest_overdue", "young_company"),
        *("past_insolvency", "policy_rule_grade"),
    }
)

REPORTED = frozenset({"adverse_event"})


def procedure(told: Told) -> list[dict[str, Any]]:
    """Give the steps in their order: outside, inside, blending, grade, caps, confidence, limit, term, outcome."""
    return [
        step("outside", _outside(told), told, _reason_texts(told, REPORTED, "none")),
        step("inside", _inside(told), told, _points(told)),
        step("blending", _blending(told), told),
        step("grade", _grade(told), told),
        step("caps", _caps(told), told, _reason_texts(told, CAPS)),
        step("confidence", _confidence(told), told),
        step("limit", limit_text(told), told, limit_details(told)),
        step("term", term_text(told), told, term_details(told)),
        outcome_step(told),
    ]


def outcome_step(told: Told, *, full: bool = True) -> dict[str, Any]:
    """Give the last step, with the reasons that called for the answer where all may be told (`full`)."""
    said = told.said
    name = "outcome_review" if said["requires_human_review"] else "outcome"
    text = told.text(name, outcome_text=OUTCOMES[said["outcome"]].of(told.language))
    deciding = [each for each in said["reasons"] if each["effect"] == said["outcome"]]
    details = [render(each["code"], each["params"], told.language) for each in deciding] if full else []
    return step("outcome", text, told, details)


def _outside(told: Told) -> str:
    external_pd = told.said["pd_external"]
    if external_pd is None:
        return told.text("outside_none")
    report = None if told.seen is None else told.seen.facts.bureau
    if told.seen is None or report is None:
        return told.text("outside_known", external_pd=external_pd)
    shown: dict[str, Any] = {"provider": report.provider, "external_pd": external_pd}
    evidence = told.seen.ruling.evidence
    if report.pd is not None:
        months = report.horizon_months or told.policy.evidence.assumed_horizon_months
        return told.text("outside_by_pd", bureau_pd=report.pd, horizon_months=months, **shown)
    if evidence.score_grade is None:
        accounts = evidence.known.financials
        return told.text("outside_by_accounts", year_end_on=accounts and accounts.year_end_on, **shown)
    shown |= {"score": report.score, "scale": report.scale, "score_grade": evidence.score_grade}
    table, _ = table_in_force(report, told.policy)
    if table is None:
        return told.text("outside_by_scale", **shown)
    return told.text("outside_by_table", table=table.source, **shown)


def _inside(told: Told) -> str:
    said = told.said
    if said["pd_internal"] is None:
        return told.text("inside_none")
    return told.text("inside_known", payment_score=Decimal(said["payment_index"]), internal_pd=said["pd_internal"])


def _points(told: Told) -> Iterator[str]:
    """What each figure of our own experience earned, where it was scored by points and the facts are kept."""
    experience = None if told.seen is None else told.seen.ruling.evidence.experience
    if experience is None or experience.scored is None:
        return
    for part in experience.scored.parts:
        figure = part.characteristic.figure
        shown = None if part.value is None else round(part.value, 4)
        unit = FIGURES[figure].unit or "score"
        yield told.text("inside_figure", figure=figure, value=shown, unit=unit, points=part.points)


def _blending(told: Told) -> str:
    said = told.said
    if said["pd"] is None:
        return told.text("blended_none")
    if said["pd_external"] is None or said["pd_internal"] is None:
        return told.text("blended_one", default_pd=said["pd"])
    credibility = Decimal(said["credibility"])
    return told.text("blended", credibility_share=credibility, rest_share=1 - credibility, default_pd=said["pd"])


def _grade(told: Told) -> str:
    grade, scale = told.said["grade_before_caps"], told.policy.master_scale
    if grade is None:
        return told.text("graded_none")
    floors = (Decimal(0), *(each.below_pd for each in scale.grades))
    place = scale.ranks[grade]
    shown = {"default_pd": told.said["pd"], "grade_before": grade, "from_pd": floors[place]}
    if grade == scale.default_grade:
        return told.text("graded_default", **shown)
    return told.text("graded", below_pd=floors[place + 1], **shown)


def _caps(told: Told) -> str:
    said = told.said
    if said["grade"] is None:
        return told.text("capped_none")
    shown = {"grade_after": said["grade"], "risk_class": said["risk_class"]}
    if said["grade_before_caps"] is None:
        return told.text("capped_by_fact", **shown)
    if said["grade_before_caps"] == said["grade"]:
        return told.text("capped_not", **shown)
    return told.text("capped", grade_before=said["grade_before_caps"], **shown)


def _reason_texts(told: Told, codes: frozenset[str], effect: str = "grade") -> list[str]:
    """Give the texts of the reasons given that are among some codes and of an effect: those that cost a grade."""
    found = [each for each in told.said["reasons"] if each["code"] in codes and each["effect"] == effect]
    return [render(each["code"], each["params"], told.language) for each in found]


def _confidence(told: Told) -> str:
    minimum = told.policy.evidence.confidence_min
    return told.text("confident", confidence_share=told.said["confidence"], minimum_share=minimum)
