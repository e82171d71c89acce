"""Plots of what the policies decided: classes, use of limits, who is sold to by which, margin and loss."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.ticker import LogLocator, NullLocator

from api.policies.backtest.code_words import in_words
from api.policies.backtest.plot_frame import BAND, COLOURS, GREY, LINES, MARKS, Drawing, name_policies_below, tidy

NORMAL_BAND = (0.65, 0.90)
SHOWN_DAYS = 30
SMALLEST_USE = 0.001
CLASSES = ("low", "normal", "high", "blocked", None)


def draw_classes(drawing: Drawing) -> None:
    """Draw the share of each class, among the debtors that have one and among all orders."""
    drawing.figure.suptitle(drawing.say("classes"), fontsize=13)
    of_debtors, of_orders = drawing.figure.subplots(1, 2, sharey=True)
    normal = CLASSES.index("normal")
    of_debtors.fill_between((normal - 0.45, normal + 0.45), *NORMAL_BAND, color=BAND, label=drawing.say("normal_band"))
    _class_bars(drawing, of_debtors, "debtors", CLASSES[:-1])
    _class_bars(drawing, of_orders, "orders", CLASSES)
    of_debtors.set_title(drawing.say("classed_debtors"), fontsize=11)
    of_orders.set_title(drawing.say("all_orders"), fontsize=11)
    of_debtors.set_ylabel(drawing.say("share"))
    name_policies_below(drawing, of_debtors)


def _class_bars(drawing: Drawing, axes: Axes, counted: str, classes: tuple[str | None, ...]) -> None:
    tidy(axes)
    for measures, beside in drawing.compared:
        counts = {each["risk_class"]: each[counted] for each in measures["classes"]}
        whole = sum(counts[name] for name in classes)
        shares = [counts[name] / whole if whole else 0.0 for name in classes]
        places = [place + beside for place in range(len(classes))]
        colour = COLOURS[measures["role"]]
        bars = axes.bar(places, shares, 0.34, color=colour, alpha=0.85, label=drawing.role(measures))
        axes.bar_label(
            bars, [drawing.percent_of(each).removesuffix(" %") for each in shares], fontsize=8, padding=1, color=colour
        )
    axes.set_xticks(range(len(classes)), [in_words("risk_class", name, drawing.language) for name in classes])
    axes.set_ylim(0, 1.08)
    drawing.in_percent(axes.yaxis)


def draw_limits(drawing: Drawing) -> None:
    """Draw what use of its limit each share of the orders stays within."""
    axes = drawing.figure.subplots()
    tidy(axes)
    axes.set_title(drawing.say("limits"), fontsize=12)
    for measures in drawing.result["measures"]:
        uses = measures["limits"]["uses"]
        if uses is None:
            continue
        role = measures["role"]
        shares = [float(each) for each in uses]
        used = [max(float(each), SMALLEST_USE) for each in uses.values()]
        axes.plot(
            shares, used, color=COLOURS[role], linestyle=LINES[role], marker=MARKS[role], label=drawing.role(measures)
        )
    axes.axhline(1, color=GREY, linewidth=1, linestyle=":", label=drawing.say("limit"))
    axes.set_yscale("log")
    axes.margins(y=0.1)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xlim(0, 1)
    axes.set_xlabel(drawing.say("orders_at_most"))
    axes.set_ylabel(drawing.say("use"))
    drawing.in_percent(axes.xaxis)
    drawing.in_percent(axes.yaxis)
    axes.legend(frameon=False)


def draw_swap(drawing: Drawing) -> None:
    """Draw for each side of the swap set its orders, its late share, and what each policy earned on it."""
    drawing.figure.suptitle(drawing.say("swap"), fontsize=13)
    sides = drawing.result["comparison"]["swap"]
    counts, late, results = drawing.figure.subplots(1, 3, sharey=True)
    for axes in (counts, late, results):
        tidy(axes)
        axes.margins(x=0.22)
    names = [in_words("side", each["side"], drawing.language) for each in sides]
    bars = counts.barh(range(len(sides)), [each["orders"] for each in sides], color=GREY)
    drawing.in_counts(counts.xaxis)
    _label(counts, bars, [drawing.count_of(each["orders"]) for each in sides])
    counts.set_yticks(range(len(sides)), names)
    counts.invert_yaxis()
    counts.set_xlabel(drawing.say("orders"))
    _late_bars(drawing, late, sides)
    for measures, beside in drawing.compared:
        amounts = [float(each[measures["role"]]["result_amount"]) for each in sides]
        places = [place + beside for place in range(len(sides))]
        bars = results.barh(places, amounts, 0.34, color=COLOURS[measures["role"]], label=drawing.role(measures))
        _label(results, bars, [drawing.count_of(each) for each in amounts])
    drawing.in_counts(results.xaxis)
    results.tick_params(axis="x", rotation=30)
    results.set_xlabel(drawing.say("result_of", currency=drawing.result["currency"]))
    name_policies_below(drawing, results)


def _late_bars(drawing: Drawing, axes: Axes, sides: list[dict[str, Any]]) -> None:
    late = [next(each for each in side["late"] if each["late_days"] == SHOWN_DAYS) for side in sides]
    bars = axes.barh(range(len(sides)), [float(each["event_rate"] or 0) for each in late], color=GREY)
    told = [
        drawing.say("unknown") if each["event_rate"] is None else drawing.percent_of(float(each["event_rate"]))
        for each in late
    ]
    _label(axes, bars, told)
    drawing.in_percent(axes.xaxis)
    axes.set_xlabel(drawing.say("late_over_30"))


def draw_earned(drawing: Drawing) -> None:
    """Draw margin and result, and beside them on their own scale what was lost and what it cost to wait."""
    drawing.figure.suptitle(drawing.say("earned", currency=drawing.result["currency"]), fontsize=13)
    panels = drawing.figure.subplots(1, 2)
    columns = (("margin_amount", "result_amount"), ("realised_loss_amount", "expected_loss_amount", "funding_amount"))
    for axes, names in zip(panels, columns, strict=True):
        tidy(axes)
        for measures, beside in drawing.compared:
            amounts = [float(measures["earned"]["all"][name]) for name in names]
            places = [place + beside for place in range(len(names))]
            bars = axes.bar(places, amounts, 0.34, color=COLOURS[measures["role"]], label=drawing.role(measures))
            _label(axes, bars, [drawing.count_of(each) for each in amounts])
        axes.set_xticks(range(len(names)), [in_words("earned", name, drawing.language) for name in names])
        axes.margins(y=0.15)
        axes.axhline(0, color=GREY, linewidth=0.8)
        drawing.in_counts(axes.yaxis)
    name_policies_below(drawing, panels[1])


def _label(axes: Axes, bars: BarContainer, words: list[str]) -> None:
    axes.bar_label(bars, words, fontsize=8, padding=2)
