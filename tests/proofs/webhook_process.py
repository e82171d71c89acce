"""A process of its own that writes events, or delivers them as a worker does, for the proofs of feed and webhooks."""

import json
import sys
import time
from random import Random
from uuid import UUID

from api.app import make_house
from api.clock import real_now
from api.config import Config
from api.events.courier import Courier
from api.events.delivering import DeliveryRules
from api.events.feeding import append_to_feeds
from api.records import events
from providers.hooks import HookRules

# Tries follow each other quickly, and a lease that a killed one leaves is soon over.
RULES = DeliveryRules(
    hook=HookRules(connect_seconds=1, answer_seconds=0.5, private_allowed=True),
    waits=(0.05,) * 200,
    run_seconds=1.0,
    lease_seconds=3.0,
    run_most=10,
)
LOOK_SECONDS = 0.05


def write(database_url: str, key: str, seller_id: str, debtor_ids: list[str], count: int, seed: int) -> None:
    """Tell of so many things, of one or two debtors in a transaction, some of which are rolled back."""
    house, random = make_house(Config(database_url=database_url, secret_keys=(key,))), Random(seed)
    for number in range(count):
        with house.sessions.of(UUID(seller_id)) as session:
            # In one order always, as the house locks debtors.
            for debtor_id in sorted(random.sample(debtor_ids, random.choice((1, 1, 2)))):
                now = real_now()
                data = {"number": number}
                events.add(session, "test.told.v1", data, debtor_id=UUID(debtor_id), happened_at=now, known_at=now)
            if random.random() < 0.1:
                session.rollback()


def deliver(database_url: str, key: str) -> None:
    """Append to the feeds and deliver, until killed."""
    house = make_house(Config(database_url=database_url, secret_keys=(key,), webhooks_private=True))
    courier = Courier(house, RULES)
    while True:
        append_to_feeds(house)
        courier.look()
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    {"write": write, "deliver": deliver}[sys.argv[1]](**json.loads(sys.argv[2]))
