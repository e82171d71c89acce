"""Random ledgers that are learnt step by step: bills, money, credit notes, returns and disputes, in any order."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import debtor_days, debtor_locks, debtors
from api.records.base import new_id
from api.records.exposure import Entry, move
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine, numbered
from api.records.sessions import Sessions

TODAY = date(2026, 6, 1)
FIRST_KNOWN_AT = datetime(2026, 6, 1, 6, tzinfo=UTC)
Step = Callable[["Learner"], None]

days_ago = st.integers(0, 500)
amounts = st.integers(1, 50).map(lambda number: Decimal(number * 10))
numbers = st.integers(0, 6)


@dataclass
class Learner:
    """Learns steps for one seller, each in a transaction of its own and a minute after the one before."""

    sessions: Sessions
    seller_id: UUID
    debtor_ids: list[UUID]
    known_at: datetime = FIRST_KNOWN_AT
    billed: set[tuple[int, int]] = field(default_factory=set)
    session: Session = field(init=False)

    @classmethod
    def new(cls, sessions: Sessions, seller_id: UUID) -> "Learner":
        """One that knows two debtors and nothing of them."""
        values = {"name": "De Oever", "country": "NL"}
        with sessions.of(seller_id) as session:
            ids = [debtors.add(session, values, phase="monitoring", names=(), now=FIRST_KNOWN_AT).id for _ in range(2)]
        return cls(sessions, seller_id, ids)

    def learn(self, step: Step) -> None:
        self.known_at += timedelta(minutes=1)
        with self.sessions.of(self.seller_id) as self.session:
            step(self)

    def take(self, line: LedgerLine) -> None:
        take(self.session, [line], self.known_at)

    def run(self, sql: str, **values: Any) -> Any:
        return self.session.execute(text(sql), {"seller_id": self.session.info["seller_id"], **values})


def line(
    kind: str, learner: Learner, owner: int, identity: str, day: date, amount: Decimal, **values: Any
) -> LedgerLine:
    currency = values.pop("currency", "EUR")
    return LedgerLine(1, kind, learner.debtor_ids[owner], numbered(identity), identity, day, amount, currency, **values)


@st.composite
def billed(draw: st.DrawFn) -> Step:
    owner, number, ago, term = draw(st.integers(0, 1)), draw(numbers), draw(days_ago), draw(st.integers(0, 60))
    amount, disputed, currency = draw(amounts), draw(st.booleans()), draw(st.sampled_from(["EUR", "EUR", "USD"]))
    paid = draw(st.none() | st.tuples(st.integers(0, 120), st.sampled_from([Decimal(1), Decimal("0.5")])))

    def step(learner: Learner) -> None:
        day = TODAY - timedelta(ago)
        new = line("invoice", learner, owner, f"F{number}", day, amount, currency=currency, disputed=disputed)
        new = replace(new, due_on=day + timedelta(term))
        if paid and day + timedelta(paid[0]) <= TODAY:
            new = replace(new, paid_on=day + timedelta(paid[0]), paid_amount=amount * paid[1])
        if (owner, number) not in learner.billed:
            learner.billed.add((owner, number))
            learner.take(new)

    return step


@st.composite
def settled(draw: st.DrawFn) -> Step:
    """A payment or a credit note, for up to two invoices or for none; the same number again allocates more of it."""
    kind = draw(st.sampled_from(["payment", "payment", "credit_note"]))
    owner, number = draw(st.integers(0, 1)), draw(st.integers(0, 3))
    parts = tuple(
        (numbered(f"F{each}"), amount) for each, amount in draw(st.dictionaries(numbers, amounts, max_size=2)).items()
    )
    # Of its number, so that a second telling is of the same payment.
    day, amount = TODAY - timedelta(37 * number + 5 * owner), Decimal(100 * (number + 1))

    def step(learner: Learner) -> None:
        learner.take(line(kind, learner, owner, f"{kind}-{owner}-{number}", day, amount, settles=parts))

    return step


@st.composite
def returned(draw: st.DrawFn) -> Step:
    """A bank takes back a part, or all, of what some payment settled."""
    place, share, ago = draw(st.integers(0, 5)), draw(st.sampled_from([Decimal(1), Decimal("0.5")])), draw(days_ago)

    def step(learner: Learner) -> None:
        parts = learner.run(
            "SELECT i.debtor_id, i.currency, a.payment_id, a.invoice_id, sum(a.amount) AS amount,"
            " max(a.happened_on) AS happened_on FROM allocation a JOIN invoice i ON i.id = a.invoice_id"
            " WHERE a.payment_id IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING sum(a.amount) > 0 ORDER BY 3, 4"
        ).all()
        if not parts:
            return
        part = parts[place % len(parts)]
        day, amount = max(part.happened_on, TODAY - timedelta(ago)), part.amount * share
        debtor_locks.lock(learner.session, [part.debtor_id])
        learner.run(
            "INSERT INTO allocation (seller_id, id, invoice_id, payment_id, amount, happened_on, known_at)"
            " VALUES (:seller_id, :id, :invoice_id, :payment_id, :amount, :day, :known_at)",
            id=new_id(), invoice_id=part.invoice_id, payment_id=part.payment_id, amount=-amount, day=day,
            known_at=learner.known_at,
        )  # fmt: skip
        learner.run(
            "UPDATE invoice SET open_amount = open_amount + :amount, paid_amount = paid_amount - :amount,"
            " settled_on = NULL WHERE id = :id",
            amount=amount,
            id=part.invoice_id,
        )
        entry = Entry(part.debtor_id, part.currency, "invoiced", amount, ("payment", part.payment_id), day)
        move(learner.session, [entry], learner.known_at)
        debtor_days.rebuild(learner.session, part.debtor_id)

    return step


@st.composite
def disputed(draw: st.DrawFn) -> Step:
    place = draw(st.integers(0, 5))

    def step(learner: Learner) -> None:
        found = learner.run("SELECT id, debtor_id FROM invoice WHERE NOT disputed ORDER BY id").all()
        if found:
            chosen = found[place % len(found)]
            learner.run(
                "UPDATE invoice SET disputed = true, disputed_known_at = :known_at WHERE id = :id",
                known_at=learner.known_at,
                id=chosen.id,
            )
            debtor_days.rebuild(learner.session, chosen.debtor_id)

    return step


def steps() -> st.SearchStrategy[list[Step]]:
    """Some steps, most of them bills and money."""
    some = st.lists(st.one_of(billed(), billed(), settled(), settled(), returned(), disputed()), max_size=6)
    return st.tuples(
        st.lists(billed(), min_size=2, max_size=6), st.lists(st.one_of(settled(), returned()), max_size=5), some
    ).map(lambda parts: [step for part in parts for step in part])
