"""Work that several threads of a process need at the same time: done once, on a bounded pool, and awaited by all."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work under way. `deadline` (monotonic) is until when whoever began it waits for it."""

    future: "Future[Any]"
    deadline: float


class SharedWork:
    """Does each piece of work once, however many ask for it while it is under way."""

    def __init__(self, threads_max: int) -> None:
        self._pool = ThreadPoolExecutor(threads_max, thread_name_prefix="asking")
        self._under_way: dict[Hashable, Work] = {}
        self._lock = Lock()

    def begin_or_join(self, key: Hashable, deadline: float, do: Callable[[], Any]) -> tuple[Work, bool]:
        """Give the work of that key that is under way, or begin it; and whether it was begun here."""
        with self._lock:
            work = self._under_way.get(key)
            if work is not None:
                return work, False
            work = Work(Future(), deadline)
            self._under_way[key] = work
        try:
            self._pool.submit(self._do, key, work, do)
        except RuntimeError:  # The process is ending.
            self._forget(key)
            raise
        return work, True

    def _do(self, key: Hashable, work: Work, do: Callable[[], Any]) -> None:
        try:
            result = do()
        except BaseException as error:
            self._forget(key)
            work.future.set_exception(error)
        else:
            self._forget(key)  # First: whoever asks from now on sees what the work has left behind.
            work.future.set_result(result)

    def _forget(self, key: Hashable) -> None:
        with self._lock:
            del self._under_way[key]
