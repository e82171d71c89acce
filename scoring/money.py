"""Money: a decimal with its ISO 4217 currency, never added across currencies, rounded where it says so."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Decimal
from typing import Literal

# ISO 4217 gives two decimals to all but these.
_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
_WITH_FOUR = "CLF UYW"
_EXPONENTS = {
    currency: decimals
    for decimals, currencies in ((0, _WITHOUT_DECIMALS), (3, _WITH_THREE), (4, _WITH_FOUR))
    for currency in currencies.split(" ")
}
_QUANTA = {exponent: Decimal(1).scaleb(-exponent) for exponent in (0, 2, 3, 4)}

Rounding = Literal["half_even", "down", "up"]
_ROUNDINGS = {"half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency; sums and comparisons across currencies raise ValueError."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        """The sum, of one currency."""
        return Money(self.amount + self._same_currency(other).amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """The difference, of one currency."""
        return Money(self.amount - self._same_currency(other).amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Whether this is less, of one currency."""
        return self.amount < self._same_currency(other).amount

    def _same_currency(self, other: "Money") -> "Money":
        """The other amount, or ValueError when it is of another currency."""
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add")
        return other


def exponent_of(currency: str) -> int:
    """How many decimals amounts of a currency have (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def quantised(amount: Decimal, currency: str, rounding: Rounding = "half_even") -> Decimal:
    """An amount with exactly the decimals of its currency."""
    return amount.quantize(_QUANTA[exponent_of(currency)], _ROUNDINGS[rounding])
