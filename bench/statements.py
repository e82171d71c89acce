"""Counts the statements that one request sends to the database, besides BEGIN and COMMIT."""

from contextlib import redirect_stdout
from io import StringIO

from flask import Flask
from sqlalchemy import Engine, event

from bench.load import Question


def count_statements(app: Flask, engine: Engine, question: Question) -> int:
    """Ask in this process, once to warm up and once to count."""
    seen: list[str] = []

    def remember(connection: object, cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    _ask(app, question)
    event.listen(engine, "before_cursor_execute", remember)
    try:
        _ask(app, question)
    finally:
        event.remove(engine, "before_cursor_execute", remember)
    return len(seen)


def _ask(app: Flask, question: Question) -> None:
    headers = {"Authorization": question.authorization}
    with redirect_stdout(StringIO()):  # Its log lines are of no use here.
        answer = app.test_client().post(
            question.path, data=question.body, content_type="application/json", headers=headers
        )
    if answer.status_code != question.status:
        raise RuntimeError(f"{question.path} answered {answer.status_code}: {answer.text[:500]}")
