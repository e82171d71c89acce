"""Work under way is joined, finished work is begun anew, and an error reaches everybody who waits."""

from threading import Event
from time import monotonic

import pytest

from api.shared_work import SharedWork


def test_work_under_way_is_joined_and_finished_work_is_begun_again() -> None:
    shared, may_end, done = SharedWork(2), Event(), []

    def do() -> int:
        may_end.wait(10)
        done.append(1)
        return len(done)

    one, is_begun = shared.begin_or_join("key", monotonic(), do)
    other, is_begun_too = shared.begin_or_join("key", monotonic(), do)
    apart, _ = shared.begin_or_join("another key", monotonic(), lambda: "apart")
    assert (is_begun, is_begun_too, other is one) == (True, False, True)
    assert apart.future.result(10) == "apart"
    may_end.set()
    assert (one.future.result(10), other.future.result(10)) == (1, 1)
    again, is_begun = shared.begin_or_join("key", monotonic(), do)
    assert (again.future.result(10), is_begun) == (2, True)


def test_an_error_reaches_all_and_leaves_nothing_behind() -> None:
    shared, may_end = SharedWork(1), Event()

    def fail() -> None:
        may_end.wait(10)
        raise LookupError("gone")

    waiting = [shared.begin_or_join("key", monotonic(), fail)[0] for _ in range(3)]
    may_end.set()
    for work in waiting:
        with pytest.raises(LookupError, match="gone"):
            work.future.result(10)
    assert shared.begin_or_join("key", monotonic(), lambda: 1)[0].future.result(10) == 1


def test_no_more_is_done_at_once_than_there_are_threads() -> None:
    shared, may_end, running = SharedWork(2), Event(), []

    def do() -> None:
        running.append(1)
        may_end.wait(10)

    begun = [shared.begin_or_join(key, monotonic(), do)[0] for key in range(4)]
    while len(running) < 2:
        pass
    assert (len(running), sum(work.future.done() for work in begun)) == (2, 0)
    may_end.set()
    for work in begun:
        work.future.result(10)
    assert len(running) == 4
