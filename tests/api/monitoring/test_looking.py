"""Looking at debtors: each alert is opened once, raised, and ended by what really happens, over HTTP and PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text

from api.monitoring import looking
from api.monitoring.following import follow_alerts
from api.monitoring.looking import look_at_debtors
from api.monitoring.ticks import look_at_seller
from api.records import debtors, limits
from api.records.alert_steps import AlertStepRecord
from api.records.debtor_signals import REVIEW_GROUNDS
from api.records.holds import HoldRecord
from api.records.limits import CreditLimitRecord
from api.seller_day import A_DAY, do_for_everybody
from api.wiring import of_ourselves
from api.worker import make_queue
from tests.api.acceptance.insurance import add_paper, add_policy


def later(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def of(invoice_number: str, amount: str) -> dict[str, Any]:
    return {"invoice_number": invoice_number, "amount": {"amount": amount, "currency": "EUR"}}


@pytest.fixture
def delivered(erp, today):
    def book(order: dict[str, Any], amount: str) -> None:
        asked = {
            "delivery_reference": "d1",
            "delivered_on": today().isoformat(),
            "amount": {"amount": amount, "currency": "EUR"},
        }
        answer = erp.post(f"/v1/orders/{order['id']}/deliveries", json=asked)
        assert answer.status_code == 201, answer.text

    return book


def test_the_first_payment_is_followed_to_its_end(watch, limited, placed, bill, pay, time, today, debtor_id):
    limited("10000.00")
    placed("1000.00", reference="A")
    bill("1000.00", "A", due_on=later(today(), 20), invoice_number="I1")
    watch.minute()
    assert watch.alerts() == {}
    assert watch.marks() == set()
    time.pass_by(days=13)  # Nobody does anything: the day itself brings it.
    watch.minute()
    (due,) = watch.alerts().values()
    assert (due.kind, due.severity, due.debtor_id, due.due_on) == (
        "first_payment_due",
        "notice",
        debtor_id,
        today() + timedelta(7),
    )
    time.pass_by(days=13)
    watch.minute()
    assert set(watch.alerts()) == {"first_payment_overdue"}
    pay("1000.00", allocations=[of("I1", "1000.00")])
    watch.minute()
    (received,) = watch.alerts().values()
    assert (received.kind, received.severity, received.data["result"]) == ("first_payment_received", "warning", "late")
    assert received.data["invoice_ids"] == due.data["invoice_ids"]
    time.pass_by(days=15)
    watch.minute()
    assert watch.alerts() == {}
    for kind in ("first_payment_due", "first_payment_overdue", "first_payment_received"):
        assert watch.events(kind) == ["opened", "ended"]


def test_a_debtor_that_nobody_accepted_has_no_first_payment(watch, bill, today, time):
    bill("1000.00", due_on=later(today(), 1))
    watch.minute()
    assert watch.alerts() == {}


def test_the_first_invoice_of_an_accepted_debtor_without_orders_is_followed(watch, limited, bill, pay, today):
    limited("10000.00")
    bill("1000.00", due_on=later(today(), 1), invoice_number="I1")
    watch.minute()
    assert set(watch.alerts()) == {"first_payment_due"}
    pay("1000.00", allocations=[of("I1", "1000.00")])
    watch.minute()
    received = watch.alerts()["first_payment_received"]
    assert (received.severity, received.data["result"]) == ("notice", "on_time")


def test_use_of_a_limit_is_told_once_at_each_share(watch, limited, placed, debtor_id):
    limited("1000.00")
    for amount, told, severity in (("500.00", ["opened"], "notice"), ("100.00", ["opened"], "notice")):
        placed(amount)
        watch.minute()
        assert watch.events("limit_nearly_used") == told
        assert watch.alerts()["limit_nearly_used"].severity == severity
    placed("200.00")
    watch.minute()
    assert watch.events("limit_nearly_used") == ["opened", "raised"]
    alert = watch.alerts()["limit_nearly_used"]
    assert (alert.severity, alert.data["used_amount"]["amount"]) == ("warning", "800.0000")
    limited("10000.00")
    watch.look(debtor_id)
    assert watch.events("limit_nearly_used") == ["opened", "raised", "ended"]


def test_what_was_delivered_and_not_invoiced(watch, limited, placed, delivered, bill, time):
    limited("10000.00")
    delivered(placed("1000.00", reference="A"), "1000.00")
    watch.minute()
    time.pass_by(days=13)
    watch.minute()
    assert watch.alerts() == {}
    time.pass_by(days=1)
    watch.minute()
    assert set(watch.alerts()) == {"not_invoiced"}
    bill("1000.00", "A")
    watch.minute()
    assert "not_invoiced" not in watch.alerts()


def test_cover_is_about_to_stop_and_stops(watch, client_of, bill, pay, time, today, debtor_id):
    finance = client_of("finance", subject="fin@example.com")
    began = later(today(), -400)
    contract = add_policy(finance, valid_from=began, terms={"cover_percentage": "0.9", "max_extension_days": 60})
    cover = {
        "debtor_id": str(debtor_id),
        "insurance_policy_id": contract["id"],
        "state": "granted",
        "amount": {"amount": "50000.00", "currency": "EUR"},
        "valid_from": began,
        "decided_on": began,
        "document_id": add_paper(finance),
    }
    assert finance.post("/v1/cover-decisions", json=cover).status_code == 201
    bill("1000.00", invoice_number="I1")
    due_on = today()
    watch.minute()
    time.pass_by(days=30)
    watch.minute()
    near = watch.alerts()["cover_stop_near"]
    assert (near.severity, near.due_on) == ("notice", due_on + timedelta(60))
    time.pass_by(days=30)
    watch.minute()
    assert watch.alerts()["cover_stop_near"].severity == "urgent"
    assert watch.events("cover_stop_near") == ["opened", "raised"]
    time.pass_by(days=1)
    watch.minute()
    assert "cover_stop_near" not in watch.alerts()
    assert watch.events("cover_stopped") == ["opened"]
    pay("1000.00", allocations=[of("I1", "1000.00")])
    watch.minute()
    assert watch.events("cover_stopped") == ["opened", "ended"]


def test_who_pays_later_than_before(watch, bill, pay, today):
    for number, (due, paid) in enumerate([(-200, -200)] * 3 + [(-40, -20)] * 3):
        days = {"invoiced_on": later(today(), due - 30), "due_on": later(today(), due)}
        bill("100.00", invoice_number=f"I{number}", **days)
        pay("100.00", paid_on=later(today(), paid), allocations=[of(f"I{number}", "100.00")])
        watch.minute()
    alert = watch.alerts()["behaviour_worsened"]
    assert (alert.data["late_days_before"], alert.data["late_days"]) == ("0.0", "20.0")
    assert watch.events("behaviour_worsened") == ["opened"]


def test_terms_that_nobody_signed_until_somebody_does(watch, sessions, seller, clock, debtor_id, finance, time):
    values = {"scope": "own", "is_temporary": False, "limit_kind": "amount", "limit_amount": Decimal(1000)}
    with sessions.of(seller.id) as session:
        limit = CreditLimitRecord(
            debtor_id=debtor_id,
            currency="EUR",
            valid_from=clock.today(seller),
            decided_by="test",
            grounds="test",
            known_at=clock.now(seller),
            **values,
        )
        session.add(limit)
    watch.look(debtor_id)
    assert watch.alerts() == {}
    time.pass_by(days=14)
    watch.minute()  # By the day that the first look told.
    assert watch.alerts()["terms_not_signed"].data["limit_id"] == str(limit.id)
    terms = {
        "terms_version": "2026-01",
        "payment_term_days": 30,
        "accepted_by": "Jan",
        "accepted_on": clock.today(seller).isoformat(),
        "channel": "email",
        "document_sha256": "ab" * 32,
    }
    answer = finance.post(f"/v1/debtors/{debtor_id}/agreed-terms", json=terms)
    assert answer.status_code == 201, answer.text
    watch.minute()
    assert watch.events("terms_not_signed") == ["opened", "ended"]


def test_an_amount_without_a_rate_neither_opens_nor_ends(watch, limited, bill, placed):
    limited("1000.00")
    bill("10.00", currency="USD")
    placed("900.00")
    watch.minute()
    assert "limit_nearly_used" not in watch.alerts()


# --- What an alert brings about ---------------------------------------------------------------------------------------


def own_versions(watch, debtor_id):
    with watch.sessions.of(watch.seller.id) as session:
        return limits.versions(session, debtor_id, "own")


def test_a_decision_that_declines_takes_the_limit_of_a_company(watch, limited, decided, erp, order, debtor_id):
    limited("1000.00", "low")
    decided(debtor_id, "decline", "high")
    watch.look(debtor_id)
    assert watch.alerts()["class_worsened"].severity == "urgent"
    watch.minute()
    (_, lowered) = own_versions(watch, debtor_id)
    assert (lowered.limit_amount, lowered.decided_by) == (Decimal(0), "machine")
    assert lowered.decision_id is not None
    assert watch.events("class_worsened") == ["opened", "ended"]
    assert erp.post("/v1/orders", json=order("100.00")).json["state"] != "released"


@pytest.mark.parametrize("registered", [None, "eenmanszaak"])
def test_of_a_natural_person_a_person_decides(watch, new_debtor, limited, decided, today, reported, registered):
    person = new_debtor(legal_form="bv" if registered else "eenmanszaak")
    limited("1000.00", "low", whom=person)
    decided(person, "decline", "high")
    reported(person, "bankruptcy", legal_form=registered)
    watch.look(person)
    watch.minute()
    follow_alerts(watch.house, watch.seller, person)  # Twice is once.
    (_, review) = own_versions(watch, person)
    assert (review.limit_amount, review.next_review_on, review.risk_class) == (Decimal(1000), today(), "low")
    assert review.grounds.startswith(REVIEW_GROUNDS)
    assert set(watch.alerts(person)) >= {"class_worsened", "insolvency_event"}
    with watch.sessions.of(watch.seller.id) as session:
        assert session.scalars(select(HoldRecord)).all() == []
        steps = session.scalars(select(AlertStepRecord)).all()
    assert {(each.kind, each.note, each.done_by) for each in steps} == {("followed", "review", "machine")}


def test_an_insolvency_stops_supply_and_reaches_the_group(
    watch, new_debtor, limited, placed, reported, sessions, seller, debtor_id
):
    limited("1000.00")
    released = placed("100.00")
    child = new_debtor(parent_id=str(debtor_id))
    reported(debtor_id, "bankruptcy")
    watch.look(debtor_id)
    assert watch.marks() >= {child}
    watch.minute()
    assert set(watch.alerts(child)) == {"group_insolvency_event"}
    assert watch.alerts(debtor_id)["insolvency_event"].data["events"][0]["code"] == "bankruptcy"
    with watch.sessions.of(watch.seller.id) as session:
        (hold,) = session.scalars(select(HoldRecord)).all()
        due = session.scalar(text("SELECT check_due FROM sales_order WHERE id = :id"), {"id": released["id"]})
    assert (hold.kind, hold.placed_by, hold.debtor_id, due) == ("stop_supply", "machine", debtor_id, True)
    reported(debtor_id)
    watch.look(debtor_id)
    watch.minute()
    assert watch.events("insolvency_event") == watch.events("group_insolvency_event") == ["opened", "ended"]


def test_on_whom_too_much_of_the_book_hangs(watch, new_debtor, bill, pay, time):
    large, *others = [new_debtor() for _ in range(8)]
    for each in others:
        bill("1000.00", debtor_id=str(each))
    bill("2000.00", debtor_id=str(large), invoice_number="L")
    watch.minute()
    assert (watch.alerts()["concentration"].debtor_id, watch.events("concentration")) == (large, ["opened"])
    pay(
        "500.00", debtor_id=str(large), allocations=[of("L", "500.00")]
    )  # 17.6 %: below where it begins, above where it ends.
    time.pass_by(days=1)
    watch.minute()
    assert watch.events("concentration") == ["opened"]
    pay("500.00", debtor_id=str(large), allocations=[of("L", "500.00")])
    time.pass_by(days=1)
    watch.minute()
    assert watch.events("concentration") == ["opened", "ended"]


# --- Many, at once, and again -----------------------------------------------------------------------------------------


@contextmanager
def counted(sessions):
    statements: list[str] = []

    def note(connection, cursor, statement, *_):
        statements.append(statement)

    event.listen(sessions.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(sessions.engine, "before_cursor_execute", note)


def test_many_cost_as_many_statements_as_one(watch, new_debtor, bill, today, house, seller, sessions):
    ids = [new_debtor() for _ in range(12)]
    for each in ids:
        bill("100.00", debtor_id=str(each), invoiced_on=later(today(), -100), due_on=later(today(), -70))
    watch.look(new_debtor())  # The policy is read once for all.
    with counted(watch.sessions) as of_one:
        look_at_debtors(of_ourselves(watch.house, watch.seller), [ids[0]])
    with counted(watch.sessions) as of_many:
        watch.look(*ids[1:])
    assert len(of_many) == len(of_one) <= 20
    with counted(watch.sessions) as again:
        watch.look(*ids)
    assert len(again) < len(of_one)
    assert watch.events("overdue_items") == ["opened"] * 12


def test_looking_again_changes_nothing(watch, bill, today, debtor_id):
    bill("100.00", invoiced_on=later(today(), -100), due_on=later(today(), -70))
    watch.minute()
    before = watch.alerts()["overdue_items"].changed_at
    watch.look(debtor_id)
    assert watch.alerts()["overdue_items"].changed_at == before


def test_several_who_look_at_once_tell_it_once(watch, new_debtor, bill, today, house, seller):
    for _ in range(6):
        bill("100.00", debtor_id=str(new_debtor()), invoiced_on=later(today(), -100), due_on=later(today(), -70))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: look_at_seller(watch.house, watch.seller), range(4)))
    assert watch.events("overdue_items") == ["opened"] * 6
    assert watch.marks() == set()


def test_who_was_marked_stays_so_where_the_look_fails(watch, bill, house, debtor_id, monkeypatch):
    bill("100.00")

    def fail(*_: Any) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patched:
        patched.setattr(looking.looks, "plan", fail)
        do_for_everybody(
            watch.house, next(each for each in A_DAY if each.of is look_at_seller)
        )  # It goes on with the others.
    assert debtor_id in watch.marks()
    watch.minute()
    assert watch.marks() == set()


def test_each_change_has_the_debtor_looked_at(watch, limited, placed, bill, pay, debtor_id):
    limited("10000.00")
    changes: list[tuple[str, Callable[[], Any]]] = [
        ("order", lambda: placed("100.00", reference="A")),
        ("invoice", lambda: bill("100.00", "A", invoice_number="I1")),
        ("payment", lambda: pay("100.00", allocations=[of("I1", "100.00")])),
    ]
    for name, change in changes:
        watch.minute()
        assert watch.marks() == set()
        change()
        assert watch.marks() == {debtor_id}, name


def test_who_was_merged_away_is_not_looked_at(watch, new_debtor, seller, sessions, clock, debtor_id):
    other = new_debtor()
    with watch.sessions.of(watch.seller.id) as session:
        into, merged = debtors.get(session, debtor_id), debtors.get(session, other)
        debtors.merge(session, merged, into, clock.now(watch.seller))
    watch.look(other, debtor_id)
    assert watch.alerts(UUID(str(other))) == {}


def test_the_worker_looks_each_minute_and_follows_what_was_deferred(house, database_urls):
    queue = make_queue(house, database_urls[1])
    assert {"creditgate.look_at_debtors", "creditgate.follow_alerts"} <= queue.tasks.keys()
