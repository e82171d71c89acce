"""Feed and webhooks under processes that write at once, receivers that fail at random, and workers that are killed."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from random import Random
from threading import Lock
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from standardwebhooks import Webhook

from api.clock import real_now
from api.records import events, webhooks
from api.records.events import FeedEntryRecord
from api.records.secrets import Vault
from api.webhook_signing import begin_secret
from tests.api.events.receiver import Sent, receiving, status
from tests.proofs.conftest import Trade
from tests.proofs.effort import is_long, rounds
from tests.proofs.stack import running

PROGRAM = [sys.executable, "-m", "tests.proofs.webhook_process"]
WRITERS, WORKERS, DEBTORS, KILLS = 3, 2, 12, 4
UNTIL_SECONDS = 120.0
NOT_DELIVERED = text("SELECT count(*) FROM webhook_delivery WHERE state <> 'delivered'")
QUEUED = text("SELECT webhook_id, count(*), count(DISTINCT event_id) FROM webhook_delivery GROUP BY webhook_id")


def begin(what: str, project: Path, **arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*PROGRAM, what, json.dumps(arguments)], cwd=project)


class Fickle:
    """A receiver that fails at random, and notes what it took, in the order in which it took it."""

    def __init__(self, random: Random) -> None:
        self._random, self._lock = random, Lock()
        self.sent: list[tuple[str, str, int]] = []
        self.taken: list[tuple[str, str, int]] = []

    def __call__(self, handler: BaseHTTPRequestHandler, sent: Sent) -> None:
        place = (sent.path, sent.event["subject"], sent.event["sequence"])
        with self._lock:
            mood = self._random.random()
            self.sent.append(place)
            if mood >= 0.15:
                self.taken.append(place)
        if mood < 0.005:
            time.sleep(1)  # Too late.
        elif mood < 0.05:
            handler.connection.shutdown(2)
        elif mood < 0.15:
            status(self._random.choice((500, 503, 404, 302)), Location="/elsewhere")(handler, sent)
        elif mood < 0.16:
            handler.connection.shutdown(2)  # It took it, and yet nobody hears of that.
        else:
            status(204)(handler, sent)

    def of(self, path: str) -> list[tuple[str, int]]:
        """What was taken at a path, each once."""
        return list(dict.fromkeys((subject, sequence) for at, subject, sequence in self.taken if at == path))


class FeedReader:
    """Reads the feed by its cursor while others write."""

    def __init__(self, trade: Trade) -> None:
        self._trade, self._after = trade, 0
        self.read: list[tuple[str, int]] = []

    def go_on(self) -> None:
        with self._trade.book.sessions.of(self._trade.book.seller.id) as session:
            query = events.feed().where(FeedEntryRecord.position > self._after).order_by(FeedEntryRecord.position)
            for event, position in session.execute(query.limit(50)):
                assert position == self._after + 1
                self._after = position
                self.read.append((str(event.subject_id), event.sequence))


def in_order(told: list[tuple[str, int]]) -> bool:
    """Whether each debtor's events come as 1, 2, 3 and so on, without a gap."""
    reached: Counter[str] = Counter()
    for subject, sequence in told:
        if sequence != reached[subject] + 1:
            return False
        reached[subject] = sequence
    return True


@pytest.mark.slow
def test_every_event_is_delivered_and_in_order_where_asked_whatever_fails_and_is_killed(
    trade: Callable[[], Trade], variables: dict[str, str], project: Path
) -> None:
    for random in rounds():
        made, fickle = trade(), Fickle(Random(random.random()))
        with receiving() as receiver:
            receiver.answer = fickle
            paths = {path: _webhook(made, variables, receiver.port, path) for path in ("/any", "/ordered")}
            _write_and_deliver(made, variables, project, random)
        with made.book.sessions.of(made.book.seller.id) as session:
            told = {(str(s), n) for s, n in session.execute(text("SELECT subject_id, sequence FROM event"))}
            queued = {webhook_id: (rows, ids) for webhook_id, rows, ids in session.execute(QUEUED)}
        assert len(told) > DEBTORS
        assert queued == dict.fromkeys(paths.values(), (len(told), len(told)))
        assert set(fickle.of("/any")) == set(fickle.of("/ordered")) == told
        assert in_order(fickle.of("/ordered"))
        assert not in_order([(s, n) for at, s, n in fickle.sent if at == "/any"])  # It did fail.


