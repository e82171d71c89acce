"""How often and how many at once a source is asked."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Lock, Timer
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import SourceBusy, SourceLate, SourceLeftAlone
from providers.http import Request
from providers.memory import BreakerState, LocalMemory
from providers.settings import Rate, SourceSettings
from providers.turns import keep_away, spacing, take_turn
from tests.providers.vendor import ASK, answers, failure_of, line_to, vendor

BUY = Request("report", "/companies", cost=(Decimal("4.50"), "EUR"))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_no_more_are_asking_at_once_than_may():
    lock, now, most = Lock(), 0, 0

    def counting(connection: Any, request: bytes) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1
        answers()(connection, request)

    with vendor(counting) as counted, ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda _: line_to(counted.address, at_once=3).send(ASK), range(24)))
        assert len(counted.asked) == 24
    assert most in (2, 3)


def test_who_finds_no_place_in_time_is_told_that_it_is_busy():
    def slow(connection: Any, request: bytes) -> None:
        time.sleep(1)
        answers()(connection, request)

    memory = LocalMemory()
    with vendor(slow) as held, ThreadPoolExecutor(2) as threads:
        first = threads.submit(line_to(held.address, at_once=1).send, ASK)
        while not held.asked:
            time.sleep(0.01)
        assert type(failure_of(line_to(held.address, at_once=1, seconds=0.2, memory=memory))) is SourceBusy
        first.result()
    assert memory.breaker() == BreakerState()


@pytest.mark.parametrize("opens_after", [0.0, 0.3])
def test_nobody_waits_for_a_place_at_a_source_that_is_left_alone(opens_after: float) -> None:
    def slow(connection: Any, request: bytes) -> None:
        time.sleep(3)
        answers()(connection, request)

    memory = LocalMemory()
    with vendor(slow) as held, ThreadPoolExecutor(2) as threads:
        first = threads.submit(line_to(held.address, at_once=1).send, ASK)
        while not held.asked:
            time.sleep(0.01)
        Timer(opens_after, memory.note_failure, [datetime.now(UTC)]).start()
        time.sleep(0 if opens_after else 0.1)
        failure = failure_of(line_to(held.address, at_once=1, seconds=10, memory=memory))
        assert (type(failure), first.done()) == (SourceLeftAlone, False)
        first.result()


def test_what_is_under_way_is_waited_for_longer_but_nothing_begins_after_the_deadline() -> None:
    def slow(connection: Any, request: bytes) -> None:
        time.sleep(1)
        answers()(connection, request)

    with vendor(slow) as late, ThreadPoolExecutor(2) as threads:
        paid = threads.submit(line_to(late.address, at_once=1, seconds=0.4, late_seconds=20).send, BUY)
        while not late.asked:
            time.sleep(0.01)
        memory = LocalMemory()
        second = line_to(late.address, at_once=1, seconds=0.2, late_seconds=20, memory=memory)
        assert type(failure_of(second)) is SourceBusy
        assert not paid.done()
        assert (paid.result().status, len(late.asked)) == (200, 1)
    with vendor(slow) as late:
        free = line_to(late.address, seconds=0.4, late_seconds=20)
        assert type(failure_of(free)) is SourceLate
    with vendor(answers(b"", 429, {"Retry-After": "5"})) as busy:
        started = monotonic()
        for _ in range(2):
            assert type(failure_of(line_to(busy.address, seconds=1, late_seconds=20, memory=memory))) is SourceBusy
        assert (len(busy.asked), monotonic() - started < 1) == (1, True)


@given(
    calls=st.integers(1, 50), seconds=st.sampled_from([1.0, 60.0, 300.0]), gaps=st.lists(st.floats(0, 1), max_size=150)
)
def test_no_span_of_time_has_more_turns_than_a_rate_allows(calls, seconds, gaps):
    memory, now, taken = LocalMemory(), NOW, []
    interval, burst = spacing(Rate(calls, seconds))
    for gap in gaps:
        now += timedelta(seconds=gap * seconds / calls)
        if memory.turn(now, interval, burst) == 0:
            taken.append(now)
    span = timedelta(seconds=seconds) - timedelta(milliseconds=1)
    assert all(sum(start <= each < start + span for each in taken) <= calls for start in taken)


def test_a_rate_is_kept_by_waiting_where_there_is_time_and_is_busy_where_there_is_not():
    memory, rate = LocalMemory(), Rate(5, 1.0)
    with vendor(answers()) as paced:
        started = monotonic()
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: line_to(paced.address, memory=memory, rate=rate).send(ASK), range(8)))
        assert monotonic() - started >= 1
        rate = Rate(1, 60.0)
        line_to(paced.address, memory=memory, rate=rate).send(ASK)
        busy = failure_of(line_to(paced.address, memory=memory, rate=rate, seconds=0.5))
        assert len(paced.asked) == 9
    assert type(busy) is SourceBusy
    assert 50 <= busy.retry_after_seconds <= 60


@pytest.mark.parametrize("rate", [None, Rate(10, 1.0)])
def test_many_who_hear_the_same_wait_do_not_add_theirs_up(rate):
    settings, memory = SourceSettings("vendor", "https://vendor.example", rate=rate), LocalMemory()
    take_turn(settings, memory, lambda: NOW, monotonic() + 1)
    for _ in range(20):
        keep_away(settings, memory, NOW, 30)
    with pytest.raises(SourceBusy) as busy:
        take_turn(settings, memory, lambda: NOW, monotonic() + 1)
    assert busy.value.retry_after_seconds in (30, 31)
    take_turn(settings, memory, lambda: NOW + timedelta(seconds=31), monotonic() + 1)
