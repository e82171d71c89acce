"""A webhook to a receiver of a test, and what tests do with it."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from api.events.delivering import DeliveryRules, deliver_some
from api.events.feeding import append_to_feeds
from api.records import events, webhooks
from api.records.sellers import Seller
from api.wiring import House
from providers.hooks import HookRules

HOOK = HookRules(connect_seconds=2, answer_seconds=1, private_allowed=True)
RULES = DeliveryRules(hook=HOOK)
AT_ONCE = replace(RULES, waits=(0.0, 0.0, 0.0))


@dataclass
class Hook:
    """A webhook to the receiver, and what a test does with it."""

    house: House
    seller: Seller
    id: UUID
    secret: str

    def tell(self, count: int = 1, debtor_id: UUID | None = None, type: str = "debtor.changed.v1") -> list[str]:
        """Tell of something as often, each in a transaction of its own; gives the ids of the events."""
        now = self.house.clock.now(self.seller)
        ids = []
        for number in range(count):
            with self.house.sessions.of(self.seller.id) as session:
                event = events.add(
                    session, type, {"number": number}, debtor_id=debtor_id, happened_at=now, known_at=now
                )
                ids.append(str(event.id))
        append_to_feeds(self.house)
        return ids

    def run(self, rules: DeliveryRules = RULES) -> int:
        return deliver_some(self.house, self.seller.id, self.id, rules).leased_count

    def run_all(self, rules: DeliveryRules = RULES) -> None:
        while self.run(rules):
            pass

    def states(self) -> list[str]:
        with self.house.sessions.of(self.seller.id) as session:
            return list(session.scalars(text("SELECT state FROM webhook_delivery ORDER BY position")))

    def state(self) -> tuple[str, str | None]:
        with self.house.sessions.of(self.seller.id) as session:
            webhook = webhooks.get(session, self.id)
            assert webhook is not None
            return webhook.state, webhook.state_reason

    def alter(self, statement: str, **values: Any) -> None:
        with self.house.sessions.of(self.seller.id) as session:
            session.execute(text(statement), values)
