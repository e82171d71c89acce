"""Who may give credit, by whichever way: not who applied, nobody beyond his authority, and none to who is listed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.acceptance.conftest import GOOD, LISTED, WEAK, WHY, Office, euro
from tests.api.acceptance.covering import Covering
from tests.api.acceptance.test_holds import paper
from tests.api.acceptance.test_limits import set_limit, today_of
from tests.web_checks import assert_documented, assert_problem


def guarantee(client: FlaskClient, debtor_id: str, paper_id: str, amount: str, **more: Any) -> Any:
    body = {
        "kind": "bank_guarantee",
        "raises_limit": True,
        "document_id": paper_id,
        "amount": euro(amount),
        **more,
    }
    return client.post(f"/v1/debtors/{debtor_id}/securities", json=body)


def test_who_applied_gives_credit_by_no_other_way(
    office: Office, app: Flask, client_of: Any, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply(WEAK)
    debtor_id, until = made["debtor_id"], str(today_of(made) + timedelta(days=20))
    same_person = client_of("finance", subject="Sam@Example.com")
    body = {"limit": euro("1.00"), "grounds": "x"}
    for path, more in (("limits", {}), ("temporary-limits", {"valid_until": until})):
        answer = same_person.post(f"/v1/debtors/{debtor_id}/{path}", json=body | more)
        assert_problem(app, answer, 403, "own_request")
    paper_id = paper(sessions, seller)
    assert_problem(app, guarantee(same_person, debtor_id, paper_id, "1.00"), 403, "own_request")
    assert guarantee(office.finance, debtor_id, paper_id, "1.00").status_code == 201
    assert set_limit(office, debtor_id, "1.00").status_code == 201


def test_whom_a_machine_named_applied_too_until_another_application_is_newer(office: Office, app: Flask) -> None:
    company = {"company": {"country": "NL", "kvk_number": WEAK}, **WHY}
    headers = {"Creditgate-Actor": "fleur@example.com"}
    asked = company | {"requested_limit": euro("5000.00")}
    made = office.machine.post("/v1/applications", json=asked, headers=headers).json
    assert_problem(app, set_limit(office, made["debtor_id"], "1.00"), 403, "own_request")
    office.apply(WEAK, "6000.00")
    assert set_limit(office, made["debtor_id"], "1.00").status_code == 201


def test_a_limit_weighs_with_the_guarantees_that_raise_it_whichever_came_first(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply(GOOD, "5000.00")
    debtor_id, paper_id = made["debtor_id"], paper(sessions, seller)
    tomorrow = str(today_of(made) + timedelta(days=1))
    assert guarantee(office.finance, debtor_id, paper_id, "20000.00").status_code == 201
    assert guarantee(office.finance, debtor_id, paper_id, "10000.00", valid_from=tomorrow).status_code == 201
    problem = assert_problem(app, set_limit(office, debtor_id, "20000.01"), 403, "beyond_authority")
    assert "EUR 50000.01" in problem["detail"]
    until = str(today_of(made) + timedelta(days=20))
    temporary = set_limit(office, debtor_id, "20000.01", way="temporary-limits", valid_until=until)
    assert_problem(app, temporary, 403, "beyond_authority")
    raised = office.apply(GOOD, "900000.00")
    verdict = office.decide(office.finance, raised["id"], "20000.01").json
    assert (verdict["needs_second"], verdict["authority_amount"]) == (True, euro("50000.01"))
    # Of a group a security of one of its debtors raises nothing; and credit may be stopped by everybody who decides.
    assert set_limit(office, debtor_id, "50000.00", scope="group").status_code == 201
    assert set_limit(office, debtor_id, "20000.00").status_code == 201
    assert guarantee(office.manager, debtor_id, paper_id, "90000.00").status_code == 201
    assert set_limit(office, debtor_id, "0.00").status_code == 201
    assert_problem(app, set_limit(office, debtor_id, "0.01"), 403, "beyond_authority")


def test_a_guarantee_weighs_with_the_limit_that_is_still_to_begin(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply(GOOD, "5000.00")
    tomorrow, paper_id = str(today_of(made) + timedelta(days=1)), paper(sessions, seller)
    assert set_limit(office, made["debtor_id"], "50000.00", valid_from=tomorrow).status_code == 201
    answer = guarantee(office.finance, made["debtor_id"], paper_id, "30000.00")
    assert_problem(app, answer, 403, "beyond_authority")


def test_what_raises_a_limit_meanwhile_weighs_when_a_second_person_agrees(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply(GOOD, "900000.00")
    verdict = office.decide(office.finance, made["id"], "400000.00").json
    assert verdict["may_second"] == ["credit_manager"]
    office_paper = paper(sessions, seller)
    assert guarantee(office.other_manager, made["debtor_id"], office_paper, "200000.00").status_code == 201
    answer = office.second(office.manager, made["id"], verdict["id"])
    problem = assert_problem(app, answer, 403, "beyond_authority")
    assert "EUR 600000.00" in problem["detail"]
    assert problem["detail"].endswith("takes two credit managers, one after the other.")


@pytest.mark.parametrize("way", ["limits", "temporary-limits", "securities", "discretionary-limits"])
def test_nobody_gives_credit_to_who_is_on_a_list(
    office: Office, app: Flask, sessions: Sessions, seller: Seller, insured: Covering, way: str
) -> None:
    made = office.apply(LISTED)
    until = str(today_of(made) + timedelta(days=20))
    limit = {"limit": euro("1.00"), "grounds": "x"}
    bodies = {
        "limits": limit,
        "temporary-limits": limit | {"valid_until": until},
        "securities": {
            "kind": "deposit",
            "raises_limit": True,
            "amount": euro("1.00"),
            "document_id": paper(sessions, seller),
        },
        "discretionary-limits": {
            "insurance_policy_id": insured.policy["id"],
            "amount": euro("1.00"),
            "basis": "experience",
        },
    }
    answer = office.manager.post(f"/v1/debtors/{made['debtor_id']}/{way}", json=bodies[way])
    assert_problem(app, answer, 409, "sanctions_hit_confirmed")


def test_a_listed_debtors_limit_may_be_set_to_nothing(office: Office) -> None:
    made = office.apply(LISTED)
    assert set_limit(office, made["debtor_id"], "0.00").status_code == 201
    body = {"limit": {"kind": "none"}, "grounds": "x"}
    assert office.finance.post(f"/v1/debtors/{made['debtor_id']}/limits", json=body).status_code == 201


def test_sales_is_told_to_stop_and_not_what_would_not_help(office: Office, app: Flask) -> None:
    made = office.apply(LISTED)
    body = {"debtor_id": made["debtor_id"], "order_reference": "PO-1", "amount": euro("500.00")}
    preview = office.sales.post("/v1/orders/preview", json=body).json
    assert (preview["outcome"], [each["code"] for each in preview["reasons"]]) == ("decline", ["do_not_deliver"])
    assert preview["reasons"][0]["owner"] == "finance"
    assert [each["code"] for each in made["decision"]["reasons"]] == ["do_not_deliver"]
    debtor = office.sales.get(f"/v1/debtors/{made['debtor_id']}").json
    assert [each["code"] for each in debtor["gate"]["reasons"]] == ["do_not_deliver"]
    assert_documented(app, "get", "/v1/debtors/{debtor_id}", 200, debtor)
    full = office.finance.post("/v1/orders/preview", json=body).json
    assert {"sanctions_hit", "terms_not_agreed"} <= {each["code"] for each in full["reasons"]}


def test_cover_bears_on_the_same_limit_as_the_gate(
    office: Office, sessions: Sessions, seller: Seller, insured: Covering
) -> None:
    made = office.apply(GOOD, "5000.00")
    debtor_id = made["debtor_id"]
    set_limit(office, debtor_id, "5000.00")
    assert guarantee(office.finance, debtor_id, paper(sessions, seller), "3000.00").status_code == 201
    (cover,) = office.finance.get(f"/v1/debtors/{debtor_id}/covers").json["items"]
    effective = office.finance.get(f"/v1/debtors/{debtor_id}").json["effective_limit"]["amount"]
    assert cover["limit"]["total"] == effective == euro("8000.00")


def test_what_a_file_lacks_is_told_before_anybody_accepted_too(office: Office) -> None:
    made = office.apply("90000099")
    lacking = [each["item"] for each in made["checklist"] if not each["done"]]
    assert len(lacking) > 1
    assert office.sales.get(f"/v1/debtors/{made['debtor_id']}").json["onboarding_missing"] == lacking


def test_every_fault_of_a_security_is_named_at_once(office: Office, app: Flask) -> None:
    debtor_id = office.apply(GOOD)["debtor_id"]
    body = {
        "kind": "promise",
        "raises_limit": True,
        "amount": euro("-1.00"),
        "valid_from": "2026-03-02",
        "valid_until": "2026-03-01",
    }
    problem = assert_problem(
        app, office.finance.post(f"/v1/debtors/{debtor_id}/securities", json=body), 422, "bad_input"
    )
    pointers = {each["pointer"] for each in problem["errors"]}
    assert pointers == {"/kind", "/amount/amount", "/document_id", "/valid_until"}
    nothing = office.finance.post(
        f"/v1/debtors/{debtor_id}/securities", json={"valid_from": "soon", "raises_limit": True}
    )
    problem = assert_problem(app, nothing, 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {"/kind", "/valid_from", "/amount", "/document_id"}
