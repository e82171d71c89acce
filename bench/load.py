"""The clients: processes of their own that ask again and again, over a new connection each time."""

import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from itertools import chain, repeat
from time import perf_counter
from uuid import uuid4

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 30
DEBTOR, NEW = b"$debtor", b"$new"


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and the status of its good answer.

    With `debtor_ids` the body names any one of them where it has DEBTOR, and something new each time where it has NEW;
    `is_keyed` requests have an `Idempotency-Key` of their own.
    """

    port: int
    path: str
    body: bytes
    status: int
    authorization: str = ""
    method: str = "POST"
    debtor_ids: tuple[str, ...] = ()
    is_keyed: bool = False

    def new_body(self) -> bytes:
        """Give the body of the next request."""
        if not self.debtor_ids:
            return self.body
        return self.body.replace(DEBTOR, random.choice(self.debtor_ids).encode()).replace(NEW, uuid4().hex.encode())

    def headers(self) -> dict[str, str]:
        """Give the headers of the next request."""
        key = {"Idempotency-Key": uuid4().hex} if self.is_keyed else {}
        return {"Content-Type": "application/json", "Authorization": self.authorization, **key}

    def shared_among(self, client_count: int) -> list["Question"]:
        """Give each client debtors of its own, as far as there are enough of them, so that none waits for another."""
        if len(self.debtor_ids) < client_count:
            return [self] * client_count
        return [replace(self, debtor_ids=self.debtor_ids[place::client_count]) for place in range(client_count)]


@dataclass(frozen=True, slots=True)
class Load:
    """What clients met: the seconds each request took, and the seconds all of them took together."""

    request_seconds: Sequence[float]
    seconds: float


def ask(question: Question) -> bytes:
    """Ask once, over a new connection: kept-alive ones fall on one worker or on both, which halves or doubles a figure.

    Raises RuntimeError for any other status than the good one.
    """
    connection = HTTPConnection(HOST, question.port, timeout=TIMEOUT_SECONDS)
    headers = {**question.headers(), "Connection": "close"}
    try:
        connection.request(question.method, question.path, question.new_body(), headers)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != question.status:
        raise RuntimeError(f"{question.path} answered {answer.status}: {body[:500]!r}")
    return body


def ask_for(question: Question, seconds: float) -> list[float]:
    """Ask for so many seconds; gives the seconds each request took."""
    taken = []
    until = perf_counter() + seconds
    while (started := perf_counter()) < until:
        ask(question)
        taken.append(perf_counter() - started)
    return taken


def put_load(pool: ProcessPoolExecutor, question: Question, client_count: int, seconds: float) -> Load:
    """Let some clients ask at once, each in a process of the pool."""
    started = perf_counter()
    taken = list(chain.from_iterable(pool.map(ask_for, question.shared_among(client_count), repeat(seconds))))
    return Load(taken, perf_counter() - started)
