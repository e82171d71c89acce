"""The measures over HTTP: each figure as its formula gives it, by both clocks, never across sellers or currencies."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine, numbered
from api.records.sellers import Seller
from api.records.sessions import Sessions

TODAY = date(2026, 6, 1)


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    return new_seller(starts_on=TODAY)


@pytest.fixture
def erp(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("integration")


def add_debtor(erp: FlaskClient, name: str) -> str:
    answer = erp.post("/v1/debtors", json={"name": name, "country": "NL"})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


@pytest.fixture
def debtor_id(erp: FlaskClient) -> str:
    return add_debtor(erp, "De Oever")


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def send(erp: FlaskClient, path: str, debtor_id: str, **values: Any) -> None:
    answer = erp.post(f"/v1/{path}", json={"debtor_id": debtor_id, **values})
    assert answer.status_code == 201, answer.json


def bill(erp: FlaskClient, debtor_id: str, number: str, amount: str, day: str, due_on: str, **values: Any) -> None:
    body = {"invoice_number": number, "amount": money(amount, values.pop("currency", "EUR"))}
    send(erp, "invoices", debtor_id, **body, invoiced_on=day, due_on=due_on, **values)


def pay(erp: FlaskClient, debtor_id: str, reference: str, amount: str, day: str, number: str | None = None) -> None:
    parts = [{"invoice_number": number, "amount": money(amount)}] if number else []
    send(erp, "payments", debtor_id, payment_reference=reference, amount=money(amount), paid_on=day, allocations=parts)


@pytest.fixture
def book(erp: FlaskClient, debtor_id: str) -> str:
    """One debtor: an invoice paid ten days late, one paid in part, one not due, one disputed, one in dollars."""
    bill(erp, debtor_id, "F1", "1210.00", "2026-03-01", "2026-03-31", vat_amount=money("210.00"))
    bill(erp, debtor_id, "F2", "1000.00", "2026-04-01", "2026-05-01", vat_amount=money("0.00"))
    bill(erp, debtor_id, "F3", "500.00", "2026-05-15", "2026-06-14")
    bill(erp, debtor_id, "F4", "300.00", "2026-02-01", "2026-03-03", disputed=True)
    bill(erp, debtor_id, "F5", "80.00", "2026-05-01", "2026-05-31", currency="USD")
    pay(erp, debtor_id, "P1", "1210.00", "2026-04-10", "F1")
    pay(erp, debtor_id, "P2", "400.00", "2026-05-11", "F2")
    pay(erp, debtor_id, "P3", "50.00", "2026-05-20")
    return debtor_id


def days(numerator: str | int, denominator: str | int) -> str:
    return format(round(Decimal(numerator) / Decimal(denominator), 4), "f")


def measured(client: FlaskClient, path: str, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/v1/{path}{query}")
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_measures_of_a_debtor_are_what_the_formulas_give(erp, book):
    found = measured(erp, f"debtors/{book}/measures")
    assert {name: found[name] for name in ("as_of", "known_at", "currency", "including_vat", "period_days")} == {
        "as_of": "2026-06-01",
        "known_at": None,
        "currency": "EUR",
        "including_vat": True,
        "period_days": 365,
    }
    assert [found[name] for name in ("receivables", "not_due", "overdue", "disputed", "disputed_overdue")] == [
        *("1400.00", "500.00", "600.00", "300.00", "300.00")
    ]
    assert found["buckets"] == {
        "not_due": "500.00", "1-30": "0.00", "31-60": "600.00", "61-90": "0.00", "91+": "0.00",
    }  # fmt: skip
    assert (found["credits"], found["exposure"], found["nothing_open"]) == ("-50.00", "1350.00", False)
    assert (found["overdue_share"], found["dispute_rate"]) == ("0.545455", "0.214286")
    assert (found["credit_sales"], found["dso"]) == ("3010.00", days(1400 * 365, 3010))
    assert (found["best_possible_dso"], found["average_days_delinquent"]) == (
        days(500 * 365, 3010),
        days(900 * 365, 3010),
    )
    # One day of June, all of May's 500, and 900 of April's 1,000.
    assert found["dso_countback"] == {"days": days(1 + 31 + 27, 1), "complete": True}
    assert found["collection_effectiveness"] is None  # A month's sales are less than what is not due.
    assert (found["settled_count"], found["settled_amount"]) == (1, "1210.00")
    assert (found["dbt_days"], found["dbt_days_floored"], found["days_to_pay"]) == ("10.0000", "10.0000", "40.0000")
    assert found["dbt_days_incl_open"] == days(1210 * 10 + 600 * 31, 1210 + 600 + 500)
    assert found["provision"] == {
        "gross": "1400.00",
        "loss": "42.90",  # 500 x 0.3 %, 600 x 3.6 %, and the disputed 300, due 90 days ago, x 6.6 %
        "loss_rates_from": "policy",
        "loss_rates": found["provision"]["loss_rates"],
    }
    assert found["other_currencies"] == [
        {
            "currency": "USD",
            "receivables": "80.00",
            "not_due": "0.00",
            "overdue": "80.00",
            "disputed": "0.00",
            "credit_sales": "80.00",
            "credits": "0.00",
            "exposure": "80.00",
        }
    ]


def test_collection_effectiveness_of_a_month(erp, book):
    found = measured(erp, f"debtors/{book}/measures", "?period_days=30")
    assert (found["receivables_begin"], found["credit_sales"], found["months_count"]) == ("1300.00", "500.00", 1)
    assert found["collection_effectiveness"] == days(1300 + 500 - 1400, 13)


def test_credit_notes_lower_sales_and_early_payment_counts_below_zero(erp, debtor_id):
    bill(erp, debtor_id, "F1", "100.00", "2026-04-01", "2026-05-01")
    bill(erp, debtor_id, "F2", "300.00", "2026-04-01", "2026-05-01")
    pay(erp, debtor_id, "P1", "100.00", "2026-04-21", "F1")
    pay(erp, debtor_id, "P2", "200.00", "2026-05-21", "F2")
    note = {"credit_note_number": "C1", "credited_on": "2026-05-25", "invoice_number": "F2"}
    send(erp, "credit-notes", debtor_id, **note, amount=money("100.00"))
    found = measured(erp, f"debtors/{debtor_id}/measures")
    assert (found["credit_sales"], found["receivables"], found["nothing_open"]) == ("300.00", "0.00", True)
    assert (found["overdue_share"], found["dispute_rate"], found["dso"]) == ("0", "0", "0.0000")
    assert (found["dbt_days"], found["dbt_days_floored"]) == (days(-1000 + 4000, 300), days(4000, 300))


def test_a_debtor_without_a_ledger_has_nothing_to_measure(erp, debtor_id):
    found = measured(erp, f"debtors/{debtor_id}/measures")
    assert (found["receivables"], found["nothing_open"], found["overdue_share"]) == ("0.00", True, "0")
    absent = ("dso", "best_possible_dso", "average_days_delinquent", "collection_effectiveness", "dbt_days")
    assert {found[name] for name in (*absent, "dbt_days_floored", "dbt_days_incl_open", "days_to_pay")} == {None}
    assert found["dso_countback"] == {"days": "0.0000", "complete": True}


def test_a_history_that_ends_first_makes_countback_a_lower_bound(erp, debtor_id):
    bill(erp, debtor_id, "F1", "100.00", "2024-04-01", "2024-05-01")
    send(erp, "credit-notes", debtor_id, credit_note_number="C", credited_on="2024-04-02", amount=money("30.00"))
    found = measured(erp, f"debtors/{debtor_id}/measures")
    assert found["dso_countback"] == {"days": f"{(TODAY - date(2024, 4, 1)).days + 1}.0000", "complete": False}
    assert found["bad_items_count"] == 1


def test_the_book_names_its_largest_debtors_and_invents_no_loss(erp, book):
    other = add_debtor(erp, "Bakkerij Zon")
    bill(erp, other, "G1", "4050.00", "2026-05-15", "2026-06-14")
    found = measured(erp, "portfolio")
    assert (found["receivables"], found["exposure"], found["credits"]) == ("5450.00", "5400.00", "-50.00")
    assert (found["debtors_count"], found["owing_debtors_count"], found["overdue_debtors_count"]) == (2, 2, 1)
    assert found["concentration"]["largest"] == [
        {"debtor_id": other, "exposure": "4050.00", "share": "0.750000"},
        {"debtor_id": book, "exposure": "1350.00", "share": "0.250000"},
    ]
    assert (found["concentration"]["largest_share"], found["concentration"]["herfindahl_index"]) == (
        "0.750000",
        "0.625000",
    )
    assert found["classes"] == [
        {
            "risk_class": None,
            "debtors_count": 2,
            "debtors_share": "1.000000",
            "exposure": "5400.00",
            "exposure_share": "1.000000",
        }
    ]
    assert (found["expected_loss"]["amount"], found["expected_loss"]["missing"]) == (None, "no_loss_given_default")


def test_classes_are_those_of_the_latest_decisions(erp):
    company = {"country": "NL", "kvk_number": "90000001"}
    asked = {"company": company, "order_amount": money("5000.00")}
    checked = erp.post("/v1/credit-checks", json=asked | {"purpose": "credit_assessment", "relation": "customer"}).json
    bill(erp, checked["debtor_id"], "F1", "1000.00", "2026-05-15", "2026-06-14")
    found = measured(erp, "portfolio")
    assert [(each["risk_class"], each["exposure"]) for each in found["classes"]] == [(checked["risk_class"], "1000.00")]
    assert (found["expected_loss"]["rated_exposure"], found["expected_loss"]["unrated_exposure"]) == ("1000.00", "0.00")
    before = measured(erp, "portfolio", "?as_of=2026-05-31")
    assert [each["risk_class"] for each in before["classes"]] == [None]


def test_what_is_learnt_later_does_not_change_what_was_known(erp, debtor_id, house, seller):
    bill(erp, debtor_id, "F1", "1000.00", "2026-04-01", "2026-05-01")
    before = house.clock.now(seller).isoformat().replace("+00:00", "Z")
    told = {
        path: measured(erp, path, f"?known_at={before}&as_of=2026-05-20")
        for path in ("portfolio", *(f"debtors/{debtor_id}/{name}" for name in ("measures", "exposure", "ageing")))
    }
    assert told["portfolio"]["overdue"] == "1000.00"
    pay(erp, debtor_id, "P1", "1000.00", "2026-05-10", "F1")
    for path, answer in told.items():
        assert measured(erp, path, f"?known_at={before}&as_of=2026-05-20") == answer
    now = measured(erp, "portfolio", "?as_of=2026-05-20")
    assert (now["overdue"], now["settled_count"], now["receivables_begin"]) == ("0.00", 1, "0.00")
    assert measured(erp, "portfolio", "?as_of=2026-05-09")["overdue"] == "1000.00"
    assert measured(erp, f"debtors/{debtor_id}/payment-behaviour", "?as_of=2026-05-09")["overdue_amount"] == money(
        "1000.00"
    )


def test_an_as_of_ahead_makes_what_is_open_more_overdue(erp, book):
    found = measured(erp, f"debtors/{book}/measures", "?as_of=2026-07-01")
    assert (found["not_due"], found["overdue"], found["buckets"]["61-90"]) == ("0.00", "1100.00", "600.00")


def test_the_example_of_the_two_clocks_holds(erp, debtor_id, sessions: Sessions, seller, project: Path):
    """The table in docs/measures.md, row by row."""
    line = LedgerLine(
        1, "invoice", UUID(debtor_id), numbered("F1"), "F1", date(2026, 5, 4), Decimal(1000), "EUR", date(2026, 6, 3)
    )
    paid = LedgerLine(
        *(1, "payment", UUID(debtor_id), numbered("P1"), "P1", date(2026, 5, 20), Decimal(400), "EUR"),
        settles=((numbered("F1"), Decimal(400)),),
    )
    for each, known_at in ((line, datetime(2026, 5, 4, 9, tzinfo=UTC)), (paid, datetime(2026, 6, 5, 9, tzinfo=UTC))):
        with sessions.of(seller.id) as session:
            take(session, [each], known_at)
    page = (project / "docs" / "measures.md").read_text()
    rows = re.findall(r"^\| (2026-\S+) \| (2026-\S+)? ?\| ([0-9.]+) \|", page, re.MULTILINE)
    assert len(rows) == 7
    for as_of, known_at, opened in rows:
        query = f"?as_of={as_of}" + (f"&known_at={known_at}" if known_at else "")
        assert measured(erp, f"debtors/{debtor_id}/measures", query)["receivables"] == opened, (as_of, known_at)
        assert measured(erp, "portfolio", query)["receivables"] == opened


def test_own_loss_rates_are_used_where_the_past_is_long_enough(erp, debtor_id, sessions: Sessions, seller):
    late = [0] * 150 + [10] * 60 + [40] * 30 + [70] * 8 + [100] * 1 + [None] * 1
    lines = [
        LedgerLine(
            *(
                place,
                "invoice",
                UUID(debtor_id),
                numbered(str(place)),
                str(place),
                date(2025, 9, 1),
                Decimal(100),
                "EUR",
            ),
            due_on=date(2025, 10, 1),
            paid_on=None if days_late is None else date.fromordinal(date(2025, 10, 1).toordinal() + days_late),
            paid_amount=None if days_late is None else Decimal(100),
        )
        for place, days_late in enumerate(late)
    ]
    with sessions.of(seller.id) as session:
        take(session, lines, datetime(2026, 5, 1, tzinfo=UTC))
    found = measured(erp, "portfolio")["provision"]
    assert found["loss_rates_from"] == "own_history"
    assert found["loss_rates"] == {
        "not_due": "0.004000", "1-30": "0.010000", "31-60": "0.025000", "61-90": "0.100000", "91+": "0.500000",
    }  # fmt: skip
    assert (found["gross"], found["loss"]) == ("100.00", "50.00")


@pytest.mark.parametrize("path", ["portfolio", "debtors/{id}/measures", "debtors/{id}/ageing"])
@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("as_of=0001-01-01", "/as_of", "not_a_date"),
        ("as_of=2026-02-30", "/as_of", "not_a_date"),
        ("known_at=yesterday", "/known_at", "not_a_time"),
        ("known_at=2026-05-01T12:00:00", "/known_at", "not_a_time"),
        ("known_at=2026-05-01T12:00:00+02:00", "/known_at", "not_a_time"),  # The plus sign is a space here.
        ("known_at=2026-05-01T25:00:00Z", "/known_at", "not_a_time"),
        ("surprise=1", "/surprise", "unknown_field"),
    ],
)
def test_clocks_that_are_none_are_refused(erp, debtor_id, path, query, pointer, code):
    answer = erp.get(f"/v1/{path.format(id=debtor_id)}?{query}")
    assert (answer.status_code, [(each["pointer"], each["code"]) for each in answer.json["errors"]]) == (
        422,
        [(pointer, code)],
    )


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("currency=XYZ", "/currency"),
        ("currency=", "/currency"),
        ("period_days=0", "/period_days"),
        ("period_days=99999", "/period_days"),
    ],
)
def test_a_period_or_a_currency_that_is_none_is_refused(erp, debtor_id, query, pointer):
    for path in ("portfolio", f"debtors/{debtor_id}/measures"):
        answer = erp.get(f"/v1/{path}?{query}")
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_the_ends_of_time_are_answered(erp, book):
    for query in (
        "?as_of=1900-01-01&period_days=3653",
        "?as_of=2199-12-31",
        "?known_at=1900-01-01",
        "?known_at=2199-12-31",
    ):
        measured(erp, f"debtors/{book}/measures", query)
        measured(erp, "portfolio", query)
        measured(erp, f"debtors/{book}/overdue-items", query.replace("&period_days=3653", ""))


PATHS = ("measures", "overdue-items")


@pytest.mark.parametrize("role", ["sales", "insurer", "admin"])
def test_who_may_not_see_the_ledger_sees_no_measures(client_of, debtor_id, role):
    client = client_of(role)
    for path in ("portfolio", *(f"debtors/{debtor_id}/{name}" for name in PATHS)):
        assert client.get(f"/v1/{path}").status_code == 403


@pytest.mark.parametrize("role", ["finance", "credit_manager"])
def test_who_may_see_the_ledger_sees_the_measures(client_of, book, role):
    for path in ("portfolio", *(f"debtors/{book}/{name}" for name in PATHS)):
        measured(client_of(role), path)


def test_another_sellers_debtor_is_not_found_and_his_book_is_not_counted(client_of, new_seller, book):
    stranger = client_of("finance", seller=new_seller(starts_on=TODAY))
    for name in PATHS:
        assert stranger.get(f"/v1/debtors/{book}/{name}").status_code == 404
        assert stranger.get(f"/v1/debtors/{uuid4()}/{name}").status_code == 404
    found = measured(stranger, "portfolio")
    assert (found["receivables"], found["debtors_count"], found["concentration"]) == ("0.00", 0, None)


def test_nothing_is_left_set_in_the_connection(erp, book, sessions: Sessions):
    measured(erp, "portfolio")
    with sessions.of_nobody() as session:
        assert session.scalar(text("SHOW enable_sort")) == "on"
