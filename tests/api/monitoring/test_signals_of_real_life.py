"""What ledgers, limits and contracts really do, and what is told of it: over HTTP and PostgreSQL, days passing."""

import copy
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from api.records import jobs
from api.records.payment_returns import Return, take_back
from scoring.policy.document import shipped
from tests.api.acceptance.insurance import add_paper, add_policy


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


def of(invoice_number, amount):
    return {"invoice_number": invoice_number, "amount": eur(amount)}


@pytest.fixture
def day(today):
    return lambda days: (today() + timedelta(days)).isoformat()


# --- The first payment ------------------------------------------------------------------------------------------------


def test_who_pays_the_first_invoice_long_before_it_is_due_is_told_too(watch, limited, bill, pay, day, time):
    limited("10000.00")  # Of class low: the gate holds no order for it, sales wants to know all the same.
    bill("1000.00", due_on=day(30), invoice_number="I1")
    watch.minute()
    time.pass_by(days=5)
    pay("1000.00", allocations=[of("I1", "1000.00")])
    watch.minute()
    received = watch.alerts()["first_payment_received"]
    assert (received.data["result"], received.data["paid_on"]) == ("on_time", day(0))
    time.pass_by(days=15)
    bill("50.00", due_on=day(3))
    watch.minute()
    assert watch.events("first_payment_received") == ["opened", "ended"]
    assert watch.events("first_payment_due") == []


def test_who_bought_before_it_was_accepted_here_pays_no_first_invoice(watch, limited, bill, day):
    bill("1000.00", invoiced_on=day(-40), due_on=day(-20), invoice_number="OLD")
    limited("10000.00")
    bill("1000.00", due_on=day(2))
    watch.minute()
    assert [kind for kind in watch.alerts() if kind.startswith("first_payment")] == []


def test_a_ledger_of_years_that_comes_after_the_limit_tells_of_no_first_payment(watch, limited, bill, pay, day):
    limited("10000.00")
    for number, (due, paid) in enumerate([(-900, -880), (-30, -25), (-3, -3)]):
        bill("100.00", invoiced_on=day(due - 30), due_on=day(due), invoice_number=f"I{number}")
        pay("100.00", paid_on=day(paid), allocations=[of(f"I{number}", "100.00")])
    bill("100.00", invoiced_on=day(-1), due_on=day(2))
    watch.minute()
    assert watch.alerts() == {}


def test_a_credit_note_for_all_of_it_is_no_first_payment(watch, limited, placed, bill, erp, day, debtor_id):
    limited("10000.00", "normal")
    placed("400.00", reference="O1")
    bill("400.00", "O1", due_on=day(5), invoice_number="F1")
    watch.minute()
    assert set(watch.alerts()) == {"first_payment_due"}
    note = {"credit_note_number": "C1", "credited_on": day(0), "amount": eur("400.00"), "invoice_number": "F1"}
    assert erp.post("/v1/credit-notes", json={"debtor_id": str(debtor_id), **note}).status_code == 201
    watch.minute()
    assert watch.alerts() == {}
    assert watch.events("first_payment_received") == []


def test_a_returned_first_payment_was_none(watch, limited, placed, bill, pay, day, time, clock):
    limited("10000.00", "normal")
    placed("400.00", reference="O1")
    bill("400.00", "O1", due_on=day(5), invoice_number="F1")
    paid = pay("400.00", allocations=[of("F1", "400.00")])
    watch.minute()
    assert watch.alerts()["first_payment_received"].data["result"] == "on_time"
    with watch.sessions.of(watch.seller.id) as session:
        take_back(
            session,
            Return(UUID(paid["id"]), "MD06", Decimal("400.00"), clock.today(watch.seller)),
            clock.now(watch.seller),
        )
    watch.minute()
    assert set(watch.alerts()) == {"first_payment_due"}
    time.pass_by(days=11)
    watch.minute()
    assert set(watch.alerts()) == {"first_payment_overdue"}


@pytest.mark.parametrize("ends", ["cancelled", "disputed"])
def test_a_first_order_that_ends_otherwise(watch, limited, placed, bill, erp, day, time, ends):
    limited("10000.00", "normal")
    order = placed("400.00", reference="O1")
    if ends == "cancelled":
        assert erp.post(f"/v1/orders/{order['id']}/cancellations", json={}).status_code == 201
        watch.minute()
        assert watch.alerts() == {}
        return
    bill("400.00", "O1", due_on=day(5), invoice_number="F1", disputed=True)
    time.pass_by(days=11)
    watch.minute()
    assert set(watch.alerts()) == {"first_payment_overdue"}  # A dispute proves nothing, and frees nothing.


