"""The ledger over HTTP: what is sent is taken once, all of it or none, and read back."""

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from api.ledger.jobs import JOBS
from api.records.sellers import Seller
from api.wiring import House

CSV = "klant,nummer,datum,vervaldag,bedrag\n1001,F1,2026-03-01,2026-03-31,100.00\n1001,F2,2026-03-01,x,100.00\n"
MAPPING = {
    "columns": {
        "debtor_reference": "klant",
        "invoice_number": "nummer",
        "invoiced_on": "datum",
        "due_on": "vervaldag",
        "amount": "bedrag",
    },
    "constants": {"debtor_system": "erp", "currency": "EUR", "country": "NL"},
}


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    return new_seller(starts_on=date(2026, 6, 1))


@pytest.fixture
def erp(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("integration")


@pytest.fixture
def run_jobs(house: House, seller: Seller) -> Callable[[str, str], dict[str, Any]]:
    """Does what the worker does with a started import."""
    return lambda job_id, import_id: JOBS["ledger_import"](house, seller, UUID(job_id), {"import_id": import_id})


@pytest.fixture
def debtor_id(erp: FlaskClient) -> str:
    reference = {"system": "erp", "value": "1001"}
    answer = erp.post("/v1/debtors", json={"name": "De Oever", "country": "NL", "references": [reference]})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def invoice(number: str = "F1", **values: Any) -> dict[str, Any]:
    return {
        "debtor_reference": {"system": "erp", "value": "1001"},
        "invoice_number": number,
        "invoiced_on": "2026-03-01",
        "due_on": "2026-03-31",
        "amount": money("100.00"),
        **values,
    }


def payment(reference: str, amount: str, *numbers: str) -> dict[str, Any]:
    return {
        "debtor_reference": {"system": "erp", "value": "1001"},
        "payment_reference": reference,
        "paid_on": "2026-04-10",
        "amount": money(amount),
        "allocations": [{"invoice_number": number, "amount": money("100.00")} for number in numbers],
    }


def test_an_invoice_is_taken_once_and_other_content_is_a_conflict(erp, debtor_id):
    first = erp.post("/v1/invoices", json=invoice())
    assert (first.status_code, first.json["state"]) == (201, "taken")
    again = erp.post("/v1/invoices", json=invoice())
    assert (again.status_code, again.json) == (200, {"id": first.json["id"], "state": "known"})
    other = erp.post("/v1/invoices", json=invoice(amount=money("99.00")))
    assert (other.status_code, other.json["code"]) == (409, "reference_taken")
    assert other.json["errors"][0]["detail"] == "known with other content: amount 100"


def test_a_list_is_taken_as_a_whole_or_not_at_all_and_every_fault_has_its_pointer(erp, debtor_id):
    bad = erp.post("/v1/invoices", json={"items": [invoice(), invoice("F2", due_on="2026-02-01"), {"x": 1}]})
    assert bad.status_code == 422
    found = {(each["pointer"], each["code"]) for each in bad.json["errors"]}
    assert ("/items/1/due_on", "due_before_invoiced") in found
    assert {("/items/2/x", "unknown_field"), ("/items/2/amount", "required")} <= found
    assert erp.get("/v1/invoices").json["items"] == []
    good = erp.post("/v1/invoices", json={"items": [invoice(), invoice("F2"), invoice()]})
    assert [each["state"] for each in good.json["items"]] == ["taken", "taken", "known"]


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"invoiced_on": "2026-06-02", "due_on": "2026-07-01"}, "/invoiced_on", "date_ahead"),
        ({"amount": money("0.00")}, "/amount", "amount_not_positive"),
        ({"amount": money("1.001")}, "/amount/amount", "too_many_decimals"),
        ({"vat_amount": money("100.01")}, "/vat_amount", "vat_not_a_part"),
        ({"debtor_id": str(uuid4())}, "/debtor_id", "required"),
        ({"debtor_reference": {"system": "crm", "value": "1001"}}, "/debtor_reference", "debtor_unknown"),
    ],
)
def test_what_an_invoice_cannot_be_is_refused(erp, debtor_id, values, pointer, code):
    answer = erp.post("/v1/invoices", json=invoice(**values))
    assert answer.status_code == 422
    assert (pointer, code) in {(each["pointer"], each["code"]) for each in answer.json["errors"]}


