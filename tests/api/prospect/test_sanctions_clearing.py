"""Clearing by a person: what is shown, who may, how long it holds, and what a judgement sees of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from api import check_facts
from api.check_facts import NOTHING_ASKED, Judged
from api.fresh_report.source import Source
from api.fresh_report.stored import facts_of
from api.prospect.rescreening import Tally, rescreen
from api.records import checks, debtors, identities
from api.records.identities import OfficialNumber
from api.records.sellers import Seller
from api.wiring import House
from scoring.facts import SanctionsFacts
from tests.api.prospect.fake_list import FakeList, catalog_of, entry
from tests.web_checks import assert_documented, assert_problem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = "Dubbelganger Export B.V."


@pytest.fixture
def lists() -> FakeList:
    lists = FakeList()
    lists.entries[NAME] = [entry("nk-1"), entry("nk-2")]
    return lists


@pytest.fixture
def screen(house: House, seller: Seller, lists: FakeList) -> Callable[[], None]:
    """Screens all debtors by another version of the list."""

    def run() -> None:
        lists.now_version = f"{lists.now_version}+"
        rescreen(replace(house, catalog=catalog_of(lists)), seller, Tally(), lambda *_: None)

    return run


@pytest.fixture
def debtor_id(house: House, seller: Seller, screen: Callable[[], None]) -> UUID:
    """A debtor that resembles two entries."""
    number = OfficialNumber("kvk", "NL", "90000012")
    with house.sessions.of(seller.id) as session:
        made = debtors.add(session, {"name": NAME, "country": "NL"}, phase="monitoring", names=(number,), now=NOW)
    screen()
    return made.id


@pytest.fixture
def finance(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("finance", subject="ann@example.com")


def move(client: FlaskClient, debtor_id: UUID, entity_id: str, way: str = "") -> Any:
    body = {"entity_id": entity_id, "reason": "Another country, and other owners."}
    return client.post(f"/v1/debtors/{debtor_id}/sanctions-clearances{way}", json=body)


def shown(client: FlaskClient, debtor_id: UUID) -> Any:
    return client.get(f"/v1/debtors/{debtor_id}/sanctions-matches").json


def judged_hit(house: House, seller: Seller, debtor_id: UUID) -> SanctionsFacts:
    """What a judgement of the debtor sees."""
    with house.sessions.of(seller.id) as session:
        start = checks.start(session, debtor_id)
        assert start is not None
        sources = [
            Source(each.kind, each.provider, "cached", True, each.retrieved_at, facts_of(each))
            for each in start.reports
        ]
        judged = Judged(start.debtor, NOTHING_ASKED, house.policies.active(session), sources)
        found = check_facts.gather(session, judged, house.clock.today(seller)).sanctions
    assert found is not None
    return found


def open_alerts(house: House, seller: Seller) -> list[str]:
    with house.sessions.of(seller.id) as session:
        return list(session.scalars(text("SELECT kind FROM alert WHERE ended_at IS NULL ORDER BY kind")))


def test_matches_are_shown_with_who_cleared_them(app: Flask, finance: FlaskClient, debtor_id: UUID) -> None:
    before = shown(finance, debtor_id)
    assert_documented(app, "get", "/v1/debtors/{debtor_id}/sanctions-matches", 200, before)
    assert (before["hit"], [each["clearance"] for each in before["items"]]) == ("possible", [None, None])
    answer = move(finance, debtor_id, "nk-1")
    assert answer.status_code == 201
    first, second = answer.json["items"]
    assert first["clearance"]["cleared_by"] == "ann@example.com"
    assert first["clearance"]["holds"]
    assert second["clearance"] is None
    assert answer.json["hit"] == "possible"


def test_a_judgement_sees_no_hit_once_all_is_cleared_and_the_alert_ends(
    house: House, seller: Seller, finance: FlaskClient, debtor_id: UUID
) -> None:
    assert open_alerts(house, seller) == ["sanctions_possible"]
    move(finance, debtor_id, "nk-1")
    assert judged_hit(house, seller, debtor_id).hit == "possible"
    assert move(finance, debtor_id, "nk-2").json["hit"] == "none"
    found = judged_hit(house, seller, debtor_id)
    assert found.hit == "none"
    assert all(each.clearance and each.clearance.cleared_by == "ann@example.com" for each in found.matches)
    assert open_alerts(house, seller) == []


def test_a_clearance_taken_back_makes_it_a_possible_hit_again(
    house: House, seller: Seller, finance: FlaskClient, debtor_id: UUID
) -> None:
    for entity_id in ("nk-1", "nk-2"):
        move(finance, debtor_id, entity_id)
    assert move(finance, debtor_id, "nk-1", "/withdrawals").json["hit"] == "possible"
    assert judged_hit(house, seller, debtor_id).hit == "possible"
    assert open_alerts(house, seller) == ["sanctions_possible"]
    assert move(finance, debtor_id, "nk-1", "/withdrawals").json["code"] == "not_cleared"
    assert move(finance, debtor_id, "nk-1").json["hit"] == "none"


@pytest.mark.parametrize("changed", ["the entry", "a new entry", "the name", "the numbers"])
def test_a_clearance_holds_until_the_entry_or_the_debtor_changes(
    changed: str,
    house: House,
    seller: Seller,
    finance: FlaskClient,
    debtor_id: UUID,
    lists: FakeList,
    screen: Callable[[], None],
) -> None:
    for entity_id in ("nk-1", "nk-2"):
        move(finance, debtor_id, entity_id)
    screen()
    assert judged_hit(house, seller, debtor_id).hit == "none"
    if changed == "the entry":
        lists.entries[NAME] = [entry("nk-1", alias=["Dubbelganger"]), entry("nk-2")]
    elif changed == "a new entry":
        lists.entries[NAME].append(entry("nk-3"))
    else:
        with house.sessions.of(seller.id) as session:
            if changed == "the name":
                debtor = debtors.get(session, debtor_id)
                assert debtor is not None
                debtor.name = "Dubbelganger Import B.V."
                lists.entries["Dubbelganger Import B.V."] = lists.entries[NAME]
            else:
                identities.add(session, debtor_id, [OfficialNumber("vat", "NL", "NL899000009B01")], NOW)
    screen()
    assert judged_hit(house, seller, debtor_id).hit == "possible"
    assert open_alerts(house, seller) == ["sanctions_possible"]
    held = [each["clearance"] and each["clearance"]["holds"] for each in shown(finance, debtor_id)["items"]]
    assert (
        held
        == {
            "the entry": [False, True],
            "a new entry": [True, True, None],
            "the name": [False, False],
            "the numbers": [False, False],
        }[changed]
    )


def test_a_hit_that_is_no_likeness_cannot_be_cleared_by_anybody(
    app: Flask,
    client_of: Callable[..., FlaskClient],
    debtor_id: UUID,
    lists: FakeList,
    screen: Callable[[], None],
) -> None:
    lists.entries[NAME] = [entry("nk-1", 1.0)]
    screen()
    manager = client_of("credit_manager", subject="eve@example.com")
    assert_problem(app, move(manager, debtor_id, "nk-1"), 409, "sanctions_hit_confirmed")


def test_what_was_cleared_as_a_likeness_and_became_a_hit_is_one(
    house: House, seller: Seller, finance: FlaskClient, debtor_id: UUID, lists: FakeList, screen: Callable[[], None]
) -> None:
    for entity_id in ("nk-1", "nk-2"):
        move(finance, debtor_id, entity_id)
    lists.entries[NAME] = [entry("nk-1", 1.0), entry("nk-2")]
    screen()
    assert judged_hit(house, seller, debtor_id).hit == "confirmed"


def test_who_may_not_and_what_is_not_there(
    app: Flask, client_of: Callable[..., FlaskClient], finance: FlaskClient, debtor_id: UUID
) -> None:
    assert_problem(app, move(client_of("finance"), debtor_id, "nk-1"), 403, "person_needed")
    assert_problem(app, move(client_of("sales", subject="bob@example.com"), debtor_id, "nk-1"), 403, "not_allowed")
    assert_problem(app, move(finance, debtor_id, "nk-9"), 422, "bad_input")
    assert_problem(app, move(finance, UUID(int=1), "nk-1"), 404, "debtor_not_found")
    move(finance, debtor_id, "nk-1")
    assert_problem(app, move(finance, debtor_id, "nk-1"), 409, "cleared_before")


def test_a_debtor_that_was_never_screened_has_no_matches_and_no_clean_bill(
    house: House, seller: Seller, finance: FlaskClient
) -> None:
    with house.sessions.of(seller.id) as session:
        made = debtors.add(session, {"name": "New", "country": "NL"}, phase="prospect", names=(), now=NOW)
    answer = shown(finance, made.id)
    assert (answer["hit"], answer["items"]) == (None, [])


def test_a_debtor_without_a_match_costs_no_statement(
    house: House, seller: Seller, debtor_id: UUID, lists: FakeList, screen: Callable[[], None]
) -> None:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(house.sessions.engine, "before_cursor_execute", note)
    try:
        judged_hit(house, seller, debtor_id)
        assert any("sanctions_clearance" in each for each in seen)
        lists.entries = {}
        screen()
        seen.clear()
        judged_hit(house, seller, debtor_id)
        assert not any("sanctions_clearance" in each for each in seen)
    finally:
        event.remove(house.sessions.engine, "before_cursor_execute", note)