def test_what_is_prepaid_is_no_first_payment_and_what_is_not_is(watch, limited, placed, bill, pay, day):
    limited("0.00", "normal")
    order = placed("400.00", reference="O1")
    assert order["outcome"] == "accept_prepayment"
    pay("400.00", "O1")
    bill("400.00", "O1", due_on=day(3), invoice_number="P1")
    watch.minute()
    assert [kind for kind in watch.alerts() if kind.startswith("first_payment")] == []
    bill("70.00", due_on=day(3), invoice_number="F1")
    watch.minute()
    (told,) = [each for kind, each in watch.alerts().items() if kind.startswith("first_payment")]
    assert (told.kind, len(told.data["invoice_ids"])) == ("first_payment_due", 1)


# --- Limits, by days and rates ----------------------------------------------------------------------------------------


def test_the_end_of_a_temporary_limit_tells_that_the_standing_one_is_used(watch, limited, placed, today, time):
    limited("1000.00", "low")
    limited("5000.00", "low", is_temporary=True, valid_until=today() + timedelta(9))
    placed("900.00")
    watch.minute()
    assert watch.alerts() == {}
    time.pass_by(days=9)
    watch.minute()
    assert watch.alerts() == {}  # Its last day.
    time.pass_by(days=1)
    watch.minute()  # Nobody does anything: its last day is past.
    assert watch.alerts()["limit_nearly_used"].data["share_reached"] == "0.8"


def test_a_limit_that_begins_later_is_looked_at_on_its_day(watch, limited, placed, today, time):
    limited("5000.00", "low")
    limited("1000.00", "low", valid_from=today() + timedelta(4))
    placed("900.00")
    watch.minute()
    assert watch.alerts() == {}
    time.pass_by(days=4)
    watch.minute()
    assert "limit_nearly_used" in watch.alerts()


def test_a_limit_in_a_currency_without_a_rate_ends_no_alert(watch, limited, placed, debtor_id):
    limited("1000.00", "low")
    placed("900.00")
    watch.minute()
    limited("50.00", "low", currency="XPF")
    watch.look(debtor_id)
    assert watch.events("limit_nearly_used") == ["opened"]


# --- Delivered and not invoiced ---------------------------------------------------------------------------------------


def test_of_what_is_delivered_bit_by_bit_the_bit_that_is_not_invoiced_counts(
    watch, limited, placed, bill, erp, day, time
):
    limited("10000.00")
    order = placed("1000.00", reference="A")

    def deliver(amount, reference):
        asked = {"delivery_reference": reference, "delivered_on": day(0), "amount": eur(amount)}
        assert erp.post(f"/v1/orders/{order['id']}/deliveries", json=asked).status_code == 201

    deliver("300.00", "d1")
    bill("300.00", "A", due_on=day(60))
    time.pass_by(days=13)
    deliver("300.00", "d2")
    watch.minute()
    time.pass_by(days=13)
    watch.minute()
    assert "not_invoiced" not in watch.alerts()  # What was delivered first was invoiced at once.
    time.pass_by(days=1)
    watch.minute()
    assert watch.alerts()["not_invoiced"].data["oldest_delivered_on"] == day(-14)


# --- Credit insurance -------------------------------------------------------------------------------------------------


@pytest.fixture
def insured(client_of, debtor_id, day):
    """A contract of 60 days, told of and handed over within 30 more, and what was decided of the debtor by it."""
    finance = client_of("finance", subject="fin@example.com")
    terms = {"cover_percentage": "0.9", "max_extension_days": 60, "notify_after_days": 30, "handover_days": 30}
    contract = add_policy(finance, valid_from=day(-400), terms=terms)

    def decide(state, amount, begins):
        cover = {
            "debtor_id": str(debtor_id),
            "insurance_policy_id": contract["id"],
            "state": state,
            "amount": eur(amount),
            "valid_from": day(begins),
            "decided_on": day(begins),
            "document_id": add_paper(finance, f"{state} {begins}"),
        }
        made = finance.post("/v1/cover-decisions", json=cover)
        assert made.status_code == 201, made.text

    return decide


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_the_insurer_is_told_in_time_even_where_cover_was_taken_back(
    watch, insured, bill, pay, time, day, is_withdrawn
):
    insured("granted", "50000.00", -100)
    bill("1000.00", invoice_number="I1")
    time.pass_by(days=1)
    if is_withdrawn:
        insured("withdrawn", "0.00", 0)
    watch.minute()
    time.pass_by(days=79)
    watch.minute()
    near = watch.alerts()["notify_deadline_near"]
    assert (near.severity, near.due_on.isoformat()) == ("notice", day(10))
    assert ("cover_stopped" in watch.alerts()) is not is_withdrawn
    time.pass_by(days=11)
    watch.minute()
    assert watch.events("handover_deadline_near") == ["opened", "raised"]
    pay("1000.00", allocations=[of("I1", "1000.00")])
    watch.minute()
    for kind in ("notify_deadline_near", "handover_deadline_near"):
        assert watch.events(kind) == ["opened", "raised", "ended"]


