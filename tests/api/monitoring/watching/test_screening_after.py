"""The screening that each run has done at its end: of those who are due, by one at a time, and told when it fails."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from api.monitoring.jobs import run_monitoring
from api.prospect.rescreening_jobs import run_rescreening
from api.records import debtors, jobs
from api.records.identities import OfficialNumber
from providers.catalog import Catalog
from tests.api.prospect.fake_list import FakeList, catalog_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def lists():
    return FakeList()


@pytest.fixture
def place(house, lists):
    return replace(house, catalog=catalog_of(lists))


@pytest.fixture
def add(place, seller):
    def make(number: str) -> None:
        values = {"name": f"Company {number}", "country": "NL", "is_natural_person": False}
        with place.sessions.of(seller.id) as session:
            debtors.add(session, values, phase="monitoring", names=(OfficialNumber("kvk", "NL", number),), now=NOW)

    return make


@pytest.fixture
def screenings(sessions, seller):
    """Gives the jobs that screen, by their state, in the order in which they were put in the queue."""

    def read() -> list[tuple[Any, str]]:
        query = text("SELECT id, state FROM job WHERE kind = 'sanctions_screening' ORDER BY id")
        with sessions.of(seller.id) as session:
            return [tuple(each) for each in session.execute(query)]  # type: ignore[misc]

    return read


@pytest.fixture
def night(place, seller, job_of, screenings):
    """Does a run, and the screening that it leaves; gives what that says, or the error by which it was not done."""

    def do() -> dict[str, Any]:
        run_monitoring(place, seller, job_of("monitoring_run"), {})
        job_id, state = screenings()[-1]
        assert state == "queued"
        try:
            result = run_rescreening(place, seller, job_id, {})
        except jobs.CannotBeDone as failed:
            with place.sessions.of(seller.id) as session:
                jobs.fail(session, job_id, failed.error, NOW, failed.result)
            return {"error": failed.error["code"], **failed.result}
        with place.sessions.of(seller.id) as session:
            jobs.succeed(session, job_id, result, NOW)
        return result

    return do


def test_a_list_that_did_not_change_is_asked_for_its_version_and_about_nobody(night, add, lists):
    add("00000001")
    assert night()["screened_count"] == 1
    assert night()["screened_count"] == 0
    assert len(lists.asked) == 1
    lists.now_version = "2"
    assert night()["screened_count"] == 1
    assert len(lists.asked) == 2


def test_with_nobody_to_screen_the_list_is_asked_about_nobody(night, lists):
    assert night() == {"screened_count": 0, "left_count": 0, "opened_count": 0}
    assert lists.asked == []


def test_a_screening_that_waits_or_runs_already_is_the_only_one(place, seller, job_of, screenings):
    run_monitoring(place, seller, job_of("monitoring_run"), {})
    (waiting,) = screenings()
    run_monitoring(place, seller, job_of("monitoring_run"), {})
    assert screenings() == [waiting]
    with place.sessions.of(seller.id) as session:
        jobs.start(jobs.get(session, waiting[0]), NOW)
    run_monitoring(place, seller, job_of("monitoring_run"), {})
    assert screenings() == [(waiting[0], "running")]


def test_who_reaches_no_list_has_no_screening(house, seller, job_of, screenings):
    run_monitoring(replace(house, catalog=Catalog(())), seller, job_of("monitoring_run"), {})
    assert screenings() == []


def test_a_list_that_is_down_is_told_until_a_screening_came_to_its_end(night, add, lists, open_alerts):
    for number in range(5):
        add(f"0000000{number}")
    lists.down_after = 1
    failed = night()
    assert (failed["error"], failed["screened_count"]) == ("source_down", 3)
    assert open_alerts() == [("source_down", "opensanctions")]
    failed = night()
    assert (failed["error"], failed["screened_count"]) == ("source_down", 0)
    assert open_alerts() == [("source_down", "opensanctions")]
    lists.down_after = None
    assert night()["screened_count"] == 2
    assert open_alerts() == []
