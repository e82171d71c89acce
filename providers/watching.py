"""Ends what takes too long: one thread looks after all posts of a process, instead of a timer for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from time import monotonic

LOOK_SECONDS = 0.2  # So much later than its time something may be ended.


class Watch:
    """Looks after what is going on, for as long as anything is."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._watched: dict[object, tuple[float, Callable[[], None]]] = {}
        self._thread: Thread | None = None

    @contextmanager
    def ending(self, seconds: float, end: Callable[[], None]) -> Iterator[None]:
        """Call `end` once when what stands in the `with` takes longer; it must not wait for anything."""
        token = object()
        with self._changed:
            self._watched[token] = (monotonic() + seconds, end)
            if self._thread is None or not self._thread.is_alive():  # A forked process has no threads of its parent.
                self._thread = Thread(target=self._look, name="creditgate-watch", daemon=True)
                self._thread.start()
            elif len(self._watched) == 1:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._watched.pop(token, None)

    def _look(self) -> None:
        while True:
            with self._changed:
                if not self._watched:
                    self._changed.wait()
                now = monotonic()
                over = [token for token, (until, _) in self._watched.items() if until <= now]
                ends = [self._watched.pop(token)[1] for token in over]
            for end in ends:
                end()
            with self._changed:
                self._changed.wait(LOOK_SECONDS)


WATCH = Watch()
