"""What a group owes together: shown on its parents, and moved when a debtor changes hands."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.records import debtor_days, ledger_drift
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.policy.document import parse_policy, shipped
from tests.web_checks import assert_documented

EVIDENCE = parse_policy(shipped()["default"]).evidence


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    return new_seller(starts_on=date(2026, 6, 1))


@pytest.fixture
def client(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("finance")


@pytest.fixture
def sound(sessions: Sessions, seller: Seller) -> Callable[[], None]:
    def check() -> None:
        with sessions.of(seller.id) as session:
            assert ledger_drift.every(session) == []

    return check


def add(client: FlaskClient, parent_id: str | None = None) -> str:
    answer = client.post("/v1/debtors", json={"country": "NL", "parent_id": parent_id})
    assert answer.status_code == 201, answer.text
    return answer.json["id"]


def owing(client_of: Callable[..., FlaskClient], debtor_id: str, amount: str) -> None:
    invoice = {
        "debtor_id": debtor_id,
        "invoice_number": "F1",
        "invoiced_on": "2026-05-01",
        "due_on": "2026-05-31",
        "amount": {"amount": amount, "currency": "EUR"},
    }
    answer = client_of("integration").post("/v1/invoices", json={"items": [invoice]})
    assert answer.status_code == 201, answer.text


def exposure(client: FlaskClient, debtor_id: str) -> dict[str, Any]:
    return client.get(f"/v1/debtors/{debtor_id}/exposure").json


def group(client: FlaskClient, *ids: str) -> list[str | None]:
    """The one total of each one's group; None where there is no group."""
    totals = [exposure(client, each)["group_totals"] for each in ids]
    return [None if each is None else each[0]["amount"] if each else "0" for each in totals]


def regroup(client: FlaskClient, debtor_id: str, parent_id: str | None) -> None:
    path = f"/v1/debtors/{debtor_id}"
    headers = {"If-Match": client.get(path).headers["ETag"]}
    assert client.patch(path, json={"parent_id": parent_id}, headers=headers).status_code == 200


def test_a_parent_shows_what_its_group_owes_beside_what_it_owes_itself(app: Flask, client, client_of, sound):
    top = add(client)
    middle = add(client, top)
    bottom = add(client, middle)
    for debtor_id, amount in ((top, "1.00"), (bottom, "300.00")):
        owing(client_of, debtor_id, amount)
    shown = exposure(client, top)
    assert_documented(app, "get", "/v1/debtors/{debtor_id}/exposure", 200, shown)
    assert shown["totals"] == [{"amount": "1.00", "currency": "EUR"}]
    assert shown["group_totals"] == [{"amount": "301.00", "currency": "EUR"}]
    assert shown["group_stages"] == [{"stage": "invoiced", "amount": {"amount": "301.00", "currency": "EUR"}}]
    assert group(client, middle, bottom) == ["300.00", None]
    assert (exposure(client, middle)["totals"], exposure(client, bottom)["group_stages"]) == ([], None)
    sound()


def test_a_debtor_that_gets_another_parent_takes_its_subtree_along(client, client_of, sound):
    old, new = add(client), add(client)
    middle = add(client, old)
    bottom = add(client, middle)
    owing(client_of, middle, "20.00")
    owing(client_of, bottom, "300.00")
    for parent, expected in ((new, [None, "320.00"]), (None, [None, None]), (old, ["320.00", None])):
        regroup(client, middle, parent)
        assert group(client, old, new) == expected
        assert group(client, middle) == ["320.00"]
        sound()


def test_a_merged_parent_leaves_its_children_and_their_sums_to_the_other(client, client_of, sound):
    top, kept = add(client), add(client)
    merged = add(client, top)
    child = add(client, merged)
    owing(client_of, kept, "1.00")
    owing(client_of, child, "20.00")
    assert group(client, top, kept) == ["20.00", None]
    answer = client.post(f"/v1/debtors/{kept}/merges", json={"merged_debtor_id": merged})
    assert answer.status_code == 201, answer.text
    assert group(client, top, kept) == [None, "21.00"]
    sound()


def test_a_merge_within_one_group_changes_nothing_for_those_above(client, client_of, sound):
    top = add(client)
    kept, merged = add(client, top), add(client, top)
    owing(client_of, add(client, merged), "20.00")
    assert client.post(f"/v1/debtors/{kept}/merges", json={"merged_debtor_id": merged}).status_code == 201
    assert group(client, top, kept) == ["20.00", "20.00"]
    sound()


def test_a_parent_without_a_ledger_of_its_own_has_no_behaviour(client, client_of, sessions, seller):
    top = add(client)
    owing(client_of, add(client, top), "20.00")
    with sessions.of(seller.id) as session:
        view = debtor_days.behaviour(session, top, "EUR", date(2026, 6, 1), EVIDENCE)
    assert (view.behaviour.peak_exposure, view.exposure) == (None, {})
