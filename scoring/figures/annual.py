"""Figures of the annual accounts; a ratio that cannot be formed is not known, never zero."""

from collections.abc import Callable
from decimal import Decimal

from scoring.facts import Financials
from scoring.figures.known import Figure, FigureValue, Known, number, ratio
from scoring.financials import AltmanFigures, altman_z_double_prime, zmijewski
from scoring.limits import tangible_net_worth, working_capital


def _financial(read: Callable[[Financials], Decimal | None]) -> Callable[[Known], FigureValue]:
    """A figure of the annual figures while they count."""

    def of_known(known: Known) -> FigureValue:
        """The figure, None without annual figures."""
        return None if known.financials is None else read(known.financials)

    return of_known


def _share(numerator: str, denominator: str) -> Callable[[Known], FigureValue]:
    """One annual figure over another; None where either is missing or there is nothing to divide by."""

    def read(financials: Financials) -> Decimal | None:
        """The share."""
        return ratio(getattr(financials, numerator), getattr(financials, denominator))

    return _financial(read)


def _working_capital_share(financials: Financials) -> Decimal | None:
    """Working capital over total assets."""
    return ratio(working_capital(financials), financials.total_assets)


def _z_double_prime(financials: Financials) -> Decimal | None:
    """Altman's Z''; None where a figure of it is missing or undefined, never reckoned with zero in its place."""
    capital, retained, ebit = working_capital(financials), financials.retained_earnings, financials.ebit
    assets, liabilities, equity = financials.total_assets, financials.total_liabilities, financials.equity
    if None in (capital, retained, ebit, assets, liabilities, equity):
        return None
    numbers = [float(each) for each in (capital, retained, ebit, equity, assets, liabilities) if each is not None]
    found = altman_z_double_prime(AltmanFigures(*numbers))
    return None if found == "ratio_undefined" else Decimal(f"{found.score:.6f}")


def _zmijewski(financials: Financials) -> Decimal | None:
    """Zmijewski's probability; None where a figure of it is missing or undefined."""
    named = ("net_income", "total_liabilities", "total_assets", "current_assets", "current_liabilities")
    figures = [getattr(financials, name) for name in named]
    if None in figures:
        return None
    found = zmijewski(*(float(each) for each in figures))
    return None if found == "ratio_undefined" else Decimal(f"{found.probability:.6f}")


def _financials_age_months(known: Known) -> Decimal | None:
    """Whole months since the year end of the annual figures."""
    if known.financials is None:
        return None
    end, day = known.financials.year_end_on, known.facts.as_of
    return Decimal((day.year - end.year) * 12 + day.month - end.month - (day.day < end.day))


ANNUAL: dict[str, Figure] = {
    "financials.age_months": number("months", _financials_age_months, worse="higher", least=0),
    "financials.equity_share": number("share", _share("equity", "total_assets"), worse="lower"),
    "financials.liabilities_share": number(
        "share", _share("total_liabilities", "total_assets"), worse="higher", least=0
    ),
    "financials.equity_to_liabilities": number("ratio", _share("equity", "total_liabilities"), worse="lower"),
    "financials.current_ratio": number(
        "ratio", _share("current_assets", "current_liabilities"), worse="lower", least=0
    ),
    "financials.working_capital_share": number("share", _financial(_working_capital_share), worse="lower"),
    "financials.retained_share": number("share", _share("retained_earnings", "total_assets"), worse="lower"),
    "financials.ebit_share": number("share", _share("ebit", "total_assets"), worse="lower"),
    "financials.net_income_share": number("share", _share("net_income", "total_assets"), worse="lower"),
    "financials.turnover_to_assets": number("ratio", _share("turnover", "total_assets"), worse="lower", least=0),
    "financials.net_worth_amount": number("amount", _financial(tangible_net_worth), worse="lower"),
    "financials.turnover_amount": number("amount", _financial(lambda each: each.turnover), worse="lower", least=0),
    "financials.z_double_prime": number("score", _financial(_z_double_prime), worse="lower"),
    "financials.zmijewski_pd": number("pd", _financial(_zmijewski)),
}
