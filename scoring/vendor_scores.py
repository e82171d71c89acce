"""What a vendor's score stands for, by the scales and dated tables of the policy: a grade, a probability or nothing."""

from dataclasses import dataclass

from scoring.facts import BureauFacts
from scoring.judgement import Reason, reason
from scoring.policy.document import Policy
from scoring.policy.tables import ScoreTable
from scoring.reasons import Params
from scoring.scorecard import rounded_pd, twelve_month_pd


@dataclass(frozen=True, slots=True)
class ScoreReading:
    """A score as a grade with its probability over twelve months; both None with the reason that tells why."""

    grade: str | None
    pd: float | None
    why_not: Reason | None = None


def read_score(report: BureauFacts, policy: Policy) -> ScoreReading:
    """What the score of a report stands for; by the table that was in force when it was made, where there are any."""
    if report.score is None:
        return ScoreReading(None, None, reason("score_missing"))
    table, of_scale = table_in_force(report, policy)
    if table is not None:
        return _by_table(report, table, policy)
    if of_scale:
        # The nearest table would be a guess at what the vendor meant on another day.
        shown: Params = {"scale": report.scale or "unknown", "scored_on": report.dated_on}
        return ScoreReading(None, None, reason("score_table_not_in_force", params=shown))
    return _of_grade(_scale_grade(report, policy), report, policy)


def table_in_force(report: BureauFacts, policy: Policy) -> tuple[ScoreTable | None, bool]:
    """The table that counts for a report, its vendor's own first, and whether there is any for such a score at all."""
    found, of_scale = None, False
    for table in policy.scorecards.external_tables:
        if not table.is_for(report.scale, report.provider):
            continue
        of_scale = True
        if table.in_force(report.dated_on) and (found is None or found.provider is None):
            found = table
    return found, of_scale


def _by_table(report: BureauFacts, table: ScoreTable, policy: Policy) -> ScoreReading:
    """What a table says of a score; a probability is brought to twelve months."""
    assert report.score is not None
    band = table.band_of(report.score)
    if band is None:
        lowest: Params = {"scale": table.scale, "lowest_score": table.bands[0].at_least}
        return ScoreReading(None, None, reason("score_below_table", params=lowest))
    if band.pd is None:
        return _of_grade(band.grade, report, policy)
    pd = twelve_month_pd(float(band.pd), table.horizon_months)
    return ScoreReading(policy.master_scale.grade_of(rounded_pd(pd)), pd)


def _of_grade(grade: str | None, report: BureauFacts, policy: Policy) -> ScoreReading:
    """The reading of a grade; without one the policy does not know what the score means."""
    if grade is None:
        return ScoreReading(None, None, reason("score_scale_unknown", params={"scale": report.scale or "unknown"}))
    return ScoreReading(grade, float(policy.master_scale.typical_pd_of(grade)))


def _scale_grade(report: BureauFacts, policy: Policy) -> str | None:
    """The grade of the highest band its score reaches; None below all of them, or on a scale not in the policy."""
    grade = None
    for band in policy.scorecards.external_scales.get(report.scale or "", ()):
        if report.score is None or report.score < band.at_least:
            break
        grade = band.grade
    return grade
