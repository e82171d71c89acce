"""What takes too long is ended, and nothing else is."""

import time
from threading import Event

from providers.watching import Watch


def test_what_takes_too_long_is_ended_once_and_what_does_not_is_left() -> None:
    watch, ended, quick = Watch(), Event(), Event()
    calls: list[int] = []

    def end() -> None:
        calls.append(1)
        ended.set()

    with watch.ending(60, quick.set):
        with watch.ending(0.05, end):
            assert ended.wait(30)
        with watch.ending(0.05, quick.clear):
            pass
    time.sleep(0.6)
    assert calls == [1]
    assert not quick.is_set()


def test_it_goes_on_after_it_had_nothing_to_do() -> None:
    watch = Watch()
    for _ in range(3):
        ended = Event()
        with watch.ending(0.01, ended.set):
            assert ended.wait(30)
        time.sleep(0.3)


def test_what_is_over_at_once() -> None:
    ended = Event()
    with Watch().ending(0, ended.set):
        assert ended.wait(30)
