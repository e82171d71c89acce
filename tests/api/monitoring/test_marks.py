"""Who is marked to be looked at: once, whatever happens meanwhile, by nothing that tells no alert, and to an end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from api.monitoring import looking, ticks
from api.monitoring.ticks import look_at_seller
from api.records import looks

MARKS = text("SELECT count(*) FROM debtor_to_look_at")


def marks_count(watch) -> int:
    with watch.sessions.of(watch.seller.id) as session:
        return session.scalar(MARKS)


def test_without_a_worker_a_debtor_is_marked_once_however_many_orders_come(watch, limited, placed, debtor_id):
    limited("10000.00")
    for _ in range(12):
        placed("10.00")
    assert watch.marks() == {debtor_id}
    assert marks_count(watch) == 1


def test_an_order_that_changes_nothing_alerts_are_judged_from_marks_nobody(watch, limited, placed, held):
    limited("100.00")
    placed("10.00")
    watch.minute()
    held("stop_supply")
    assert placed("10.00")["state"] != "released"
    assert watch.marks() == set()


def test_who_is_marked_while_another_takes_the_mark_is_marked_anew(watch, limited, placed, debtor_id):
    """Whoever took it may have read before the change could be seen: the change is looked at by a mark of its own."""
    limited("10000.00")
    placed("10.00")
    with watch.sessions.of(watch.seller.id) as taking:
        assert looks.take(taking, [debtor_id]) == {debtor_id}
        with ThreadPoolExecutor(1) as pool:
            pool.submit(placed, "20.00").result(timeout=20)  # It does not wait either.
    assert watch.marks() == {debtor_id}


def test_a_mark_that_stands_for_what_is_not_seen_yet_is_not_taken(watch, limited, placed, debtor_id):
    limited("10000.00")
    placed("10.00")
    with watch.sessions.of(watch.seller.id) as changing:
        looks.mark(changing, [debtor_id])
        with watch.sessions.of(watch.seller.id) as taking:
            assert looks.take(taking, [debtor_id]) == set()
    with watch.sessions.of(watch.seller.id) as taking:
        assert looks.take(taking, [debtor_id]) == {debtor_id}


def test_a_pass_ends_while_orders_go_on_coming(watch, limited, placed, debtor_id, monkeypatch):
    limited("10000.00")
    placed("10.00")
    looked: list[Any] = []
    look = looking.look_within

    def look_and_be_marked(session, debtor_ids, given):
        looked.append(debtor_ids)
        assert len(looked) < 10
        look(session, debtor_ids, given)
        looks.mark(session, debtor_ids)

    with monkeypatch.context() as patched:
        patched.setattr(ticks, "look_within", look_and_be_marked)
        look_at_seller(watch.house, watch.seller)
    assert looked == [[debtor_id]]
    assert watch.marks() == {debtor_id}


@pytest.mark.parametrize("by", ["change", "day"])
def test_one_who_cannot_be_looked_at_stops_nobody_else(watch, new_debtor, bill, today, time, by, monkeypatch):
    ill, well = new_debtor(), new_debtor()
    for each in (ill, well):
        days = {"invoiced_on": (today() - timedelta(60)).isoformat(), "due_on": (today() - timedelta(13)).isoformat()}
        bill("100.00", debtor_id=str(each), **days)
    if by == "day":
        watch.minute()
    time.pass_by(days=1)
    plan = looks.plan

    def fail(session, days):
        if ill in days and days[ill] != today() + timedelta(1):
            raise ArithmeticError("this one's facts break a promise")
        plan(session, days)

    with monkeypatch.context() as patched:
        patched.setattr(looks, "plan", fail)
        look_at_seller(watch.house, watch.seller)
    assert (set(watch.alerts(well)), watch.alerts(ill)) == ({"overdue_items"}, {})
    time.pass_by(days=1)
    watch.minute()
    assert set(watch.alerts(ill)) == {"overdue_items"}
