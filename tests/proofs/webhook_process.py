"""A process of its own that writes events, feeds or delivers them, for the proofs of feed and webhooks."""

import json
import sys
import time
from random import Random, SystemRandom
from uuid import UUID

from sqlalchemy import text

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
# What this very transaction has told.
NEW_IDS = text("SELECT e.id FROM event e WHERE e.xmin = pg_current_xact_id()::xid")


def write(database_url: str, key: str, seller_id: str, debtor_ids: list[str], count: int, seed: int) -> None:
    """Tell of so many things, of one or two debtors in a transaction, some of which are rolled back."""
    house, random = make_house(Config(database_url=database_url, secret_keys=(key,))), Random(seed)
    for number in range(count):
        with house.sessions.of(UUID(seller_id)) as session:
            # In one order always, as the house locks debtors.
            for debtor_id in sorted(random.sample(debtor_ids, random.choice((1, 1, 2)))):
                now = real_now()
                data = {"number": number}
                events.add(session, "debtor.changed.v1", data, debtor_id=UUID(debtor_id), happened_at=now, known_at=now)
            if random.random() < 0.1:
                session.rollback()


def tell(database_url: str, key: str, seller_id: str, debtor_ids: list[str], count: int, seed: int, slow: bool) -> None:
    """Tell of so many things by each way there is, and write the ids of what was committed.

    With `slow`, transactions stay open for long after they told, and commit when what was told later is in the feed.
    """
    house, random = make_house(Config(database_url=database_url, secret_keys=(key,))), Random(seed)
    for number in range(count):
        with house.sessions.of(UUID(seller_id)) as session:
            ids, now, data = [], real_now(), {"number": number}
            told = [UUID(each) for each in sorted(random.sample(debtor_ids, random.choice((1, 1, 2, 3))))]
            if random.random() < 0.5:
                for debtor_id in told:
                    event = events.add(
                        session, "debtor.changed.v1", data, debtor_id=debtor_id, happened_at=now, known_at=now
                    )
                    ids.append(event.id)
                    time.sleep(random.random() * 0.002)
            else:
                events.add_many(
                    session, [("debtor.changed.v1", debtor_id, data) for debtor_id in told for _ in range(2)], now
                )
                ids = list(session.scalars(NEW_IDS))
            time.sleep(random.random() * (0.5 if slow else 0.002))
            is_lost = random.random() < 0.15
            if is_lost:
                session.rollback()
        if not is_lost:
            sys.stdout.write("".join(f"{each}\n" for each in ids))


def feed(database_url: str, key: str) -> None:
    """Append to the feeds as fast as can be, until killed; at random it is held up before its transaction ends."""
    house, random = make_house(Config(database_url=database_url, secret_keys=(key,))), SystemRandom()
    while True:
        with house.sessions.of_nobody() as session:
            waiting = events.sellers_with_pending(session)
        for seller_id in waiting:
            with house.sessions.of(seller_id) as session:
                events.append_to_feed(session)
                if random.random() < 0.1:
                    time.sleep(0.2)  # Where most of those that are killed are.
        time.sleep(random.random() * 0.01)


def deliver(database_url: str, key: str) -> None:
    """Append to the feeds and deliver, until killed."""
    house = make_house(Config(database_url=database_url, secret_keys=(key,), webhooks_private=True))
    courier = Courier(house, RULES)
    while True:
        append_to_feeds(house)
        courier.look()
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    {"write": write, "deliver": deliver, "tell": tell, "feed": feed}[sys.argv[1]](**json.loads(sys.argv[2]))
