"""What a description of the sandbox says of a company: its accounts, its rating, its listings, its covers.

Ages are days seen from today: -400 was 400 days ago.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Address:
    """Where a company is."""

    street: str
    house_number: int
    postcode: str
    city: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """One book year in whole units of the currency; None stands where the company does not file a figure."""

    year_end: int
    consolidated: bool = False
    turnover: int | None = None
    operating_result: int | None = None
    net_result: int | None = None
    total_assets: int | None = None
    current_assets: int | None = None
    current_liabilities: int | None = None
    total_liabilities: int | None = None
    equity: int | None = None
    intangibles: int | None = None
    reserves: int | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something a credit bureau tells of: a ruling, or an entry of the company's history."""

    age: int
    words: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """What credit bureaus say. `limit` is an amount, `unlimited`, or None where none is given, which is not zero.

    `rating` is from 1 to 100 (best), None where the company is not rated. `garbled`: its report cannot be read.
    """

    connect_id: str
    band: str
    band_words: str
    rating: int | None = None
    limit: int | str | None = None
    currency: str = "EUR"
    default_probability: float | None = None
    days_beyond_terms: int | None = None
    status: str = "Active"
    status_words: str = "Active"
    garbled: bool = False
    judgements: tuple[Happening, ...] = ()
    history: tuple[Happening, ...] = ()
    accounts: tuple[Accounts, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry of a sanctions list that a search for the company finds, and how alike the two are (0 to 1)."""

    id: str
    name: str
    schema: str
    score: float
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """What becomes of a cover so many days after it was asked: `reduced` to a share of what was asked, `withdrawn`."""

    after_days: int
    to: str
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """How the insurer decides: `granted`, `granted_in_part` (a share of what was asked) or `refused`."""

    decision: str
    after_days: int = 0
    share: Decimal | None = None
    later: Later | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a bureau tells of so many days after the company was first watched; `rule` is its code for it."""

    after_days: int
    rule: int
    rule_name: str
    old: str
    new: str
