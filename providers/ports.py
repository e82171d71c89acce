"""What we need from outside: company registers, credit bureaus, sanctions lists, and whoever tells of changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from providers.errors import NotUnderstood
from providers.http import Line
from scoring.facts import (
    BureauFacts,
    EntityFacts,
    RegisterFacts,
    RegisterStatus,
    SanctionsFacts,
    SourceKind,
    VatFacts,
)

Facts = RegisterFacts | BureauFacts | SanctionsFacts | VatFacts | EntityFacts
Raw = dict[str, Any]  # What a source answered, its documents by name: kept as bought, and read again at any time.
LEI_COUNTRY = "ZZ"  # A LEI is issued for the whole world; ISO 3166 keeps ZZ free for such use.


@dataclass(frozen=True, slots=True)
class Identifier:
    """An official number such as (`kvk`, `NL`, `12345678`); `country` (ISO 3166-1 alpha-2) is that of its issuer."""

    scheme: str
    country: str
    value: str


@dataclass(frozen=True, slots=True)
class CompanyKey:
    """The one company a source is asked about; `identifiers` stand in the order in which we trust them."""

    name: str | None
    country: str
    identifiers: tuple[Identifier, ...]

    def number(self, scheme: str) -> str | None:
        """The first number of a scheme; None without."""
        return next((each.value for each in self.identifiers if each.scheme == scheme), None)


@dataclass(frozen=True, slots=True)
class CompanyQuery:
    """What a search looks for: words of a name, official numbers, or both, in one country or anywhere.

    `place` finds nothing by itself; it tells companies with like names apart.
    """

    text: str | None
    country: str | None
    identifiers: tuple[Identifier, ...]
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company that one register offers for a query; `legal_form` is a code, None where it is not known.

    `status` None: it is not told, or in words that we do not know; it may be the one meant all the same.
    `parent` is the company it belongs to, where the register tells of groups.
    """

    provider: str
    identifiers: tuple[Identifier, ...]
    name: str
    trade_names: tuple[str, ...]
    country: str
    address: str | None
    legal_form: str | None
    status: RegisterStatus | None
    parent: Identifier | None = None


@dataclass(frozen=True, slots=True)
class About:
    """Whom an answer is about and how it is read: amounts not in `currency` (ISO 4217) are left out of the facts.

    `retrieved_on` is the seller's day on which the answer came.
    """

    company: CompanyKey
    currency: str
    retrieved_on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source answered about one company; `facts` None: it does not know it. `cost` is (amount, currency)."""

    kind: SourceKind
    provider: str
    retrieved_at: datetime
    raw: Raw | None
    facts: Facts | None
    cost: tuple[Decimal, str] | None


@dataclass(frozen=True, slots=True)
class Change:
    """Something a source says has changed; `id` is its own and tells a repeat. `kind` is a word of ours.

    `company` is the identifier under which the source watches it. `old` and `new` are in the source's words.
    """

    id: str
    company: Identifier
    kind: str
    changed_at: datetime
    old: str | None
    new: str | None


class CompanySearch(Protocol):
    """Finds companies by name or number. Raises SourceError; gives up when the line's time is over."""

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        """Companies that may be the one meant; empty when there is none."""


class Report(Protocol):
    """One kind of question about one company, as one vendor answers it."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """What the source says, as it said it; None where it does not know the company.

        Raises SourceError: NothingToAskBy where we have no number that it knows companies by.
        """

    def facts(self, raw: Raw, about: About) -> Facts:
        """What was said as facts of ours; pure. Raises NotUnderstood."""


@runtime_checkable
class TellsNumbers(Protocol):
    """A report that names the official numbers of the company it is about."""

    def numbers(self, raw: Raw, company: CompanyKey) -> tuple[Identifier, ...]:
        """The numbers it has of the company that was asked about; pure. Raises NotUnderstood."""


class Screening(Protocol):
    """A sanctions list that is asked about many companies at once, and that tells its version. Raises SourceError."""

    companies_max: int

    def screen_many(
        self, companies: Sequence[CompanyKey], line: Line, version: str | None = None
    ) -> tuple[Raw | NotUnderstood, ...]:
        """What the list says of each company, up to `companies_max` in one call, each in the form of a report.

        A company that cannot be screened is an error in its place. `version` is kept with the answers.
        """

    def version(self, line: Line) -> str | None:
        """Which version of the list is asked now; None where it is not told."""


class Watch(Protocol):
    """A source that tells of changes by itself, of companies that are named to it. Raises SourceError."""

    def watch(self, company: CompanyKey, line: Line) -> Identifier:
        """Have a company watched, which is safe to repeat; gives the identifier it is watched under."""

    def unwatch(self, watched: Identifier, line: Line) -> None:
        """Have a company watched no longer, which is safe to repeat."""

    def changes(self, since: datetime, line: Line) -> tuple[Change, ...]:
        """What has changed since a time, the oldest first, each once."""

    def watched_count(self, line: Line) -> int | None:
        """How many companies are watched; None where the source does not say."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the changes that a source tells of, as they came.

    `position` is from where to go on after them, in the source's own words; None where the time says it. `fault` is how
    a part was lost that nobody can read any more: what it told must be found by asking for each company.
    """

    changes: tuple[Change, ...]
    position: str | None = None
    fault: str | None = None


class ChangeFeed(Protocol):
    """A source that tells of the changes of everybody, so that nobody is put in. Raises SourceError.

    `is_stream`: what it tells is gone on with from a position, by one reader at a time, and also between runs.
    """

    is_stream: bool

    def identifier(self, company: CompanyKey) -> Identifier | None:
        """The identifier under which it tells of a company; pure. None for one of which it never tells."""

    def parts(self, since: datetime, position: str | None, line: Line) -> Iterator[Part]:
        """What has changed since a time or from a position, part by part, in the order in which it is told."""

    def whole(self, change: Change, line: Line) -> Change:
        """A change with what is told of it when it is asked for by itself; the same one where there is no more."""


class Notices(Protocol):
    """How a source writes what it sends by itself, to an address that was given to it."""

    def read(self, content: bytes) -> tuple[Change, ...]:
        """The changes that were told, the oldest first; pure. Raises NotUnderstood.

        None for a notice that only says that there is something to fetch.
        """
