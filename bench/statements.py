"""Counts what one request sends to the database: its statements, and how often it waits for an answer."""

import tempfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import IO, Any

from flask import Flask
from psycopg.pq import Trace
from sqlalchemy import Engine, event

from bench.load import Question

ENDINGS = ('Query\t "BEGIN"', 'Query\t "COMMIT"')


@dataclass(frozen=True, slots=True)
class Trips:
    """What one request sends to the database: statements, BEGIN and COMMIT apart, and round trips."""

    statements: int
    round_trips: int


def count_trips(app: Flask, engine: Engine, question: Question) -> Trips:
    """Ask in this process, often enough that every statement is prepared, and then once to count."""
    for _ in range(10):
        _ask(app, question)
    with tempfile.TemporaryFile("w+") as told:

        def trace(driver: Any, *_: object) -> None:
            driver.pgconn.trace(told.fileno())
            driver.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)

        def stop(driver: Any, *_: object) -> None:
            driver.pgconn.untrace()

        event.listen(engine, "checkout", trace)
        event.listen(engine, "checkin", stop)
        try:
            _ask(app, question)
        finally:
            event.remove(engine, "checkout", trace)
            event.remove(engine, "checkin", stop)
        return _read(told)


def _read(told: IO[str]) -> Trips:
    """Read what libpq tells of its messages: each Query and each Sync is one wait for an answer."""
    told.seek(0)
    sent = [line.split("\t", 2)[2].strip() for line in told if line.startswith("F\t")]
    waits = [each for each in sent if each.startswith(("Query", "Sync"))]
    statements = [each for each in sent if each.startswith(("Query", "Execute")) and not each.startswith(ENDINGS)]
    return Trips(len(statements), len(waits))


def _ask(app: Flask, question: Question) -> None:
    with redirect_stdout(StringIO()):  # Its log lines are of no use here.
        answer = app.test_client().post(question.path, data=question.new_body(), headers=question.headers())
    if answer.status_code != question.status:
        raise RuntimeError(f"{question.path} answered {answer.status_code}: {answer.text[:500]}")
