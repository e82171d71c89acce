"""Debtors over HTTP: added once, named often, changed by those who read them, merged when two are one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of("finance")


def add(client: FlaskClient, **values: Any) -> Any:
    return client.post("/v1/debtors", json={"country": "NL", **values})


def test_a_debtor_is_added_read_and_listed(client: FlaskClient, app: Flask) -> None:
    added = add(client, name="Fictief B.V.", kvk_number="90000055", references=[{"system": "erp", "value": "1"}])
    assert added.status_code == 201, added.text
    assert_documented(app, "post", "/v1/debtors", 201, added.json)
    assert client.get(f"/v1/debtors/{added.json['id']}").json.items() >= added.json.items()
    assert client.get("/v1/debtors?phase=prospect").json["items"] == [added.json]
    assert client.get("/v1/debtors?phase=collection").json["items"] == []


@pytest.mark.parametrize("owner", ["ann", "ann@", "Ann <ann@example.com>", "ann@example.com bob@example.com"])
def test_an_owner_is_a_person_by_his_e_mail(client: FlaskClient, app: Flask, owner: str) -> None:
    for name in ("account_owner", "credit_owner"):
        problem = assert_problem(app, add(client, **{name: owner}), 422, "bad_input")
        assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [(f"/{name}", "not_an_email")]


def test_debtors_are_found_by_owner_however_he_is_written(client: FlaskClient) -> None:
    owned = add(client, account_owner=" Ann@Example.com ").json
    add(client, account_owner="bob@example.com")
    assert owned["account_owner"] == "ann@example.com"
    path = f"/v1/debtors/{owned['id']}"
    etag = client.get(path).headers["ETag"]
    client.patch(path, json={"credit_owner": "FIN@example.com"}, headers={"If-Match": etag})
    for owner in ("ann@example.com", "ANN@example.com", "fin@example.com"):
        found = client.get("/v1/debtors", query_string={"owner": owner}).json["items"]
        assert [each["id"] for each in found] == [owned["id"]]


def test_two_debtors_never_share_a_number_or_a_reference(client: FlaskClient, app: Flask) -> None:
    add(client, kvk_number="90000055", references=[{"system": "erp", "value": "1"}])
    assert_problem(app, add(client, kvk_number="90000055"), 409, "reference_taken")
    assert_problem(app, add(client, references=[{"system": "erp", "value": "1"}]), 409, "reference_taken")
    assert add(client, references=[{"system": "crm", "value": "1"}]).status_code == 201
    assert len(client.get("/v1/debtors").json["items"]) == 2


def test_every_fault_of_a_debtor_is_named(client: FlaskClient, app: Flask) -> None:
    answer = add(client, kvk_number="12", vat_number="NL1", country="Nederland", critical="yes", colour="red")
    problem = assert_problem(app, answer, 422, "bad_input")
    assert {fault["pointer"] for fault in problem["errors"]} >= {"/country", "/critical", "/colour"}
    problem = assert_problem(app, add(client, kvk_number="12", vat_number="NL1"), 422, "bad_input")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/kvk_number", "/vat_number"}


def test_only_who_read_the_latest_version_may_change_it(client: FlaskClient, app: Flask) -> None:
    path = f"/v1/debtors/{add(client).json['id']}"
    etag = client.get(path).headers["ETag"]
    assert_problem(app, client.patch(path, json={"name": "Nieuw"}), 428, "precondition_required")
    changed = client.patch(path, json={"legal_form": "nv", "name": "Nieuw"}, headers={"If-Match": etag})
    assert (changed.json["legal_form"], changed.json["name"]) == ("nv", "Nieuw")
    late = client.patch(path, json={"legal_form": "bv"}, headers={"If-Match": etag})
    assert_problem(app, late, 412, "stale_version")


def test_a_group_cannot_be_a_ring(client: FlaskClient, app: Flask) -> None:
    top = add(client).json["id"]
    middle = add(client, parent_id=top).json["id"]
    bottom = add(client, parent_id=middle).json["id"]
    path = f"/v1/debtors/{top}"
    for parent in (top, bottom):
        etag = client.get(path).headers["ETag"]
        answer = client.patch(path, json={"parent_id": parent}, headers={"If-Match": etag})
        assert assert_problem(app, answer, 422, "bad_input")["errors"][0]["code"] == "group_ring"


def test_a_merged_debtor_stays_and_points_on(client: FlaskClient, app: Flask) -> None:
    kept = add(client, name="Kept", references=[{"system": "erp", "value": "1"}]).json["id"]
    gone = add(client, name="Gone", kvk_number="90000055").json["id"]
    answer = client.post(f"/v1/debtors/{kept}/merges", json={"merged_debtor_id": gone})
    assert answer.status_code == 201, answer.text
    assert answer.json["identifiers"] == [{"scheme": "kvk", "country": "NL", "value": "90000055"}]
    assert client.get(f"/v1/debtors/{gone}").json["id"] == kept
    again = client.post(f"/v1/debtors/{kept}/merges", json={"merged_debtor_id": gone})
    assert_problem(app, again, 409, "merged_before")
    assert [each["id"] for each in client.get("/v1/debtors").json["items"]] == [kept]


def test_twins_asking_for_an_unknown_company_make_one_debtor(
    client_of: ClientOf, sessions: Sessions, seller: Seller
) -> None:
    clients = [client_of("sales") for _ in range(6)]
    asked = {
        "company": {"country": "NL", "kvk_number": "90000001"},
        "purpose": "credit_assessment",
        "relation": "prospect",
    }
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: client.post("/v1/credit-checks", json=asked), clients))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["debtor_id"] for answer in answers}) == 1
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM debtor")) == 1


def test_sales_may_add_a_prospect_but_not_change_a_debtor(client_of: ClientOf, app: Flask) -> None:
    sales = client_of("sales")
    assert_problem(app, add(sales, is_natural_person=False), 403, "not_allowed")
    path = f"/v1/debtors/{add(sales).json['id']}"
    assert_problem(app, sales.patch(path, json={"critical": True}, headers={"If-Match": '"x"'}), 403, "not_allowed")


def test_crossing_merges_leave_one_debtor_and_no_ring(client_of: ClientOf) -> None:
    client = client_of("finance")
    for _ in range(5):
        one, other = (add(client).json["id"] for _ in range(2))
        ways = [(one, other), (other, one)]
        with ThreadPoolExecutor(2) as pool:
            merge = lambda way: client.post(f"/v1/debtors/{way[0]}/merges", json={"merged_debtor_id": way[1]})  # noqa: E731
            statuses = sorted(answer.status_code for answer in pool.map(merge, ways))
        assert statuses == [201, 409]
        assert len({client.get(f"/v1/debtors/{each}").json["id"] for each in (one, other)}) == 1


def test_parents_set_at_once_never_make_a_ring(client_of: ClientOf) -> None:
    client = client_of("finance")
    for _ in range(5):
        ids = [add(client).json["id"] for _ in range(3)]
        etags = [client.get(f"/v1/debtors/{each}").headers["ETag"] for each in ids]

        def adopt(place: int) -> int:
            parent = {"parent_id": ids[(place + 1) % 3]}  # noqa: B023
            path = f"/v1/debtors/{ids[place]}"  # noqa: B023
            return client.patch(path, json=parent, headers={"If-Match": etags[place]}).status_code  # noqa: B023

        with ThreadPoolExecutor(3) as pool:
            assert sorted(pool.map(adopt, range(3))) == [200, 200, 422]


def test_a_merged_parent_is_the_parent_it_was_merged_into(client: FlaskClient) -> None:
    parent = add(client, kvk_number="90000007").json["id"]
    duplicate = add(client).json["id"]
    child = add(client, kvk_number="90000001", parent_id=duplicate).json["id"]
    client.post(f"/v1/debtors/{parent}/merges", json={"merged_debtor_id": duplicate})
    assert client.get(f"/v1/debtors/{child}").json["parent_id"] == parent
    why = {"purpose": "credit_assessment", "relation": "prospect"}
    client.post("/v1/credit-checks", json={"debtor_id": parent, **why})
    answer = client.post("/v1/credit-checks", json={"debtor_id": child, **why}).json
    assert (answer["outcome"], "parent_insolvent" in str(answer["reasons"])) == ("refer", True)


def test_a_new_reference_is_a_change_that_others_notice(client: FlaskClient) -> None:
    debtor = add(client).json["id"]
    before = client.get(f"/v1/debtors/{debtor}").headers["ETag"]
    names = {"references": [{"system": "erp", "value": "1"}, {"system": "erp", "value": "1"}]}
    assert client.post(f"/v1/debtors/{debtor}/references", json=names).status_code == 201
    assert client.get(f"/v1/debtors/{debtor}").headers["ETag"] != before


def test_a_merge_beside_an_invoice_never_loses_it(client_of: ClientOf) -> None:
    client = client_of("finance")
    for number in range(6):
        kept, gone = (add(client).json["id"] for _ in range(2))
        invoice = {
            "debtor_id": gone,
            "invoice_number": f"{number}",
            "invoiced_on": "2026-01-05",
            "due_on": "2026-02-04",
            "amount": {"amount": "100.00", "currency": "EUR"},
        }
        with ThreadPoolExecutor(2) as pool:
            sent = pool.submit(client.post, "/v1/invoices", json=invoice)
            merged = pool.submit(client.post, f"/v1/debtors/{kept}/merges", json={"merged_debtor_id": gone})
        assert (sent.result().status_code, merged.result().status_code) in {(201, 409), (409, 201), (201, 201)}
        # Whoever was first: what was taken is found with the debtor that is looked at.
        shown = client.get(f"/v1/debtors/{gone}").json["id"]
        found = client.get(f"/v1/invoices?debtor_id={shown}").json["items"]
        assert len(found) == (sent.result().status_code == 201)
