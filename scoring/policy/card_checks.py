"""Faults of scorecards: figures that do not exist, and points that contradict what a figure means."""

from collections.abc import Iterator, Mapping

from scoring.documents import Fault
from scoring.figures import FIGURES
from scoring.policy.scorecards import Characteristic
from scoring.reasons import REGISTRY


def card_faults(parts: Mapping[str, object]) -> Iterator[Fault]:
    """Every fault of the characteristics that could be read, by path."""
    for path, each in parts.items():
        if isinstance(each, Characteristic):
            yield from _of_figure(path, each)
            if each.reason is not None and each.reason not in REGISTRY:
                yield Fault(f"{path}.reason", f"{each.reason!r} is not a reason")


def _of_figure(path: str, each: Characteristic) -> Iterator[Fault]:
    """A figure that is none or no number, and points that reward what speaks against a debtor."""
    figure = FIGURES.get(each.figure)
    if figure is None:
        yield Fault(f"{path}.figure", f"{each.figure!r} is not a figure")
    elif figure.kind != "number":
        yield Fault(f"{path}.figure", f"{each.figure!r} is no number")
    elif each.figure.startswith("result."):
        yield Fault(f"{path}.figure", f"{each.figure!r} is what the scorecard is there to find")
    elif figure.worse is not None:
        rise = _rise(each)
        if rise == (1 if figure.worse == "higher" else -1):
            more = "more" if rise > 0 else "less"
            detail = f"gives more points the {more} there is of {each.figure}, which is worse when {figure.worse}"
            yield Fault(path, detail)


def _rise(each: Characteristic) -> int:
    """Whether points rise (1) or fall (-1) with the figure; 0 where they stay the same."""
    rows = each.bins or each.curve
    first, last = rows[0].points, rows[-1].points
    return (last > first) - (last < first)
