"""What an ERP says of an order out of the box: one sum against one number, and a banner. It holds nothing back."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CreditWarning:
    """The sum, and whether a banner is shown."""

    total_amount: Decimal
    warns: bool


def credit_warning(
    receivable: Decimal, to_invoice: Decimal, this_order: Decimal, already_counted: Decimal, credit_limit: Decimal
) -> CreditWarning:
    """Compare receivables, confirmed orders still to invoice and this order with the limit; all in one currency.

    `already_counted` is what of this order stands in the sums already.
    """
    total = receivable + to_invoice + this_order - already_counted
    return CreditWarning(total, total > credit_limit)
