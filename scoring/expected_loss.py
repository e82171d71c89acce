"""What credit costs and whether it is worth giving: expected loss, break-even, and credit against prepayment."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_DAYS_PER_YEAR = 365


def expected_loss(pd: Decimal, loss_given_default: Decimal, exposure_amount: Decimal) -> Decimal:
    """EL = PD * LGD * EAD, the exposure including VAT and the order."""
    return pd * loss_given_default * exposure_amount


def break_even_pd(price_amount: Decimal, cost_amount: Decimal, recovery_amount: Decimal) -> Decimal | None:
    """The probability of default below which credit pays; None when recovery covers the price: it always does."""
    at_risk = price_amount - recovery_amount
    return (price_amount - cost_amount) / at_risk if at_risk > 0 else None


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale without VAT: variable cost, what a default would still bring, days until paid, yearly rates."""

    price_amount: Decimal
    cost_amount: Decimal
    recovery_amount: Decimal
    expected_days: int
    funding_rate: Decimal
    premium_rate: Decimal
    prepayment_discount: Decimal


def value_on_credit(sale: Sale, pd: Decimal) -> Decimal:
    """Margin less expected loss, funding (365 days a year) and insurance premium."""
    margin = sale.price_amount - sale.cost_amount
    loss = pd * (sale.price_amount - sale.recovery_amount)
    funding = sale.cost_amount * sale.funding_rate * sale.expected_days / _DAYS_PER_YEAR
    return margin - loss - funding - sale.premium_rate * sale.price_amount


def value_prepaid(sale: Sale) -> Decimal:
    """Margin after the discount given for paying before delivery."""
    return sale.price_amount * (1 - sale.prepayment_discount) - sale.cost_amount


@dataclass(frozen=True, slots=True)
class SaleComparison:
    """One sale both ways; `preferred` needs credit to be worth more, since prepaid carries no risk."""

    credit_amount: Decimal
    prepaid_amount: Decimal
    preferred: Literal["credit", "prepaid"]


def compare_sale(sale: Sale, pd: Decimal) -> SaleComparison:
    """The value of a sale on credit beside the same sale prepaid, both taken as accepted by the buyer."""
    credit, prepaid = value_on_credit(sale, pd), value_prepaid(sale)
    return SaleComparison(credit, prepaid, "credit" if credit > prepaid else "prepaid")


@dataclass(frozen=True, slots=True)
class DiscountRate:
    """What a discount for early payment costs in a year, simple and compounded."""

    simple: Decimal
    compounded: Decimal


def early_payment_rate(discount: Decimal, discount_days: int, net_days: int) -> DiscountRate:
    """The yearly rate of "discount within discount_days, else net_days"; 365 days a year."""
    return_rate = discount / (1 - discount)
    periods = Decimal(_DAYS_PER_YEAR) / (net_days - discount_days)
    return DiscountRate(return_rate * periods, (1 + return_rate) ** periods - 1)
