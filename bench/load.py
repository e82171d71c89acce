"""The clients: processes of their own that ask again and again, over a new connection each time."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import chain, repeat
from time import perf_counter

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and the status of its good answer."""

    port: int
    path: str
    body: bytes
    status: int
    authorization: str = ""
    method: str = "POST"


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
    headers = {"Content-Type": "application/json", "Connection": "close", "Authorization": question.authorization}
    try:
        connection.request(question.method, question.path, question.body, headers)
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
    taken = list(chain.from_iterable(pool.map(ask_for, repeat(question, client_count), repeat(seconds))))
    return Load(taken, perf_counter() - started)
