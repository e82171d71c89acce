"""Promises to pay over HTTP and PostgreSQL: noted, followed by what is booked, and withdrawn."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.records.payment_returns import Return, take_back
from tests.api.acceptance.insurance import add_paper, add_policy
from tests.api.management.conftest import day
from tests.web_checks import assert_documented, assert_problem

ONE, LIST = "/v1/promises/{promise_id}", "/v1/promises"


def of(invoice_id, amount):
    """A part of a payment, for the invoice that this id's number names."""
    return {"invoice_number": invoice_id, "amount": {"amount": amount, "currency": "EUR"}}


@pytest.fixture
def numbered(bill):
    """Bills something under a number; gives the id."""
    return lambda number, amount="100.00", **more: bill(amount, invoice_number=number, **more)["id"]


@pytest.fixture
def returned(sessions, seller, clock, today):
    """Takes a payment of 100 back today."""

    def take(payment_id):
        told = Return(UUID(payment_id), str(uuid4()), Decimal(100), today())
        with sessions.of(seller.id) as session:
            assert take_back(session, told, clock.now(seller))

    return take


@pytest.fixture
def shown(app, sales):
    def read(promise_id):
        answer = sales.get(f"/v1/promises/{promise_id}")
        assert_documented(app, "GET", ONE, answer.status_code, answer.json)
        return answer.json

    return read


@dataclass
class Book:
    """What is billed under a number, promised and paid, and what is told of it."""

    numbered: Any
    promise: Any
    pay: Any
    shown: Any
    told: Any


@pytest.fixture
def book(numbered, promise, pay, shown, told):
    return Book(numbered, promise, pay, shown, told)


def test_a_promise_is_noted_with_who_made_it_and_who_noted_it(book, app, invoice, today, debtor_id):
    first, second = invoice(), invoice("60.00")
    answer = book.promise(first, "150.00", note="After their own customer paid.", invoice_ids=[second])
    assert answer.status_code == 201, answer.text
    assert_documented(app, "POST", "/v1/invoices/{invoice_id}/promises", 201, answer.json)
    assert {name: answer.json[name] for name in ("state", "made_by", "promised_by", "promised_on", "last_on")} == {
        "state": "open",
        "made_by": "sam@example.com",
        "promised_by": "J. Smit",
        "promised_on": day(today(), 1),
        "last_on": day(today(), 3),
    }
    assert set(answer.json["invoice_ids"]) == {first, second}
    assert answer.json["booked_amount"] == {"amount": "0.00", "currency": "EUR"}
    assert answer.json["debtor_id"] == str(debtor_id)
    assert book.shown(answer.json["id"]) == answer.json
    assert book.told(answer.json["id"]) == ["made"]


def test_a_machine_notes_for_whom_it_acts_and_withdraws_nothing(app, invoice, promise, client_of, time):
    erp = client_of("integration")
    erp.environ_base["HTTP_CREDITGATE_ACTOR"] = "Els of the office"
    noted = promise(invoice(), by=erp).json
    assert (noted["actor"], noted["made_by"].startswith("key:")) == ("Els of the office", True)
    answer = erp.post(f"/v1/promises/{noted['id']}/withdrawals", json={"grounds": "wrong"})
    assert_problem(app, answer, 403, "person_needed")


def test_the_same_request_twice_is_one_promise(invoice, promise, sales):
    invoice_id, sales_key = invoice(), {"Idempotency-Key": str(uuid4())}
    sales.environ_base["HTTP_IDEMPOTENCY_KEY"] = sales_key["Idempotency-Key"]
    first, second = promise(invoice_id), promise(invoice_id)
    assert (first.status_code, second.status_code, first.json) == (201, 201, second.json)
    assert len(sales.get(LIST, query_string={"invoice_id": invoice_id}).json["items"]) == 1


def faults_of(app, answer):
    problem = assert_problem(app, answer, 422, "bad_input")
    return [(each["pointer"], each["code"]) for each in problem["errors"]]


