"""Whether a company is large by law, which caps the terms it may have from a small one."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from scoring.policy.terms import CompanySize
from scoring.statutory.law import LargeCompany, in_force


def company_size(
    balance_total: Decimal | None,
    net_turnover: Decimal | None,
    employees: int | None,
    as_of: date,
    rows: Sequence[LargeCompany],
) -> CompanySize | None:
    """Large when one entity passes two of the three thresholds, small when it cannot; None when too little is known.

    The money thresholds must be passed, the number of employees reached; amounts in euro. Never tells a public body.
    Raises NotInForce before the first row.
    """
    row = in_force(rows, as_of)
    tests = (
        None if balance_total is None else balance_total > row.balance_total,
        None if net_turnover is None else net_turnover > row.net_turnover,
        None if employees is None else employees >= row.employees,
    )
    if sum(test is True for test in tests) >= 2:
        return "large"
    return "sme" if sum(test is False for test in tests) >= 2 else None
