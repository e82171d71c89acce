"""Poison for a ledger: whatever can happen from a day on, so that tests see whether anything of before noticed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from api.records import debtor_days, debtor_locks, debtors
from api.records.base import new_id
from api.records.exposure import Entry, move
from api.records.ledger_lines import numbered
from tests.records.random_ledgers import Learner, line


def poison(learner: Learner, day: date) -> None:
    """Let everything happen from a day on: new bills and debtors, all that is open paid, much returned, disputes."""
    values = {"name": "Late", "country": "NL"}
    with learner.sessions.of(learner.seller_id) as session:
        learner.debtor_ids.append(debtors.add(session, values, phase="monitoring", names=(), now=learner.known_at).id)
    for owner in range(len(learner.debtor_ids)):
        for number, days in enumerate((0, 1, 40)):
            invoiced_on = day + timedelta(days)
            bill = line("invoice", learner, owner, f"L{number}", invoiced_on, Decimal(900), disputed=number == 1)
            bill = replace(bill, due_on=invoiced_on, paid_on=invoiced_on + timedelta(70), paid_amount=Decimal(500))
            learner.learn(lambda each, new=bill: each.take(new))
        settles = tuple((numbered(f"F{number}"), Decimal(500)) for number in range(7))
        money = line("payment", learner, owner, f"late-{owner}", day, Decimal(5000), settles=settles)
        learner.learn(lambda each, new=money: each.take(new))
    learner.learn(lambda each: take_back(each, day))


def take_back(learner: Learner, day: date) -> None:
    """Return all that any payment of before had settled."""
    parts = learner.run(
        "SELECT i.debtor_id, i.currency, a.payment_id, a.invoice_id, sum(a.amount) AS amount FROM allocation a"
        " JOIN invoice i ON i.id = a.invoice_id WHERE a.payment_id IS NOT NULL AND a.happened_on < :day"
        " GROUP BY 1, 2, 3, 4 HAVING sum(a.amount) > 0",
        day=day,
    ).all()
    debtor_locks.lock(learner.session, learner.debtor_ids)
    for part in parts:
        learner.run(
            "INSERT INTO allocation (seller_id, id, invoice_id, payment_id, amount, happened_on, known_at)"
            " VALUES (:seller_id, :id, :invoice_id, :payment_id, -CAST(:amount AS numeric), :day, :known_at)",
            id=new_id(), invoice_id=part.invoice_id, payment_id=part.payment_id, amount=part.amount, day=day,
            known_at=learner.known_at,
        )  # fmt: skip
        learner.run(
            "UPDATE invoice SET open_amount = open_amount + :amount, paid_amount = paid_amount - :amount,"
            " settled_on = NULL WHERE id = :id",
            amount=part.amount,
            id=part.invoice_id,
        )
        entry = Entry(part.debtor_id, part.currency, "invoiced", part.amount, ("payment", part.payment_id), day)
        move(learner.session, [entry], learner.known_at)
    for debtor_id in learner.debtor_ids:
        debtor_days.rebuild(learner.session, debtor_id)
