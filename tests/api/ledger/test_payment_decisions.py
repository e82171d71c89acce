"""What a person decides of bank entries over HTTP, and what is refused him."""

import threading
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from tests.api.ledger.bank_ledger import Bank
from tests.api.ledger.statements import DAY, PAYER, credit_note, entry, invoice, statement
from tests.web_checks import assert_documented, assert_problem

PLAIN = {"counterparty_account": PAYER, "counterparty_name": "BAKKERIJ DE OEVER BV"}
ANN = "ann@example.com"


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def part(debtor_id: UUID, amount: str, **settles: str) -> dict[str, object]:
    allocations = [
        {"invoice_number": number.replace("_", "-"), "amount": eur(each)} for number, each in settles.items()
    ]
    return {"debtor_id": str(debtor_id), "amount": eur(amount), "allocations": allocations}


@pytest.fixture
def client(client_of):
    return client_of("finance", subject=ANN)


@pytest.fixture
def listed(app, client):
    def run(state: str | None = None) -> list[dict[str, object]]:
        answer = client.get("/v1/payments", query_string={"state": state} if state else {})
        assert_documented(app, "GET", "/v1/payments", answer.status_code, answer.json)
        return answer.json["items"]

    return run


@pytest.fixture
def two_fit(bank: Bank) -> UUID:
    """A payment that two invoices fit; gives the debtor."""
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002"))
    bank.receive(*statement(entry("a", "100.00", remittance_text="thanks", **PLAIN)))
    return debtor_id


def test_a_proposal_is_accepted_by_a_person(app, bank, client, listed, two_fit):
    (item,) = listed("proposed")
    assert (item["state"], item["unallocated_amount"], item["remittance_text"]) == ("proposed", eur("100.00"), "thanks")
    assert item["counterparty_name"] == "BAKKERIJ DE OEVER BV"
    numbers = [each["allocations"][0]["number"] for each in item["proposals"]]
    answer = client.post(f"/v1/payments/{item['id']}/acceptances", json={"proposal": 2})
    assert_documented(app, "POST", "/v1/payments/{payment_id}/acceptances", answer.status_code, answer.json)
    assert (answer.status_code, answer.json["state"]) == (201, "booked")
    assert bank.open()[numbers[1]] == 0
    assert bank.rows("SELECT decided_by, state FROM bank_entry") == [(ANN, "booked")]
    assert bank.rows("SELECT rule FROM allocation") == [("person",)]
    assert listed("proposed") == []
    (booked,) = listed("booked")
    assert (booked["unallocated_amount"], booked["decided_by"]) == (eur("0.00"), ANN)
    assert listed() == [booked]
    bank.sound()
    again = client.post(f"/v1/payments/{item['id']}/acceptances", json={"proposal": 1})
    assert_problem(app, again, 409, "decided_before")
    assert ANN in again.json["detail"]


def test_the_same_key_gives_the_same_answer_and_one_effect(bank, client, listed, two_fit):
    (item,) = listed("proposed")
    sent = {"json": {"proposal": 1}, "headers": {"Idempotency-Key": "once"}}
    first = client.post(f"/v1/payments/{item['id']}/acceptances", **sent)
    second = client.post(f"/v1/payments/{item['id']}/acceptances", **sent)
    assert (first.status_code, first.data) == (second.status_code, second.data)


def test_what_was_settled_meanwhile_cannot_be_accepted(app, bank, client, listed, two_fit):
    (item,) = listed("proposed")
    number = item["proposals"][0]["allocations"][0]["number"]
    reference = {
        "payment_reference": "P-1",
        "paid_on": str(DAY),
        "allocations": [{"invoice_number": number, "amount": eur("60.00")}],
    }
    assert (
        client.post("/v1/payments", json={"debtor_id": str(two_fit), "amount": eur("60.00"), **reference}).status_code
        == 201
    )
    answer = client.post(f"/v1/payments/{item['id']}/acceptances", json={"proposal": 1})
    assert_problem(app, answer, 409, "items_changed")
    assert number in answer.json["errors"][0]["detail"]
    assert bank.states() == {"a": "proposed"}


@pytest.mark.parametrize(("role", "subject"), [("integration", ANN), ("finance", None), ("sales", ANN)])
def test_only_persons_who_keep_the_books_decide(app, client_of, bank, two_fit, role, subject):
    (entry_id,) = bank.rows("SELECT id FROM bank_entry")[0]
    for route, body in (("acceptances", {"proposal": 1}), ("corrections", {"parts": []})):
        answer = client_of(role, subject=subject).post(f"/v1/payments/{entry_id}/{route}", json=body)
        assert_problem(app, answer, 403, "person_needed" if subject is None else "not_allowed")


