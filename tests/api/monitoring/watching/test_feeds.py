"""Sources that tell of everybody: of it is stored what is about who is followed, once, whatever happens meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api.clock import real_now
from api.monitoring.asking import OVERLAP
from api.monitoring.jobs import run_monitoring
from api.monitoring.streams import defer_readings, read_streams
from api.monitoring.telling import as_told
from api.records import debtors, source_changes, watches
from api.records.identities import OfficialNumber
from api.records.reports import ReportRecord
from api.records.watches import Watch
from providers.errors import NotUnderstood, SourceBusy, SourceDown
from providers.ports import Part
from tests.api.monitoring.watching.fake_feed import FakeFeed, catalog_of, change

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def feed():
    return FakeFeed()


@pytest.fixture
def stream(feed):
    feed.is_stream = True
    return feed


@pytest.fixture
def place(house, feed):
    return replace(house, catalog=catalog_of(feed))


@pytest.fixture
def add(place, seller) -> Callable[..., UUID]:
    def make(number: str, phase: str = "monitoring", scheme: str = "kvk", **more: Any) -> UUID:
        values = {"name": f"Company {number}", "country": "NL", "is_natural_person": False, **more}
        names = (OfficialNumber(scheme, "NL", number),)
        with place.sessions.of(seller.id) as session:
            return debtors.add(session, values, phase=phase, names=names, now=NOW).id

    return make


@pytest.fixture
def runs(place, seller, job_of):
    def do() -> dict[str, Any]:
        return run_monitoring(place, seller, job_of("monitoring_run"), {})

    return do


@pytest.fixture
def rows(sessions, seller):
    def read(sql: str) -> list[tuple[Any, ...]]:
        with sessions.of(seller.id) as session:
            return [tuple(each) for each in session.execute(text(sql))]

    return read


CHANGES = "SELECT key, kind FROM source_change ORDER BY key"


def test_nobody_is_put_in_and_who_has_no_number_there_is_tried_again_later(runs, add, feed, rows):
    add("00000001")
    add("123", scheme="other")
    watching = runs()["watching"]
    assert (watching["begun_count"], watching["unknown_count"]) == (1, 1)
    stands = "SELECT provider, state, scheme, value, fault FROM watch ORDER BY state"
    assert rows(stands) == [("kvk", "unknown", None, None, "no_number"), ("kvk", "watched", "kvk", "00000001", None)]
    assert runs()["watching"]["begun_count"] == 0


def test_who_is_not_followed_any_more_is_told_of_no_longer(runs, add, feed, rows, sessions, seller):
    debtor_id = add("00000001")
    runs()
    with sessions.of(seller.id) as session:
        debtors.enter_phase(session, debtors.get(session, debtor_id), "prospect", NOW)
    assert runs()["watching"]["ended_count"] == 1
    feed.told = [Part((change("00000001"),))]
    assert runs()["changes_count"] == 0
    assert rows("SELECT count(*) FROM source_change") == [(0,)]


def test_of_all_that_is_told_only_what_is_about_the_followed_is_asked_for_and_stored(runs, add, feed, rows):
    debtor_id = add("00000001")
    add("00000002", "prospect")
    runs()
    feed.told = [Part((change("00000009"), change("00000001"), change("00000002"))), Part((change("00000008"),))]
    feed.wholes = {"00000001 directors": "accounts"}
    result = runs()
    assert (result["changes_count"], result["looked_at_count"], result["alerts_opened_count"]) == (1, 1, 1)
    assert feed.asked == ["00000001 directors"]
    assert rows("SELECT key, kind, debtor_id FROM source_change") == [("00000001 directors", "accounts", debtor_id)]


def test_what_is_told_again_is_neither_asked_for_nor_stored_again(runs, add, feed, rows, time):
    add("00000001")
    runs()
    feed.told = [Part((change("00000001"), change("00000001")))]
    runs()
    time.pass_by(days=3)
    assert runs()["changes_count"] == 0
    assert set(feed.asked) == {"00000001 directors"}
    assert rows(CHANGES) == [("00000001 directors", "directors")]
    (first, _), (second, _) = feed.begun[-2:]
    assert timedelta(days=-1) < second - first < timedelta(days=1)
    assert second < real_now() + timedelta(days=1) - OVERLAP


def test_two_debtors_of_one_number_are_both_told_also_one_who_came_later(runs, add, feed, rows, sessions, seller):
    one, other = add("00000001"), add("00000002")
    runs()
    feed.told = [Part((change("00000001"),))]
    runs()
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE watch SET value = '00000001'"))
    assert runs()["changes_count"] == 1
    assert sorted(rows("SELECT debtor_id FROM source_change")) == sorted([(one,), (other,)])


def test_one_that_cannot_be_read_by_itself_is_kept_as_it_was_told(runs, add, feed, rows):
    add("00000001")
    runs()
    feed.told = [Part((change("00000001"), change("00000001", "status")))]
    feed.wholes = {"00000001 directors": NotUnderstood("kvk", "nonsense")}
    assert runs()["changes_count"] == 2
    assert rows(CHANGES) == [("00000001 directors", "directors"), ("00000001 status", "status")]


def test_a_source_that_fails_midway_keeps_what_came_and_is_asked_for_the_rest(runs, add, feed, rows, open_alerts):
    add("00000001")
    runs()
    feed.told = [Part((change("00000001", key="1"),)), Part((change("00000001", key="2"), change("00000001", key="3")))]
    feed.wholes = {"3": SourceDown("kvk", "503")}
    assert runs()["watching"]["failed"] == {"kvk": "down"}
    assert [key for key, _ in rows(CHANGES)] == ["1"]
    assert ("source_down", "kvk") in open_alerts()
    feed.wholes = {}
    assert runs()["changes_count"] == 2
    assert [key for key, _ in rows(CHANGES)] == ["1", "2", "3"]
    assert ("source_down", "kvk") not in open_alerts()


def test_a_stream_is_gone_on_with_from_where_it_was_left_with_what_came(runs, add, stream, rows):
    add("00000001")
    stream.told = [Part((), "5"), Part((change("00000001"),), "7")]
    runs()
    stream.told, stream.error = [Part((change("00000001", key="new"),), "9")], SourceBusy("kvk", "429")
    runs()
    stream.told, stream.error = [], None
    runs()
    assert [position for _, position in stream.begun] == [None, "7", "9"]
    assert [key for key, _ in rows(CHANGES)] == ["00000001 directors", "new"]
    assert rows("SELECT position, leased_until FROM watch_cursor") == [("9", None)]


def test_what_was_lost_at_the_source_is_said_and_stays_open_until_the_next_run(runs, add, stream, open_alerts):
    add("00000001")
    runs()
    stream.told = [Part((), "8", fault="timepoint_too_old"), Part((change("00000001"),), "9")]
    result = runs()
    assert result["watching"]["failed"] == {"kvk": "timepoint_too_old"}
    assert result["changes_count"] == 1
    assert ("source_down", "kvk") in open_alerts()
    stream.told = []
    runs()
    assert ("source_down", "kvk") not in open_alerts()


def test_a_stream_that_somebody_reads_is_left_to_him_and_a_dead_reader_holds_it_up_for_a_while(
    place, runs, add, stream, seller, rows, sessions
):
    add("00000001")
    runs()
    begun = len(stream.begun)
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE watch_cursor SET leased_until = now() + interval '4 minutes'"))
    read_streams(place, seller)
    assert len(stream.begun) == begun
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE watch_cursor SET leased_until = now() - interval '1 second'"))
    read_streams(place, seller)
    assert len(stream.begun) == begun + 1


def test_a_reader_who_took_too_long_does_not_move_the_other_back(place, runs, add, stream, seller, rows, sessions):
    add("00000001")
    runs()

    def take_over() -> None:
        with sessions.of(seller.id) as session:
            session.execute(text("UPDATE watch_cursor SET leased_until = now() + interval '1 hour', position = '99'"))

    stream.told, stream.during = [Part((change("00000001"),), "5")], take_over
    read_streams(place, seller)
    assert rows("SELECT position FROM watch_cursor") == [("99",)]
    assert rows(CHANGES) == []


def test_several_who_read_at_once_store_each_change_once(place, runs, add, stream, seller, rows):
    add("00000001")
    runs()
    begun, gate, over = len(stream.begun), Barrier(4), Event()
    stream.told, stream.during = [Part((change("00000001"),), "5")], lambda: over.wait(0.3)

    def read(_: int) -> int:
        gate.wait()
        return read_streams(place, seller).looked_at_count

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(read, range(4))) == 1
    assert 1 <= len(stream.begun) - begun <= 4
    assert rows(CHANGES) == [("00000001 directors", "directors")]


def test_a_stream_is_read_between_runs_and_who_changed_looked_at(place, runs, add, stream, seller, open_alerts, rows):
    debtor_id = add("00000001")
    runs()
    stream.told = [Part((change("00000001", "insolvency", new="bankruptcy"),), "5")]
    assert read_streams(place, seller).alerts_opened_count == 1
    assert open_alerts() == [("insolvency_event", str(debtor_id))]
    stream.told, stream.error = [], SourceDown("kvk", "503")
    read_streams(place, seller)
    assert ("source_down", "kvk") in open_alerts()
    defer_readings(place)
    queued = "SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'creditgate.read_streams'"
    assert rows(f"{queued} AND args ->> 'seller_id' = '{seller.id}'") == [(1,)]


def test_what_is_no_stream_waits_for_the_run(place, runs, add, feed, seller, rows):
    add("00000001")
    runs()
    begun = len(feed.begun)
    read_streams(place, seller)
    defer_readings(place)
    assert len(feed.begun) == begun
    queued = "SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'creditgate.read_streams'"
    assert rows(f"{queued} AND args ->> 'seller_id' = '{seller.id}'") == [(0,)]


def test_what_a_register_told_is_over_when_it_was_asked_again(runs, add, feed, sessions, seller, clock, open_alerts):
    debtor_id = add("00000001")
    runs()
    feed.told = [Part((change("00000001"),))]
    runs()
    assert open_alerts() == [("bureau_change", f"{debtor_id} notice")]
    for kind, provider, is_over in (("company_register", "creditsafe", False), ("company_register", "kvk", True)):
        told = {"facts": {"name": "Company"}, "raw": {}, "cost_amount": None, "cost_currency": None}
        whom = {"debtor_id": debtor_id, "purpose": None, "relation": None, "retrieved_at": clock.now(seller)}
        with sessions.of(seller.id) as session:
            session.add(ReportRecord(kind=kind, provider=provider, **told, **whom))
        runs()
        assert (open_alerts() == []) is is_over


def test_a_debtor_that_two_sources_call_insolvent_has_one_alert_that_names_both(place, seller, add, runs, feed, rows):
    debtor_id = add("00000001")
    runs()
    feed.told = [Part((change("00000001", "insolvency", new="FAIL"),))]
    with place.sessions.of(seller.id) as session:
        watched = Watch("creditsafe", "watched", OfficialNumber("kvk", "NL", "00000001"), NOW)
        watches.keep(session, debtor_id, watched)
        source_changes.add(session, "creditsafe", [as_told(change("00000001", "insolvency", new="Bankrupt"))], NOW)
    runs()
    told = rows("SELECT subject, data -> 'providers' FROM alert WHERE kind = 'insolvency_event'")
    assert told == [(str(debtor_id), ["creditsafe", "kvk"])]
