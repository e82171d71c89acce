"""The benchmark of webhooks: deliveries a second to a fast receiver, beside a bare loop of signed posts to it."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from threading import Thread
from uuid import UUID

import requests
from cryptography.fernet import Fernet
from sqlalchemy import text

from api.administration.sellers import add_seller
from api.app import make_house
from api.clock import real_now
from api.config import Config
from api.events.cloud_events import cloud_event
from api.events.courier import Courier
from api.events.feeding import append_to_feeds
from api.records import events, webhooks
from api.records.base import new_id
from api.records.events import EventRecord
from api.records.sellers import Seller
from api.webhook_signing import begin_secret, new_secret, signed_headers
from api.wiring import House, answer_bytes
from bench.database import durable_database, settle
from bench.machine import MachineTimes

ANSWER = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
SHARE_MIN = 0.5
LEFT = text("SELECT count(*) FROM webhook_delivery WHERE state = 'waiting'")
DONE = text("SELECT count(*) FROM webhook_delivery WHERE state = 'delivered'")


@dataclass(frozen=True, slots=True)
class Extent:
    """How many events are delivered in each round, of so many debtors."""

    event_count: int
    debtor_count: int
    round_count: int


WHOLE = Extent(event_count=2_000, debtor_count=200, round_count=3)
QUICK = Extent(event_count=100, debtor_count=10, round_count=1)


@dataclass(frozen=True, slots=True)
class Round:
    """The floor and, just after it, the product without and with an order per debtor; in deliveries a second."""

    floor_per_second: float
    any_per_second: float
    ordered_per_second: float
    steal_percent: float


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write all of it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with durable_database() as database, _receiver() as address:
        config = Config(
            database_url=database.app_url, secret_keys=(Fernet.generate_key().decode(),), webhooks_private=True
        )
        house = make_house(config)
        rounds = []
        for number in range(extent.round_count):
            before = MachineTimes.now()
            floor = _floor(house, address, extent)
            figures = [_product(house, address, extent, ordered, number) for ordered in (False, True)]
            settle(database.owner_url)
            steal, _idle = before.percent_until(MachineTimes.now())
            rounds.append(Round(floor, figures[0], figures[1], steal))
        house.sessions.engine.dispose()
    lines = verdict(rounds)
    print("\n".join(lines))
    (folder / "webhooks.txt").write_text("\n".join(lines) + "\n")
    (folder / "webhooks.json").write_text(json.dumps([asdict(each) for each in rounds], indent=1))


def _floor(house: House, address: str, extent: Extent) -> float:
    """Post the same event as often in a loop, over one connection, signed each time."""
    seller, secret = add_seller(house.sessions, f"Floor {new_id()}", "test"), new_secret()
    event = EventRecord(
        id=new_id(), type="order.released.v1", subject_id=new_id(), sequence=1, happened_at=real_now(), data=_data(1)
    )
    began = time.perf_counter()
    with requests.Session() as session:
        for _ in range(extent.event_count):
            body = answer_bytes(cloud_event(event, seller, {}))
            headers = dict(signed_headers([secret], str(event.id), body, real_now()))
            session.post(address, data=body, headers=headers, timeout=(5, 15), allow_redirects=False)
    return extent.event_count / (time.perf_counter() - began)


def _product(house: House, address: str, extent: Extent, ordered: bool, number: int) -> float:
    """Queue, send and record as the worker does, from events in the feed to all of them delivered."""
    seller = add_seller(house.sessions, f"Benchmark {number} {ordered}", "test")
    _make(house, seller, address, ordered, extent)
    courier = Courier(house)
    began = time.perf_counter()
    while not _is_done(house, seller, extent.event_count):
        courier.look()
        time.sleep(0.02)
    took = time.perf_counter() - began
    courier.close()
    return extent.event_count / took


def _make(house: House, seller: Seller, address: str, ordered: bool, extent: Extent) -> None:
    now = real_now()
    with house.sessions.of(seller.id) as session:
        values = {"address": address, "types": None, "description": None, "ordered": ordered}
        webhook = webhooks.add(session, values, "benchmark", now)
        begin_secret(session, house.vault, webhook.id, now)
        for number in range(extent.event_count):
            debtor_id = UUID(int=number % extent.debtor_count + 1)
            events.add(session, "order.released.v1", _data(number), debtor_id=debtor_id, happened_at=now, known_at=now)
    append_to_feeds(house)


def _data(number: int) -> dict[str, object]:
    amount = {"amount": "5000.00", "currency": "EUR"}
    return {"order_id": str(UUID(int=number)), "order_reference": f"order {number}", "amount": amount, "reasons": []}


def _is_done(house: House, seller: Seller, count: int) -> bool:
    with house.sessions.of(seller.id) as session:
        return session.scalar(LEFT) == 0 and session.scalar(DONE) == count


@contextmanager
def _receiver() -> Iterator[str]:
    """Run a receiver in a process of its own that says yes and reads nothing into it; gives its address."""
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    process = get_context("fork").Process(target=_say_yes, args=(server,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
    finally:
        process.kill()
        process.join()
        server.close()


def _say_yes(server: socket.socket) -> None:
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Thread(target=_say_yes_to, args=(connection,), daemon=True).start()


def _say_yes_to(connection: socket.socket) -> None:
    kept = b""
    with connection:
        while part := connection.recv(65_536):
            kept += part
            while (end := kept.find(b"\r\n\r\n")) >= 0:
                head = kept[:end].lower()
                length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
                if len(kept) < end + 4 + length:
                    break
                kept = kept[end + 4 + length :]
                connection.sendall(ANSWER)


def verdict(rounds: list[Round]) -> list[str]:
    """Say what was measured, and whether the aim is met."""
    floor = median(each.floor_per_second for each in rounds)
    lines = [
        f"floor, a loop of signed posts: {floor:.0f} a second;"
        f" steal {median(each.steal_percent for each in rounds):.1f} %"
    ]
    for name, figures in (
        ("in any order", [(each.any_per_second, each.floor_per_second) for each in rounds]),
        ("ordered per debtor", [(each.ordered_per_second, each.floor_per_second) for each in rounds]),
    ):
        share = median(product / beside for product, beside in figures)
        met = "met" if share >= SHARE_MIN else "NOT met"
        per_second = median(product for product, _ in figures)
        lines.append(f"webhooks {name}: {per_second:.0f} a second, {share:.0%} of the floor, {SHARE_MIN:.0%} {met}")
    return lines