def test_every_fault_is_named_at_once(app, invoice, promise, bill, new_debtor, pay, erp):
    named, disputed = invoice(), bill("50.00", disputed=True)["id"]
    other = bill("50.00", debtor_id=str(new_debtor(name="Another")))["id"]
    nobody = str(uuid4())
    paid = bill("70.00", invoice_number="P1")["id"]
    pay("70.00", allocations=[of("P1", "70.00")])
    foreign = bill("50.00", currency="USD")["id"]
    answer = promise(named, "1000.00", days=-1, invoice_ids=[disputed, other, nobody, paid, foreign, named])
    assert faults_of(app, answer) == [
        ("/invoice_ids/1", "other_debtor"),
        ("/invoice_ids/2", "invoice_not_found"),
        ("/invoice_ids/5", "repeated"),
        ("/promised_on", "in_the_past"),
        ("/invoice_ids/0", "disputed"),
        ("/invoice_ids/3", "settled"),
        ("/invoice_ids/4", "other_currency"),
        ("/amount/amount", "more_than_open"),
    ]


def test_of_an_invoice_one_promise_is_open_and_two_are_the_most(app, invoice, promise, watch, time, sales):
    invoice_id = invoice()
    withdrawn = promise(invoice_id).json["id"]
    assert faults_of(app, promise(invoice_id)) == [("", "promised_already")]
    assert sales.post(f"/v1/promises/{withdrawn}/withdrawals", json={"grounds": "Typed wrong."}).status_code == 201
    for _ in range(2):
        assert promise(invoice_id).status_code == 201
        time.pass_by(days=4)  # Nobody has looked yet, and it is broken all the same.
    assert faults_of(app, promise(invoice_id)) == [("", "promised_too_often")]


def test_no_promise_goes_beyond_the_cover_unless_the_insurer_agrees(app, bill, promise, client_of, today, debtor_id):
    finance = client_of("finance", subject="fin@example.com")
    began = day(today(), -400)
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
    # Another invoice is the oldest: its period is that of all (domain 6.2).
    bill("10.00", invoiced_on=day(today(), -90), due_on=day(today(), -50))
    invoice_id = bill("100.00")["id"]
    assert faults_of(app, promise(invoice_id, days=11)) == [("/promised_on", "beyond_cover")]
    assert promise(invoice_id, days=11, insurer_consent="Mail of ACI, 3 June.").status_code == 201
    assert promise(bill("100.00")["id"], days=10).status_code == 201


def test_a_promise_is_kept_by_money_of_its_last_day_whenever_it_is_heard_of(book, watch, time, today):
    promise_id = book.promise(book.numbered("K1")).json["id"]
    time.pass_by(days=4)
    watch.minute()
    assert (book.shown(promise_id)["state"], set(watch.alerts())) == ("broken", {"promise_broken"})
    # The statement of the day before yesterday comes late.
    book.pay("100.00", paid_on=day(today(), -1), allocations=[of("K1", "100.00")])
    watch.minute()
    assert (book.shown(promise_id)["state"], book.shown(promise_id)["broken_amount"]) == ("kept", None)
    assert watch.alerts() == {}
    assert book.told(promise_id) == ["made", "broken", "kept"]


def test_the_day_comes_and_the_promise_is_broken(book, watch, time, today, debtor_id):
    promise_id = book.promise(book.numbered("B1")).json["id"]
    watch.minute()
    assert watch.alerts() == {}
    time.pass_by(days=1)  # Nobody does anything: the day itself brings it.
    watch.minute()
    (due,) = watch.alerts().values()
    assert (due.kind, due.severity, due.debtor_id, due.due_on) == (
        "promise_due",
        "notice",
        debtor_id,
        today() + timedelta(2),
    )
    assert (due.data["promise_ids"], due.data["noted_by"]) == ([promise_id], "sam@example.com")
    book.pay("40.00", allocations=[of("B1", "40.00")])
    time.pass_by(days=3)
    watch.minute()
    (broken,) = watch.alerts().values()
    assert (broken.kind, broken.severity, broken.data["unpaid_amount"]["amount"]) == (
        "promise_broken",
        "warning",
        "60.0000",
    )
    told_of = book.shown(promise_id)
    assert (told_of["state"], told_of["booked_amount"]["amount"], told_of["broken_amount"]["amount"]) == (
        "broken",
        "40.00",
        "60.00",
    )
    book.pay("60.00", allocations=[of("B1", "60.00")])
    watch.minute()
    assert (watch.alerts(), book.shown(promise_id)["state"]) == ({}, "broken")  # Paid, and late all the same.
    assert book.told(promise_id) == ["made", "broken"]
    for kind in ("promise_due", "promise_broken"):
        assert watch.events(kind) == ["opened", "ended"]


