"""Ledgers made with a known truth: debtors who each have a habit of paying, and invoices that follow it."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from api.records.checks import CheckedDebtor
from api.records.ledger_walk import Bill, Change, DebtorLedger, Part

FIRST_MONTH = (2022, 1)
TERM_DAYS = 30
SPREAD_DAYS = 9.0


def habitual_ledgers(debtors_count: int = 60, months: int = 24, seed: int = 7) -> list[DebtorLedger]:
    """Each debtor pays so many days late on average, from a week before to four weeks after, give or take."""
    random = Random(seed)
    return [_of_habit(random, place, random.uniform(-7, 28), months) for place in range(debtors_count)]


def _of_habit(random: Random, place: int, habit_days: float, months: int) -> DebtorLedger:
    """None to two invoices a month, each paid as the habit says, but never before its day."""
    bills = []
    for month in range(months):
        year, number = FIRST_MONTH[0] + month // 12, FIRST_MONTH[1] + month % 12
        for _ in range(random.choice((0, 1, 1, 2))):
            day = date(year, number, random.randint(1, monthrange(year, number)[1]))
            late_days = max(round(random.gauss(habit_days, SPREAD_DAYS)), -TERM_DAYS)
            bills.append((day, late_days, Decimal(random.randint(100, 5000))))
    return ledger_of(bills, place)


def ledger_of(bills: Sequence[tuple[date, int | None, Decimal]], place: int = 0) -> DebtorLedger:
    """One debtor's ledger of invoices: day, days paid after it was due (None: still open), and amount."""
    debtor_id = UUID(int=place + 1)
    made: list[Bill] = []
    parts: list[Part] = []
    changes: list[Change] = []
    for number, (day, late_days, amount) in enumerate(sorted(bills, key=lambda each: each[0])):
        due_on = day + timedelta(TERM_DAYS)
        bill = Bill(UUID(int=(place + 1) * 100_000 + number), "EUR", day, due_on, amount, day, None)
        made.append(bill)
        changes.append(Change("EUR", amount, day, day))
        if late_days is not None:
            paid_on = due_on + timedelta(late_days)
            parts.append(Part(bill.id, bill.id, True, amount, paid_on, paid_on))
            changes.append(Change("EUR", -amount, paid_on, paid_on))
    return DebtorLedger(
        CheckedDebtor(debtor_id, None, "NL", "bv", None, None, False, False),
        made,
        sorted(parts, key=lambda part: part.counts_on),
        sorted(changes, key=lambda change: change.counts_on),
        [],
    )
