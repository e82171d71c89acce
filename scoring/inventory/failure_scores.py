"""The published failure scores of one set of annual figures, each with its zone, or with the reason there is none."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from scoring.facts import Financials
from scoring.financials import (
    AltmanFigures,
    OhlsonFigures,
    Zone,
    ZScore,
    altman_z,
    altman_z_double_prime,
    altman_z_prime,
    em_score,
    ohlson_o,
    zmijewski,
)

ScoreCode = Literal["altman_z", "altman_z_prime", "altman_z_double_prime", "em_score", "zmijewski", "ohlson"]

# Retained earnings come first: abridged accounts lack them most, and then there is no Altman score at all.
_ALTMAN = ("retained_earnings", "total_assets", "total_liabilities", "current_assets", "current_liabilities", "ebit")
_ZMIJEWSKI = ("net_income", "total_liabilities", "total_assets", "current_assets", "current_liabilities")
_OHLSON = (*_ZMIJEWSKI, "net_income_before", "funds_from_operations", "price_index")
# From these on a company counts as distressed: the authors' own cuts.
_ZMIJEWSKI_INDEX, _OHLSON_PROBABILITY = 0, 0.5


@dataclass(frozen=True, slots=True)
class FailureScore:
    """A score with its zone (`unit` pd: a probability), or `why` there is none; never a number in its place."""

    code: ScoreCode
    unit: Literal["score", "pd"]
    value: Decimal | None = None
    zone: Zone | None = None
    why: str | None = None


def failure_scores(financials: Financials) -> Iterator[FailureScore]:
    """Altman's Z, Z', Z'' and EM, Zmijewski's and Ohlson's probability of a company's annual figures."""
    yield _z(financials)
    yield _z_prime(financials)
    z_double_prime = _z_double_prime(financials)
    yield z_double_prime
    yield _em(z_double_prime)
    yield _zmijewski_of(financials)
    yield _ohlson_of(financials)


def _z(financials: Financials) -> FailureScore:
    """Altman 1968, with the market value of the equity: for listed companies."""
    figures = _numbers(financials, (*_ALTMAN, "turnover", "market_value"))
    if isinstance(figures, str):
        return FailureScore("altman_z", "score", why=figures)
    return _zoned("altman_z", altman_z(_altman(figures, figures["market_value"]), figures["turnover"]))


def _z_prime(financials: Financials) -> FailureScore:
    """Altman 1983, with the book value of the equity and sales."""
    figures = _numbers(financials, (*_ALTMAN, "equity", "turnover"))
    if isinstance(figures, str):
        return FailureScore("altman_z_prime", "score", why=figures)
    return _zoned("altman_z_prime", altman_z_prime(_altman(figures, figures["equity"]), figures["turnover"]))


def _z_double_prime(financials: Financials) -> FailureScore:
    """Altman's Z'', without sales."""
    figures = _numbers(financials, (*_ALTMAN, "equity"))
    if isinstance(figures, str):
        return FailureScore("altman_z_double_prime", "score", why=figures)
    return _zoned("altman_z_double_prime", altman_z_double_prime(_altman(figures, figures["equity"])))


def _em(z_double_prime: FailureScore) -> FailureScore:
    """The emerging-market score, Z'' moved up with its zones; missing where Z'' is."""
    if z_double_prime.value is None:
        return FailureScore("em_score", "score", why=z_double_prime.why)
    score = em_score(float(z_double_prime.value))
    return FailureScore("em_score", "score", _six(score), z_double_prime.zone)


def _zmijewski_of(financials: Financials) -> FailureScore:
    """Zmijewski's probability; distressed from an index of 0."""
    figures = _numbers(financials, _ZMIJEWSKI)
    if isinstance(figures, str):
        return FailureScore("zmijewski", "pd", why=figures)
    found = zmijewski(**figures)
    if found == "ratio_undefined":
        return FailureScore("zmijewski", "pd", why=found)
    return _by_probability("zmijewski", found.probability, distressed=found.index >= _ZMIJEWSKI_INDEX)


def _ohlson_of(financials: Financials) -> FailureScore:
    """Ohlson's probability; both years must be of the same kind of accounts."""
    before = financials.before_consolidated
    if before is not None and before != financials.consolidated:
        return FailureScore("ohlson", "pd", why="consolidated_and_single_mixed")
    figures = _numbers(financials, _OHLSON)
    if isinstance(figures, str):
        return FailureScore("ohlson", "pd", why=figures)
    capital = figures["current_assets"] - figures["current_liabilities"]
    found = ohlson_o(OhlsonFigures(working_capital=capital, **figures))
    if found == "ratio_undefined":
        return FailureScore("ohlson", "pd", why=found)
    return _by_probability("ohlson", found.probability, distressed=found.probability > _OHLSON_PROBABILITY)


def _numbers(financials: Financials, names: tuple[str, ...]) -> dict[str, float] | str:
    """The figures named, or the reason of the first that is not known."""
    figures: dict[str, float] = {}
    for name in names:
        value: Decimal | None = getattr(financials, name)
        if value is None:
            return f"{name}_missing"
        figures[name] = float(value)
    return figures


def _altman(figures: dict[str, float], equity: float) -> AltmanFigures:
    """The figures as Altman takes them."""
    return AltmanFigures(
        working_capital=figures["current_assets"] - figures["current_liabilities"],
        retained_earnings=figures["retained_earnings"],
        ebit=figures["ebit"],
        equity=equity,
        total_assets=figures["total_assets"],
        total_liabilities=figures["total_liabilities"],
    )


def _zoned(code: ScoreCode, found: ZScore | Literal["ratio_undefined"]) -> FailureScore:
    """An Altman score with its zone, or why a ratio of it has no meaning."""
    if found == "ratio_undefined":
        return FailureScore(code, "score", why=found)
    return FailureScore(code, "score", _six(found.score), found.zone)


def _by_probability(code: ScoreCode, probability: float, *, distressed: bool) -> FailureScore:
    """A probability, distressed or safe: its author knows no grey zone."""
    return FailureScore(code, "pd", _six(probability), "distress" if distressed else "safe")


def _six(number: float) -> Decimal:
    """Six decimals, half to even."""
    return Decimal(f"{number:.6f}")