def test_a_new_promise_ends_the_alert_of_the_broken_one(numbered, promise, watch, time):
    invoice_id = numbered("N1")
    promise(invoice_id)
    time.pass_by(days=4)
    watch.minute()
    assert set(watch.alerts()) == {"promise_broken"}
    second = promise(invoice_id).json["id"]
    watch.minute()
    assert watch.alerts() == {}
    time.pass_by(days=4)
    watch.minute()
    assert watch.alerts()["promise_broken"].data["promise_ids"] == [second]


def test_money_that_goes_back_in_time_was_not_paid_and_later_it_was(book, watch, time, returned):
    early, late = (book.promise(book.numbered(number)).json["id"] for number in ("R1", "R2"))
    paid = [book.pay("100.00", allocations=[of(number, "100.00")])["id"] for number in ("R1", "R2")]
    watch.minute()
    assert (book.shown(early)["state"], book.shown(late)["state"]) == ("kept", "kept")

    returned(paid[0])
    watch.minute()
    assert (book.shown(early)["state"], book.told(early)) == ("open", ["made", "kept", "reopened"])
    time.pass_by(days=4)
    returned(paid[1])
    watch.minute()
    assert (book.shown(early)["state"], book.shown(late)["state"]) == ("broken", "kept")
    assert book.told(late) == ["made", "kept"]


def test_what_a_credit_note_took_off_need_not_be_paid(book, erp, watch, time, today, debtor_id):
    promise_id = book.promise(book.numbered("C1")).json["id"]
    credit = {
        "debtor_id": str(debtor_id),
        "credit_note_number": "CN1",
        "credited_on": today().isoformat(),
        "amount": {"amount": "30.00", "currency": "EUR"},
        "invoice_number": "C1",
    }
    answer = erp.post("/v1/credit-notes", json=credit)
    assert answer.status_code == 201, answer.text
    book.pay("70.00", allocations=[of("C1", "70.00")])
    watch.minute()
    assert book.shown(promise_id)["state"] == "kept"


def test_what_was_paid_before_a_promise_does_not_keep_it(numbered, promise, pay, watch, shown):
    invoice_id = numbered("E1")
    pay("60.00", allocations=[of("E1", "60.00")])
    promise_id = promise(invoice_id, "40.00").json["id"]
    watch.minute()
    assert (shown(promise_id)["state"], shown(promise_id)["booked_amount"]["amount"]) == ("open", "0.00")
    pay("40.00", allocations=[of("E1", "40.00")])
    watch.minute()
    assert shown(promise_id)["state"] == "kept"


def test_a_person_withdraws_an_open_promise_and_no_other(book, app, sales, watch, time):
    open_one, kept_one = (book.promise(book.numbered(number)).json["id"] for number in ("W1", "W2"))
    book.pay("100.00", allocations=[of("W2", "100.00")])
    time.pass_by(days=1)
    watch.minute()
    assert set(watch.alerts()) == {"promise_due"}
    answer = sales.post(f"/v1/promises/{open_one}/withdrawals", json={"grounds": "It was for another invoice."})
    assert answer.status_code == 201, answer.text
    assert_documented(app, "POST", f"{ONE}/withdrawals", 201, answer.json)
    assert (answer.json["state"], answer.json["withdrawn_by"], answer.json["withdrawal_grounds"]) == (
        "withdrawn",
        "sam@example.com",
        "It was for another invoice.",
    )
    watch.minute()
    assert (watch.alerts(), book.told(open_one)) == ({}, ["made", "withdrawn"])
    for each in (open_one, kept_one):
        again = sales.post(f"/v1/promises/{each}/withdrawals", json={"grounds": "Once more."})
        assert_problem(app, again, 409, "promise_over")
    time.pass_by(days=9)
    watch.minute()
    assert (book.shown(open_one)["state"], book.shown(kept_one)["state"]) == ("withdrawn", "kept")


