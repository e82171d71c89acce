"""Annual figures of a D&B report: the newest statement, else the turnover of the short form."""

from datetime import date
from decimal import Decimal

from providers.payload import Payload
from scoring.facts import Financials

CONSOLIDATED = 9067
ACTUAL = 9092  # Estimated and modelled figures were made up by D&B, and are left out.
# How many units of the currency one is; figures in any other unit are left out. Only the first is confirmed.
UNITS = {"single units": 1, "singleunits": 1, "single": 1, "thousand": 1_000, "thousands": 1_000, "million": 1_000_000}


def financials(organization: Payload, currency: str) -> Financials | None:
    """The latest statement where it was ordered, else the newest turnover; None without figures in `currency`."""
    return _statement(organization.section("latestFiscalFinancials"), currency) or _turnover(organization, currency)


def financials_currency(organization: Payload) -> str | None:
    """The currency of figures that there are. Raises NotUnderstood."""
    if named := organization.section("latestFiscalFinancials").text("currency"):
        return named
    revenues = [each for part in organization.items("financials") for each in part.items("yearlyRevenue")]
    return next((named for each in revenues if (named := each.text("currency"))), None)


def _statement(statement: Payload, currency: str) -> Financials | None:
    year_end_on, unit = statement.day("financialStatementToDate"), _unit(statement, "units")
    overview = statement.section("overview")
    if year_end_on is None or unit is None or statement.text("currency") != currency or not overview.names():
        return None

    def amount(name: str) -> Decimal | None:
        number = overview.number(name)
        return None if number is None else number * unit

    return Financials(
        year_end_on=year_end_on,
        consolidated=_is_consolidated(statement),
        total_assets=amount("totalAssets"),
        current_assets=amount("totalCurrentAssets"),
        current_liabilities=amount("totalCurrentLiabilities"),
        total_liabilities=amount("totalLiabilities"),
        equity=amount("netWorth"),
        intangibles=amount("intangibleAssets"),
        ebit=amount("operatingProfit"),
        net_income=amount("netIncome"),
        turnover=amount("salesRevenue"),
    )


def _turnover(organization: Payload, currency: str) -> Financials | None:
    """The newest turnover that the company filed itself, of the company alone before that of its group."""
    told: list[tuple[bool, date, Decimal]] = []
    for part in organization.items("financials"):
        year_end_on, unit = part.day("financialStatementToDate"), _unit(part, "unitCode")
        if year_end_on is None or unit is None or part.number("reliabilityDnBCode") != ACTUAL:
            continue
        for revenue in part.items("yearlyRevenue"):
            value = revenue.number("value")
            if value is not None and revenue.text("currency") == currency:
                told.append((not _is_consolidated(part), year_end_on, value * unit))
    if not told:
        return None
    is_single, year_end_on, turnover = max(told)
    return Financials(year_end_on=year_end_on, consolidated=not is_single, turnover=turnover)


def _unit(statement: Payload, name: str) -> int | None:
    return UNITS.get((statement.text(name) or "").casefold())


def _is_consolidated(statement: Payload) -> bool:
    """No word of it means the usual case: the figures of the company itself."""
    return statement.number("informationScopeDnBCode") == CONSOLIDATED
