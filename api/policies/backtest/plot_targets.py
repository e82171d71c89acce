"""Plots of how well the policies foretold what came: separation and calibration by target, late rates by grade."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from api.policies.backtest.code_words import in_words
from api.policies.backtest.plot_frame import (
    COLOURS,
    GREY,
    LINES,
    MARKS,
    Drawing,
    name_grades,
    say_nothing,
    tidy,
)
from api.policies.backtest.readable import figure

# From light to dark as it gets later, apart in grey too.
LATE_COLOURS = ("#B3CDE3", "#6BAED6", "#2B83BA", "#08519C", "#1A1A40")
LATE_MARKS = ("o", "s", "^", "D", "v")
SMALLEST_RATE = 0.0003  # A rate of zero has no place on a log scale: it is drawn at its lower edge.


def draw_roc(drawing: Drawing, level: str) -> None:
    """Draw the curve of each policy, one panel for each number of days late."""
    drawing.figure.suptitle(drawing.say(f"roc_{level}"), fontsize=13)
    for axes, place in _panels(drawing, level):
        axes.set_aspect("equal")
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        reason = None
        for number, measures in enumerate(drawing.result["measures"]):
            sample = measures["targets"][place]["with_history"]
            if not sample["roc"]:
                reason = sample["missing"]
                continue
            role = measures["role"]
            across, up = ([float(point[side]) for point in sample["roc"]] for side in (0, 1))
            axes.plot(across, up, color=COLOURS[role], linestyle=LINES[role], linewidth=1.8)
            told = f"AUC {figure(sample['auc'], drawing.language)}"
            axes.text(0.97, 0.05 + 0.09 * (1 - number), told, ha="right", color=COLOURS[role], fontsize=9)
        if reason is not None:
            say_nothing(axes, _why(drawing, reason))
        else:
            axes.plot((0, 1), (0, 1), color=GREY, linewidth=0.8, linestyle=":")
        drawing.in_percent(axes.xaxis)
        drawing.in_percent(axes.yaxis)
        axes.set_xlabel(drawing.say("false_alarms"), fontsize=9)
        axes.set_ylabel(drawing.say("hits"), fontsize=9)
    lines = [
        Line2D([], [], color=COLOURS[each["role"]], linestyle=LINES[each["role"]], label=drawing.role(each))
        for each in drawing.result["measures"]
    ]
    _legend(drawing, [*lines, Line2D([], [], color=GREY, linestyle=":", label=drawing.say("chance"))])


def draw_calibration(drawing: Drawing, level: str) -> None:
    """Draw for each grade the observed rate with its interval beside the expected one, on a log scale."""
    drawing.figure.suptitle(drawing.say(f"calibration_{level}"), fontsize=13)
    for axes, place in _panels(drawing, level):
        names = _grade_names(drawing.result, place)
        drawn = False
        for measures, beside in drawing.compared:
            grades = [each for each in measures["targets"][place]["calibration"]["grades"] if each["cases"]]
            drawn = drawn or bool(grades)
            _observed_and_expected(
                axes, grades, measures["role"], [names.index(each["grade"]) + beside for each in grades]
            )
        axes.set_yscale("log")
        axes.set_ylim(SMALLEST_RATE * 0.8, 1.3)
        axes.set_yticks((0.001, 0.01, 0.1, 1))
        axes.minorticks_off()
        drawing.in_percent(axes.yaxis)
        name_grades(axes, names)
        axes.set_xlabel(drawing.say("grade"), fontsize=9)
        axes.set_ylabel(drawing.say("rate"), fontsize=9)
        if not drawn:
            say_nothing(axes, _why(drawing, "no_cases"))
    marks: list[Line2D] = []
    for each in drawing.result["measures"]:
        role, colour = each["role"], COLOURS[each["role"]]
        said = {key: drawing.say(key, role=drawing.role(each)) for key in ("observed", "expected")}
        marks.append(
            Line2D([], [], color=colour, marker=MARKS[role], markersize=5, linewidth=1, label=said["observed"])
        )
        marks.append(
            Line2D([], [], color=colour, marker="_", markersize=11, linestyle="", mew=2, label=said["expected"])
        )
    marks.append(Line2D([], [], color=GREY, marker="o", mfc="white", linestyle="", label=drawing.say("none_happened")))
    _legend(drawing, marks)


def _observed_and_expected(axes: Axes, grades: list[Mapping[str, Any]], role: str, places: list[float]) -> None:
    colour = COLOURS[role]
    for grade, place in zip(grades, places, strict=True):
        low, high = (max(float(grade[f"observed_{side}"]), SMALLEST_RATE) for side in ("low", "high"))
        axes.plot((place, place), (low, high), color=colour, linewidth=1.2)
        rate = max(float(grade["observed_rate"]), SMALLEST_RATE)
        fill = colour if grade["events"] else "white"
        axes.plot((place,), (rate,), color=colour, marker=MARKS[role], markersize=4.5, markerfacecolor=fill)
    expected = [max(float(grade["expected_rate"]), SMALLEST_RATE) for grade in grades]
    axes.plot(places, expected, color=colour, marker="_", markersize=11, markeredgewidth=2, linestyle="")


def draw_late_by_grade(drawing: Drawing) -> None:
    """Draw the share of each grade's invoices that were paid later than so many days, a panel for each policy."""
    drawing.figure.suptitle(drawing.say("late_by_grade"), fontsize=13)
    targets = [(place, each) for place, each in enumerate(drawing.result["targets"]) if each["level"] == "invoice"]
    names = _grade_names(drawing.result, targets[0][0])
    panels = drawing.figure.subplots(1, len(drawing.result["measures"]), sharey=True, squeeze=False)[0]
    for axes, measures in zip(panels, drawing.result["measures"], strict=True):
        tidy(axes)
        for number, (place, target) in enumerate(targets):
            grades = [each for each in measures["targets"][place]["calibration"]["grades"] if each["cases"]]
            axes.plot(
                [names.index(each["grade"]) for each in grades],
                [float(each["observed_rate"]) for each in grades],
                color=LATE_COLOURS[number % len(LATE_COLOURS)],
                marker=LATE_MARKS[number % len(LATE_MARKS)],
                label=_panel_title(drawing, target),
            )
        name_grades(axes, names)
        axes.set_ylim(-0.02, 1.02)
        axes.set_title(drawing.role(measures), fontsize=11)
        axes.set_xlabel(drawing.say("grade"))
        drawing.in_percent(axes.yaxis)
    panels[0].set_ylabel(drawing.say("late_share"))
    panels[0].legend(frameon=False, fontsize=9)


