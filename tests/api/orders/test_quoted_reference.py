"""What a buyer is to quote when he prepays is such that a bank statement with it is recognised."""

import pytest

from tests.web_checks import assert_problem


def order(debtor_id, quoted):
    money = {"amount": "10.00", "currency": "EUR"}
    return {"debtor_id": str(debtor_id), "order_reference": "O-1", "amount": money, "prepayment_reference": quoted}


@pytest.mark.parametrize("quoted", ["S-3", "PREPAY", "12", "1" * 41])
def test_what_no_statement_could_name_is_refused(app, erp, debtor_id, quoted):
    problem = assert_problem(app, erp.post("/v1/orders", json=order(debtor_id, quoted)), 422, "bad_input")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
        ("/prepayment_reference", "not_recognised")
    ]


def test_a_change_takes_no_other(app, erp, debtor_id):
    placed = erp.post("/v1/orders", json=order(debtor_id, "PRE-3")).json
    assert placed["prepayment_reference"] == "PRE-3"
    changed = erp.post(f"/v1/orders/{placed['id']}/changes", json={"prepayment_reference": "S-3"})
    assert_problem(app, changed, 422, "bad_input")
    again = erp.post(f"/v1/orders/{placed['id']}/changes", json={"prepayment_reference": None})
    assert again.status_code in (200, 201), again.text
