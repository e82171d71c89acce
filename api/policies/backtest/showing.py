"""Reports and plots of kept backtests: rendered when they are asked for, and kept for whoever asks again."""

from threading import Lock
from uuid import UUID

from cachetools import LRUCache, cached

from api.policies.backtest.plots import PlotsMissing, draw, plot_names
from api.policies.backtest.report import report_page
from api.problems import NotFound
from api.records.backtests import BacktestRecord
from scoring.reasons.registry import Language

# Some dozens of reports; a result never changes, so that what was drawn of it stays true.
BYTES_MAX = 32_000_000

_shown: LRUCache[tuple[UUID, UUID, str, Language], bytes] = LRUCache(BYTES_MAX, getsizeof=len)
_lock = Lock()


def _key(record: BacktestRecord, name: str, language: Language) -> tuple[UUID, UUID, str, Language]:
    return record.seller_id, record.id, name, language


def show_report(record: BacktestRecord, language: Language) -> bytes:
    """Give the HTML page of a backtest, without plots where they cannot be drawn."""
    return _page(record, "report", language)


def show_plot(record: BacktestRecord, name: str, language: Language) -> bytes:
    """Give one plot as a PNG image. Raises NotFound, saying which there are, or how to get any."""
    names = plot_names(record.result)
    if name not in names:
        raise NotFound(f"There is no such plot of this backtest; there are {', '.join(names)}.")
    try:
        return _drawn(record, name, language)
    except PlotsMissing as missing:
        raise NotFound(f"No plot can be drawn: {missing}", code="plots_missing") from missing


@cached(_shown, key=_key, lock=_lock)
def _drawn(record: BacktestRecord, name: str, language: Language) -> bytes:
    return draw(record.result, name, language)


@cached(_shown, key=_key, lock=_lock)
def _page(record: BacktestRecord, name: str, language: Language) -> bytes:
    plots: dict[str, bytes] | None
    try:
        plots = {each: _drawn(record, each, language) for each in plot_names(record.result)}
    except PlotsMissing:
        plots = None
    return report_page(record.result, language, plots).encode()
