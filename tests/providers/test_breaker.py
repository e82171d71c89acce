"""When a source is left alone, and who asks it first again."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.errors import SourceDown, SourceLate, SourceLeftAlone
from providers.http import Request
from providers.memory import BreakerState, LocalMemory
from tests.providers.vendor import ASK, answers, failure_of, line_to, vendor


def test_failures_in_a_row_open_the_breaker_and_nobody_asks_then():
    memory = LocalMemory()
    with vendor(answers(b"", 500)) as failing:
        for _ in range(3):
            failure_of(line_to(failing.address, memory=memory, breaker_failures=3))
        assert memory.breaker().failures == 3
        left_alone = failure_of(line_to(failing.address, memory=memory, breaker_failures=3))
        assert len(failing.asked) == 3
    assert type(left_alone) is SourceLeftAlone
    assert 1 <= left_alone.retry_after_seconds <= 30
    assert [call.tries for call in memory.calls] == [1, 1, 1, 0]


def test_a_success_ends_the_row():
    memory = LocalMemory()
    bad, good = answers(b"", 500), answers()
    with vendor(bad, bad, good, bad, bad, good) as shaky:
        for _ in range(6):
            with contextlib.suppress(SourceDown):
                line_to(shaky.address, memory=memory, breaker_failures=3).send(ASK)
        assert len(shaky.asked) == 6
    assert memory.breaker() == BreakerState()


def test_a_call_that_used_up_its_time_opens_the_breaker_at_once():
    memory = LocalMemory()
    with vendor(lambda connection, _: time.sleep(3)) as slow:
        assert type(failure_of(line_to(slow.address, memory=memory, seconds=0.5, breaker_failures=3))) is SourceLate
        assert type(failure_of(line_to(slow.address, memory=memory, seconds=0.5))) is SourceLeftAlone
        assert len(slow.asked) == 1


def test_what_says_nothing_of_the_source_changes_nothing():
    with vendor(lambda connection, _: time.sleep(1)) as slow:
        for memory, before in ((LocalMemory(), 0), (LocalMemory(), 2), (opened(seconds_ago=60)[0], 1)):
            while memory.breaker().failures < before:
                memory.note_failure(None)
            was_open = memory.breaker().opened_at is not None
            assert isinstance(failure_of(line_to(slow.address, memory=memory, seconds=0.05)), SourceLate)
            with pytest.raises(TypeError):
                line_to(slow.address, memory=memory, breaker_seconds=0).send(Request("ask", "/", json=object()))
            assert memory.breaker().failures == before
            assert (memory.breaker().opened_at is not None) is was_open


@pytest.mark.parametrize("behaviour", [answers(b"", status) for status in (400, 401, 403, 404, 429)] + [answers(b"<")])
def test_what_the_source_answered_is_no_failure_of_it(behaviour):
    memory = LocalMemory()
    with vendor(behaviour) as answering:
        for _ in range(4):
            failure_of(line_to(answering.address, memory=memory, breaker_failures=2))
        assert len(answering.asked) == 4


def opened(seconds_ago: float) -> tuple[LocalMemory, datetime]:
    memory, at = LocalMemory(), datetime.now(UTC) - timedelta(seconds=seconds_ago)
    memory.note_failure(at)
    return memory, at


@pytest.mark.parametrize(("behaviour", "closes"), [(answers(), True), (answers(b"", 500), False)])
def test_after_its_time_exactly_one_of_many_tries_the_source(behaviour, closes):
    memory, _ = opened(seconds_ago=60)

    def slow(connection: Any, request: bytes) -> None:
        time.sleep(0.5)
        behaviour(connection, request)

    def ask(_: int) -> str:
        try:
            line_to(probed.address, memory=memory, at_once=20, breaker_failures=3).send(ASK)
        except SourceDown:
            return "down"
        return "ok"

    with vendor(slow) as probed, ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(ask, range(20)))
        assert len(probed.asked) == 1
    assert outcomes.count("ok") == (1 if closes else 0)
    assert (memory.breaker().opened_at is None) is closes
