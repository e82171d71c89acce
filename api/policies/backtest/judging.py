"""Judges each order of a ledger by what was known the day before, debtor by debtor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.policies.backtest.book import Book
from api.policies.backtest.debtor import DebtorWalk, Windows
from api.policies.backtest.facts import Past, Told, facts_of
from api.records import ledger_walk
from api.records.ledger_walk import Bill, DebtorLedger
from scoring.engines import judge
from scoring.facts import CheckFacts
from scoring.judgement import Judgement
from scoring.policy.document import Policy

ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Period:
    """Which orders are judged: those invoiced from a day to another, and by which knowledge.

    `time_zone` is the seller's. With `as_known` what was learnt late counts late; else everything on its own day.
    """

    from_on: date
    to_on: date
    as_known: bool
    time_zone: str


@dataclass(frozen=True, slots=True)
class JudgedOrder:
    """One invoice, taken for an order, with the facts and the judgement of each policy."""

    bill: Bill
    facts: tuple[CheckFacts, ...]
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class JudgedDebtor:
    """One debtor's orders of the period in the order of their days, judged as they are taken, and once.

    `orders_count` are in `currency`, `left_out_count` in others.
    """

    ledger: DebtorLedger
    currency: str
    orders: Iterator[JudgedOrder]
    orders_count: int
    left_out_count: int


def books_of(session: Session, policies: Sequence[Policy], period: Period) -> dict[Windows, Book]:
    """Give the book of each policy that looks at lateness, by its windows; reads the ledger once for all of them."""
    windows = {Windows.of(policy.evidence) for policy in policies}
    books = {days: Book(days) for each in windows if (days := each.lateness_days) is not None}
    if books:
        for ledger in ledger_walk.walk(session, period.time_zone, as_known=period.as_known):
            for book in books.values():
                book.add(ledger, policies[0].currency)
    for book in books.values():
        book.close()
    return {each: books[each.lateness_days] for each in windows if each.lateness_days is not None}


def judged(session: Session, policies: Sequence[Policy], period: Period) -> Iterator[JudgedDebtor]:
    """Judge every order of the period by every policy; all are in one currency."""
    books = books_of(session, policies, period)
    currency = policies[0].currency
    for ledger in ledger_walk.walk(session, period.time_zone, as_known=period.as_known):
        inside = [bill for bill in ledger.bills if period.from_on <= bill.invoiced_on <= period.to_on]
        bills = in_order(inside, currency)
        orders = _judge(session, ledger, bills, policies, books, period)
        yield JudgedDebtor(ledger, currency, orders, len(bills), len(inside) - len(bills))


def in_order(bills: Sequence[Bill], currency: str) -> list[Bill]:
    """Give the invoices in a currency in the order of their days."""
    return sorted((bill for bill in bills if bill.currency == currency), key=lambda bill: (bill.invoiced_on, bill.id))


def _judge(
    session: Session,
    ledger: DebtorLedger,
    bills: Sequence[Bill],
    policies: Sequence[Policy],
    books: dict[Windows, Book],
    period: Period,
) -> Iterator[JudgedOrder]:
    for bill, facts in facts_of_orders(session, ledger, bills, policies, books, period):
        judgements = tuple(judge(policy.engine, each, policy) for each, policy in zip(facts, policies, strict=True))
        yield JudgedOrder(bill, facts, judgements)


def facts_of_orders(
    session: Session,
    ledger: DebtorLedger,
    bills: Sequence[Bill],
    policies: Sequence[Policy],
    books: dict[Windows, Book],
    period: Period,
) -> Iterator[tuple[Bill, tuple[CheckFacts, ...]]]:
    """Give each of a debtor's invoices, in the order of their days, with what each policy would have been told of it
    at the close of the day before.
    """
    windows = [Windows.of(policy.evidence) for policy in policies]
    walks = {each: DebtorWalk(ledger, policies[0].currency, each) for each in windows}
    told = Told(ledger.reports)
    for as_of, of_day in groupby(bills, key=lambda bill: bill.invoiced_on - ONE_DAY):
        known_at = _close_of(as_of, period.time_zone) if period.as_known else None
        seen = {each: walk.at(as_of, books.get(each)) for each, walk in walks.items()}
        pasts = [Past(ledger.debtor, as_of, known_at, seen[each], told.by(as_of)) for each in windows]
        for bill in of_day:
            yield (
                bill,
                tuple(
                    facts_of(session, past, bill.amount, policy) for past, policy in zip(pasts, policies, strict=True)
                ),
            )


def _close_of(day: date, time_zone: str) -> datetime:
    """Give the last moment of a day where the seller is."""
    return datetime.combine(day + ONE_DAY, time(), ZoneInfo(time_zone)).astimezone(UTC) - timedelta(microseconds=1)
