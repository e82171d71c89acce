"""Annual figures in a Creditsafe-shaped report: one statement, the newest that tells about the company itself."""

from datetime import date
from decimal import Decimal

from providers.payload import Payload
from scoring.facts import Financials

_Statement = tuple[bool, date, Payload]  # Whether it is of the company alone, its year end, and what it says.
_YEAR_APART_DAYS = range(330, 401)
_YEAR_WEEKS = range(50, 55)  # A shorter or longer book year says nothing about a year's sales or result.


def financials(report: Payload, currency: str) -> Financials | None:
    """The newest statement of the company alone, else the newest consolidated one: figures of the two are never mixed.

    None without a statement in `currency` (ISO 4217). Raises NotUnderstood.
    """
    dated: list[_Statement] = []
    for statement in report.items("financialStatements"):
        year_end_on = statement.day("yearEndDate")
        if year_end_on is not None and statement.text("currency") == currency:
            # No flag means the usual case: the accounts of the company itself.
            dated.append((statement.flag("consolidatedAccounts") is not True, year_end_on, statement))
    if not dated:
        return None
    newest = max(dated, key=lambda each: each[:2])
    return _financials(newest, _year_before(newest, dated))


def financials_currency(report: Payload) -> str | None:
    """The currency of the newest statement that is dated and names one. Raises NotUnderstood."""
    dated = [
        (year_end_on, named)
        for statement in report.items("financialStatements")
        if (year_end_on := statement.day("yearEndDate")) is not None and (named := statement.text("currency"))
    ]
    return max(dated)[1] if dated else None


def _year_before(newest: _Statement, dated: list[_Statement]) -> _Statement | None:
    """The statement of the year before: of the same kind of accounts where there is one, else of the other kind."""
    is_single, year_end_on, _ = newest
    before = [each for each in dated if (year_end_on - each[1]).days in _YEAR_APART_DAYS]
    return max(before, key=lambda each: (each[0] == is_single, each[1]), default=None)


def _financials(newest: _Statement, before: _Statement | None) -> Financials:
    is_single, year_end_on, statement = newest
    net_income_before = _net_income(before[2]) if before else None
    balance = statement.section("balanceSheet")
    result = _result(statement)
    return Financials(
        year_end_on=year_end_on,
        consolidated=not is_single,
        total_assets=balance.number("totalAssets"),
        current_assets=balance.number("totalCurrentAssets"),
        current_liabilities=balance.number("totalCurrentLiabilities"),
        total_liabilities=balance.number("totalLiabilities"),
        equity=balance.number("totalShareholdersEquity"),
        intangibles=balance.number("totalIntangibleAssets"),
        # What was retained over all years, not `retainedProfit`, which is that of this year.
        retained_earnings=balance.number("revenueReserves"),
        ebit=result.number("operatingProfit") if result else None,
        net_income=_net_income(statement),
        turnover=result.number("revenue") if result else None,
        net_income_before=net_income_before,
        before_consolidated=None if before is None or net_income_before is None else not before[0],
    )


def _result(statement: Payload) -> Payload | None:
    """Sales and result of a whole book year."""
    weeks = statement.number("numberOfWeeks")
    return statement.section("profitAndLoss") if weeks is None or weeks in _YEAR_WEEKS else None


def _net_income(statement: Payload) -> Decimal | None:
    result = _result(statement)
    return result.number("profitAfterTax") if result else None
