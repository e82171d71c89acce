"""Amounts in another currency, through the euro, at rates that are shown with what they gave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from scoring.money import Money, Rounding, quantised

EURO = "EUR"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units of a currency one euro was worth on a day, and who says so."""

    currency: str
    per_euro: Decimal
    rate_on: date
    source: str

    def __post_init__(self) -> None:
        """Refuse a rate that no currency can have."""
        if not self.per_euro.is_finite() or self.per_euro <= 0:
            raise ValueError(f"{self.per_euro} {self.currency} for a euro is no rate")


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in the currency asked for, and the rates it took: none, one, or two where neither is the euro."""

    money: Money
    rates: tuple[Rate, ...]


class RateMissing(LookupError):
    """There is no rate of a currency, so that nothing can be said of amounts in it."""

    def __init__(self, currency: str) -> None:
        """Name the currency."""
        super().__init__(f"there is no rate of {currency}")
        self.currency = currency


def converted(money: Money, to_currency: str, rates: Mapping[str, Rate], rounding: Rounding = "half_even") -> Converted:
    """An amount in another currency, divided by the rate of its own and multiplied by that of the other.

    Rounded once, half to even unless told otherwise, to the decimals of the other; an amount already in it is left as
    it is. `rates` are by currency. Raises RateMissing for a currency without a rate; the euro needs none.
    """
    if money.currency == to_currency:
        return Converted(money, ())
    used = tuple(_rate_of(currency, rates) for currency in (money.currency, to_currency) if currency != EURO)
    amount = money.amount
    if to_currency != EURO:
        amount *= rates[to_currency].per_euro
    if money.currency != EURO:
        amount /= rates[money.currency].per_euro
    return Converted(Money(quantised(amount, to_currency, rounding), to_currency), used)


def latest_rates(rates: Iterable[Rate], as_of: date, age_days_max: int) -> dict[str, Rate]:
    """The newest rate of each currency on a day or up to so many calendar days before; an older one is no rate.

    Reference rates are not published on weekends and holidays, so a few days must be allowed.
    """
    oldest = as_of - timedelta(days=age_days_max)
    latest: dict[str, Rate] = {}
    for rate in rates:
        known = latest.get(rate.currency)
        if oldest <= rate.rate_on <= as_of and (known is None or rate.rate_on > known.rate_on):
            latest[rate.currency] = rate
    return latest


def _rate_of(currency: str, rates: Mapping[str, Rate]) -> Rate:
    """The rate of a currency. Raises RateMissing."""
    if currency not in rates:
        raise RateMissing(currency)
    return rates[currency]
