"""Server and worker killed at random moments under load: nothing that was answered is lost, and nothing doubled."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import text

from api.app import make_house
from api.clock import Clock, real_now
from api.config import Config
from api.orders import ticks
from tests.proofs.conftest import Trade
from tests.proofs.effort import rounds
from tests.proofs.stack import Stack, Unanswered

CLIENTS, ORDERS, KILLS = 12, 180, 6
PAUSE_SECONDS = 0.1
ORDERS_KEPT = text("SELECT order_reference, id, reserved_amount FROM sales_order")
ALIVE = text("SELECT count(*) FROM sales_order WHERE reserved_amount + scheduled_amount > 0")
WAITING = text("SELECT count(*) FROM event_pending")
FEED = text("SELECT count(*), count(DISTINCT event_id) FROM feed_entry")


class Killer(Thread):
    """Kills and starts again what runs, each time some requests were answered and others are on their way."""

    def __init__(self, stack: Stack, answered: list[object], random: Random) -> None:
        super().__init__(daemon=True)
        self._stack, self._answered, self._random = stack, answered, random
        self.kills: list[str] = []

    def run(self) -> None:
        # What has answered nothing yet would only be kept from starting.
        places = sorted(self._random.sample(range(5, ORDERS - CLIENTS), KILLS))
        for place in places:
            while len(self._answered) < place:
                time.sleep(0.01)
            time.sleep(self._random.uniform(0, 0.1))
            what = self._random.choice(("child", "child", "worker", "server"))
            if what == "child":
                self._stack.kill_server_child(self._random.randrange(100))
            elif what == "worker":
                self._stack.kill_worker()
            else:
                self._stack.kill_server()
            self.kills.append(what)
            self._stack.start()


Placed = tuple[str, str, Decimal]


def place_until_answered(stack: Stack, trade: Trade, debtor_ids: list[UUID], place: int) -> Placed:
    """Send an order as an ERP does: the same, with the same key, until an answer comes."""
    reference, amount = f"order {place}", Decimal(1 + place % 7)
    money = {"amount": f"{amount}.00", "currency": "EUR"}
    body = {"debtor_id": str(debtor_ids[place % len(debtor_ids)]), "order_reference": reference, "amount": money}
    while True:
        try:
            answer = stack.ask(trade.key, "POST", "/v1/orders", body, once=reference)
        except Unanswered:
            time.sleep(PAUSE_SECONDS)
            continue
        assert answer.status == 201, answer
        return reference, answer.body["id"], amount


@pytest.mark.slow
def test_what_is_killed_at_random_moments_loses_nothing_and_doubles_nothing(
    mortal_stack: Stack, trade: Callable[[], Trade], variables: dict[str, str]
) -> None:
    for random in rounds():
        made = trade()
        book = made.book
        top = book.new_debtor()
        debtor_ids = [book.new_debtor(), book.new_debtor(top), book.new_debtor(top)]
        book.limit(top, 1_000_000, "group")
        for debtor_id in debtor_ids:
            book.limit(debtor_id, 1_000_000)
            book.terms(debtor_id)
        answered: list[Placed] = []

        def place(number: int, made: Trade = made, ids: list[UUID] = debtor_ids, to: list[Placed] = answered) -> None:
            to.append(place_until_answered(mortal_stack, made, ids, number))

        killer = Killer(mortal_stack, answered, random)
        killer.start()
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(place, range(ORDERS)))
        killer.join()
        assert len(killer.kills) == KILLS
        with book.sessions.of(book.seller.id) as session:
            kept = {row.order_reference: (str(row.id), row.reserved_amount) for row in session.execute(ORDERS_KEPT)}
        assert kept == {reference: (order_id, amount) for reference, order_id, amount in answered}
        assert book.exposure()[top] == sum(kept[f"order {n}"][1] for n in range(ORDERS) if n % 3)
        book.require_sound()
        require_all_is_in_the_feed(made)
        require_reservations_end(made, variables)


def require_all_is_in_the_feed(trade: Trade) -> None:
    """See that every event reaches the feed, once, though nobody asks for it."""
    book, until = trade.book, time.monotonic() + 30
    while True:
        with book.sessions.of(book.seller.id) as session:
            waiting = session.scalar(WAITING)
        if not waiting or time.monotonic() > until:
            break
        time.sleep(PAUSE_SECONDS)
    assert waiting == 0
    with book.sessions.of(book.seller.id) as session:
        entries, events = session.execute(FEED).one()
        assert entries == events == session.scalar(text("SELECT count(*) FROM event"))


def require_reservations_end(trade: Trade, variables: dict[str, str]) -> None:
    """See that after its time no reservation is alive, and all room is back."""
    book = trade.book
    later = Clock(lambda: real_now() + timedelta(days=60))
    config = Config(
        database_url=variables["CREDITGATE_DATABASE_URL"], secret_keys=(variables["CREDITGATE_SECRET_KEYS"],)
    )
    house = replace(make_house(config, sessions=book.sessions), clock=later)
    ticks.let_time_pass_of(house, book.seller)
    with book.sessions.of(book.seller.id) as session:
        assert session.scalar(ALIVE) == 0
    assert set(book.exposure().values()) <= {Decimal(0)}
    book.require_sound()
