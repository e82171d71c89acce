"""For whom sources are asked, about whom, why, and what it may cost: what all questions of one check share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from threading import Lock
from time import monotonic
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.fresh_report.planning import Offer
from api.records.sellers import Seller
from api.wiring import House
from providers.catalog import Access
from providers.ports import About, CompanyKey
from scoring.policy.document import Policy


class Budget:
    """The most that may be spent on one check, shared by the questions that are asked side by side."""

    def __init__(self, cost_max: Decimal | None, currency: str) -> None:
        self._left = cost_max
        self._currency = currency
        self._lock = Lock()

    def take(self, offer: Offer) -> Literal["cost_max", "price_unknown"] | None:
        """Set the price of a report aside; gives why not, where it cannot be.

        A price in another currency than the maximum's is not known in it.
        """
        if offer.is_free:
            return None
        with self._lock:
            if self._left is None:
                return None
            if offer.price is None or offer.price.currency != self._currency:
                return "price_unknown"
            if offer.price.amount > self._left:
                return "cost_max"
            self._left -= offer.price.amount
            return None

    def give_back(self, offer: Offer) -> None:
        """Let others spend the price of a report that was not sold after all."""
        with self._lock:
            if self._left is not None and offer.price is not None:
                self._left += offer.price.amount


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One check's asking. `purpose` and `relation` tell why it is allowed; it waits until `deadline` (monotonic).

    `not_used` are stored reports that this check is to ask anew, None: it uses all there are.
    """

    house: House
    seller: Seller
    debtor_id: UUID
    company: CompanyKey
    policy: Policy
    access: Access
    budget: Budget
    deadline: float
    purpose: str | None = None
    relation: str | None = None
    not_used: frozenset[UUID] | None = None
    started: float = field(default_factory=monotonic)

    @property
    def now(self) -> datetime:
        """The seller's time in UTC."""
        return self.house.clock.now(self.seller)

    def seconds_left(self) -> float:
        """How long there is still to wait, zero or less when time is over."""
        return self.deadline - monotonic()

    def about(self, retrieved_at: datetime) -> About:
        """Whom an answer is about that came at a time."""
        day = retrieved_at.astimezone(ZoneInfo(self.seller.time_zone)).date()
        return About(self.company, self.policy.currency, day)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a short transaction of the seller."""
        with self.house.sessions.of(self.seller.id) as session:
            yield session
