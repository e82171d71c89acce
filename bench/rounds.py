"""Measures floors and product in turns, so that whatever else the machine does falls on both alike."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles

from bench.load import Load, Question, put_load
from bench.machine import MachineTimes

CLIENT_COUNTS = (1, 4)
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured. `floor` names the case it stands beside, None for one that is a floor itself."""

    name: str
    question: Question
    floor: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One case under load for some seconds; shares of the machine's time are in percent."""

    case: str
    client_count: int
    round: int
    p50_ms: float
    p99_ms: float
    per_second: float
    steal_percent: float
    idle_percent: float
    request_count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A case in one round beside the run of its floor just before it."""

    run: Run
    floor: Run | None


def measure(cases: Sequence[Case], round_count: int, seconds: float) -> Iterator[Comparison]:
    """Run every case, each just after its floor, for each number of clients, round after round."""
    by_name = {case.name: case for case in cases}
    with ProcessPoolExecutor(max(CLIENT_COUNTS)) as pool:
        for case in cases:
            put_load(pool, case.question, max(CLIENT_COUNTS), WARM_UP_SECONDS)
        for round_number in range(1, round_count + 1):
            for client_count in CLIENT_COUNTS:
                for case in cases:
                    floor = None
                    if case.floor:
                        floor = _run(pool, by_name[case.floor], client_count, round_number, seconds)
                    yield Comparison(_run(pool, case, client_count, round_number, seconds), floor)


def _run(pool: ProcessPoolExecutor, case: Case, client_count: int, round_number: int, seconds: float) -> Run:
    before = MachineTimes.now()
    load = put_load(pool, case.question, client_count, seconds)
    steal, idle = before.percent_until(MachineTimes.now())
    return Run(case.name, client_count, round_number, *_figures(load), steal, idle, len(load.request_seconds))


def _figures(load: Load) -> tuple[float, float, float]:
    p99 = quantiles(load.request_seconds, n=100, method="inclusive")[98]
    return 1000 * median(load.request_seconds), 1000 * p99, len(load.request_seconds) / load.seconds