def test_payments_and_credit_notes_settle_invoices_and_the_rest_waits(erp, debtor_id):
    erp.post("/v1/invoices", json={"items": [invoice("F1"), invoice("F2"), invoice("F3", disputed=True)]})
    assert erp.post("/v1/payments", json=payment("P1", "230.00", "F1", "F2")).status_code == 201
    note = {"debtor_id": debtor_id, "credit_note_number": "C1", "credited_on": "2026-04-01", "amount": money("10.00")}
    assert erp.post("/v1/credit-notes", json={**note, "invoice_number": "F3"}).status_code == 201
    exposure = erp.get(f"/v1/debtors/{debtor_id}/exposure").json
    assert exposure["totals"] == [money("60.00")]
    assert {each["stage"]: each["amount"]["amount"] for each in exposure["stages"]} == {
        "invoiced": "90.00",
        "unallocated": "-30.00",
    }
    opened = erp.get("/v1/invoices?open=true").json["items"]
    assert [(each["invoice_number"], each["open_amount"]) for each in opened] == [("F3", money("90.00"))]
    behaviour = erp.get(f"/v1/debtors/{debtor_id}/payment-behaviour").json
    assert (behaviour["settled_count"], behaviour["dbt_days"]) == (2, "10.0000")
    assert behaviour["overdue_amount"] == money("0.00")
    (aged,) = erp.get(f"/v1/debtors/{debtor_id}/ageing").json["currencies"]
    assert (aged["disputed"], aged["credits"], aged["buckets"]) == ("90.00", "-30.00", {})
    assert [each["payment_reference"] for each in erp.get("/v1/payments").json["items"]] == ["P1"]


def test_money_that_came_without_a_name_is_allocated_when_the_same_payment_comes_again(erp, debtor_id):
    erp.post("/v1/invoices", json={"items": [invoice("F1"), invoice("F2")]})
    bare, first, both = payment("P1", "150.00"), payment("P1", "150.00", "F1"), payment("P1", "150.00", "F1", "F2")
    both["allocations"][1]["amount"] = money("50.00")
    answers = [erp.post("/v1/payments", json=body) for body in (bare, first, both, both, bare)]
    assert [each.status_code for each in answers] == [201, 201, 201, 200, 200]
    assert len({each.json["id"] for each in answers}) == 1
    opened = erp.get("/v1/invoices?open=true").json["items"]
    assert [(each["invoice_number"], each["open_amount"]) for each in opened] == [("F2", money("50.00"))]
    stages = erp.get(f"/v1/debtors/{debtor_id}/exposure").json["stages"]
    assert [(each["stage"], each["amount"]) for each in stages] == [("invoiced", money("50.00"))]
    other = erp.post("/v1/payments", json={**both, "paid_on": "2026-04-11"})
    assert (other.status_code, other.json["code"]) == (409, "reference_taken")
    erp.post("/v1/invoices", json=invoice("F3"))
    spent = erp.post("/v1/payments", json=payment("P1", "150.00", "F3"))
    assert (spent.status_code, spent.json["code"]) == (409, "reference_taken")
    assert spent.json["errors"][0]["detail"].endswith("all of it is allocated to other invoices")


def test_credit_notes_are_listed_with_what_of_them_waits(erp, debtor_id):
    invoice_id = erp.post("/v1/invoices", json=invoice("F1")).json["id"]
    note = {"debtor_id": debtor_id, "credited_on": "2026-04-01", "amount": money("120.00")}
    notes = [{**note, "credit_note_number": "C1", "invoice_number": "F1"}, {**note, "credit_note_number": "C2"}]
    ids = [each["id"] for each in erp.post("/v1/credit-notes", json={"items": notes}).json["items"]]
    common = {"debtor_id": debtor_id, "credited_on": "2026-04-01", "amount": money("120.00")}
    named = {"id": ids[0], "credit_note_number": "C1", "invoice_id": invoice_id, "unused_amount": money("20.00")}
    waiting = {"id": ids[1], "credit_note_number": "C2", "invoice_id": None, "unused_amount": money("120.00")}
    assert erp.get("/v1/credit-notes").json == {"items": [common | named, common | waiting], "next": None}
    first = erp.get(f"/v1/credit-notes?debtor_id={debtor_id}&limit=1").json
    assert [each["id"] for each in first["items"]] == ids[:1]
    assert first["next"]
    assert erp.get(f"/v1/credit-notes?debtor_id={uuid4()}").json["items"] == []
    rows = erp.get("/v1/credit-notes", headers={"Accept": "text/csv"}).text.splitlines()
    assert rows[0] == (
        "id,debtor_id,credit_note_number,credited_on,invoice_id,amount,amount_currency,unused_amount,"
        "unused_amount_currency"
    )
    assert rows[2] == f"{ids[1]},{debtor_id},C2,2026-04-01,,120.00,EUR,120.00,EUR"


def test_a_payment_of_an_unknown_invoice_is_refused(erp, debtor_id):
    answer = erp.post("/v1/payments", json={"items": [payment("P1", "100.00", "F9")]})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "invoice_unknown")
    assert answer.json["errors"][0]["pointer"] == "/items/0"


