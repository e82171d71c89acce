"""The benchmark of imports: a whole ledger through the command, a day's file on top, and who waits meanwhile."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from threading import Event, Thread
from uuid import UUID

from sqlalchemy import text

from api.administration.sellers import add_seller
from api.embedded import Embedded
from api.records import debtor_locks
from api.records.sellers import Seller
from api.records.sessions import Sessions, connect
from bench.copy_floor import copy_seconds
from bench.database import durable_database
from bench.ledger_files import LedgerFile, make_files
from bench.machine import MachineTimes
from bench.servers import environment

SELLER = "Benchmark"
TIMES_MAX = 4
MEMORY_MB_MAX = 300
DAY_TIMES_MAX = 1.3
WAIT_SECONDS_MAX = 1.0
DAY_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: a ledger of `invoice_count`, and a day's file with `day_count` lines."""

    invoice_count: int
    debtor_count: int
    day_count: int


WHOLE = Extent(invoice_count=1_000_000, debtor_count=50_000, day_count=20_000)
QUICK = Extent(invoice_count=4_000, debtor_count=200, day_count=1_000)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured. Waits are of somebody who locks one debtor after the other while the ledger comes in."""

    lines_count: int
    import_seconds: float
    copy_seconds: float
    copied_rows: int
    memory_mb: float
    longest_wait_seconds: float
    waits_count: int
    day_on_top_seconds: float
    day_on_empty_seconds: float
    steal_percent: float


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = make_files(folder, "F", extent.invoice_count, extent.debtor_count)
    days = [make_files(folder, f"D{n}", extent.day_count // 2, extent.debtor_count) for n in range(DAY_REPEATS)]
    started = MachineTimes.now()
    with durable_database() as database:
        seller = _seller(database)
        with _locking(database, seller) as waits:
            seconds, memory = zip(*(_import(file, database) for file in whole), strict=True)
        copied, rows = copy_seconds(database.owner_url)
        on_top = min(sum(_import(file, database)[0] for file in day) for day in days)
    on_empty = min(_on_empty(day) for day in days)
    figures = Figures(
        lines_count=sum(file.lines_count for file in whole),
        import_seconds=sum(seconds),
        copy_seconds=copied,
        copied_rows=rows,
        memory_mb=max(memory),
        longest_wait_seconds=max(waits, default=0),
        waits_count=len(waits),
        day_on_top_seconds=on_top,
        day_on_empty_seconds=on_empty,
        steal_percent=started.percent_until(MachineTimes.now())[0],
    )
    told = "\n".join(_told(figures))
    print(told)
    (folder / "ledger_import.txt").write_text(told + "\n")
    (folder / "ledger_import.json").write_text(json.dumps(asdict(figures), indent=1))


def _seller(database: Embedded) -> Seller:
    engine = connect(database.app_url)
    seller = add_seller(Sessions(engine), SELLER, "test")
    engine.dispose()
    return seller


def _import(file: LedgerFile, database: Embedded) -> tuple[float, float]:
    """Import a file by the command, as a user does. Gives its seconds, the start of Python included, and its MB."""
    command = [sys.executable, "-m", "api", "import", str(file.path), "--seller", SELLER, "--mapping"]
    variables = {**os.environ, **environment(database.app_url)}
    started = time.perf_counter()
    process = subprocess.Popen([*command, str(file.mapping)], env=variables, stdout=subprocess.PIPE, text=True)
    told = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status or not told.startswith(f"{file.lines_count} lines: {file.lines_count} taken"):
        raise RuntimeError(f"{file.path.name} was not taken whole: {told}")
    return seconds, usage.ru_maxrss / 1000


def _on_empty(day: tuple[LedgerFile, LedgerFile]) -> float:
    with durable_database() as database:
        _seller(database)
        return sum(_import(file, database)[0] for file in day)


@contextmanager
def _locking(database: Embedded, seller: Seller) -> Iterator[list[float]]:
    """Lock one debtor after the other, as an order does, and note how long each took."""
    engine, waits, stop = connect(database.app_url, pool_size=1), list[float](), Event()

    def lock_on() -> None:
        sessions, random = Sessions(engine), Random(1)
        known: list[UUID] = []
        while not stop.wait(0.02):
            if len(known) < 100 or random.random() < 0.01:
                with sessions.of(seller.id) as session:
                    known = list(session.scalars(text("SELECT id FROM debtor ORDER BY random() LIMIT 1000")))
            if known:
                with sessions.of(seller.id) as session:
                    started = time.perf_counter()
                    debtor_locks.lock(session, [random.choice(known)])
                    waits.append(time.perf_counter() - started)

    thread = Thread(target=lock_on)
    thread.start()
    try:
        yield waits
    finally:
        stop.set()
        thread.join()
        engine.dispose()


def _told(figures: Figures) -> Iterator[str]:
    times = figures.import_seconds / figures.copy_seconds
    day = figures.day_on_top_seconds / figures.day_on_empty_seconds
    yield (
        f"import: {figures.lines_count:,} lines in {figures.import_seconds:.0f} s,"
        f" {figures.lines_count / figures.import_seconds:,.0f} a second (steal {figures.steal_percent:.1f} %)"
    )
    yield f"floor: {figures.copied_rows:,} rows by COPY in {figures.copy_seconds:.0f} s"
    yield f"import: {times:.1f} times the floor, {TIMES_MAX} {_met(times <= TIMES_MAX)}"
    yield f"import: {figures.memory_mb:.0f} MB, {MEMORY_MB_MAX} {_met(figures.memory_mb < MEMORY_MB_MAX)}"
    yield (
        f"import: a debtor was waited for at most {figures.longest_wait_seconds:.2f} s in {figures.waits_count:,}"
        f" tries, {WAIT_SECONDS_MAX:.0f} {_met(figures.longest_wait_seconds < WAIT_SECONDS_MAX)}"
    )
    yield (
        f"a day's file: {figures.day_on_top_seconds:.1f} s on top, {figures.day_on_empty_seconds:.1f} s on an empty"
        f" ledger: {day:.2f} times, {DAY_TIMES_MAX} {_met(day <= DAY_TIMES_MAX)}"
    )


def _met(is_met: bool) -> str:
    return "met" if is_met else "NOT met"
