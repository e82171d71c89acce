"""Tells what was measured: a table for people, a JSON file for programs, and which aims are met."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench.machine import QUIET_STEAL_PERCENT_MAX, Memory
from bench.rounds import Comparison, Run

SHARE_MIN, SHARE_AIM = 0.5, 0.75
P99_TIMES_MAX = 3
GROWTH_MAX = 0.2


@dataclass(frozen=True, slots=True)
class Summary:
    """One case at one number of clients: medians over its rounds. Ratios are to the floor, None for a floor itself.

    `p99_ratio` is of quiet rounds only, and None where there was none.
    """

    case: str
    client_count: int
    p50_ms: float
    p99_ms: float
    per_second: float
    throughput_ratio: float | None
    p99_ratio: float | None
    statements: int
    steal_percent: float
    idle_percent: float


def summaries(comparisons: Sequence[Comparison], statements: Mapping[str, int]) -> list[Summary]:
    """Sum up each case at each number of clients."""
    groups: dict[tuple[str, int], list[Comparison]] = {}
    for each in comparisons:
        groups.setdefault((each.run.case, each.run.client_count), []).append(each)
    return [_summary(group, statements[name]) for (name, _), group in groups.items()]


def _summary(group: Sequence[Comparison], statements: int) -> Summary:
    pairs = [(each.run, each.floor) for each in group if each.floor]
    quiet = [pair for pair in pairs if max(each.steal_percent for each in pair) < QUIET_STEAL_PERCENT_MAX]

    def middle(value: Callable[[Run], float]) -> float:
        return median(value(each.run) for each in group)

    return Summary(
        case=group[0].run.case,
        client_count=group[0].run.client_count,
        p50_ms=middle(lambda run: run.p50_ms),
        p99_ms=middle(lambda run: run.p99_ms),
        per_second=middle(lambda run: run.per_second),
        throughput_ratio=_median(run.per_second / floor.per_second for run, floor in pairs),
        p99_ratio=_median(run.p99_ms / floor.p99_ms for run, floor in quiet),
        statements=statements,
        steal_percent=middle(lambda run: run.steal_percent),
        idle_percent=middle(lambda run: run.idle_percent),
    )


def _median(values: Iterable[float]) -> float | None:
    listed = list(values)
    return median(listed) if listed else None


def verdicts(told: Sequence[Summary], smallest: str, largest: str) -> list[str]:
    """Say of each aim whether it is met. `smallest` and `largest` name the checks between which nothing may grow."""
    lines = []
    for each in told:
        if each.throughput_ratio is None:
            continue
        where = f"{each.case}, {_clients(each.client_count)}"
        share = each.throughput_ratio
        aim = f"aim {SHARE_AIM:.0%} {_met(share >= SHARE_AIM)}"
        lines.append(
            f"{where}: {share:.0%} of the floor's throughput, {SHARE_MIN:.0%} {_met(share >= SHARE_MIN)}, {aim}"
        )
        if each.p99_ratio is None:
            lines.append(f"{where}: p99 not judged, steal was never under {QUIET_STEAL_PERCENT_MAX} %")
        else:
            times = each.p99_ratio
            lines.append(f"{where}: p99 {times:.1f} times the floor's, {P99_TIMES_MAX} {_met(times < P99_TIMES_MAX)}")
    for client_count in dict.fromkeys(each.client_count for each in told):
        p50 = {each.case: each.p50_ms for each in told if each.client_count == client_count}
        growth = p50[largest] / p50[smallest] - 1
        lines.append(
            f"{_clients(client_count)}: median {growth:+.0%} from {smallest} to {largest},"
            f" {GROWTH_MAX:.0%} {_met(growth <= GROWTH_MAX)}"
        )
    return lines


def table(told: Sequence[Summary], memory: Mapping[str, Sequence[Memory]]) -> str:
    """Write the figures as a table for people."""
    head = ("case", "clients", "p50 ms", "p99 ms", "per s", "of floor", "statements", "steal %", "idle %")
    rows = [
        (
            each.case,
            str(each.client_count),
            f"{each.p50_ms:.2f}",
            f"{each.p99_ms:.2f}",
            f"{each.per_second:.0f}",
            "" if each.throughput_ratio is None else f"{each.throughput_ratio:.0%}",
            str(each.statements),
            f"{each.steal_percent:.1f}",
            f"{each.idle_percent:.0f}",
        )
        for each in sorted(told, key=lambda each: each.client_count)
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    for server, workers in memory.items():
        each_worker = ", ".join(f"{worker.resident_mb:.0f} ({worker.own_mb:.0f})" for worker in workers)
        lines.append(f"memory of each {server} worker in MB, resident (own share): {each_worker}")
    return "\n".join(lines)


def write_json(
    path: Path, told: Sequence[Summary], comparisons: Sequence[Comparison], memory: Mapping[str, Sequence[Memory]]
) -> None:
    """Write all that was measured, every run included."""
    document = {
        "summaries": [asdict(each) for each in told],
        "memory": {server: [asdict(worker) for worker in workers] for server, workers in memory.items()},
        "comparisons": [asdict(each) for each in comparisons],
    }
    path.write_text(json.dumps(document, indent=1))


def _clients(count: int) -> str:
    return "1 client" if count == 1 else f"{count} clients"


def _met(is_met: bool) -> str:
    return "met" if is_met else "NOT met"