def test_open_amounts_age_by_days_overdue(erp, debtor_id):
    days = {"F1": "2026-06-01", "F2": "2026-05-31", "F3": "2026-04-01", "F4": "2026-03-01"}
    erp.post("/v1/invoices", json={"items": [invoice(number, due_on=due_on) for number, due_on in days.items()]})
    (aged,) = erp.get(f"/v1/debtors/{debtor_id}/ageing").json["currencies"]
    assert aged["buckets"] == {"not_due": "100.00", "1-30": "100.00", "61-90": "100.00", "91+": "100.00"}
    assert aged["overdue_share"] == "0.750000"


def test_where_nothing_is_open_no_share_is_overdue_and_none_is_told(erp, debtor_id):
    erp.post("/v1/payments", json={"items": [payment("P1", "100.00")]})
    (aged,) = erp.get(f"/v1/debtors/{debtor_id}/ageing").json["currencies"]
    assert (aged["buckets"], aged["overdue_share"], aged["credits"]) == ({}, None, "-100.00")


def test_the_same_key_gives_the_first_answer(erp, debtor_id):
    headers = {"Idempotency-Key": "k1"}
    first = erp.post("/v1/invoices", json=invoice(), headers=headers)
    again = erp.post("/v1/invoices", json=invoice(), headers=headers)
    assert (again.status_code, again.data) == (first.status_code, first.data)
    other = erp.post("/v1/invoices", json=invoice("F2"), headers=headers)
    assert other.json["code"] == "idempotency_key_reused"


def upload(erp: FlaskClient, content: str = CSV, **form: Any) -> Any:
    data = {"mapping": json.dumps(MAPPING), **form, "file": (io.BytesIO(content.encode()), "open items.csv")}
    return erp.post("/v1/imports", data=data, content_type="multipart/form-data")


def test_a_file_is_imported_by_a_job_and_what_was_refused_can_be_corrected_and_sent_again(erp, run_jobs):
    started = upload(erp)
    assert started.status_code == 202
    result = run_jobs(started.json["job_id"], started.json["import_id"])
    assert (result["state"], result["taken_count"], result["refused_count"]) == ("finished", 1, 1)
    place = f"/v1/imports/{started.json['import_id']}"
    shown = erp.get(place).json
    assert (shown["file_name"], shown["state"], shown["report"]["faults"]) == (
        "open items.csv",
        "finished",
        {"not_a_date": 1},
    )
    (refusal,) = erp.get(f"{place}/refusals").json["items"]
    assert (refusal["line"], refusal["column"], refusal["code"]) == (3, "vervaldag", "not_a_date")
    refused = erp.get(f"{place}/refusals", headers={"Accept": "text/csv"}).text
    assert refused.splitlines()[0] == "refused_line,refused_because,klant,nummer,datum,vervaldag,bedrag"
    again = upload(erp, refused.replace(",x,", ",2026-03-31,"))
    assert run_jobs(again.json["job_id"], again.json["import_id"])["taken_count"] == 1
    # A job that is run twice, as after a killed worker, changes nothing.
    assert run_jobs(started.json["job_id"], started.json["import_id"]) == result


def test_the_file_may_be_the_body_and_a_dry_run_needs_no_mapping(erp, run_jobs):
    started = erp.post("/v1/imports?dry_run=true", data=CSV, content_type="text/csv")
    assert started.status_code == 202, started.json
    run_jobs(started.json["job_id"], started.json["import_id"])
    shown = erp.get(f"/v1/imports/{started.json['import_id']}").json
    assert (shown["state"], shown["report"]["failure"]) == ("finished", None)
    assert "delimiter" in shown["report"]["proposal"]
    assert erp.get("/v1/invoices").json["items"] == []


def test_a_mapping_that_cannot_be_used_is_refused_before_anything_is_kept(erp):
    answer = upload(erp, mapping=json.dumps({"columns": {"bedrag": "x"}}))
    assert answer.status_code == 422
    found = {(each["pointer"], each["code"]) for each in answer.json["errors"]}
    assert {("/mapping/columns/bedrag", "unknown_field"), ("/mapping/columns", "amount_missing")} <= found
    missing = erp.post("/v1/imports", data=CSV, content_type="text/csv")
    assert missing.json["errors"][0]["pointer"] == "/mapping"


@pytest.mark.parametrize("path", ["/v1/invoices", "/v1/credit-notes", "/v1/payments", f"/v1/imports/{UUID(int=1)}"])
def test_sales_does_not_see_the_ledger(client_of, path):
    assert client_of("sales").get(path).status_code == 403


def test_another_sellers_debtor_and_import_are_not_found(client_of, new_seller, erp, debtor_id):
    stranger = client_of("finance", seller=new_seller())
    import_id = upload(erp).json["import_id"]
    for path in (f"debtors/{debtor_id}/exposure", f"debtors/{debtor_id}/ageing", f"imports/{import_id}"):
        assert stranger.get(f"/v1/{path}").status_code == 404
