"""Limits that are passed by what is booked without an order: told within a minute, and over as soon as it is."""

import io
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from api.ledger.importing import Ordered, run_import
from api.ledger.mapping import read_mapping
from api.orders import ticks
from api.records.payment_returns import Return, take_back
from tests.api.ledger.files import HEADER, MAPPING
from tests.api.orders.conftest import eur

JOBS = text(
    "DELETE FROM queue.procrastinate_jobs WHERE task_name = 'creditgate.tell_over_limit' AND status = 'todo'"
    " AND args ->> 'seller_id' = :seller_id RETURNING args ->> 'debtor_id'"
)


@pytest.fixture
def minute(watch):
    """Does what a minute brings, and the jobs that it leaves; gives whom those were of."""

    def run():
        watch.minute()
        with watch.sessions.of(watch.seller.id) as session:
            due = session.scalars(JOBS, {"seller_id": str(watch.seller.id)}).all()
        for each in due:
            ticks.tell_over_limit_of(watch.house, watch.seller, UUID(each))
        ticks.let_time_pass_of(watch.house, watch.seller)
        return due

    return run


@pytest.fixture
def over(erp):
    """Gives the open alerts of limits that are passed: whose, of which scope, and by how much."""

    def found():
        items = erp.get("/v1/alerts?kind=over_limit&open=true").json["items"]
        return sorted((each["debtor_id"], each["data"]["scope"], each["data"]["over_limit_amount"]) for each in items)

    return found


def of(invoice_number, amount):
    return {"invoice_number": invoice_number, "amount": eur(amount)}


def test_invoices_without_an_order_are_told_and_over_when_they_are_paid(
    watch, limited, bill, pay, minute, over, debtor_id
):
    limited("1000.00")
    bill("900.00", invoice_number="F1")
    assert minute() == []
    bill("300.00", invoice_number="F2")
    minute()
    assert over() == [(str(debtor_id), "own", eur("200.00"))]
    pay("100.00", allocations=[of("F1", "100.00")])
    assert minute() == []  # Who is told already is no news.
    assert over() == [(str(debtor_id), "own", eur("100.00"))]
    pay("800.00", allocations=[of("F1", "800.00")])
    minute()
    assert over() == []
    assert watch.events("over_limit") == ["opened", "ended"]


def test_a_credit_note_ends_it_and_money_that_goes_back_begins_it(
    watch, erp, limited, bill, pay, minute, over, *, clock, debtor_id, today
):
    limited("1000.00")
    bill("1200.00", invoice_number="F1")
    minute()
    assert over() == [(str(debtor_id), "own", eur("200.00"))]
    note = {"credit_note_number": "C1", "credited_on": str(today()), "amount": eur("700.00"), "invoice_number": "F1"}
    assert erp.post("/v1/credit-notes", json={"debtor_id": str(debtor_id), **note}).status_code == 201
    minute()
    assert over() == []
    paid = pay("500.00", allocations=[of("F1", "500.00")])
    bill("900.00", invoice_number="F2")
    minute()
    assert over() == []
    with watch.sessions.of(watch.seller.id) as session:
        back = Return(UUID(paid["id"]), "MD06", Decimal("500.00"), today())
        take_back(session, back, clock.now(watch.seller))
    minute()
    assert over() == [(str(debtor_id), "own", eur("400.00"))]


def test_the_limit_of_a_group_is_told_once_of_its_head(limited, bill, pay, minute, over, new_debtor):
    top = new_debtor()
    middle = new_debtor(parent_id=str(top))
    members = [new_debtor(parent_id=str(middle)) for _ in range(3)]
    limited("1000.00", whom=top, scope="group")
    limited(None, whom=members[0], limit_kind="unlimited")
    for number, each in enumerate(members):
        bill("400.00", debtor_id=str(each), invoice_number=f"G{number}")
    assert minute() == [str(top)]
    assert over() == [(str(top), "group", eur("200.00"))]
    pay("200.00", debtor_id=str(members[2]), allocations=[of("G2", "200.00")])
    minute()
    assert over() == []


def test_many_invoices_of_a_debtor_are_one_job(limited, bill, minute, over, debtor_id):
    limited("100.00")
    for _ in range(10):
        bill("10.00")
    assert minute() == []  # All of the limit is not above it.
    for _ in range(14):
        bill("10.00")
    assert minute() == [str(debtor_id)]
    assert over() == [(str(debtor_id), "own", eur("140.00"))]


def test_invoices_of_a_file_are_told_and_over_when_a_later_one_has_them_paid(
    watch, erp, limited, minute, over, *, clock, today
):
    ids = []
    for value in ("K1", "K2"):
        named = {"name": "Slager", "country": "NL", "references": [{"system": "erp", "value": value}]}
        answer = erp.post("/v1/debtors", json=named)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json["id"])
        limited("100.00", whom=UUID(ids[-1]))
    days = f"{today() - timedelta(days=3)};{today() + timedelta(days=27)}"

    def take(paid):
        rows = [
            f"{value};Slager;{value}-{each};{days};30,00;{paid};nee\n"
            for value, count in (("K1", 5), ("K2", 3))
            for each in range(count)
        ]
        stream = io.BytesIO((HEADER + "".join(rows)).encode())
        report = run_import(
            watch.sessions, watch.seller, clock, stream, Ordered(read_mapping(MAPPING)), lambda done: None
        )
        assert report.refused_count == 0, report

    take(";")
    assert minute() == [ids[0]]
    assert over() == [(ids[0], "own", eur("50.00"))]
    take(f"{today()};10,00")
    minute()
    assert over() == []


def test_what_no_rate_is_known_for_neither_opens_nor_ends_one(watch, limited, bill, minute, over, debtor_id):
    limited("50.00", currency="XPF")
    bill("900.00")
    minute()
    assert over() == []
    limited("500.00")
    minute()
    watch.look(debtor_id)
    minute()
    assert over() == [(str(debtor_id), "own", eur("400.00"))]
    limited("5000.00", currency="XPF")
    watch.look(debtor_id)
    minute()
    assert watch.events("over_limit") == ["opened"]
    limited("900.00")
    minute()
    assert over() == []


def test_who_never_had_a_limit_is_above_none(bill, minute, over):
    bill("900.00")
    assert minute() == []
    assert over() == []