def _panels(drawing: Drawing, level: str) -> list[tuple[Axes, int]]:
    """Give a panel with its title for each target of a level, beside the place of the target in the result."""
    targets = [(place, each) for place, each in enumerate(drawing.result["targets"]) if each["level"] == level]
    grid = drawing.figure.subplots(2, 3).flat
    found = []
    for axes, (place, target) in zip(grid, targets, strict=False):
        tidy(axes)
        axes.set_title(_panel_title(drawing, target), fontsize=10)
        found.append((axes, place))
    for axes in list(drawing.figure.axes)[len(found) :]:
        axes.set_axis_off()
    return found


def _panel_title(drawing: Drawing, target: Mapping[str, Any]) -> str:
    key = "over_days" if target["late_days"] else "over_due"
    if target["level"] == "debtor":
        key = f"any_{key}"
    return drawing.say(key, days=target["late_days"], window=target["window_days"])


def _legend(drawing: Drawing, marks: list[Line2D]) -> None:
    """Explain the lines in the last place of the grid, which no target takes."""
    drawing.figure.axes[-1].legend(handles=marks, loc="center", frameon=False, fontsize=10)


def _why(drawing: Drawing, reason: str) -> str:
    return drawing.say("not_measured", reason=in_words("missing", reason, drawing.language))


def _grade_names(result: Mapping[str, Any], place: int) -> list[str]:
    """Give the grades of all policies, best first; where scales differ, those of the second follow."""
    found = (
        grade["grade"]
        for measures in result["measures"]
        for grade in measures["targets"][place]["calibration"]["grades"]
    )
    return list(dict.fromkeys(found))
