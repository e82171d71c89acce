"""When the book is counted: after what came in, and once on each day of the seller."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from api.clock import Clock, real_now
from api.config import Config
from api.ledger import book_counting
from api.records import book_lateness, policies
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.seller_day import A_DAY, do_for_everybody
from api.wiring import House
from api.worker import make_queue
from scoring.canonical import canonical_json, digest
from scoring.policy.document import shipped
from tests.api.ledger.files import HEADER, TODAY, line
from tests.api.ledger.test_import_bank import entry, statement

LATENESS = {
    "window_days": 400,
    "recent_days": 100,
    "over_days": [0, 30],
    "book_weight": 10,
    "own_weight": 5,
    "book_count_min": 100,
    "book_shares": [0.3, 0.1],
}
PAID = HEADER + line(1, paid="9-4-2026;1.250,00") + line(2, klant=2, paid="31-3-2026;1.250,00") + line(3)
Rows = Callable[[], list[tuple[Any, ...]]]


def judge_by_lateness(sessions: Sessions, seller: Seller, lateness: dict[str, Any] | None) -> None:
    document = {**shipped()["default"]}
    document["evidence"] = {**document["evidence"], "lateness": lateness}
    with sessions.of(seller.id) as session:
        written = canonical_json(document).decode()
        now = real_now()
        record = policies.add(session, name="x", document=written, digest=digest(document), made_by="test", now=now)
        policies.activate(session, record, now)


@pytest.fixture
def by_lateness(sessions: Sessions, seller: Seller) -> None:
    judge_by_lateness(sessions, seller, LATENESS)


@pytest.fixture
def rows(sessions: Sessions, seller: Seller) -> Rows:
    """Gives the rows of the test's seller: currency, window, day, and the counts of paid and late over 0 and 5."""
    query = "SELECT currency, window_days, counted_on, paid_count, late_over_0_count, late_over_5_count"

    def read() -> list[tuple[Any, ...]]:
        with sessions.of(seller.id) as session:
            return [tuple(row) for row in session.execute(text(f"{query} FROM book_lateness ORDER BY 1, 2"))]

    return read


def forget(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE book_lateness SET counted_on = '2020-01-01', paid_count = 77"))


def test_an_import_that_took_something_counts_the_book(sessions, seller, importing, by_lateness, rows):
    importing(PAID)
    assert rows() == [("EUR", 400, TODAY, 2, 1, 1)]
    importing(HEADER + line(3, paid="3-4-2026;1.250,00"))
    assert rows() == [("EUR", 400, TODAY, 3, 2, 1)]


def test_a_bank_statement_counts_the_book(importing, by_lateness, rows):
    importing(PAID)
    importing(statement(entry(3, "F00003")), None)
    assert rows() == [("EUR", 400, TODAY, 3, 2, 2)]


@pytest.mark.parametrize("options", [{}, {"dry_run": True}], ids=["all known", "dry run"])
def test_an_import_that_took_nothing_does_not(sessions, seller, importing, by_lateness, rows, options):
    importing(PAID)
    forget(sessions, seller)
    importing(HEADER + line(9) if options else PAID, **options)
    assert rows() == [("EUR", 400, date(2020, 1, 1), 77, 1, 1)]


def test_a_policy_that_does_not_ask_for_lateness_has_no_book_counted(sessions, seller, importing, house, rows):
    judge_by_lateness(sessions, seller, None)
    importing(PAID)
    count_books(house)
    assert rows() == []


def count_books(house: House) -> None:
    """Do what the worker does each hour."""
    (step,) = [each for each in A_DAY if each.name == "count_books"]
    do_for_everybody(house, step)


# --- Every day -------------------------------------------------------------------------------------------------------


def days_later(house: House, days: int) -> House:
    def real() -> datetime:
        return real_now() + timedelta(days)

    return replace(house, clock=Clock(real))


def test_a_book_is_counted_again_on_the_next_day_of_its_seller_and_only_then(
    sessions, seller, importing, by_lateness, house, rows
):
    importing(PAID)
    forget(sessions, seller)
    count_books(house)
    assert rows() == [("EUR", 400, TODAY, 2, 1, 1)]
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE book_lateness SET paid_count = 77"))
    count_books(house)
    assert rows() == [("EUR", 400, TODAY, 77, 1, 1)]
    count_books(days_later(house, 1))
    assert rows() == [("EUR", 400, TODAY + timedelta(1), 2, 1, 1)]
    count_books(days_later(house, 500))
    assert rows() == [("EUR", 400, TODAY + timedelta(500), 0, 0, 0)]


def test_a_policy_with_another_window_has_the_book_counted_over_it(
    sessions, seller, importing, by_lateness, house, rows
):
    importing(PAID)
    judge_by_lateness(sessions, seller, LATENESS | {"window_days": 200})
    count_books(house)
    assert [row[:4] for row in rows()] == [("EUR", 200, TODAY, 2), ("EUR", 400, TODAY, 2)]


def test_a_book_that_cannot_be_counted_stops_no_other(
    sessions, seller, new_seller, importing, by_lateness, house, rows, monkeypatch
):
    importing(PAID)
    others = [new_seller(starts_on=TODAY) for _ in range(2)]
    for other in others:
        judge_by_lateness(sessions, other, LATENESS)
    forget(sessions, seller)
    seen = []

    def count(session: Any, day: date, window_days: int) -> None:
        seen.append(session.info["seller_id"])
        if seen[-1] != seller.id:
            raise ValueError("broken")
        book_lateness_count(session, day, window_days)

    book_lateness_count = book_lateness.count
    monkeypatch.setattr(book_counting.book_lateness, "count", count)
    count_books(house)
    assert set(seen) >= {seller.id, *(other.id for other in others)}
    assert rows() == [("EUR", 400, TODAY, 2, 1, 1)]


def test_the_worker_counts_books_every_hour(
    sessions: Sessions, seller: Seller, importing: Any, by_lateness: None, house: House, config: Config, rows: Rows
):
    importing(PAID)
    forget(sessions, seller)
    assert config.database_url is not None
    queue = make_queue(house, config.database_url)
    hourly = {each.task.name: each.cron for each in queue.periodic_registry.periodic_tasks.values()}
    assert hourly["creditgate.count_books"] == "37 * * * *"
    with queue.open():
        queue.tasks["creditgate.count_books"].defer(timestamp=0)
        queue.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    assert rows() == [("EUR", 400, TODAY, 2, 1, 1)]
