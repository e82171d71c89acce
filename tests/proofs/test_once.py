"""The same request sent again at any point, by twins at once or over cut connections, has one effect."""

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from random import Random
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests.proofs.conftest import Trade
from tests.proofs.effort import rounds
from tests.proofs.stack import HOST, Answer, Stack

TWINS, STORIES = 6, 12
COUNTS = text(
    "SELECT (SELECT count(*) FROM sales_order), (SELECT count(*) FROM order_delivery),"
    " (SELECT count(*) FROM order_step WHERE kind = 'changed'),"
    " (SELECT count(*) FROM order_step WHERE kind = 'cancelled')"
)


def send_and_leave(stack: Stack, key: str, path: str, body: Any, once: str, random: Random) -> None:
    """Send a request, or a part of it, and cut the connection without hearing the answer."""
    sent = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: {once}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
    ).encode()
    whole = head + sent
    with socket.create_connection((HOST, stack.port)) as connection:
        connection.sendall(whole[: random.choice((len(whole), len(whole), random.randrange(1, len(whole))))])


def sent_by_twins(stack: Stack, key: str, path: str, body: Any, random: Random) -> Answer:
    """Send one request many times at once and cut off, and give its one answer."""
    once, ready = uuid4().hex, Barrier(TWINS)
    for _ in range(random.randrange(3)):
        send_and_leave(stack, key, path, body, once, random)

    def twin(_: int) -> Answer:
        ready.wait()
        return stack.ask(key, "POST", path, body, once=once)

    with ThreadPoolExecutor(TWINS) as twins:
        answers = [*twins.map(twin, range(TWINS)), stack.ask(key, "POST", path, body, once=once)]
    assert {answer.status for answer in answers} == {201}, answers
    assert all(answer.body == answers[0].body for answer in answers)
    assert sum(not answer.is_replayed for answer in answers) <= 1
    return answers[0]


def eur(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


def tell_story(stack: Stack, trade: Trade, debtor_id: UUID, today: date, seed: int) -> int:
    """Place an order, lower it, deliver a part and cancel the rest; gives what is left of it in exposure."""
    random = Random(seed)
    amount = random.randrange(10, 100)
    body = {"debtor_id": str(debtor_id), "order_reference": uuid4().hex, "amount": eur(amount)}
    order_id = sent_by_twins(stack, trade.key, "/v1/orders", body, random).body["id"]
    path = f"/v1/orders/{order_id}"
    lowered = random.randrange(5, amount)
    sent_by_twins(stack, trade.key, f"{path}/changes", {"amount": eur(lowered)}, random)
    delivered = random.randrange(1, lowered)
    delivery = {"delivery_reference": "1", "delivered_on": today.isoformat(), "amount": eur(delivered)}
    sent_by_twins(stack, trade.key, f"{path}/deliveries", delivery, random)
    sent_by_twins(stack, trade.key, f"{path}/cancellations", {}, random)
    return delivered


@pytest.mark.slow
def test_each_step_of_an_order_sent_by_twins_and_over_cut_connections_happens_once(
    stack: Stack, trade: Callable[[], Trade]
) -> None:
    for random in rounds():
        made = trade()
        book = made.book
        debtor_ids = [book.new_debtor(), book.new_debtor(book.new_debtor())]
        for debtor_id in debtor_ids:
            book.limit(debtor_id, 100_000)
            book.terms(debtor_id)
        today, seeds = book.clock.today(book.seller), [random.randrange(10**6) for _ in range(STORIES)]
        with ThreadPoolExecutor(3) as several:
            left = list(
                several.map(
                    lambda place, made=made, ids=debtor_ids, day=today, seeds=seeds: tell_story(
                        stack, made, ids[place % 2], day, seeds[place]
                    ),
                    range(STORIES),
                )
            )
        with book.sessions.of(book.seller.id) as session:
            assert tuple(session.execute(COUNTS).one()) == (STORIES,) * 4
        stages = [book.stages(debtor_id) for debtor_id in debtor_ids]
        assert [each["delivered"] for each in stages] == [Decimal(sum(left[0::2])), Decimal(sum(left[1::2]))]
        book.require_sound()
