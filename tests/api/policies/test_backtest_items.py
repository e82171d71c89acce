"""How an invoice stood by what settles it, in the cases that a random ledger seldom meets; and the rows agree."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from api.policies.backtest.items import stood
from api.records import ledger_history, ledger_walk
from api.records.base import new_id
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.records.random_ledgers import TODAY, Learner, line

DAY = TODAY - timedelta(100)
# What settles an invoice of 100: origin (p a payment, c a credit note), amount, days after the invoice's.
Settling = list[tuple[str, int, int]]
CASES: dict[str, tuple[Settling, int, int, int | None]] = {
    "nothing": ([], 100, 0, None),
    "a part": ([("p1", 40, 5)], 60, 40, None),
    "two payments, on the day of the last": ([("p1", 40, 5), ("p2", 60, 9)], 0, 100, 9),
    "the last told first": ([("p2", 60, 9), ("p1", 40, 5)], 0, 100, 9),
    "a later credit note does not put it off": ([("p1", 40, 5), ("c1", 60, 9)], 0, 40, 5),
    "a credit note alone": ([("c1", 60, 5), ("c2", 40, 7)], 0, 0, 7),
    "returned in part": ([("p1", 100, 5), ("p1", -30, 9)], 30, 70, None),
    "returned and paid again": ([("p1", 100, 5), ("p1", -100, 9), ("p2", 100, 12)], 0, 100, 12),
    "a payment returned in whole did not settle it": (
        [("p1", 100, 5), ("p2", 20, 20), ("p2", -20, 21)],
        0,
        100,
        5,
    ),
    "nor one returned beside a credit note": ([("c1", 100, 5), ("p1", 20, 8), ("p1", -20, 9)], 0, 0, 5),
    "a payment returned in part still does": ([("p1", 80, 5), ("p2", 50, 8), ("p2", -30, 9)], 0, 100, 8),
    "more than it could take": ([("p1", 80, 5), ("p2", 50, 8)], 0, 100, 8),
}


@pytest.mark.parametrize("name", CASES)
def test_an_invoice_stands_as_the_rows_say(sessions: Sessions, seller: Seller, name: str) -> None:
    settling, open_amount, paid_amount, days = CASES[name]
    settled_on = None if days is None else DAY + timedelta(days)
    learner = Learner.new(sessions, seller.id)
    learner.learn(lambda each: each.take(line("invoice", each, 0, "F1", DAY, Decimal(100), due_on=DAY)))
    allocate(learner, settling)
    with sessions.snapshot_of(seller.id) as session:
        (ledger,) = ledger_walk.walk(session, "UTC", as_known=False)
        statement = f"WITH {ledger_history.items('true')} SELECT open_amount, paid_amount, settled_on FROM items"
        told = session.execute(text(statement), {"as_of": TODAY, "known_at": None}).one()
    found = stood(Decimal(100), ledger.parts)
    assert (found.open_amount, found.paid_amount, found.settled_on) == (open_amount, paid_amount, settled_on)
    assert tuple(told) == (open_amount, paid_amount, settled_on)


def allocate(learner: Learner, settling: Settling) -> None:
    """Write allocations as they stand in the case, whether or not a ledger would take them."""
    for origin in {origin for origin, *_ in settling}:
        kind = "payment" if origin[0] == "p" else "credit_note"
        learner.learn(lambda each, k=kind, o=origin: each.take(line(k, each, 0, o, DAY, Decimal(500))))
    learner.learn(lambda each: [write(each, *part) for part in settling])


def write(learner: Learner, origin: str, amount: int, days: int) -> None:
    kind = "payment" if origin[0] == "p" else "credit_note"
    learner.run(
        f"INSERT INTO allocation (seller_id, id, invoice_id, {kind}_id, amount, happened_on, known_at)"
        f" SELECT i.seller_id, :id, i.id, o.id, :amount, :day, :known_at FROM invoice i, {kind} o"
        " WHERE o.identity = :identity",
        id=new_id(),
        identity=f"number:{origin}",
        amount=amount,
        day=DAY + timedelta(days),
        known_at=learner.known_at,
    )
