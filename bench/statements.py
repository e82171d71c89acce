"""Counts the statements that one request sends to the database, besides BEGIN and COMMIT, and its round trips."""

from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO

from flask import Flask
from sqlalchemy import Engine, event

from bench.load import Question


@dataclass(frozen=True, slots=True)
class Trips:
    """What one request sends to the database; each transaction is two more round trips: BEGIN and COMMIT."""

    statements: int
    transactions: int

    @property
    def round_trips(self) -> int:
        """How often the request waits for the database."""
        return self.statements + 2 * self.transactions


def count_trips(app: Flask, engine: Engine, question: Question) -> Trips:
    """Ask in this process, once to warm up and once to count."""
    statements: list[str] = []
    begins: list[object] = []

    def remember(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    def remember_begin(connection: object) -> None:
        begins.append(connection)

    _ask(app, question)
    event.listen(engine, "before_cursor_execute", remember)
    event.listen(engine, "begin", remember_begin)
    try:
        _ask(app, question)
    finally:
        event.remove(engine, "before_cursor_execute", remember)
        event.remove(engine, "begin", remember_begin)
    return Trips(len(statements), len(begins))


def count_statements(app: Flask, engine: Engine, question: Question) -> int:
    """Count only the statements."""
    return count_trips(app, engine, question).statements


def _ask(app: Flask, question: Question) -> None:
    with redirect_stdout(StringIO()):  # Its log lines are of no use here.
        answer = app.test_client().post(question.path, data=question.new_body(), headers=question.headers())
    if answer.status_code != question.status:
        raise RuntimeError(f"{question.path} answered {answer.status_code}: {answer.text[:500]}")
