"""Faults on request: for whom, about what, how often, and how each spoils an answer."""

import itertools
from collections.abc import Collection
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any, Literal, get_args

FaultKind = Literal[
    "slow",
    "rate_limited",
    "error",
    "broken_json",
    "cut",
    "expired_token",
    "maintenance",
    "redirect",
    "huge",
]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
SECONDS_MAX = 600


@dataclass(slots=True)
class Fault:
    """One fault. `match` is a company's number or name, or a part of a path; None: every call. `times` None: forever.

    `seconds` are how long a slow answer takes, and what `Retry-After` says of the kinds that ask to wait.
    """

    id: int
    provider: str
    kind: FaultKind
    match: str | None = None
    seconds: float | None = None
    times: int | None = None

    def fits(self, provider: str, words: Collection[str]) -> bool:
        """Whether it is meant for a call to a provider in which these words stand."""
        return self.provider == provider and (self.match is None or any(self.match in each for each in words))


class Faults:
    """The faults that wait for their calls; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ids = itertools.count(1)
        self._waiting: list[Fault] = []

    def add(self, told: dict[str, Any]) -> Fault:
        """Have a fault wait; `told` has passed `errors_in`."""
        with self._lock:
            fault = Fault(id=next(self._ids), **told)
            self._waiting.append(fault)
            return fault

    def take(self, provider: str, words: Collection[str]) -> Fault | None:
        """The first fault that fits a call, counted as used."""
        with self._lock:
            for fault in self._waiting:
                if fault.fits(provider, words):
                    if fault.times is not None:
                        fault.times -= 1
                        if not fault.times:
                            self._waiting.remove(fault)
                    return fault
        return None

    def remove(self, fault_id: int | None = None) -> None:
        """Take back one fault, or all of them."""
        with self._lock:
            self._waiting = [each for each in self._waiting if fault_id not in (None, each.id)]

    def waiting(self) -> list[dict[str, Any]]:
        """What still waits, as documents."""
        with self._lock:
            return [asdict(each) for each in self._waiting]


def errors_in(told: Any, providers: Collection[str]) -> list[str]:
    """Everything that is wrong with a fault somebody asks for; empty when it can be had."""
    if not isinstance(told, dict):
        return ["the body must be a JSON object"]
    found = [f"{name}: there is no such field" for name in told if name not in Fault.__slots__ or name == "id"]
    if told.get("provider") not in [*providers]:
        found.append(f"provider: must be one of {', '.join(sorted(providers))}")
    if told.get("kind") not in KINDS:
        found.append(f"kind: must be one of {', '.join(KINDS)}")
    if not isinstance(told.get("match"), str | None) or told.get("match") == "":
        found.append("match: must be a text that is not empty")
    seconds, times = told.get("seconds"), told.get("times")
    if seconds is not None and not (_is_number(seconds) and 0 <= seconds <= SECONDS_MAX):
        found.append(f"seconds: must be a number from 0 to {SECONDS_MAX}")
    if times is not None and not (_is_number(times) and isinstance(times, int) and times > 0):
        found.append("times: must be a whole number of 1 or more")
    if told.get("kind") == "slow" and seconds is None:
        found.append("seconds: a slow answer needs to know how slow")
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
