"""Plots of a backtest as PNG images, drawn from its result document alone.

They need matplotlib, which comes with the extra `analysis`; it is loaded only when a plot is drawn.
"""

from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from threading import Lock
from typing import Any

from scoring.reasons.registry import Language

# Each plot with its height in pixels; the width of all is that of plot_frame.
PLOTS = {
    "roc_invoice": 720,
    "roc_debtor": 760,
    "calibration_invoice": 720,
    "calibration_debtor": 760,
    "late_by_grade": 440,
    "classes": 420,
    "limits": 420,
    "swap": 420,
    "earned": 420,
}
# The library keeps settings and fonts for the whole process, so that one thread draws at a time.
_drawing = Lock()


class PlotsMissing(Exception):
    """Nothing can be drawn, as the plotting library is not installed."""

    def __init__(self) -> None:
        super().__init__("matplotlib is not installed; `pip install 'creditgate[analysis]'` brings it.")


def plot_names(result: Mapping[str, Any]) -> list[str]:
    """Name the plots that can be drawn of a result: all, but for those that need two policies or a limit."""
    left_out = set()
    if result["comparison"] is None:
        left_out.add("swap")
    if all(each["limits"]["uses"] is None for each in result["measures"]):
        left_out.add("limits")
    return [name for name in PLOTS if name not in left_out]


def draw(result: Mapping[str, Any], name: str, language: Language) -> bytes:
    """Draw one of `plot_names` and give the PNG image. Raises PlotsMissing."""
    with _drawing:
        drawers, new_drawing = _drawers()
        drawing = new_drawing(result, language, PLOTS[name])
        drawers[name](drawing)
        image = BytesIO()
        drawing.figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def _drawers() -> tuple[dict[str, Callable[..., None]], Callable[..., Any]]:
    """Load what draws each plot, and what begins a drawing. Raises PlotsMissing."""
    try:
        from api.policies.backtest import plot_decisions, plot_targets  # noqa: PLC0415
        from api.policies.backtest.plot_frame import new_drawing  # noqa: PLC0415
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise PlotsMissing from error
    drawers: dict[str, Callable[..., None]] = {
        "roc_invoice": partial(plot_targets.draw_roc, level="invoice"),
        "roc_debtor": partial(plot_targets.draw_roc, level="debtor"),
        "calibration_invoice": partial(plot_targets.draw_calibration, level="invoice"),
        "calibration_debtor": partial(plot_targets.draw_calibration, level="debtor"),
        "late_by_grade": plot_targets.draw_late_by_grade,
        "classes": plot_decisions.draw_classes,
        "limits": plot_decisions.draw_limits,
        "swap": plot_decisions.draw_swap,
        "earned": plot_decisions.draw_earned,
    }
    return drawers, new_drawing


def draw_all(result: Mapping[str, Any], language: Language) -> dict[str, bytes]:
    """Draw every plot of a result, by name. Raises PlotsMissing."""
    return {name: draw(result, name, language) for name in plot_names(result)}
