"""What all plots share: their size in pixels, colours that everybody can tell apart, panels and their words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from api.policies.backtest.code_words import in_words
from api.policies.backtest.plot_words import PLOT_WORDS
from api.policies.backtest.readable import count, percent
from scoring.reasons.registry import Language

WIDTH_PIXELS = 1000
DOTS_PER_INCH = 100
# By M. Okabe and K. Ito: apart for every kind of colour blindness. Marks differ too, for paper without colour.
COLOURS = {"candidate": "#0072B2", "active": "#D55E00"}
MARKS = {"candidate": "o", "active": "s"}
LINES: dict[str, Literal["-", "--"]] = {"candidate": "-", "active": "--"}
GREY = "#777777"
BAND = "#BBBBBB"
GRADE_LENGTH_MAX = 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """One figure that is being drawn from a result, with the words of one language."""

    figure: Figure
    result: Mapping[str, Any]
    language: Language

    def say(self, key: str, **words: Any) -> str:
        """Give a title or the name of an axis."""
        return PLOT_WORDS[key].of(self.language).format(**words)

    def role(self, measures: Mapping[str, Any]) -> str:
        """Name the policy that measures are of."""
        return in_words("role", measures["role"], self.language)

    @property
    def compared(self) -> list[tuple[Mapping[str, Any], float]]:
        """Give the measures of each policy, with how far beside its place it is drawn."""
        measures = self.result["measures"]
        return [(measures[0], 0.0)] if len(measures) == 1 else [(measures[0], -0.18), (measures[1], 0.18)]

    def in_percent(self, axis: Any) -> None:
        """Write the figures of an axis in percent, whole ones without decimals."""
        axis.set_major_formatter(FuncFormatter(lambda value, _: self.percent_of(value)))

    def percent_of(self, value: float) -> str:
        """Write a share beside an axis, where there is little room."""
        number, unit = percent(f"{value:.6f}", self.language).split(" ")
        return f"{number.rstrip('0').rstrip(',.') if {',', '.'} & {*number} else number} {unit}"

    def count_of(self, value: float) -> str:
        """Write a whole number of orders, or of a currency."""
        return count(round(value), self.language)

    def in_counts(self, axis: Any) -> None:
        """Write the figures of an axis as whole numbers."""
        axis.set_major_formatter(FuncFormatter(lambda value, _: self.count_of(value)))


def new_drawing(result: Mapping[str, Any], language: Language, height_pixels: int) -> Drawing:
    """Begin a figure of the usual width."""
    size = (WIDTH_PIXELS / DOTS_PER_INCH, height_pixels / DOTS_PER_INCH)
    return Drawing(Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained"), result, language)


def name_policies_below(drawing: Drawing, axes: Axes) -> None:
    """Explain the colours of a panel below all of them, where they hide nothing."""
    handles, labels = axes.get_legend_handles_labels()
    drawing.figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False, fontsize=10)


def tidy(axes: Axes) -> None:
    """Leave out what tells nothing: the upper and right edge, and small print."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9)
    axes.grid(color="#E5E5E5", linewidth=0.7)
    axes.set_axisbelow(True)


def name_grades(axes: Axes, names: list[str]) -> None:
    """Put grades below an axis as they are written: their names are the policy's own and no formulas."""
    short = [name if len(name) <= GRADE_LENGTH_MAX else name[: GRADE_LENGTH_MAX - 1] + "…" for name in names]
    turned = 90 if max(map(len, short), default=0) > 3 else 0
    axes.set_xticks(range(len(short)), short, parse_math=False, rotation=turned, fontsize=8)
    axes.set_xlim(-0.6, len(short) - 0.4)


def say_nothing(axes: Axes, words: str) -> None:
    """Say inside a panel why nothing is drawn there."""
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=9, color=GREY)
