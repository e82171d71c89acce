"""The law's numbers as dated data: a plain document read into rows, each in force from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Protocol, TypeVar

import yaml

from scoring.documents import DocumentInvalid, Fault, read_document


@dataclass(frozen=True, slots=True)
class InterestRate:
    """Statutory commercial interest in % a year, from a day until the next row or the end of its half-year.

    `doubtful` says that sources disagree on it.
    """

    valid_from: date
    rate_pct: Decimal
    source: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class CostsPart:
    """The next `amount` of the principal, of which `share` is due in costs."""

    amount: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class CostsTariff:
    """Collection costs as shares of the parts of a principal, and of what is above them; in euro, without VAT."""

    valid_from: date
    source: str
    parts: tuple[CostsPart, ...]
    share_above: Decimal
    minimum_amount: Decimal
    maximum_amount: Decimal


@dataclass(frozen=True, slots=True)
class MinimumCompensation:
    """What is due per unpaid invoice between businesses, in euro, without notice."""

    valid_from: date
    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class DemandLetter:
    """How many days a consumer has after receiving the letter that must go before costs."""

    valid_from: date
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class VatRelief:
    """How many months after the due date non-payment is established at the latest, so that VAT can be asked back."""

    valid_from: date
    months: int
    source: str


@dataclass(frozen=True, slots=True)
class LargeCompany:
    """The thresholds, in euro and people, of which a large company passes two."""

    valid_from: date
    balance_total: Decimal
    net_turnover: Decimal
    employees: int
    source: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """All that one country's law says here in numbers; each kind oldest first."""

    commercial_interest: tuple[InterestRate, ...]
    collection_costs: tuple[CostsTariff, ...]
    minimum_compensation: tuple[MinimumCompensation, ...]
    demand_letter: tuple[DemandLetter, ...]
    vat_relief: tuple[VatRelief, ...]
    large_company: tuple[LargeCompany, ...]

    def __post_init__(self) -> None:
        """Refuse rows that are not in the order of their days."""
        for rows in (
            self.commercial_interest, self.collection_costs, self.minimum_compensation,
            self.demand_letter, self.vat_relief, self.large_company,
        ):  # fmt: skip
            days = [row.valid_from for row in rows]
            if any(later <= earlier for earlier, later in pairwise(days)):
                raise ValueError("the rows are not in the order of their days")


class NotInForce(LookupError):
    """The law's data says nothing yet about a day so early."""


class Dated(Protocol):
    """A row that is in force from a day on."""

    @property
    def valid_from(self) -> date:
        """The first day it is in force."""


_Row = TypeVar("_Row", bound=Dated)


def in_force(rows: Sequence[_Row], day: date) -> _Row:
    """The row in force on a day: the last that began by then. Raises NotInForce before the first."""
    begun = [row for row in rows if row.valid_from <= day]
    if not begun:
        raise NotInForce(f"nothing is known to be in force on {day.isoformat()}")
    return begun[-1]


@cache
def dutch_law() -> Law:
    """The law of the Netherlands as it comes with the program (`nl.yaml`, which names its sources)."""
    return parse_law(yaml.safe_load((resources.files("scoring") / "statutory" / "nl.yaml").read_text("utf-8")))


def parse_law(document: object) -> Law:
    """The law a plain document describes. Raises DocumentInvalid, naming every fault with its path."""
    faults: list[Fault] = []
    law: Law | None = read_document(Law, document, "", faults)
    if law is None or faults:
        raise DocumentInvalid(faults)
    return law
