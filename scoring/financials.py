"""Published failure formulas on annual figures. A ratio that cannot be formed gives a reason, never a number."""

from dataclasses import dataclass
from math import erf, exp, log, sqrt
from typing import Literal

Zone = Literal["distress", "grey", "safe"]
Undefined = Literal["ratio_undefined"]


@dataclass(frozen=True, slots=True)
class ZScore:
    """An Altman score with the zone its author gave it."""

    score: float
    zone: Zone


@dataclass(frozen=True, slots=True)
class FailureProbability:
    """The index of a probit or logit model and the probability it stands for."""

    index: float
    probability: float


def _zoned(score: float, distress_below: float, safe_above: float) -> ZScore:
    """A score with its zone; the bounds themselves are grey."""
    if score < distress_below:
        return ZScore(score, "distress")
    return ZScore(score, "safe" if score > safe_above else "grey")


@dataclass(frozen=True, slots=True)
class AltmanFigures:
    """Working capital, retained earnings, operating result, equity (market or book value), assets and liabilities."""

    working_capital: float
    retained_earnings: float
    ebit: float
    equity: float
    total_assets: float
    total_liabilities: float

    @property
    def undefined(self) -> bool:
        """Whether a ratio has no meaning: no assets, or no liabilities to compare equity with."""
        return self.total_assets <= 0 or self.total_liabilities == 0


def altman_z(figures: AltmanFigures, sales: float) -> ZScore | Undefined:
    """Altman 1968, listed manufacturers; equity at market value, sales coefficient 0.999."""
    if figures.undefined:
        return "ratio_undefined"
    weighted = 1.2 * figures.working_capital + 1.4 * figures.retained_earnings + 3.3 * figures.ebit + 0.999 * sales
    return _zoned(weighted / figures.total_assets + 0.6 * figures.equity / figures.total_liabilities, 1.81, 2.99)


def altman_z_prime(figures: AltmanFigures, sales: float) -> ZScore | Undefined:
    """Altman 1983, unlisted companies; equity at book value."""
    if figures.undefined:
        return "ratio_undefined"
    weighted = (
        0.717 * figures.working_capital + 0.847 * figures.retained_earnings + 3.107 * figures.ebit + 0.998 * sales
    )
    return _zoned(weighted / figures.total_assets + 0.420 * figures.equity / figures.total_liabilities, 1.23, 2.90)


def altman_z_double_prime(figures: AltmanFigures) -> ZScore | Undefined:
    """Altman's Z'' for non-manufacturers; equity at book value, no sales."""
    if figures.undefined:
        return "ratio_undefined"
    weighted = 6.56 * figures.working_capital + 3.26 * figures.retained_earnings + 6.72 * figures.ebit
    return _zoned(weighted / figures.total_assets + 1.05 * figures.equity / figures.total_liabilities, 1.10, 2.60)


def em_score(z_double_prime: float) -> float:
    """Altman's emerging-market score: Z'' + 3.25."""
    return z_double_prime + 3.25


def zmijewski(
    net_income: float, total_liabilities: float, total_assets: float, current_assets: float, current_liabilities: float
) -> FailureProbability | Undefined:
    """Zmijewski 1984, probit; higher is worse, distressed from an index of 0. Liquidity term +0.004."""
    if total_assets <= 0 or total_liabilities == 0 or current_liabilities == 0:
        return "ratio_undefined"
    index = (
        -4.336
        - 4.513 * net_income / total_assets
        + 5.679 * total_liabilities / total_assets
        + 0.004 * current_assets / current_liabilities
    )
    return FailureProbability(index, (1 + erf(index / sqrt(2))) / 2)


@dataclass(frozen=True, slots=True)
class OhlsonFigures:
    """What Ohlson's model needs: whole currency units; `price_index` is the GNP price index, 1968 = 100."""

    total_assets: float
    price_index: float
    total_liabilities: float
    working_capital: float
    current_liabilities: float
    current_assets: float
    net_income: float
    net_income_before: float
    funds_from_operations: float


def ohlson_o(figures: OhlsonFigures) -> FailureProbability | Undefined:
    """Ohlson 1980 model 1, logit, natural logarithm. Its size term forbids comparing currencies or decades."""
    assets, liabilities = figures.total_assets, figures.total_liabilities
    if (
        assets <= 0
        or figures.price_index <= 0
        or liabilities == 0
        or 0 in (figures.current_assets, figures.current_liabilities)
    ):
        return "ratio_undefined"
    income, before = figures.net_income, figures.net_income_before
    size = abs(income) + abs(before)
    index = (
        -1.32
        - 0.407 * log(assets / figures.price_index)
        + 6.03 * liabilities / assets
        - 1.43 * figures.working_capital / assets
        + 0.0757 * figures.current_liabilities / figures.current_assets
        - 1.72 * (liabilities > assets)
        - 2.37 * income / assets
        - 1.83 * figures.funds_from_operations / liabilities
        + 0.285 * (income < 0 and before < 0)
        - 0.521 * ((income - before) / size if size else 0)
    )
    return FailureProbability(index, 1 / (1 + exp(-index)))
