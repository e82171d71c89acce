"""The benchmark of the gate: orders placed over HTTP, beside a route that locks one row, inserts one and commits."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy.engine import make_url

from api.administration.sellers import add_seller
from api.app import create_app
from api.config import from_environment
from api.records.sellers import Seller
from api.records.sessions import Sessions, connect
from bench import floor, report
from bench.callers import authorization
from bench.database import durable_database, settle
from bench.gate_book import Book, copy_orders, make_book
from bench.load import DEBTOR, NEW, Question, ask
from bench.machine import memory_of_children
from bench.rounds import Case, measure
from bench.servers import Server, beside, environment, running
from bench.statements import Trips, count_trips

SPREAD, ONE_ROW = "floor: lock, insert", "floor: lock, insert, one row"
SMALL, LARGE = "order", "order, many before"
PATH = "/v1/orders"
AMOUNT = {"amount": "100.00", "currency": "EUR"}
BODY = json.dumps({"debtor_id": DEBTOR.decode(), "order_reference": NEW.decode(), "amount": AMOUNT}).encode()


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: so many small debtors, and large ones of so many orders and invoices each."""

    small_count: int
    large_sizes: tuple[int, ...]
    round_count: int
    seconds: float


WHOLE = Extent(small_count=200, large_sizes=(20_000, 20_001, 20_002, 20_003), round_count=5, seconds=3)
QUICK = Extent(small_count=8, large_sizes=(50, 51, 52, 53), round_count=1, seconds=0.5)


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write all of it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with durable_database() as database:
        engine = connect(database.app_url)
        sessions = Sessions(engine)
        seller = add_seller(sessions, "Benchmark", "test")
        book = make_book(sessions, seller, extent.small_count, extent.large_sizes)
        caller = authorization(sessions, seller)
        floor.prepare(database.owner_url, make_url(database.app_url).username or "", book.small)
        variables = environment(database.app_url)
        with (
            running(("bench.floor",), variables, folder / "floor.log") as floor_server,
            running(("api", "serve"), variables, folder / "product.log") as product,
            beside(("api", "worker"), variables, folder / "worker.log"),
        ):
            _fill(sessions, seller, book, Question(product.port, PATH, b"", 201, caller), extent)
            settle(database.owner_url)
            cases = list(_cases(floor_server, product, book, caller))
            trips = _trips(cases, database.app_url, variables)
            _require_released(cases)
            comparisons = list(measure(cases, extent.round_count, extent.seconds))
            memory = {
                "floor": memory_of_children(floor_server.process_id),
                "product": memory_of_children(product.process_id),
            }
        engine.dispose()
    told = report.summaries(comparisons, {name: each.statements for name, each in trips.items()})
    lines = [f"round trips of one {name}: {each.round_trips}" for name, each in trips.items()]
    text = "\n".join([report.table(told, memory), "", *lines, "", *report.verdicts(told, SMALL, LARGE)])
    print(text)
    (folder / "gate.txt").write_text(text + "\n")
    report.write_json(folder / "gate.json", told, comparisons, memory)


def _fill(sessions: Sessions, seller: Seller, book: Book, question: Question, extent: Extent) -> None:
    """Give the large debtors their orders, each like one that the gate released."""
    for debtor_id, count in zip(book.large, extent.large_sizes, strict=True):
        reference = uuid4().hex
        asked = {"debtor_id": str(debtor_id), "order_reference": reference, "amount": AMOUNT}
        ask(Question(question.port, question.path, json.dumps(asked).encode(), 201, question.authorization))
        copy_orders(sessions, seller, debtor_id, reference, count)


def _cases(floor_server: Server, product: Server, book: Book, caller: str) -> Iterator[Case]:
    def on_floor(debtor_ids: Iterable[UUID]) -> Question:
        return Question(floor_server.port, floor.LOCK, BODY, 201, debtor_ids=_texts(debtor_ids))

    def on_gate(debtor_ids: Iterable[UUID], *, is_keyed: bool = False) -> Question:
        return Question(product.port, PATH, BODY, 201, caller, debtor_ids=_texts(debtor_ids), is_keyed=is_keyed)

    yield Case(SPREAD, on_floor(book.small))
    yield Case(ONE_ROW, on_floor(book.small[:1]))
    yield Case(SMALL, on_gate(book.small), SPREAD)
    yield Case("order with a key", on_gate(book.small, is_keyed=True), SPREAD)
    yield Case(LARGE, on_gate(book.large), SPREAD)
    yield Case("order in a group", on_gate(book.grouped), SPREAD)
    yield Case("order, one debtor", on_gate(book.small[:1]), ONE_ROW)


def _texts(ids: Iterable[UUID]) -> tuple[str, ...]:
    return tuple(map(str, ids))


def _trips(cases: list[Case], database_url: str, variables: Mapping[str, str]) -> dict[str, Trips]:
    engine = connect(database_url)
    floor_app = floor.make_app(engine)
    product_app = create_app(from_environment(variables), sessions=Sessions(engine))
    trips = {case.name: count_trips(product_app if case.floor else floor_app, engine, case.question) for case in cases}
    engine.dispose()
    return trips


def _require_released(cases: list[Case]) -> None:
    """See that all orders are judged alike, so that their times may be compared. Raises RuntimeError."""
    for case in cases:
        if case.floor:
            answer = json.loads(ask(case.question))
            if answer["state"] != "released":
                raise RuntimeError(f"{case.name}: {answer['state']}, {answer['reasons']}")
