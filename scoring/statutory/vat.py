"""VAT on a claim that stays unpaid (Wet OB 1968, art. 29); amounts in the currency of the invoice."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from scoring.dates import months_later
from scoring.statutory.law import VatRelief, in_force
from scoring.statutory.rounding import half_up


def vat_relief_latest_on(due_on: date, rows: Sequence[VatRelief]) -> date:
    """The day on which non-payment is established at the latest: ask the VAT back in the return of that period.

    A year after the claim fell due (29 February falls back to 28); later is refused. Where no term was agreed, give 30
    days after the invoice was received. Raises NotInForce for claims due before the first row.
    """
    return months_later(due_on, in_force(rows, due_on).months)


def vat_relief_amount(invoice_amount: Decimal, paid_amount: Decimal, vat_rate: Decimal) -> Decimal:
    """The VAT in what is unpaid: unpaid x rate / (1 + rate), both amounts with VAT, rounded half up to cents.

    Zero when nothing is unpaid. What is paid later makes its part of the VAT payable again.
    """
    unpaid = max(invoice_amount - paid_amount, Decimal(0))
    return half_up(unpaid * vat_rate / (1 + vat_rate))
