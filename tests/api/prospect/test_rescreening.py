"""Screening all debtors again: who is due, in which batches, what is kept, and which alerts come and go."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text

from api.cli import main
from api.clock import Clock
from api.config import Config
from api.prospect.rescreening import Tally, rescreen
from api.prospect.rescreening_jobs import run_rescreening
from api.records import debtors, jobs
from api.records.identities import OfficialNumber
from api.records.reports import ReportRecord
from api.records.sellers import Seller
from api.wiring import House
from providers.errors import SourceDown
from tests.api.prospect.fake_list import FakeList, catalog_of, entry
from tests.sandbox_control import SandboxControl

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def lists() -> FakeList:
    return FakeList()


@pytest.fixture
def place(house: House, lists: FakeList) -> House:
    return replace(house, catalog=catalog_of(lists))


@pytest.fixture
def add(place: House, seller: Seller) -> Callable[..., UUID]:
    def make(name: str | None, phase: str = "monitoring") -> UUID:
        number = OfficialNumber("other", "NL", str(name))
        with place.sessions.of(seller.id) as session:
            return debtors.add(session, {"name": name, "country": "NL"}, phase=phase, names=(number,), now=NOW).id

    return make


def run(place: House, seller: Seller) -> Tally:
    return rescreen(place, seller, Tally(), lambda *_: None)


def rows(place: House, seller: Seller, sql: str) -> list[Any]:
    with place.sessions.of(seller.id) as session:
        return [tuple(each) for each in session.execute(text(sql))]


def alerts_of(place: House, seller: Seller) -> list[Any]:
    return rows(place, seller, "SELECT kind, severity, ended_at IS NULL FROM alert ORDER BY id")


def test_all_are_screened_in_batches_and_kept_with_why(
    place: House, seller: Seller, lists: FakeList, add: Callable[..., UUID]
) -> None:
    for number in range(6):
        add(f"Company {number}")
    add("Prospect", phase="prospect")
    assert run(place, seller) == Tally(screened_count=7)
    assert [len(each) for each in lists.asked] == [3, 3, 1]
    kept = rows(
        place, seller, "SELECT kind, provider, purpose, relation, facts ->> 'hit' FROM credit_report ORDER BY id"
    )
    assert kept[:6] == [("sanctions_list", "opensanctions", "sanctions_screening", "customer", "none")] * 6
    assert kept[6][3] == "prospect"


def test_who_was_screened_is_not_due_until_the_list_or_the_day_is_another(
    place: House, seller: Seller, lists: FakeList, add: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    add("Company")
    assert run(place, seller).screened_count == 1
    assert run(place, seller).screened_count == 0
    lists.now_version = "2"
    assert run(place, seller).screened_count == 1
    lists.now_version = None
    assert run(place, seller).screened_count == 0
    later = Clock().now(seller) + timedelta(days=400)
    monkeypatch.setattr(Clock, "now", lambda self, seller: later)
    assert run(place, seller).screened_count == 1


def test_a_hit_opens_an_alert_once_and_ends_it_when_it_is_gone(
    place: House, seller: Seller, lists: FakeList, add: Callable[..., UUID]
) -> None:
    debtor_id = add("Company")
    lists.entries["Company"] = [entry("NK-1")]
    assert run(place, seller).opened_count == 1
    lists.now_version = "2"
    assert run(place, seller).opened_count == 0
    assert alerts_of(place, seller) == [("sanctions_possible", "warning", True)]
    lists.now_version, lists.entries["Company"] = "3", [entry("NK-1", 1.0)]
    assert run(place, seller).opened_count == 1
    assert alerts_of(place, seller) == [("sanctions_possible", "warning", False), ("sanctions_hit", "urgent", True)]
    lists.now_version, lists.entries = "4", {}
    run(place, seller)
    assert not any(is_open for *_, is_open in alerts_of(place, seller))
    told = rows(place, seller, f"SELECT type FROM event WHERE debtor_id = '{debtor_id}' ORDER BY sequence")
    ended, opened = ("alert.ended.v1",), ("alert.opened.v1",)
    assert told[1:] == [opened, opened, ended, ended] or told[1:] == [opened, ended, opened, ended]


def test_one_that_cannot_be_screened_spoils_no_other_and_is_not_clean(
    place: House, seller: Seller, add: Callable[..., UUID]
) -> None:
    nameless = add(None)
    add("Company")
    assert run(place, seller) == Tally(screened_count=1, left_count=1)
    assert rows(place, seller, f"SELECT 1 FROM credit_report WHERE debtor_id = '{nameless}'") == []


def test_who_has_no_name_of_ours_is_screened_by_the_register_s(
    place: House, seller: Seller, lists: FakeList, add: Callable[..., UUID]
) -> None:
    debtor_id = add(None)
    with place.sessions.of(seller.id) as session:
        told = {"facts": {"name": "Registered B.V."}, "raw": {}, "cost_amount": None, "cost_currency": None}
        whom = {"debtor_id": debtor_id, "purpose": None, "relation": None}
        session.add(ReportRecord(kind="company_register", provider="kvk", retrieved_at=NOW, **told, **whom))
    assert run(place, seller) == Tally(screened_count=1)
    assert lists.asked == [("Registered B.V.",)]


def test_a_text_that_cannot_be_kept_is_not_taken_for_clean(
    place: House, seller: Seller, lists: FakeList, add: Callable[..., UUID]
) -> None:
    add("Company")
    lists.entries["Company"] = [entry("NK-1", alias=["a\x00b"])]
    assert run(place, seller) == Tally(left_count=1)


def test_a_list_that_fails_midway_keeps_what_was_screened_and_the_next_run_goes_on(
    place: House, seller: Seller, lists: FakeList, add: Callable[..., UUID]
) -> None:
    for number in range(5):
        add(f"Company {number}")
    lists.down_after = 1
    with pytest.raises(SourceDown):
        run(place, seller)
    lists.down_after = None
    assert run(place, seller).screened_count == 2
    assert sorted(name for asked in lists.asked for name in asked) == [f"Company {number}" for number in range(5)]


def test_a_job_that_cannot_go_on_says_why_and_how_far_it_came(
    place: House, seller: Seller, lists: FakeList, add: Callable[..., UUID]
) -> None:
    for number in range(5):
        add(f"Company {number}")
    lists.down_after = 1
    with place.sessions.of(seller.id) as session:
        job_id = jobs.enqueue(session, "sanctions_screening", {}, NOW).id
    with pytest.raises(jobs.CannotBeDone) as failed:
        run_rescreening(place, seller, job_id, {})
    assert failed.value.error["code"] == "source_down"
    assert failed.value.result["screened_count"] == 3
    lists.down_after = None
    assert run_rescreening(place, seller, job_id, {})["screened_count"] == 5


def test_a_seller_without_a_list_is_told_so(house: House, seller: Seller) -> None:
    from providers.catalog import Catalog

    with house.sessions.of(seller.id) as session:
        job_id = jobs.enqueue(session, "sanctions_screening", {}, NOW).id
    with pytest.raises(jobs.CannotBeDone) as failed:
        run_rescreening(replace(house, catalog=Catalog(())), seller, job_id, {})
    assert failed.value.error["code"] == "source_missing"


def test_the_command_tells_how_far_it_came(
    config: Config,
    database_urls: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    house: House,
    seller: Seller,
    sandbox: SandboxControl,
) -> None:
    with house.sessions.of(seller.id) as session:
        debtors.add(session, {"name": "Nobody B.V.", "country": "NL"}, phase="monitoring", names=(), now=NOW)
    monkeypatch.setenv("CREDITGATE_DATABASE_URL", database_urls[1])
    monkeypatch.setenv("CREDITGATE_SECRET_KEYS", config.secret_keys[0])
    nobody = CliRunner().invoke(main, ["rescreen", "--seller", seller.name])
    assert nobody.exit_code == 1
    assert "No sanctions list can be asked" in nobody.output
    monkeypatch.setenv("CREDITGATE_SANDBOX_URL", sandbox.address)
    ran = CliRunner().invoke(main, ["rescreen", "--seller", seller.name])
    assert ran.exit_code == 0, ran.output
    assert "screened 1, could not be screened 0, alerts opened 0" in ran.output


def test_a_screening_is_one_job_however_often_it_is_asked(client_of: Callable[..., FlaskClient]) -> None:
    client = client_of("finance")
    first, second = (
        client.post("/v1/sanctions-screenings", headers={"Idempotency-Key": f"screen-{number}"}) for number in range(2)
    )
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json == second.json
    job = client.get(f"/v1/jobs/{first.json['job_id']}").json
    assert (job["kind"], job["state"]) == ("sanctions_screening", "queued")
    assert client_of("sales").get(f"/v1/jobs/{first.json['job_id']}").status_code == 404


def test_a_screening_that_many_ask_for_at_once_is_one_job(client_of: Callable[..., FlaskClient]) -> None:
    clients, start = [client_of("credit_manager") for _ in range(8)], Barrier(8)

    def ask(client: FlaskClient) -> Any:
        start.wait()
        return client.post("/v1/sanctions-screenings", json={}).json["job_id"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, clients))) == 1


def test_through_the_real_client_the_sandbox_s_hits_are_found(
    house: House, seller: Seller, sandbox: SandboxControl
) -> None:
    names = {
        "90000009": "Verboden Vaart Rederij B.V.",
        "90000010": "Dubbelganger Export B.V.",
        "90000999": "Nobody B.V.",
    }
    with house.sessions.of(seller.id) as session:
        for number, name in names.items():
            kvk = OfficialNumber("kvk", "NL", number)
            debtors.add(session, {"name": name, "country": "NL"}, phase="monitoring", names=(kvk,), now=NOW)
    before = sandbox.calls("opensanctions", "match")
    assert run(house, seller) == Tally(screened_count=3, opened_count=2)
    assert alerts_of(house, seller) == [("sanctions_hit", "urgent", True), ("sanctions_possible", "warning", True)]
    assert sandbox.calls("opensanctions", "match") - before <= 3
    assert run(house, seller) == Tally()