def test_a_proposal_by_name_for_money_of_nobody_is_accepted_and_its_account_learnt(bank, client, listed):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001"))
    bank.receive(*statement(entry("a", "100.00", **PLAIN)))
    (item,) = listed("proposed")
    assert (item["debtor_id"], item["proposals"][0]["rule"]) == (None, "name")
    assert listed() == []
    assert client.post(f"/v1/payments/{item['id']}/acceptances", json={"proposal": 1}).status_code == 201
    assert bank.open() == {"I-2001": 0}
    assert bank.rows("SELECT account, debtor_id FROM debtor_account") == [(PAYER, debtor_id)]
    bank.sound()


def test_a_batch_is_divided_among_its_debtors(bank, client, listed):
    one, other = bank.debtor(), bank.debtor("Slagerij Zwart")
    bank.bill(invoice(one, "I-2001"), invoice(other, "I-2002", "250.00"))
    bank.receive(*statement(entry("s", "360.00", is_batch=True, transactions_count=2)))
    (item,) = listed("proposed")
    assert (item["transactions_count"], item["proposals"]) == (2, [])
    parts = [part(one, "110.00", I_2001="100.00"), part(other, "250.00", I_2002="250.00")]
    answer = client.post(f"/v1/payments/{item['id']}/corrections", json={"parts": parts})
    assert (answer.status_code, len(answer.json["payments"])) == (201, 2)
    assert bank.open() == {"I-2001": 0, "I-2002": 0}
    assert bank.balances() == {"unallocated": -10}
    bank.sound()
    assert bank.receive(*statement(entry("s", "360.00", is_batch=True, transactions_count=2))).known_count == 1


def test_every_fault_of_a_correction_is_named_at_once(app, bank, client, two_fit):
    (entry_id,) = bank.rows("SELECT id FROM bank_entry")[0]
    parts = [part(two_fit, "50.00", I_9999="10.00"), part(uuid4(), "20.00")]
    answer = client.post(f"/v1/payments/{entry_id}/corrections", json={"parts": parts})
    assert_problem(app, answer, 422, "bad_input")
    assert {(each["pointer"], each["code"]) for each in answer.json["errors"]} >= {
        ("/parts", "parts_differ"),
        ("/parts/1/debtor_id", "debtor_unknown"),
    }
    more = client.post(
        f"/v1/payments/{entry_id}/corrections", json={"parts": [part(two_fit, "100.00", I_9999="10.00")]}
    )
    assert [each["code"] for each in more.json["errors"]] == ["invoice_unknown"]
    short = client.post(
        f"/v1/payments/{entry_id}/corrections", json={"parts": [part(two_fit, "100.00", I_2001="100.00")]}
    )
    assert short.status_code == 201
    assert_problem(app, client.post(f"/v1/payments/{uuid4()}/corrections", json={"parts": []}), 404, "not_found")


def test_a_booked_payment_settles_something_else_instead(app, bank, client):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002", "250.00"))
    bank.receive(*statement(entry("a", "100.00", remittance_text="I-2001", **PLAIN)))
    (payment_id,) = bank.rows("SELECT id FROM payment")[0]
    parts = [part(debtor_id, "100.00", I_2002="80.00")]
    answer = client.post(f"/v1/payments/{payment_id}/corrections", json={"parts": parts})
    assert_documented(app, "POST", "/v1/payments/{payment_id}/corrections", answer.status_code, answer.json)
    assert answer.status_code == 201
    assert bank.open() == {"I-2001": 100, "I-2002": 170}
    assert bank.balances() == {"invoiced": 270, "unallocated": -20}
    days = bank.rows("SELECT DISTINCT happened_on FROM allocation WHERE amount < 0")
    assert days == [(entry("a", "1").booked_on,)]
    bank.sound()
    address = f"/v1/payments/{payment_id}/corrections"
    parts = [part(debtor_id, "100.00", I_2002="300.00")]
    assert client.post(address, json={"parts": parts}).status_code == 422
    parts = [part(debtor_id, "100.00", I_2001="100.00")]
    assert_problem(app, client.post(address, json={"parts": parts}), 409, "decided_before")
    decided_at = answer.json["payments"][0]["decided_at"]
    assert client.post(address, json={"parts": parts, "decided_at": decided_at}).status_code == 201
    assert bank.open() == {"I-2001": 0, "I-2002": 250}
    assert bank.rows("SELECT settled_on FROM invoice WHERE invoice_number = 'I-2001'") == [(entry("a", "1").booked_on,)]
    bank.sound()


def test_a_payment_of_the_wrong_debtor_is_taken_back_and_booked_anew(bank, client, listed):
    wrong, right = bank.debtor(), bank.debtor("Slagerij Zwart")
    bank.learn(wrong)
    bank.bill(invoice(wrong, "I-2001"), invoice(right, "I-2002"))
    bank.receive(*statement(entry("a", "100.00", **PLAIN)))
    assert bank.open() == {"I-2001": 0, "I-2002": 100}
    (payment_id,) = bank.rows("SELECT id FROM payment")[0]
    answer = client.post(
        f"/v1/payments/{payment_id}/corrections", json={"parts": [part(right, "100.00", I_2002="100.00")]}
    )
    assert answer.status_code == 201
    assert bank.open() == {"I-2001": 100, "I-2002": 0}
    assert bank.rows("SELECT reason, returned_on FROM payment_return") == [("wrong_debtor", entry("a", "1").booked_on)]
    assert sorted(each["state"] for each in listed()) == ["booked", "returned"]
    bank.sound()
    sent = {"parts": [part(right, "100.00")], "decided_at": answer.json["payments"][0]["decided_at"]}
    again = client.post(f"/v1/payments/{payment_id}/corrections", json=sent)
    assert (again.status_code, again.json["code"]) == (409, "payment_returned")


