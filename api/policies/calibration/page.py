"""The evidence sheet as one HTML page that needs nothing beside it."""

import base64
from io import BytesIO
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from api.policies.calibration.sheet import Evidence
from api.policies.pages import PAGES

SIZE_INCHES = (4.6, 4.0)


def sheet_page(evidence: Evidence, sheet: dict[str, Any]) -> str:
    """The page of a sheet, with its two charts drawn in."""
    return PAGES.get_template("scorecard_sheet.html").render(
        sheet=sheet, roc=_roc_chart(evidence), calibration=_calibration_chart(sheet)
    )


def _roc_chart(evidence: Evidence) -> str:
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    fitted = evidence.fitted.log_odds_of(evidence.cases)
    for scores, bad, name in (
        (evidence.trial.log_odds, evidence.trial.bad, "cases not seen"),
        (fitted, evidence.cases.bad, "cases fitted to"),
    ):
        of_good, of_bad, _ = roc_curve(bad, scores)
        axes.plot(of_good, of_bad, label=name)
    axes.plot((0, 1), (0, 1), color="grey", linewidth=0.8, linestyle="--")
    axes.set(xlabel="share of good cases refused", ylabel="share of bad cases refused", title="ROC curve")
    axes.legend(loc="lower right")
    return _drawn(figure)


def _calibration_chart(sheet: dict[str, Any]) -> str:
    """Foretold and observed rates of each tenth, on logarithmic axes as rates lie far apart."""
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    bands = [band for band in sheet["calibration"] if band["bad"]]
    foretold = [band["mean_probability"] for band in bands]
    observed = [band["bad_rate"] for band in bands]
    ends = (min(foretold + observed), max(foretold + observed))
    axes.plot(ends, ends, color="grey", linewidth=0.8, linestyle="--")
    axes.plot(foretold, observed, marker="o", linestyle="none")
    axes.set(xscale="log", yscale="log", xlabel="mean probability", ylabel="bad rate")
    axes.set_title("Calibration, tenths with any bad case")
    return _drawn(figure)


def _drawn(figure: Figure) -> str:
    """A figure as an address that holds the drawing; the same figure gives the same text."""
    drawing = BytesIO()
    with rc_context({"svg.hashsalt": "creditgate"}):
        figure.savefig(drawing, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.getvalue()).decode()
