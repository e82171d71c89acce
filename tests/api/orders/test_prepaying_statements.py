"""Bank statements that quote an order: what is certain prepays it, and a person decides the rest."""

from decimal import Decimal

import pytest

from api.clock import Clock
from api.ledger.bank_run import run_bank
from scoring.policy.document import parse_policy, shipped
from tests.api.ledger.statements import PAYER, entry, statement
from tests.web_checks import assert_documented

POLICY = parse_policy(shipped()["default"])
pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture
def receive(sessions, seller):
    def run(*entries):
        return run_bank(sessions, seller, Clock(), statement(*entries), POLICY)

    return run


BOOKED = {
    "its structured reference": {"reference": "pre 2026-001"},
    "all of its text": {"remittance_text": "PRE-2026-001"},
    "among other words": {"remittance_text": "Our prepayment, pre-2026-001, thank you"},
    "the number of the order": {"remittance_text": "order ord-55501"},
}


@pytest.mark.parametrize("case", BOOKED)
def test_a_statement_that_quotes_an_order_prepays_it(placed, receive, shown, worker, limited, exposure, case):
    limited("600.00")
    order = placed("1000.00", reference="ORD-55501", prepayment_reference="PRE-2026-001")
    report = receive(entry("e", "400.00", **BOOKED[case]))
    assert report.states["booked"] == 1
    worker.judge()
    assert (shown(order)["state"], exposure()) == ("released", {"reserved": "600.00"})
    assert receive(entry("e", "400.00", **BOOKED[case])).known_count == 1
    assert exposure() == {"reserved": "600.00"}


PROPOSED = {
    "more than it is worth": ("1200.00", {"reference": "PRE-2026-001"}),
    "a short number by the way": ("77.00", {"remittance_text": "betreft 4711 oktober"}),
    "two orders": ("100.00", {"remittance_text": "PRE-2026-001 en 4711"}),
}


@pytest.mark.parametrize("case", PROPOSED)
def test_what_is_not_certain_is_proposed_and_a_person_books_it(
    app, placed, receive, finance, shown, exposure, worker, case
):
    order = placed("1000.00", reference="ORD-55501", prepayment_reference="PRE-2026-001")
    other = placed("500.00", reference="4711")
    amount, told = PROPOSED[case]
    assert receive(entry("e", amount, **told)).states["proposed"] == 1
    (item,) = finance.get("/v1/payments?state=proposed").json["items"]
    assert_documented(app, "GET", "/v1/payments", 200, {"items": [item], "next": None})
    proposal = item["proposals"][0]
    assert (proposal["rule"], proposal["prepayments"][0]["kind"]) == ("prepayment", "order")
    answer = finance.post(f"/v1/payments/{item['id']}/acceptances", json={"proposal": 1})
    assert answer.status_code == 201, answer.text
    prepaid = Decimal(shown(order)["prepaid_amount"]["amount"]) + Decimal(shown(other)["prepaid_amount"]["amount"])
    assert prepaid == min(Decimal(amount), 1000)
    rest = Decimal(amount) - prepaid
    assert exposure() == ({"unallocated": f"{-rest:.2f}"} if rest else {})


def test_a_payer_who_names_the_order_of_an_invoice_pays_the_invoice(placed, bill, receive, limited, exposure):
    limited("1000.00")
    placed("1000.00", reference="ORD-55501")
    bill("300.00", "ORD-55501", remittance_reference="RF18539007547034")
    receive(entry("e", "300.00", reference="RF18539007547034", remittance_text="ORD-55501"))
    assert exposure() == {"reserved": "700.00"}


def test_two_entries_never_prepay_more_than_an_order_is_worth(placed, receive, limited, exposure):
    limited("1000.00")
    placed("500.00", reference="ORD-55501")
    report = receive(entry("a", "300.00", reference="ORD-55501"), entry("b", "300.00", reference="ORD-55501"))
    assert (report.states["booked"], report.states["proposed"]) == (1, 1)
    assert exposure() == {"reserved": "200.00", "unallocated": "-300.00"}


def test_a_direct_debit_that_comes_back_takes_its_prepayment_along(placed, receive, limited, shown, worker):
    limited("600.00")
    order = placed("1000.00", reference="ORD-55501")
    paid = {"end_to_end_id": "E2E-1", "counterparty_account": PAYER, "mandate_reference": "M1"}
    receive(entry("a", "400.00", reference="ORD-55501", **paid))
    worker.judge()
    assert shown(order)["state"] == "released"
    receive(entry("b", "-400.00", 42, return_reason="AC04", **paid))
    assert shown(order)["state"] == "held"
