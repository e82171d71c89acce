"""What the machine did meanwhile: stolen and idle time, and the memory of processes. Linux only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

QUIET_STEAL_PERCENT_MAX = 3
_IDLE, _STEAL = (3, 4), 7  # Columns of /proc/stat; waiting for the disk is idle too.


@dataclass(frozen=True, slots=True)
class MachineTimes:
    """Ticks since the machine started, of all its processors together."""

    total: int
    idle: int
    steal: int

    @classmethod
    def now(cls) -> Self:
        """Read the counters."""
        ticks = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return cls(sum(ticks), sum(ticks[column] for column in _IDLE), ticks[_STEAL])

    def percent_until(self, later: "MachineTimes") -> tuple[float, float]:
        """Give how many percent of the time from now on until `later` was stolen, and idle."""
        total = max(1, later.total - self.total)
        return 100 * (later.steal - self.steal) / total, 100 * (later.idle - self.idle) / total


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of one process in MB; `own_mb` counts a page shared by three as a third (PSS)."""

    resident_mb: float
    own_mb: float


def memory_of_children(process_id: int) -> list[Memory]:
    """Give the memory of each child of a process: the workers of a server."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    return [_memory(int(child)) for child in children]


def _memory(process_id: int) -> Memory:
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()
    kilobytes = {words[0]: int(words[1]) for line in lines[1:] if (words := line.split())}
    return Memory(kilobytes["Rss:"] / 1000, kilobytes["Pss:"] / 1000)


def peak_memory_mb() -> float:
    """Give the most memory that was resident in this process; unlike `getrusage`, not that of who started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(words[1]) for line in lines if (words := line.split())[0] == "VmHWM:") / 1000
