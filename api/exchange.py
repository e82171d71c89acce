"""Converts what stands in several currencies into one, by the stored rates of a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from api.records import public_rates
from scoring.exchange import EURO, Rate, RateMissing, converted
from scoring.money import Money


@dataclass(frozen=True, slots=True)
class Conversion:
    """Money in one currency, each as it was and what it became, with the rates that were used.

    `missing` names the currencies without a rate that is recent enough; money in them is in `left`.
    """

    pairs: tuple[tuple[Money, Money], ...] = ()
    rates: tuple[Rate, ...] = ()
    missing: tuple[str, ...] = ()
    left: tuple[Money, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of what could be converted."""
        return sum((after.amount for _, after in self.pairs), Decimal(0))


def currencies_needed(currency: str, into: str) -> frozenset[str]:
    """Give the currencies whose rates a conversion needs: none, one, or two where neither is the euro."""
    return frozenset() if currency == into else frozenset({currency, into} - {EURO})


def convert(
    session: Session, amounts: Sequence[Money], into: str, on: date, days: int, known_at: datetime | None = None
) -> Conversion:
    """Convert money into one currency by the rates of a day, at most `days` old then, as they were known at a time.

    Costs one statement, and none where nothing is in another currency.
    """
    return convert_by(rates_on(session, amounts, into, on, days, known_at), amounts, into)


def rates_on(
    session: Session, amounts: Iterable[Money], into: str, on: date, days: int, known_at: datetime | None = None
) -> dict[str, Rate]:
    """Give the rates by which money is converted into one currency, by their currencies; those there are."""
    needed = _needed(amounts, into)
    if not needed:
        return {}
    found = public_rates.exchange_rates(session, sorted(needed), on, days=days, known_at=known_at)
    return {each.name: Rate(each.name, each.value, each.valid_on, each.source) for each in found}


def _needed(amounts: Iterable[Money], into: str) -> frozenset[str]:
    return frozenset().union(*(currencies_needed(each.currency, into) for each in amounts))


def convert_by(rates: Mapping[str, Rate], amounts: Sequence[Money], into: str) -> Conversion:
    """Convert money into one currency by some rates; they may be more than it takes."""
    pairs: list[tuple[Money, Money]] = []
    left: list[Money] = []
    used: set[Rate] = set()
    for each in amounts:
        try:
            became = converted(each, into, rates)
        except RateMissing:
            left.append(each)
        else:
            pairs.append((each, became.money))
            used.update(became.rates)
    return Conversion(
        tuple(pairs),
        tuple(sorted(used, key=lambda rate: rate.currency)),
        tuple(sorted(_needed(amounts, into) - rates.keys())),
        tuple(left),
    )
