"""The benchmark of the portfolio: the measures of a whole book over HTTP, beside one SQL statement for its sums."""

import json
import time
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import text

from api.administration.sellers import add_seller
from api.clock import Clock
from api.records.sellers import Seller
from api.records.sessions import Sessions, connect
from bench.callers import authorization
from bench.database import durable_database, settle
from bench.ledger import make_ledger
from bench.load import Question, ask
from bench.machine import MachineTimes
from bench.servers import environment, running

PATH = "/v1/portfolio"
PERIOD_DAYS = 365
TIMES_MAX = 2

# The sums alone, as one would write them by hand, with the product's own login and so under the same row security.
FLOOR = """
SELECT sum(open_amount) AS receivables,
    sum(open_amount) FILTER (WHERE NOT disputed AND due_on >= :as_of) AS not_due,
    sum(open_amount) FILTER (WHERE NOT disputed AND due_on < :as_of) AS overdue,
    sum(open_amount) FILTER (WHERE NOT disputed AND :as_of - due_on BETWEEN 1 AND 30) AS overdue_1_30,
    sum(open_amount) FILTER (WHERE NOT disputed AND :as_of - due_on BETWEEN 31 AND 60) AS overdue_31_60,
    sum(open_amount) FILTER (WHERE NOT disputed AND :as_of - due_on BETWEEN 61 AND 90) AS overdue_61_90,
    sum(open_amount) FILTER (WHERE NOT disputed AND :as_of - due_on > 90) AS overdue_91,
    sum(amount) FILTER (WHERE invoiced_on > :begin) AS credit_sales,
    count(*) FILTER (WHERE settled_on > :begin AND NOT disputed) AS settled_count,
    sum(paid_amount) FILTER (WHERE settled_on > :begin AND NOT disputed) AS settled_amount,
    sum(paid_amount * (settled_on - due_on)) FILTER (WHERE settled_on > :begin AND NOT disputed) AS days_amount
FROM invoice WHERE currency = 'EUR'
"""
FLOOR_STATEMENT = text(FLOOR.replace(":as_of", "CAST(:as_of AS date)").replace(":begin", "CAST(:begin AS date)"))
SAME = ("receivables", "not_due", "overdue", "credit_sales", "settled_amount")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: a book of so many invoices, `invoices_each` to a debtor, in so many rounds."""

    invoice_count: int
    invoices_each: int
    round_count: int


WHOLE = Extent(invoice_count=1_000_000, invoices_each=20, round_count=9)
QUICK = Extent(invoice_count=5_000, invoices_each=20, round_count=1)


@dataclass(frozen=True, slots=True)
class Round:
    """The floor and the product just after it, in seconds; steal is in percent of the machine's time."""

    floor_seconds: float
    product_seconds: float
    steal_percent: float

    @property
    def ratio(self) -> float:
        """How many times the floor the product took."""
        return self.product_seconds / self.floor_seconds


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write all of it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with durable_database() as database:
        engine = connect(database.app_url)
        sessions = Sessions(engine)
        seller = add_seller(sessions, "Benchmark", "test")
        ledger = make_ledger(sessions, seller, (extent.invoices_each,), extent.invoice_count, extent.invoices_each)
        settle(database.owner_url)
        told = f"portfolio of {ledger.invoice_count:,} invoices of {ledger.debtor_count:,} debtors"
        with running(("api", "serve"), environment(database.app_url), folder / "portfolio.log") as product:
            question = Question(product.port, PATH, b"", 200, authorization(sessions, seller), "GET")
            rounds = _measure(sessions, seller, question, extent.round_count)
        engine.dispose()
    lines = [told, *verdict(rounds)]
    print("\n".join(lines))
    (folder / "portfolio.txt").write_text("\n".join(lines) + "\n")
    (folder / "portfolio.json").write_text(json.dumps([asdict(each) for each in rounds], indent=1))


def _measure(sessions: Sessions, seller: Seller, question: Question, round_count: int) -> list[Round]:
    """Ask floor and product in turns, once before to warm up, and see that both tell the same."""
    today = Clock().today(seller)
    _compare(_floor(sessions, seller, today), json.loads(ask(question)))
    rounds = []
    for _ in range(round_count):
        before, started = MachineTimes.now(), time.perf_counter()
        _floor(sessions, seller, today)
        between = time.perf_counter()
        ask(question)
        ended = time.perf_counter()
        steal, _idle = before.percent_until(MachineTimes.now())
        rounds.append(Round(between - started, ended - between, steal))
    return rounds


def _floor(sessions: Sessions, seller: Seller, today: date) -> Any:
    with sessions.of(seller.id) as session:
        values = {"as_of": today, "begin": today - timedelta(PERIOD_DAYS)}
        return session.execute(FLOOR_STATEMENT, values).one()


def _compare(floor: Any, answer: dict[str, Any]) -> None:
    """Raise RuntimeError unless floor and product tell the same sums: only then may their times be compared."""
    for name in SAME:
        if Decimal(answer[name]) != (getattr(floor, name) or 0):
            raise RuntimeError(f"{name}: the floor says {getattr(floor, name)}, the product {answer[name]}")


def verdict(rounds: list[Round]) -> list[str]:
    """Say what was measured, and whether the aim is met."""
    floor, product = (
        median(each.floor_seconds for each in rounds),
        median(each.product_seconds for each in rounds),
    )
    ratio = median(each.ratio for each in rounds)
    met = "met" if ratio <= TIMES_MAX else "NOT met"
    return [
        f"floor, one SQL aggregate: {1000 * floor:.0f} ms; product over HTTP: {1000 * product:.0f} ms;"
        f" steal {median(each.steal_percent for each in rounds):.1f} %",
        f"the portfolio takes {ratio:.2f} times the floor, {TIMES_MAX} {met}",
    ]
