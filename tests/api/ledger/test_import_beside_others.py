"""Imports that are killed, meet each other, or wait for an order."""

import threading

import pytest
from sqlalchemy import text

from api.clock import real_now
from api.ledger.report import ImportReport
from api.records import imports
from tests.api.ledger.files import HEADER, LINES, MAPPING, TODAY, counts, ledger, line


def test_a_killed_import_goes_on_where_it_was(sessions, seller, importing, monkeypatch):
    monkeypatch.setattr("api.ledger.sources.BATCH_LINES", 10)
    content = HEADER + "".join(LINES) + line(999, bedrag="x")
    with sessions.of(seller.id) as session:
        import_id = imports.start(
            session,
            format="csv",
            content_sha256=None,
            file_name="a.csv",
            mapping=MAPPING,
            dry_run=False,
            started_by="test",
            created_at=real_now(),
        ).id

    def killed(done: int) -> None:
        if done == 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing(content, import_id=import_id, on_progress=killed)
    report = importing(content, import_id=import_id)
    assert counts(report) == (100, 0, 1)
    with sessions.of(seller.id) as session:
        record = imports.get(session, import_id)
        assert (record.state, record.lines_count, record.taken_count, record.refused_count) == ("finished", 101, 100, 1)
        assert imports.codes(session, import_id) == {"not_an_amount": 1}


def test_two_imports_of_the_same_file_at_once_leave_one_set_of_rows(sessions, seller, importing, monkeypatch):
    monkeypatch.setattr("api.ledger.sources.BATCH_LINES", 20)
    reports: list[ImportReport] = []
    orders = [LINES, LINES[::-1]]
    threads = [
        threading.Thread(target=lambda lines=lines: reports.append(importing(HEADER + "".join(lines))))
        for lines in orders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(report.taken_count for report in reports) == 100
    assert sum(report.known_count for report in reports) == 100
    assert len(ledger(sessions, seller)) == 100


def test_an_import_waits_for_a_debtor_that_an_order_has_locked(sessions, seller, importing):
    importing(HEADER + line(1))
    done = threading.Event()

    def run() -> None:
        importing(HEADER + line(2))
        done.set()

    with sessions.of(seller.id) as session:
        session.execute(text("SELECT id FROM debtor FOR NO KEY UPDATE"))
        thread = threading.Thread(target=run)
        thread.start()
        assert not done.wait(0.3)
    assert done.wait(10)
    thread.join()
    assert len(ledger(sessions, seller)) == 2


def test_two_sellers_with_the_same_references_stay_apart(sessions, new_seller, seller, importing):
    other = new_seller(starts_on=TODAY)
    importing(HEADER + line(1))
    assert counts(importing(HEADER + line(1, bedrag="7,00"), seller=other)) == (1, 0, 0)
    assert [row[4] for row in ledger(sessions, seller)] == [1250]
    assert [row[4] for row in ledger(sessions, other)] == [7]
