"""Annual figures in a Creditsafe-shaped report: one statement, the newest that tells about the company itself."""

from datetime import date

from providers.payload import Payload
from scoring.facts import Financials

_YEAR_WEEKS = range(50, 55)  # A shorter or longer book year says nothing about a year's sales or result.


def financials(report: Payload, currency: str) -> Financials | None:
    """The newest statement of the company alone, else the newest consolidated one: figures of the two are never mixed.

    None without a statement in `currency` (ISO 4217). Raises NotUnderstood.
    """
    dated: list[tuple[bool, date, Payload]] = []
    for statement in report.items("financialStatements"):
        year_end_on = statement.day("yearEndDate")
        if year_end_on is not None and statement.text("currency") == currency:
            # No flag means the usual case: the accounts of the company itself.
            dated.append((statement.flag("consolidatedAccounts") is not True, year_end_on, statement))
    if not dated:
        return None
    is_single, year_end_on, statement = max(dated, key=lambda each: each[:2])
    return _financials(statement, year_end_on, consolidated=not is_single)


def _financials(statement: Payload, year_end_on: date, *, consolidated: bool) -> Financials:
    balance = statement.section("balanceSheet")
    weeks = statement.number("numberOfWeeks")
    result = statement.section("profitAndLoss") if weeks is None or weeks in _YEAR_WEEKS else None
    return Financials(
        year_end_on=year_end_on,
        consolidated=consolidated,
        total_assets=balance.number("totalAssets"),
        current_assets=balance.number("totalCurrentAssets"),
        current_liabilities=balance.number("totalCurrentLiabilities"),
        total_liabilities=balance.number("totalLiabilities"),
        equity=balance.number("totalShareholdersEquity"),
        intangibles=balance.number("totalIntangibleAssets"),
        # What was retained over all years, not `retainedProfit`, which is that of this year.
        retained_earnings=balance.number("revenueReserves"),
        ebit=result.number("operatingProfit") if result else None,
        net_income=result.number("profitAfterTax") if result else None,
        turnover=result.number("revenue") if result else None,
    )
