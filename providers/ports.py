"""What we need from outside: a company register, a credit bureau, a sanctions list."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from scoring.facts import BureauFacts, RegisterFacts, RegisterStatus, SanctionsFacts, SourceKind

Facts = RegisterFacts | BureauFacts | SanctionsFacts
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
    """A company that one register offers for a query; `legal_form` is a code, None where it is not known."""

    provider: str
    identifiers: tuple[Identifier, ...]
    name: str
    trade_names: tuple[str, ...]
    country: str
    address: str | None
    legal_form: str | None
    status: RegisterStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source answered about one company; `facts` None: it does not know it. `cost` is (amount, currency)."""

    kind: SourceKind
    provider: str
    retrieved_at: datetime
    raw: dict[str, Any] | None
    facts: Facts | None
    cost: tuple[Decimal, str] | None


class CompanyRegister(Protocol):
    """Who a company is. Every call raises a SourceError and gives up after `deadline_seconds`."""

    def search(self, query: CompanyQuery, *, now: datetime, deadline_seconds: float) -> tuple[Candidate, ...]:
        """Companies that may be the one meant; empty when there is none."""

    def profile(self, company: CompanyKey, *, now: datetime, deadline_seconds: float) -> Answer:
        """RegisterFacts of one company. Days are those of the zone of `now`."""


class CreditBureau(Protocol):
    """How creditworthy a company is. Every call raises a SourceError and gives up after `deadline_seconds`."""

    def report(self, company: CompanyKey, currency: str, *, now: datetime, deadline_seconds: float) -> Answer:
        """BureauFacts of one company; amounts that are not in `currency` (ISO 4217) are left out. May cost money."""


class SanctionsList(Protocol):
    """Whom we may not trade with. Every call raises a SourceError and gives up after `deadline_seconds`."""

    def screen(self, company: CompanyKey, *, now: datetime, deadline_seconds: float) -> Answer:
        """SanctionsFacts of one company."""
