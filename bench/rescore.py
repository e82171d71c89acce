"""The benchmark of a rescoring: a whole book judged by two policies, beside the same reads without judging."""

import json
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from sqlalchemy import text

from api.administration.sellers import add_seller, find_seller
from api.app import make_house
from api.clock import Clock
from api.config import Config
from api.policies.trying.jobs import run_rescoring
from api.policies.trying.rescoring import BATCH_COUNT
from api.policies.trying.rescoring_tally import BEFORE_ALL
from api.records import checks, debtor_days, jobs, policies
from api.records.base import new_id
from api.records.sellers import Seller
from api.records.sessions import Sessions, connect
from bench.database import durable_database, settle
from bench.ledger import make_ledger
from bench.machine import MachineTimes, peak_memory_mb
from scoring.canonical import canonical_json, digest
from scoring.policy.document import shipped

SELLER = "Benchmark"
IDS_PER_STATEMENT = 10_000
COPY_REPORTS = text("""
    INSERT INTO credit_report SELECT (jsonb_populate_record(one.whole,
        jsonb_build_object('id', pair.id, 'debtor_id', pair.debtor_id))).*
    FROM (SELECT r AS whole FROM credit_report r WHERE r.debtor_id = :like AND r.kind = :kind) one,
        unnest(CAST(:ids AS uuid[]), CAST(:debtor_ids AS uuid[])) AS pair (id, debtor_id)
""")


@dataclass(frozen=True, slots=True)
class Extent:
    """How many debtors are rescored, and how many invoices each has had."""

    debtor_count: int
    invoices_each: int


WHOLE = Extent(debtor_count=100_000, invoices_each=5)
QUICK = Extent(debtor_count=600, invoices_each=5)


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


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write all of it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with durable_database() as database:
        engine = connect(database.app_url)
        sessions = Sessions(engine)
        seller = add_seller(sessions, SELLER, "test")
        make_book(sessions, seller, extent)
        version = _another_version(sessions, seller)
        settle(database.owner_url)
        engine.dispose()
        runs = {
            name: _alone(work, database.app_url, version) for name, work in (("floor", _read), ("product", _rescore))
        }
    lines = verdict(runs["floor"], runs["product"])
    print("\n".join(lines))
    (folder / "rescore.txt").write_text("\n".join(lines) + "\n")
    (folder / "rescore.json").write_text(json.dumps({name: asdict(each) for name, each in runs.items()}, indent=1))


def make_book(sessions: Sessions, seller: Seller, extent: Extent) -> None:
    """Give every debtor invoices, most of them paid, and fresh reports."""
    invoice_count = extent.debtor_count * extent.invoices_each
    ledger = make_ledger(sessions, seller, (extent.invoices_each,), invoice_count, extent.invoices_each)
    like = next(iter(ledger.debtor_ids.values()))
    with sessions.of(seller.id) as session:
        query = text("SELECT id FROM debtor WHERE id <> :like ORDER BY id")
        others = list(session.scalars(query, {"like": like}))
        kinds = list(session.scalars(text("SELECT DISTINCT kind FROM credit_report")))
    for start in range(0, len(others), IDS_PER_STATEMENT):
        part = others[start : start + IDS_PER_STATEMENT]
        with sessions.of(seller.id) as session:
            for kind in kinds:
                ids = [new_id() for _ in part]
                session.execute(COPY_REPORTS, {"like": like, "kind": kind, "ids": ids, "debtor_ids": part})


def _another_version(sessions: Sessions, seller: Seller) -> int:
    """Add a version that gives no credit to any grade, on the same facts."""
    document = {**shipped()["default"]}
    document["limits"] = {**document["limits"], "capacity": {}}
    written = canonical_json(document).decode()
    with sessions.of(seller.id) as session:
        now = Clock().now(seller)
        record = policies.add(session, name="x", document=written, digest=digest(document), made_by="bench", now=now)
        return record.version


def _alone(work: Callable[[str, int], int], database_url: str, version: int) -> Run:
    """Do something in a new process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        before = MachineTimes.now()
        count, seconds, peak_mb = pool.submit(_measured, work, database_url, version).result()
        steal, _idle = before.percent_until(MachineTimes.now())
    return Run(count, seconds, peak_mb, steal)


def _measured(work: Callable[[str, int], int], database_url: str, version: int) -> tuple[int, float, float]:
    started = time.perf_counter()
    count = work(database_url, version)
    seconds = time.perf_counter() - started
    return count, seconds, peak_memory_mb()


def _read(database_url: str, version: int) -> int:
    """The floor: the reads of a rescoring in the same batches, and nothing made of them."""
    sessions = Sessions(connect(database_url))
    seller, house_policies = find_seller(sessions, SELLER), _house(database_url).policies
    today, after, count = Clock().today(seller), BEFORE_ALL, 0
    while True:
        with sessions.of(seller.id) as session:
            policy = house_policies.version(session, version).policy
            page = checks.book_page(session, after, BATCH_COUNT)
            if not page:
                return count
            ids = [each.debtor.id for each in page]
            debtor_days.behaviours(session, ids, policy.currency, today, policy.evidence)
        after, count = ids[-1], count + len(ids)


def _rescore(database_url: str, version: int) -> int:
    """The product: the job itself, with its progress kept after each batch."""
    house = _house(database_url)
    seller = find_seller(house.sessions, SELLER)
    arguments = {"policy_version": version, "active_version": 1, "loss_given_default": "0.45"}
    with house.sessions.of(seller.id) as session:
        job_id: UUID = jobs.enqueue(session, "rescoring", arguments, house.clock.now(seller)).id
    result: dict[str, Any] = run_rescoring(house, seller, job_id, arguments)
    if result["failures"]:
        raise RuntimeError(f"not all could be judged: {result['failures']}")
    return int(result["judged_count"])


def _house(database_url: str) -> Any:
    return make_house(Config(database_url=database_url, secret_keys=(Fernet.generate_key().decode(),)))


def verdict(floor: Run, product: Run) -> list[str]:
    """Say what was measured."""
    return [
        f"{name}: {each.debtors_count:,} debtors in {each.seconds:.1f} s, {each.per_second:,.0f} a second,"
        f" peak {each.peak_mb:.0f} MB, steal {each.steal_percent:.1f} %"
        for name, each in (("floor, the reads alone", floor), ("rescoring by two policies", product))
    ] + [f"a rescoring takes {product.seconds / floor.seconds:.2f} times its reads"]