def test_a_discount_is_given_up_with_the_allocation_it_was_granted_for(bank, client):
    debtor_id = bank.debtor()
    terms = {"discount_amount": Decimal("2.00"), "discount_until": entry("a", "1").booked_on}
    bank.bill(invoice(debtor_id, "I-2001", **terms), invoice(debtor_id, "I-2002"))
    bank.receive(*statement(entry("a", "98.00", remittance_text="I-2001", **PLAIN)))
    (payment_id,) = bank.rows("SELECT id FROM payment")[0]
    parts = [part(debtor_id, "98.00", I_2002="98.00")]
    assert client.post(f"/v1/payments/{payment_id}/corrections", json={"parts": parts}).status_code == 201
    assert bank.open() == {"I-2001": 100, "I-2002": 2}
    bank.sound()


def test_money_that_is_nobodys_payment_is_passed_over(bank, client, listed, two_fit):
    (item,) = listed("proposed")
    assert client.post(f"/v1/payments/{item['id']}/corrections", json={"parts": []}).status_code == 201
    assert bank.states() == {"a": "passed_over"}
    assert bank.balances() == {"invoiced": 200}
    bank.sound()


def test_a_proposal_with_a_credit_note_is_accepted(bank, client, listed):
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    bank.bill(
        invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002", "70.00"), credit_note(debtor_id, "C-1", "100.00")
    )
    bank.receive(*statement(entry("a", "70.00", **PLAIN)))
    (item,) = listed("proposed")
    (place,) = [n for n, each in enumerate(item["proposals"], 1) if len(each["allocations"]) == 3]
    assert client.post(f"/v1/payments/{item['id']}/acceptances", json={"proposal": place}).status_code == 201
    assert bank.open() == {"I-2001": 0, "I-2002": 0}
    assert bank.balances() == {}
    bank.sound()


def test_a_return_that_two_payments_fit_is_accepted(bank, client, listed):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002"))
    bank.receive(
        *statement(
            entry("a", "100.00", 31, remittance_text="I-2001", end_to_end_id="E"),
            entry("b", "100.00", 31, remittance_text="I-2002", end_to_end_id="E"),
            entry("r", "-100.00", 35, end_to_end_id="E", return_reason="MD06"),
        )
    )
    (item,) = listed("proposed")
    assert item["amount"] == eur("-100.00")
    answer = client.post(f"/v1/payments/{item['id']}/acceptances", json={"proposal": 2})
    assert (answer.status_code, answer.json["state"]) == (201, "returned")
    assert sorted(bank.open().values()) == [0, 100]
    assert len(listed("returned")) == 1
    bank.sound()


def test_a_payment_that_was_sent_can_be_corrected_too(bank, client, listed):
    wrong, right = bank.debtor(), bank.debtor("Slagerij Zwart")
    bank.bill(invoice(wrong, "I-2001"), invoice(right, "I-2002"))
    sent = {"debtor_id": str(wrong), "amount": eur("100.00"), "payment_reference": "P-1", "paid_on": str(DAY)}
    payment_id = client.post("/v1/payments", json=sent).json["id"]
    for parts in (
        [part(wrong, "100.00", I_2001="40.00")],
        [part(right, "30.00"), part(right, "70.00", I_2002="70.00")],
    ):
        answer = client.post(f"/v1/payments/{payment_id}/corrections", json={"parts": parts})
        assert answer.status_code == 201
        bank.sound()
    assert [each["state"] for each in answer.json["payments"]] == ["returned", "booked", "booked"]
    assert bank.open() == {"I-2001": 100, "I-2002": 30}
    refused = client.post(f"/v1/payments/{payment_id}/corrections", json={"parts": []})
    assert (refused.status_code, refused.json["code"]) == (409, "payment_returned")


def test_of_two_who_decide_at_once_one_is_told_of_the_other(bank, client_of, two_fit):
    ((entry_id,),) = bank.rows("SELECT id FROM bank_entry")
    clients = [client_of("finance", subject=name) for name in (ANN, "bob@example.com")]
    start, answers = threading.Barrier(2), []

    def run(client: FlaskClient, place: int) -> None:
        start.wait()
        answers.append(client.post(f"/v1/payments/{entry_id}/acceptances", json={"proposal": place}))

    threads = [threading.Thread(target=run, args=(each, place)) for place, each in enumerate(clients, 1)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(each.status_code for each in answers) == [201, 409]
    assert sorted(bank.open().values()) == [0, 100]
    bank.sound()