def _webhook(made: Trade, variables: dict[str, str], port: int, path: str) -> UUID:
    vault, now = Vault((variables["CREDITGATE_SECRET_KEYS"],)), real_now()
    values = {"address": f"http://127.0.0.1:{port}{path}", "types": None, "description": None}
    with made.book.sessions.of(made.book.seller.id) as session:
        webhook = webhooks.add(session, {**values, "ordered": path == "/ordered"}, "proof", now)
        begin_secret(session, vault, webhook.id, now)
    return webhook.id


def _write_and_deliver(made: Trade, variables: dict[str, str], project: Path, random: Random) -> None:
    """Write in some processes and deliver in others, kill these at random, and wait until all is delivered."""
    common = {"database_url": variables["CREDITGATE_DATABASE_URL"], "key": variables["CREDITGATE_SECRET_KEYS"]}
    debtor_ids = [str(uuid4()) for _ in range(DEBTORS)]
    count = (10_000 if is_long() else 450) // WRITERS
    writers = [
        begin(
            "write",
            project,
            seller_id=str(made.book.seller.id),
            debtor_ids=debtor_ids,
            count=count,
            seed=random.randrange(10**6),
            **common,
        )
        for _ in range(WRITERS)
    ]
    workers = [begin("deliver", project, **common) for _ in range(WORKERS)]
    reader, until = FeedReader(made), time.monotonic() + UNTIL_SECONDS * (10 if is_long() else 1)
    kills = [time.monotonic() + 3 + 1.5 * number + random.random() for number in range(KILLS)]
    try:
        while time.monotonic() < until:
            if kills and time.monotonic() > kills[0]:
                kills.pop(0)
                place = random.randrange(WORKERS)
                workers[place].kill()
                workers[place].wait()
                workers[place] = begin("deliver", project, **common)
            reader.go_on()
            if not kills and all(each.poll() is not None for each in writers) and _is_done(made):
                break
            time.sleep(0.02)
        assert [each.poll() for each in writers] == [0] * WRITERS
        assert _is_done(made)
    finally:
        for each in (*writers, *workers):
            each.kill()
            each.wait()
    while len(reader.read) < _feed_length(made):
        reader.go_on()
    assert in_order(reader.read)


def _feed_length(made: Trade) -> int:
    with made.book.sessions.of(made.book.seller.id) as session:
        return len(session.scalars(select(FeedEntryRecord.position)).all())


def _is_done(made: Trade) -> bool:
    with made.book.sessions.of(made.book.seller.id) as session:
        end = webhooks.feed_end(session)
        pending = session.scalar(text("SELECT count(*) FROM event_pending"))
        behind = session.scalar(text("SELECT count(*) FROM webhook WHERE queued_position < :end"), {"end": end})
        return not pending and not behind and not session.scalar(NOT_DELIVERED)


@pytest.mark.slow
def test_the_worker_delivers_what_is_told_over_http(
    trade: Callable[[], Trade], variables: dict[str, str], tmp_path: Path
) -> None:
    made = trade()
    with receiving() as receiver, running({**variables, "CREDITGATE_WEBHOOKS_PRIVATE": "yes"}, tmp_path) as stack:
        webhook = stack.ask(made.key, "POST", "/v1/webhooks", {"address": receiver.address}).body
        ids = [stack.ask(made.key, "POST", "/v1/debtors", {"country": "NL"}).body["id"] for _ in range(3)]
        until = time.monotonic() + 30
        while len(receiver.sent) < len(ids) and time.monotonic() < until:
            time.sleep(0.05)
        stack.kill_worker()
        ids.append(stack.ask(made.key, "POST", "/v1/debtors", {"country": "NL"}).body["id"])
        stack.start()
        while ids[-1] not in {each.event["subject"] for each in receiver.sent} and time.monotonic() < until:
            time.sleep(0.05)
        events_sent = [Webhook(webhook["secret"]).verify(each.body, each.headers) for each in receiver.sent]
    assert {each["subject"] for each in events_sent} == set(ids)
    assert stack.worker is not None
    assert stack.worker.returncode == 0  # It stopped when it was told to.
