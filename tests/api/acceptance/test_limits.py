"""Limits over HTTP: dated versions, which one is in force, and what a person may set."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.api.acceptance.conftest import GOOD, UNKNOWN, WEAK, Office, euro
from tests.web_checks import assert_documented, assert_problem


def set_limit(
    office: Office, debtor_id: str, amount: str, who: str = "finance", way: str = "limits", **more: Any
) -> Any:
    body = {"limit": euro(amount), "grounds": "Larger season.", **more}
    return getattr(office, who).post(f"/v1/debtors/{debtor_id}/{way}", json=body)


def today_of(made: dict[str, Any]) -> date:
    return date.fromisoformat(made["decision"]["as_of"])


def in_force(office: Office, debtor_id: str, query: str = "", scope: str = "own") -> tuple[str, Any]:
    found = office.limits(debtor_id, query)["in_force"][scope]
    return found["standing"], found["limit"]["amount"] and found["limit"]["amount"]["amount"]


def test_a_person_sets_a_limit_with_grounds(office: Office, app: Flask) -> None:
    made = office.apply(GOOD)
    answer = set_limit(office, made["debtor_id"], "40000.00", scope="group")
    assert answer.status_code == 201, answer.text
    assert_documented(app, "post", "/v1/debtors/{debtor_id}/limits", 201, answer.json)
    assert (answer.json["decided_by"], answer.json["risk_class"]) == ("fleur@example.com", "low")
    page = office.limits(made["debtor_id"])
    assert_documented(app, "get", "/v1/debtors/{debtor_id}/limits", 200, page)
    assert in_force(office, made["debtor_id"], scope="group") == ("standing", "40000.00")
    assert in_force(office, made["debtor_id"]) == ("standing", "5000.00")


@pytest.mark.parametrize(
    ("kvk_number", "who", "amount", "words"),
    [
        (GOOD, "finance", "50000.01", "takes a credit_manager"),
        (WEAK, "finance", "5000.01", "takes a credit_manager"),
        (GOOD, "manager", "500000.01", "takes two credit managers"),
        (UNKNOWN, "manager", "0.01", "without a class"),
    ],
)
def test_beyond_authority_one_is_told_how_much_and_who_could(
    office: Office, app: Flask, kvk_number: str, who: str, amount: str, words: str
) -> None:
    made = office.apply(kvk_number)
    problem = assert_problem(app, set_limit(office, made["debtor_id"], amount, who), 403, "beyond_authority")
    assert words in problem["detail"]
    assert "you may decide up to EUR" in problem["detail"]


def test_a_temporary_limit_lapses_by_itself(office: Office, app: Flask) -> None:
    made = office.apply(GOOD)
    day, until = today_of(made), today_of(made) + timedelta(days=30)
    answer = set_limit(office, made["debtor_id"], "9000.00", way="temporary-limits", valid_until=str(until))
    assert_documented(app, "post", "/v1/debtors/{debtor_id}/temporary-limits", 201, answer.json)
    assert in_force(office, made["debtor_id"]) == ("temporary", "9000.00")
    for query, expected in {
        f"?as_of={until}": ("temporary", "9000.00"),
        f"?as_of={until + timedelta(days=1)}": ("standing", "5000.00"),
        f"?as_of={day - timedelta(days=1)}": ("never_decided", None),
    }.items():
        assert in_force(office, made["debtor_id"], query) == expected, query


def test_a_standing_limit_that_is_decided_later_ends_a_temporary_one(office: Office) -> None:
    made = office.apply(GOOD)
    until = str(today_of(made) + timedelta(days=30))
    set_limit(office, made["debtor_id"], "9000.00", way="temporary-limits", valid_until=until)
    set_limit(office, made["debtor_id"], "3000.00")
    assert in_force(office, made["debtor_id"]) == ("standing", "3000.00")


def test_past_its_last_day_a_limit_is_expired_and_neither_unlimited_nor_the_older_one(office: Office) -> None:
    made = office.apply(GOOD)
    until = today_of(made) + timedelta(days=10)
    set_limit(office, made["debtor_id"], "8000.00", valid_until=str(until))
    assert in_force(office, made["debtor_id"], f"?as_of={until}") == ("standing", "8000.00")
    assert in_force(office, made["debtor_id"], f"?as_of={until + timedelta(days=1)}") == ("expired", None)


def test_a_limit_taken_back_is_no_limit(office: Office) -> None:
    made = office.apply(GOOD)
    body = {"limit": {"kind": "none"}, "grounds": "The relation ended."}
    assert office.finance.post(f"/v1/debtors/{made['debtor_id']}/limits", json=body).status_code == 201
    assert in_force(office, made["debtor_id"]) == ("taken_back", None)


def test_what_was_known_before_a_decision_is_still_told(office: Office) -> None:
    made = office.apply(GOOD)
    first = office.limits(made["debtor_id"])["items"][0]
    set_limit(office, made["debtor_id"], "7000.00")
    before = first["known_at"].replace("+00:00", "Z")
    page = office.limits(made["debtor_id"], f"?known_at={before}")
    assert [each["id"] for each in page["items"]] == [first["id"]]
    assert page["in_force"]["own"]["limit"]["amount"]["amount"] == "5000.00"
    assert in_force(office, made["debtor_id"]) == ("standing", "7000.00")


def test_every_fault_is_named(office: Office, app: Flask) -> None:
    made = office.apply(GOOD)
    day = today_of(made)
    path = f"/v1/debtors/{made['debtor_id']}/temporary-limits"
    problem = assert_problem(app, office.finance.post(path, json={"limit": {"kind": "none"}}), 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {"/limit/kind", "/valid_until", "/grounds"}
    past = set_limit(
        office,
        made["debtor_id"],
        "1.00",
        way="temporary-limits",
        valid_from=str(day - timedelta(days=1)),
        valid_until=str(day + timedelta(days=400)),
    )
    problem = assert_problem(app, past, 422, "bad_input")
    assert {each["code"] for each in problem["errors"]} == {"in_the_past", "too_late"}
    turned = set_limit(office, made["debtor_id"], "1.00", valid_until=str(day - timedelta(days=1)))
    problem = assert_problem(app, turned, 422, "bad_input")
    assert [each["code"] for each in problem["errors"]] == ["ends_before_it_begins"]


def test_who_does_not_decide_sets_no_limit(office: Office, app: Flask) -> None:
    made = office.apply(GOOD)
    for who in ("sales", "machine"):
        assert_problem(app, set_limit(office, made["debtor_id"], "1.00", who), 403, "not_allowed")
    missing = "0197f0a0-0000-7000-8000-000000000000"
    assert_problem(app, set_limit(office, missing, "1.00"), 404, "debtor_not_found")


def test_versions_are_paged_newest_first(office: Office) -> None:
    made = office.apply(GOOD)
    for amount in ("6000.00", "7000.00"):
        set_limit(office, made["debtor_id"], amount)
    walked, query = [], "?limit=1"
    while query:
        page = office.limits(made["debtor_id"], query)
        walked += [each["limit"]["amount"]["amount"] for each in page["items"]]
        query = page["next"] and f"?limit=1&after={page['next']}"
    assert walked == ["7000.00", "6000.00", "5000.00"]
