"""Monitoring runs: who is watched, what is asked from when, outages, groups, and what is over."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import text

from api.clock import Clock
from api.monitoring.asking import OVERLAP
from api.monitoring.jobs import begin_run_of_new_day, run_monitoring
from api.records import debtors, jobs
from api.records.identities import OfficialNumber
from api.records.reports import ReportRecord
from providers.stored_facts import as_document
from scoring.facts import BureauFacts
from tests.api.monitoring.watching.fake_watch import FakeWatch, catalog_of, change
from tests.web_checks import assert_documented, assert_problem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def watch():
    return FakeWatch()


@pytest.fixture
def place(house, watch):
    return replace(house, catalog=catalog_of(watch))


@pytest.fixture
def add(place, seller):
    """Adds a debtor with a KVK number; gives its id."""

    def make(number, phase="monitoring", **more):
        values = {"name": f"Company {number}", "country": "NL", "is_natural_person": False, **more}
        numbers = (OfficialNumber("kvk", "NL", number),)
        with place.sessions.of(seller.id) as session:
            return debtors.add(session, values, phase=phase, names=numbers, now=NOW).id

    return make


@pytest.fixture
def runs(place, seller, job_of):
    """Does a run, and gives what it says."""

    def do():
        return run_monitoring(place, seller, job_of("monitoring_run"), {})

    return do


@pytest.fixture
def rows(sessions, seller):
    def read(sql):
        with sessions.of(seller.id) as session:
            return [tuple(each) for each in session.execute(text(sql))]

    return read


@pytest.fixture
def enter_phase(sessions, seller):
    def enter(debtor_id, phase):
        with sessions.of(seller.id) as session:
            debtors.enter_phase(session, debtors.get(session, debtor_id), phase, NOW)

    return enter


def test_who_is_accepted_is_watched_and_who_is_not_is_not(runs, add, watch, sessions, seller):
    for number, phase in enumerate(("prospect", "acceptance", "acceptance", "monitoring", "management", "collection")):
        debtor_id = add(f"0000000{number}", phase)
        if number == 2:
            with sessions.of(seller.id) as session:
                debtors.get(session, debtor_id).onboarding_missing = ["terms_agreed"]
    add("00000007", is_natural_person=True)
    add("00000008", is_natural_person=None)
    assert runs()["watching"]["begun_count"] == 4
    assert sorted(watch.watched) == ["00000002", "00000003", "00000004", "00000005"]
    assert runs()["watching"]["begun_count"] == 0
    assert len(watch.watched) == 4


def test_a_phase_that_ends_takes_it_out_and_one_that_begins_again_puts_it_in(runs, add, watch, enter_phase, rows):
    debtor_id = add("00000001")
    runs()
    enter_phase(debtor_id, "prospect")
    assert runs()["watching"]["ended_count"] == 1
    assert runs()["watching"]["ended_count"] == 0
    assert (watch.unwatched, rows("SELECT state FROM watch")) == (["W00000001"], [("ended",)])
    enter_phase(debtor_id, "monitoring")
    runs()
    assert (watch.watched, rows("SELECT state FROM watch")) == (["00000001", "00000001"], [("watched",)])


@pytest.mark.parametrize(("holds", "again"), [(0, 3), (2, 3), (3, 0), (5, 0), (None, 0)])
def test_all_are_put_in_again_where_the_source_watches_fewer_than_we_think(runs, add, watch, rows, holds, again):
    for number in range(3):
        add(f"0000000{number}")
    runs()
    watch.watched.clear()
    watch.holds = holds
    tally = runs()
    assert (len(watch.watched), tally["watching"]["begun_count"]) == (again, again)
    assert rows("SELECT state, count(*) FROM watch GROUP BY state") == [("watched", 3)]
    watch.holds = 3
    runs()
    assert len(watch.watched) == again


def test_who_is_watched_for_two_debtors_is_counted_once(runs, add, watch, rows, sessions, seller):
    add("00000001")
    add("00000002")
    runs()
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE watch SET value = 'W00000001'"))
    watch.watched.clear()
    watch.holds = 1
    runs()
    assert watch.watched == []


def test_a_source_that_is_down_has_forgotten_nobody(runs, add, watch, rows):
    add("00000001")
    runs()
    watch.holds, watch.is_down = 0, True
    runs()
    assert rows("SELECT state FROM watch") == [("watched",)]


def test_who_is_merged_into_another_leaves_the_watch_of_that_one_alone(runs, add, watch, sessions, seller, rows):
    one, other = add("00000001"), add("00000002")
    runs()
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE watch SET value = 'W00000001'"))
        debtors.get(session, other).merged_into_id = one
    runs()
    assert watch.unwatched == []
    assert sorted(rows("SELECT state FROM watch")) == [("ended",), ("watched",)]


def test_a_company_that_a_source_does_not_know_is_tried_again_later(runs, add, watch, time, rows):
    add("00000001")
    watch.unknown = {"00000001"}
    assert runs()["watching"]["unknown_count"] == 1
    assert rows("SELECT state, fault FROM watch") == [("unknown", "not_understood")]
    watch.unknown = set()
    runs()
    assert watch.watched == []
    time.pass_by(days=7)
    runs()
    assert watch.watched == ["00000001"]


def test_each_run_asks_from_the_last_one_with_an_overlap_and_keeps_each_change_once(runs, add, watch, time, rows):
    add("00000001")
    watch.told = lambda since: [change("00000001")]
    assert runs()["changes_count"] == 1
    time.pass_by(days=3)
    assert runs()["changes_count"] == 0
    assert rows("SELECT count(*) FROM source_change") == [(1,)]
    first, second = watch.asked_since
    asked_at = rows("SELECT asked_at FROM watch_cursor")[0][0]
    assert first + OVERLAP + timedelta(days=3) - asked_at < timedelta(minutes=1)
    assert second - first < timedelta(minutes=1)  # From the first run on, less the overlap.


def test_a_source_that_fails_is_asked_from_where_it_answered_last(runs, add, watch, time):
    add("00000001")
    runs()
    watch.is_down = True
    for _ in range(5):
        time.pass_by(days=1)
        runs()
    watch.is_down = False
    runs()
    assert watch.asked_since[-1] - watch.asked_since[0] < timedelta(minutes=1)


def test_an_outage_over_a_whole_book_is_one_alert_that_ends_when_the_source_answers(
    runs, add, watch, open_alerts, rows
):
    for number in range(30):
        add(f"000000{number:02}")
    runs()
    add("00000099")
    watch.is_down = True
    assert runs()["watching"]["failed"] == {"creditsafe": "down"}
    runs()
    assert open_alerts() == [("source_down", "creditsafe")]
    watch.is_down = False
    runs()
    assert open_alerts() == []
    assert rows("SELECT count(*) FROM alert") == [(1,)]


def test_a_change_is_told_once_and_is_over_once_a_newer_report_was_read(
    runs, add, watch, open_alerts, rows, sessions, seller, clock
):
    debtor_id = add("00000001")
    watch.told = lambda since: [change("00000001", "score", "31"), change("00000001", "address", "Elsewhere 1")]
    assert runs()["alerts_opened_count"] == 2
    assert open_alerts() == [("bureau_change", str(debtor_id)), ("bureau_change", f"{debtor_id} notice")]
    severities = rows("SELECT severity, jsonb_array_length(data -> 'changes') FROM alert ORDER BY id")
    assert severities == [("warning", 1), ("notice", 1)]
    assert runs()["alerts_opened_count"] == 0
    with sessions.of(seller.id) as session:
        report(session, debtor_id, clock.now(seller), ())
    assert runs()["alerts_ended_count"] == 2
    assert open_alerts() == []


def report(session, debtor_id, at, events):
    """Keeps a report of the source that watches, which tells of these events."""
    facts = BureauFacts("creditsafe", at.date(), events=events)
    told = {"facts": as_document(facts), "raw": {}, "cost_amount": None, "cost_currency": None}
    told |= {"purpose": None, "relation": None, "kind": "credit_bureau", "provider": "creditsafe"}
    session.add(ReportRecord(debtor_id=debtor_id, retrieved_at=at, **told))


def test_whom_a_source_watches_no_longer_is_put_in_again(runs, add, watch, rows):
    add("00000001")
    watch.told = lambda since: [change("00000001", "watch", "EXIT")]
    runs()
    assert rows("SELECT state FROM watch") == [("ended",)]
    runs()
    assert (watch.watched, rows("SELECT state FROM watch")) == (["00000001", "00000001"], [("watched",)])


def test_the_group_of_an_insolvent_company_is_told(runs, add, watch, rows, minute):
    parent = add("00000001")
    child = add("00000002", parent_id=parent)
    below = add("00000005", parent_id=child)
    beside = add("00000003", parent_id=parent)
    stranger = add("00000004")
    watch.told = lambda since: [change("00000002", "insolvency", "Bankruptcy")]
    assert runs()["alerts_opened_count"] == 3
    told = rows("SELECT kind, severity, debtor_id, data -> 'insolvent_debtor_ids' FROM alert ORDER BY id")
    assert told[0] == ("insolvency_event", "urgent", child, None)
    members = {("group_insolvency_event", "urgent", each) for each in (parent, below)}
    assert {each[:3] for each in told[1:]} == members
    assert [each[3] for each in told[1:]] == [[str(child)]] * 2
    assert not {beside, stranger} & {each[2] for each in told}
    minute()
    assert rows("SELECT debtor_id, kind, placed_by FROM hold") == [(child, "stop_supply", "machine")]
    assert rows("SELECT count(*) FROM alert") == [(3,)]


def test_an_insolvency_is_over_when_a_newer_report_knows_of_none_and_supply_stays_stopped(
    runs, add, watch, rows, *, sessions, seller, clock, open_alerts, minute
):
    parent = add("00000001")
    child = add("00000002", parent_id=parent)
    watch.told = lambda since: [change("00000002", "insolvency", "Bankruptcy")]
    runs()
    minute()
    assert len(open_alerts()) == 2
    with sessions.of(seller.id) as session:
        report(session, child, clock.now(seller), ())
    assert runs()["alerts_ended_count"] == 2
    assert open_alerts() == []
    assert rows("SELECT ended_at FROM hold") == [(None,)]


def test_a_run_is_one_at_a_time_and_answers_the_same_job(app, erp, rows, client_of):
    first, second = erp.post("/v1/monitoring-runs"), erp.post("/v1/monitoring-runs")
    assert_documented(app, "POST", "/v1/monitoring-runs", 202, first.json)
    assert first.json == second.json
    assert rows("SELECT count(*) FROM job") == [(1,)]
    assert_problem(app, client_of("sales").post("/v1/monitoring-runs"), 403, "not_allowed")


def test_each_day_of_the_seller_has_one_run_of_its_own(place, seller, add, time, rows, sessions):
    assert begin_run_of_new_day(place, seller) is None  # Nobody is followed.
    add("00000001")
    begun = begin_run_of_new_day(place, seller)
    assert isinstance(begun, UUID)
    assert begin_run_of_new_day(place, seller) is None
    time.pass_by(days=1)
    assert begin_run_of_new_day(place, seller) is None  # Yesterday's runs still; today's begins after it.
    run_monitoring(place, seller, begun, {})
    with sessions.of(seller.id) as session:
        jobs.succeed(session, begun, {}, NOW)
    assert begin_run_of_new_day(place, seller) is not None
    today = rows("SELECT day FROM day_passed WHERE kind = 'monitoring_run'")[0][0]
    assert isinstance(today, date)
    assert today == Clock(time).today(seller)


def test_without_a_policy_a_run_says_so(place, seller, job_of, sessions):
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE policy SET state = 'retired' WHERE state = 'active'"))
    with pytest.raises(jobs.CannotBeDone) as failed:
        run_monitoring(place, seller, job_of("monitoring_run"), {})
    assert failed.value.error["code"] == "no_active_policy"


def test_several_workers_begin_one_run_for_a_day(place, seller, add):
    add("00000001")
    gate = Barrier(4)

    def begin(_):
        gate.wait()
        return begin_run_of_new_day(place, seller)

    with ThreadPoolExecutor(4) as pool:
        begun = [each for each in pool.map(begin, range(4)) if each is not None]
    assert len(begun) == 1
