"""What a service is handed: the transactions of one seller, the outside sources, the policy and the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

import orjson
from flask import g
from sqlalchemy.orm import Session

from api.clock import Clock
from api.config import Config
from api.credential_shelf import CredentialShelf
from api.policy_shelf import PolicyShelf
from api.records.secrets import Vault
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.shared_work import SharedWork
from providers.catalog import Catalog

OURSELVES = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `subject` is a person's e-mail, or None for a machine; `actor` is shown and never trusted."""

    seller: Seller
    credential_id: UUID
    role: str
    subject: str | None = None
    insurer_id: UUID | None = None
    actor: str | None = None

    @property
    def name(self) -> str:
        """Name the caller in records: the person, the machine's credential, or `machine` where it is ourselves."""
        return self.subject or ("machine" if self.credential_id == OURSELVES else f"key:{self.credential_id}")


class Once(Protocol):
    """One request that must have one effect, however often it is sent."""

    def claim(self, session: Session) -> None:
        """Claim the request in the first transaction; raises when it was answered before or a twin is running."""

    def keep(self, session: Session, status: int, answer: bytes) -> None:
        """Keep the answer in the transaction of the effect."""


@dataclass(frozen=True, slots=True)
class House:
    """What one process holds; `api.app.create_app` puts it together."""

    config: Config
    sessions: Sessions
    clock: Clock
    catalog: Catalog
    vault: Vault
    credentials: CredentialShelf
    policies: PolicyShelf
    shared_work: SharedWork


@dataclass(frozen=True, slots=True)
class Wiring:
    """The house as one request sees it."""

    house: House
    caller: Caller
    once: Once
    language: Literal["en", "nl"]

    @property
    def seller(self) -> Seller:
        """The caller's seller."""
        return self.caller.seller

    @property
    def now(self) -> datetime:
        """The seller's time in UTC."""
        return self.house.clock.now(self.seller)

    @property
    def today(self) -> date:
        """The seller's date."""
        return self.house.clock.today(self.seller)

    @contextmanager
    def transaction(self, *, by_keys: bool = False) -> Iterator[Session]:
        """Open one transaction that sees what the caller's credential may see; `by_keys` as in `Sessions.of`."""
        with self.house.sessions.of(self.seller.id, self.caller.insurer_id, by_keys=by_keys) as session:
            yield session


class _Unasked:
    """What no request asked for has no answer to keep; whoever does it makes sure that it may be done twice."""

    def claim(self, session: Session) -> None:
        """Nothing to do."""

    def keep(self, session: Session, status: int, answer: bytes) -> None:
        """Nothing to do."""


def of_ourselves(house: House, seller: Seller) -> Wiring:
    """Give the wiring for what a clock or the queue starts, and nobody asked for."""
    return Wiring(house, Caller(seller, OURSELVES, "integration"), _Unasked(), "en")


def wiring() -> Wiring:
    """Give the wiring of the request being answered."""
    given: Wiring = g.wiring
    return given


def answer_bytes(body: Any) -> bytes:
    """Write an answer as JSON: the form in which it is sent and kept."""
    return orjson.dumps(body, default=str)