def test_promises_are_listed_by_how_they_stand(book, app, sales, finance, watch, time, today):
    ids = [book.promise(book.numbered(f"L{number}"), days=number + 1).json["id"] for number in range(3)]
    book.pay("100.00", allocations=[of("L0", "100.00")])
    watch.minute()

    def listed(client=sales, **wanted):
        answer = client.get(LIST, query_string=wanted)
        assert_documented(app, "GET", LIST, answer.status_code, answer.json)
        return [each["id"] for each in answer.json["items"]]

    assert listed() == listed(finance) == ids[::-1]
    assert (listed(state="kept"), listed(state="open"), listed(state="broken")) == ([ids[0]], [ids[2], ids[1]], [])
    assert listed(due_by=day(today(), 2)) == [ids[1], ids[0]]
    assert listed(debtor_id=str(uuid4())) == []
    time.pass_by(days=5)
    since = (watch.house.clock.now(watch.seller) - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    assert listed(changed_since=since) == []
    watch.minute()
    assert listed(changed_since=since, state="broken") == [ids[1]]
    first = sales.get(LIST, query_string={"limit": 2}).json
    rest = sales.get(LIST, query_string={"limit": 2, "after": first["next"]}).json
    assert [each["id"] for each in (*first["items"], *rest["items"])] == ids[::-1]
    rows = sales.get(LIST, headers={"Accept": "text/csv"}).text.splitlines()
    assert "booked_amount,booked_amount_currency" in rows[0]
    assert len(rows) == 4


def test_nobody_sees_another_sellers_promise(app, invoice, promise, client_of, new_seller):
    noted = promise(invoice()).json
    stranger = client_of("finance", seller=new_seller(), subject="x@example.com")
    assert_problem(app, stranger.get(f"/v1/promises/{noted['id']}"), 404, "promise_not_found")
    assert stranger.get(LIST).json["items"] == []
    assert_problem(app, promise(noted["invoice_ids"][0], by=stranger), 404, "invoice_not_found")


def test_a_debtor_is_shown_with_the_promises_that_are_open(app, numbered, promise, sales, pay, watch, debtor_id):
    kept, still_open = promise(numbered("V1")).json, promise(numbered("V2")).json
    pay("100.00", allocations=[of("V1", "100.00")])
    watch.minute()
    told = sales.get(f"/v1/debtors/{debtor_id}").json
    assert_documented(app, "GET", "/v1/debtors/{debtor_id}", 200, told)
    names = ("id", "amount", "promised_on", "last_on", "made_by")
    assert told["promises"] == [{name: still_open[name] for name in names}]
    assert kept["id"] != still_open["id"]


def test_who_pays_and_who_withdraws_at_once_leave_one_end(book, sales, post, at_once, watch, debtor_id):
    """Each promise was kept, or was withdrawn before, and never both."""
    ids = {number: book.promise(book.numbered(number)).json["id"] for number in ("A1", "A2", "A3", "A4")}

    def withdraw(promise_id):
        client = sales.application.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = sales.environ_base["HTTP_AUTHORIZATION"]
        return lambda: client.post(f"/v1/promises/{promise_id}/withdrawals", json={"grounds": "Both at once."})

    def paid(number):
        allocations = [of(number, "100.00")]
        asked = {"debtor_id": str(debtor_id), "payment_reference": number, "paid_on": "2026-01-05"}
        return post("/v1/payments", asked | {"amount": allocations[0]["amount"], "allocations": allocations})

    at_once(*map(withdraw, ids.values()), *map(paid, ids), *[lambda: watch.look(debtor_id)] * 2)
    watch.minute()
    ends = [book.told(each) for each in ids.values()]
    assert all(each in (["made", "withdrawn"], ["made", "kept"]) for each in ends), ends


def test_what_nobody_looked_at_for_months_is_judged_all_the_same(book, watch, time):
    kept, broken = (book.promise(book.numbered(number)).json["id"] for number in ("M1", "M2"))
    book.pay("100.00", allocations=[of("M1", "100.00")])
    time.pass_by(days=200)
    book.pay("100.00", allocations=[of("M2", "100.00")])
    watch.minute()
    assert (book.shown(kept)["state"], book.shown(broken)["state"]) == ("kept", "broken")
    assert "promise_broken" not in watch.alerts()  # It is paid by now.