def test_cover_that_ends_by_its_day_has_no_stop_any_more(watch, client_of, bill, time, day, debtor_id):
    finance = client_of("finance", subject="fin@example.com")
    terms = {"cover_percentage": "0.9", "max_extension_days": 60, "blind_cover_max": "2500.00"}
    add_policy(finance, valid_from=day(-400), valid_until=day(40), terms=terms)
    bill("1000.00", invoice_number="I1")
    watch.minute()
    time.pass_by(days=31)
    watch.minute()
    assert "cover_stop_near" in watch.alerts()
    time.pass_by(days=10)
    watch.minute()
    assert "cover_stop_near" not in watch.alerts()


# --- What bears on everybody ------------------------------------------------------------------------------------------


def test_another_policy_has_everybody_looked_at(watch, client_of, bill, day, time, debtor_id, new_debtor):
    other = new_debtor()
    for each in (debtor_id, other):
        bill("100.00", debtor_id=str(each), invoiced_on=day(-20), due_on=day(-10))
    watch.minute()
    assert watch.alerts() == {}
    document = copy.deepcopy(shipped()["default"])
    document["alerts"]["overdue_item_days"] = [7]
    ann, bob = (client_of("credit_manager", subject=f"{name}@example.com") for name in ("ann", "bob"))
    version = ann.post("/v1/policies", json={"name": "strict", "document": document}).json["version"]
    assert bob.post(f"/v1/policies/{version}/approvals", json={}).status_code == 201
    assert bob.post(f"/v1/policies/{version}/activations", json={}).status_code == 201
    watch.minute()
    assert set(watch.alerts(debtor_id)) == set(watch.alerts(other)) == {"overdue_items"}


def test_while_a_ledger_is_imported_its_invoices_wait_for_their_payments(watch, bill, pay, day, time, clock):
    with watch.sessions.of(watch.seller.id) as session:
        job_id = jobs.enqueue(session, "ledger_import", {"import_id": "x"}, clock.now(watch.seller)).id
    bill("100.00", invoiced_on=day(-800), due_on=day(-770), invoice_number="I1")
    watch.minute()
    assert watch.alerts() == {}
    pay("100.00", paid_on=day(-760), allocations=[of("I1", "100.00")])
    with watch.sessions.of(watch.seller.id) as session:
        jobs.succeed(session, job_id, {}, clock.now(watch.seller))
    watch.minute()
    assert (watch.marks(), watch.events("overdue_items")) == (set(), [])


def test_an_import_that_lasts_makes_nobody_wait_for_ever(watch, bill, day, time, clock):
    with watch.sessions.of(watch.seller.id) as session:
        jobs.enqueue(session, "ledger_import", {"import_id": "x"}, clock.now(watch.seller))
    bill("100.00", invoiced_on=day(-60), due_on=day(-40))
    time.pass_by(minutes=61)
    watch.minute()
    assert set(watch.alerts()) == {"overdue_items"}


def test_a_clock_that_is_moved_by_months_tells_how_it_stands_then(watch, limited, placed, bill, day, time):
    limited("10000.00", "normal")
    placed("400.00", reference="O1")
    bill("400.00", "O1", due_on=day(20), invoice_number="F1")
    watch.minute()
    time.pass_by(days=200)
    watch.minute()
    told = watch.alerts()
    assert (told["first_payment_overdue"].severity, told["overdue_items"].severity) == ("warning", "urgent")
    assert watch.events("first_payment_due") == []
    assert watch.events("overdue_items") == ["opened"]
