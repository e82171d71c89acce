"""The benchmark of a monitoring run: a whole book that is watched, a part of which changed, beside its reads alone."""

import json
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from sqlalchemy import text

from api.administration.sellers import add_seller, find_seller
from api.app import make_house
from api.config import Config
from api.monitoring.jobs import KIND, run_monitoring
from api.monitoring.watching import BATCH_COUNT, BEFORE_ALL
from api.records import jobs, watches
from api.records.sellers import Seller
from api.records.sessions import Sessions, connect
from bench.database import durable_database, settle
from bench.machine import MachineTimes, peak_memory_mb
from bench.rescore import Extent, make_book
from providers.catalog import Catalog, Source
from providers.http import Line
from providers.ports import Change, CompanyKey, Identifier
from providers.settings import SourceSettings

SELLER = "Benchmark"
PROVIDER, SCHEME = "creditsafe", "bench"  # As the shipped policy names it.
CHANGED_EACH = 100  # One debtor of so many has changed.
WHOLE = Extent(debtor_count=100_000, invoices_each=5)
QUICK = Extent(debtor_count=600, invoices_each=5)
FOLLOWED = text("UPDATE debtor SET phase = 'monitoring', country = 'NL', is_natural_person = false")
WATCHED = text(
    "INSERT INTO watch (seller_id, debtor_id, provider, state, scheme, country, value, since)"
    " SELECT seller_id, id, :provider, 'watched', :scheme, 'NL', id::text, created_at FROM debtor"
)
CHANGED = text(
    "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM debtor) d WHERE place % :each = 0"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over the book, in a process of its own; `peak_mb` is the most memory that was resident in it."""

    debtors_count: int
    seconds: float
    peak_mb: float
    steal_percent: float

    @property
    def per_second(self) -> float:
        """How many debtors were done in a second."""
        return self.debtors_count / self.seconds


class Told:
    """A source that answers at once: that the score of these debtors is another."""

    def __init__(self, changed: list[UUID]) -> None:
        self._changed = changed

    def watch(self, company: CompanyKey, line: Line) -> Identifier:
        raise AssertionError("all are watched already")

    def unwatch(self, watched: Identifier, line: Line) -> None:
        raise AssertionError("all are followed")

    def watched_count(self, line: Line) -> None:
        return None

    def changes(self, since: datetime, line: Line) -> tuple[Change, ...]:
        return tuple(
            Change(f"change of {each}", Identifier(SCHEME, "NL", str(each)), "score", since, "80", "31")
            for each in self._changed
        )


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write all of it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with durable_database() as database:
        engine = connect(database.app_url)
        sessions = Sessions(engine)
        seller = add_seller(sessions, SELLER, "test")
        make_book(sessions, seller, extent)
        _have_all_watched(sessions, seller)
        settle(database.owner_url)
        engine.dispose()
        floor, product = (_alone(work, database.app_url) for work in (_read, _run))
    lines = verdict(floor, product)
    print("\n".join(lines))
    (folder / "monitoring.txt").write_text("\n".join(lines) + "\n")
    told = {"floor": asdict(floor), "product": asdict(product)}
    (folder / "monitoring.json").write_text(json.dumps(told, indent=1))


def _have_all_watched(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        session.execute(FOLLOWED)
        session.execute(WATCHED, {"provider": PROVIDER, "scheme": SCHEME})


def _alone(work: Callable[[str], int], database_url: str) -> Run:
    """Do something in a new process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        before = MachineTimes.now()
        count, seconds, peak_mb = pool.submit(_measured, work, database_url).result()
        steal, _idle = before.percent_until(MachineTimes.now())
    return Run(count, seconds, peak_mb, steal)


def _measured(work: Callable[[str], int], database_url: str) -> tuple[int, float, float]:
    started = time.perf_counter()
    count = work(database_url)
    return count, time.perf_counter() - started, peak_memory_mb()


def _read(database_url: str) -> int:
    """The floor: who is followed and where they are watched, read in the same batches, and nothing made of it."""
    sessions = Sessions(connect(database_url))
    seller, after, count = find_seller(sessions, SELLER), BEFORE_ALL, 0
    while True:
        with sessions.of(seller.id) as session:
            page = watches.page(session, after, BATCH_COUNT)
        if not page:
            return count
        after, count = page[-1].id, count + len(page)


def _run(database_url: str) -> int:
    """The product: the job itself, with its progress kept after each batch."""
    sessions = Sessions(connect(database_url))
    seller = find_seller(sessions, SELLER)
    with sessions.of(seller.id) as session:
        changed = list(session.scalars(CHANGED, {"each": CHANGED_EACH}))
    reports: Any = {"credit_bureau": None}  # Nobody asks it for one.
    settings = SourceSettings(PROVIDER, "https://bench.invalid")
    source = Source(settings, in_sandbox=True, reports=reports, watch=Told(changed))
    catalog = Catalog((source,), sandbox_address="http://sandbox.invalid")
    config = Config(database_url=database_url, secret_keys=(Fernet.generate_key().decode(),))
    house = make_house(config, sessions=sessions, catalog=catalog)
    with house.sessions.of(seller.id) as session:
        job_id = jobs.enqueue(session, KIND, {}, house.clock.now(seller)).id
    result = run_monitoring(house, seller, job_id, {})
    if result["looked_at_count"] != len(changed) or result["watching"]["failed"]:
        raise RuntimeError(f"not all that changed was looked at: {result}")
    return int(result["watching"]["passed_count"])


def verdict(floor: Run, product: Run) -> list[str]:
    """Say what was measured."""
    return [
        f"{name}: {each.debtors_count:,} debtors in {each.seconds:.1f} s, {each.per_second:,.0f} a second,"
        f" peak {each.peak_mb:.0f} MB, steal {each.steal_percent:.1f} %"
        for name, each in (("floor, the reads alone", floor), ("a monitoring run", product))
    ] + [f"a run of which 1 in {CHANGED_EACH} changed takes {product.seconds / floor.seconds:.2f} times its reads"]
