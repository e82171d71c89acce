"""The benchmark of the credit check: on stored fresh reports, for debtors of three sizes, beside its floors."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.engine import make_url

from api.administration.sellers import add_seller
from api.app import create_app
from api.config import from_environment
from api.records.sellers import Seller
from api.records.sessions import Sessions, connect
from bench import floor, report
from bench.callers import authorization
from bench.database import durable_database, settle
from bench.ledger import Ledger, make_ledger
from bench.load import Question, ask
from bench.machine import Memory, memory_of_children
from bench.rounds import Case, Comparison, measure
from bench.servers import Server, environment, running
from bench.statements import count_trips

READ, WRITE = "floor: one read", "floor: one read, one insert"
CHECK_PATH = "/v1/credit-checks"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: debtors of `sizes` invoices in a ledger of `invoice_count`, `seconds` for each run."""

    sizes: tuple[int, ...]
    invoice_count: int
    round_count: int
    seconds: float


WHOLE = Extent(sizes=(20, 2_000, 50_000), invoice_count=1_000_000, round_count=5, seconds=3)
QUICK = Extent(sizes=(20, 200, 2_000), invoice_count=5_000, round_count=1, seconds=0.5)


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write all of it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with durable_database() as database:
        engine = connect(database.app_url)
        sessions = Sessions(engine)
        seller = add_seller(sessions, "Benchmark", "test")
        ledger = _ledger(sessions, seller, extent)
        settle(database.owner_url)
        item_id = next(iter(ledger.debtor_ids.values()))
        floor.prepare(database.owner_url, make_url(database.app_url).username or "", [item_id])
        variables = environment(database.app_url)
        with (
            running(("bench.floor",), variables, folder / "floor.log") as floor_server,
            running(("api", "serve"), variables, folder / "product.log") as product,
        ):
            cases = list(_cases(floor_server, product, ledger, authorization(sessions, seller)))
            statements = _statements(cases, database.app_url, variables)
            _tell_outcomes(cases)
            comparisons = list(measure(cases, extent.round_count, extent.seconds))
            memory = {
                "floor": memory_of_children(floor_server.process_id),
                "product": memory_of_children(product.process_id),
            }
        engine.dispose()
    _tell(comparisons, statements, memory, folder)


def _ledger(sessions: Sessions, seller: Seller, extent: Extent) -> Ledger:
    started = time.perf_counter()
    ledger = make_ledger(sessions, seller, extent.sizes, extent.invoice_count)
    seconds = time.perf_counter() - started
    print(
        f"{ledger.invoice_count:,} invoices of {ledger.debtor_count:,} debtors taken in {seconds:.0f} s,"
        f" {ledger.invoice_count / seconds:,.0f} a second"
    )
    return ledger


def _cases(floor_server: Server, product: Server, ledger: Ledger, authorization: str) -> Iterator[Case]:
    def body(debtor_id: UUID) -> bytes:
        order_amount = {"amount": "5000.00", "currency": "EUR"}
        return json.dumps({"debtor_id": str(debtor_id), "order_amount": order_amount}).encode()

    item = body(next(iter(ledger.debtor_ids.values())))
    yield Case(READ, Question(floor_server.port, floor.READ, item, 200))
    yield Case(WRITE, Question(floor_server.port, floor.WRITE, item, 201))
    for invoice_count, debtor_id in ledger.debtor_ids.items():
        question = Question(product.port, CHECK_PATH, body(debtor_id), 201, authorization)
        yield Case(f"check, {invoice_count:,} invoices", question, floor=WRITE)


def _statements(cases: list[Case], database_url: str, variables: Mapping[str, str]) -> dict[str, int]:
    engine = connect(database_url)
    floor_app = floor.make_app(engine)
    product_app = create_app(from_environment(variables), sessions=Sessions(engine))
    apps = {case.name: product_app if case.floor else floor_app for case in cases}
    counts = {case.name: count_trips(apps[case.name], engine, case.question).statements for case in cases}
    engine.dispose()
    return counts


def _tell_outcomes(cases: list[Case]) -> None:
    """Show that the debtors are judged alike, from stored reports, so that their times may be compared."""
    for case in cases:
        if case.floor:
            answer = json.loads(ask(case.question))
            sources = {source["status"] for source in answer["sources"]}
            print(f"{case.name}: {answer['outcome']}, {len(answer['reasons'])} reasons, reports {', '.join(sources)}")


def _tell(
    comparisons: list[Comparison], statements: dict[str, int], memory: dict[str, list[Memory]], folder: Path
) -> None:
    told = report.summaries(comparisons, statements)
    checks = list(dict.fromkeys(each.case for each in told if each.throughput_ratio is not None))
    text = "\n".join([report.table(told, memory), "", *report.verdicts(told, checks[0], checks[-1])])
    print(text)
    (folder / "credit_check.txt").write_text(text + "\n")
    report.write_json(folder / "credit_check.json", told, comparisons, memory)
