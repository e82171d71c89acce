"""Whatever breaks between two statements of an order's transaction leaves nothing; the same request then succeeds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, event, text

from api.app import create_app
from api.clock import Clock, real_now
from api.config import Config
from api.records.base import Base
from api.records.quick import begin
from api.records.sessions import Sessions
from tests.proofs.book import Book
from tests.proofs.conftest import Trade

STATEMENTS_MAX = 60
TABLES = [table.name for table in Base.metadata.sorted_tables if "seller_id" in table.columns]
CONTENT = text(
    " UNION ALL ".join(
        f"SELECT '{name}', count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {name} t" for name in TABLES
    )
    + " UNION ALL SELECT 'queue', count(*), NULL FROM queue.procrastinate_jobs WHERE args ->> 'seller_id' = :seller_id"
)


class Broken(Exception):
    """What breaks a request in the middle."""


class Time:
    """A clock that can be moved on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> Any:
        return real_now() + self.ahead


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def app(variables: dict[str, str], sessions: Sessions, time: Time) -> Flask:
    config = Config(
        database_url=variables["CREDITGATE_DATABASE_URL"],
        secret_keys=(variables["CREDITGATE_SECRET_KEYS"],),
        requests_per_minute=1_000_000,
    )
    return create_app(config, sessions=sessions, clock=Clock(time))


@contextmanager
def breaking(engine: Engine, place: int, *, moment: str) -> Iterator[list[str]]:
    """Break at the `place`-th statement, before or after it is done; a `commit` breaks before it is sent.

    Statements are met at the driver, which all of them pass, and those that begin a transaction where they are sent.
    """
    seen: list[str] = []

    def broken(do: Callable[..., Any]) -> Callable[..., Any]:
        def run(at: Any, statement: Any, *values: Any, **options: Any) -> Any:
            seen.append(str(statement))
            if len(seen) == place and moment == "before":
                raise Broken(statement)
            done = do(at, statement, *values, **options)
            if len(seen) == place and moment == "after":
                raise Broken(statement)
            return done

        return run

    def at_commit(connection: Any) -> None:
        raise Broken("commit")

    with pytest.MonkeyPatch.context() as patch:
        if moment == "commit":
            event.listen(engine, "commit", at_commit)
        else:
            patch.setattr(psycopg.Cursor, "execute", broken(psycopg.Cursor.execute))
            patch.setattr("api.records.sessions.begin", broken(begin))
        try:
            yield seen
        finally:
            if moment == "commit":
                event.remove(engine, "commit", at_commit)


def content(book: Book) -> list[tuple[Any, ...]]:
    """Give all that is kept of a seller, table by table."""
    with book.sessions.of(book.seller.id) as session:
        rows = session.execute(CONTENT, {"seller_id": str(book.seller.id)}).all()
    return [tuple(row) for row in rows]


def eur(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


@pytest.fixture
def story(app: Flask, trade: Callable[[], Trade], time: Time) -> Callable[[str], tuple[Book, str, str, Any]]:
    """Prepares a seller for a request that writes much; gives the request: whose, where and what."""

    def prepare(what: str) -> tuple[Book, str, str, Any]:
        made = trade()
        book = made.book
        debtor_id = book.new_debtor() if what != "grouped" else book.new_debtor(book.new_debtor())
        book.limit(debtor_id, 100)
        book.terms(debtor_id)
        new = {"debtor_id": str(debtor_id), "order_reference": "new", "amount": eur(60)}
        if what in ("released", "grouped"):
            return book, made.key, "/v1/orders", new
        first = place(app, made.key, debtor_id, 70)
        if what == "held":
            return book, made.key, "/v1/orders", new
        path = f"/v1/orders/{first}"
        if what == "changed":
            return book, made.key, f"{path}/changes", {"amount": eur(90)}
        if what == "delivered":
            today = book.clock.today(book.seller).isoformat()
            return (
                book,
                made.key,
                f"{path}/deliveries",
                {"delivery_reference": "1", "delivered_on": today, "rest": True},
            )
        if what == "cancelled":
            place(app, made.key, debtor_id, 50)
            return book, made.key, f"{path}/cancellations", {}
        # Of two that are out of time the gate ends both before it judges the new one.
        place(app, made.key, debtor_id, 30)
        time.ahead = timedelta(days=60)
        return book, made.key, "/v1/orders", new

    return prepare


def place(app: Flask, key: str, debtor_id: UUID, amount: int) -> str:
    body = {"debtor_id": str(debtor_id), "order_reference": uuid4().hex, "amount": eur(amount)}
    answer = app.test_client().post("/v1/orders", json=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("what", ["released", "grouped", "held", "changed", "delivered", "cancelled", "expired"])
def test_what_breaks_between_two_statements_leaves_nothing(
    app: Flask, sessions: Sessions, story: Callable[[str], tuple[Book, str, str, Any]], what: str, moment: str
) -> None:
    book, key, path, body = story(what)
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "once"}

    def ask() -> int:
        return app.test_client().post(path, json=body, headers=headers).status_code

    before = content(book)
    with breaking(sessions.engine, 0, moment="commit"):
        assert ask() == 500
    assert content(book) == before
    for place in range(1, STATEMENTS_MAX):
        with breaking(sessions.engine, place, moment=moment) as seen:
            status = ask()
        if status == 201:
            break
        assert (status, content(book)) == (500, before), seen[place - 1][:200]
    assert status == 201
    assert place > 5, "there is nothing between so few statements"
    assert content(book) != before
    book.require_sound()
