"""Exposure: an add-only ledger of what a debtor owes or will owe, and its balance, moved in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records import debtor_days, returnables
from api.records.base import Base, OfSeller, WithId, new_id
from api.records.debtor_locks import ABOVE, SIGNS

STAGES = ("scheduled", "reserved", "delivered", "invoiced", "unallocated")


class ExposureEntryRecord(WithId, Base):
    """One signed amount in one stage; the entries of one move share `movement_id`."""

    __tablename__ = "exposure_entry"
    __table_args__ = (
        CheckConstraint(f"stage IN {STAGES}", name="stage"),
        CheckConstraint("amount <> 0", name="amount"),
        Index(None, "seller_id", "debtor_id", "known_at"),
    )
    # Both are those of the row it tells of, where they are checked; checks here would cost a tenth of an import.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    movement_id: Mapped[UUID]
    debtor_id: Mapped[UUID]
    currency: Mapped[str]
    stage: Mapped[str]
    amount: Mapped[Decimal]
    source_kind: Mapped[str]
    source_id: Mapped[UUID]
    happened_on: Mapped[date]
    known_at: Mapped[datetime]


class ExposureBalanceRecord(OfSeller, Base):
    """The sum of a debtor's entries in one currency and stage, at any time.

    `below_amount` is the same of all debtors below it in its group, so that a parent's exposure is the two together.
    """

    __tablename__ = "exposure_balance"
    __table_args__ = (CheckConstraint(f"stage IN {STAGES}", name="stage"),)
    # Checked with the entries that it sums; checks of its own would only cost time for each row.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal]
    below_amount: Mapped[Decimal] = mapped_column(server_default="0")


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a move: a signed amount, not zero, in one stage. `source` is the row it comes from: kind and id."""

    debtor_id: UUID
    currency: str
    stage: str
    amount: Decimal
    source: tuple[str, UUID]
    happened_on: date


EXPOSURE_ALONE = ("exposure_change",)


def moving(given: str, also: str = "", more_changes: str = "") -> str:
    """Give the one statement that writes entries, balances and days, so that they cannot differ.

    The balances of a debtor's group move with it: each debtor above it has the amount in `below_amount`.

    `given` is the SQL of the entries: id, movement_id, debtor_id, currency, stage, amount, source_kind, source_id,
    happened_on. `more_changes` is SQL of other changes to the days, made in the same step, and may read the relations
    named in `also`. The statement takes `:seller_id` and `:known_at`.
    """
    other_sums, names = (f", {debtor_days.NO_OTHER_SUMS}", debtor_days.SUMS) if more_changes else ("", EXPOSURE_ALONE)
    return (
        "WITH RECURSIVE given"  # noqa: S608
        " (id, movement_id, debtor_id, currency, stage, amount, source_kind, source_id, happened_on)"
        f" AS ({given}), {also} entries AS ("
        "INSERT INTO exposure_entry (seller_id, id, movement_id, debtor_id,"
        " currency, stage, amount, source_kind, source_id, happened_on, known_at)"
        " SELECT CAST(:seller_id AS uuid), id, movement_id, debtor_id, currency, stage, amount, source_kind, source_id,"
        " happened_on, CAST(:known_at AS timestamptz) FROM given),"
        f" {ABOVE}, balances AS ("
        "INSERT INTO exposure_balance AS b (seller_id, debtor_id, currency, stage, amount, below_amount)"
        " SELECT CAST(:seller_id AS uuid), debtor_id, currency, stage, sum(amount), sum(below_amount) FROM ("
        " SELECT debtor_id, currency, stage, amount, 0 AS below_amount FROM given UNION ALL"
        " SELECT a.above_id, g.currency, g.stage, 0, g.amount FROM above a JOIN given g ON g.debtor_id = a.debtor_id"
        ") sides GROUP BY debtor_id, currency, stage ORDER BY debtor_id"
        " ON CONFLICT (seller_id, debtor_id, currency, stage) DO UPDATE"
        " SET amount = b.amount + excluded.amount, below_amount = b.below_amount + excluded.below_amount),"
        f" changes AS (SELECT debtor_id, currency, happened_on AS day, amount AS exposure_change"
        f"{other_sums} FROM given WHERE stage <> 'scheduled' {more_changes})"
        f" {debtor_days.adding('changes', names)}"
    )


MOVE = text(
    moving(
        "SELECT id, CAST(:movement_id AS uuid) AS movement_id, debtor_id, currency, stage, amount, source_kind,"
        " source_id, happened_on FROM unnest(CAST(:ids AS uuid[]), CAST(:debtor_ids AS uuid[]),"
        " CAST(:currencies AS text[]), CAST(:stages AS text[]), CAST(:amounts AS numeric[]),"
        " CAST(:source_kinds AS text[]), CAST(:source_ids AS uuid[]), CAST(:days AS date[]))"
        " AS g (id, debtor_id, currency, stage, amount, source_kind, source_id, happened_on)"
    )
)


def move(session: Session, entries: Sequence[Entry], known_at: datetime) -> UUID:
    """Write entries of one movement with their balances; gives `movement_id`.

    The caller holds the locks of the debtors and of all above them (`debtor_locks.lock`).
    """
    movement_id = new_id()
    session.execute(
        MOVE,
        {
            "seller_id": session.info["seller_id"],
            "known_at": known_at,
            "movement_id": movement_id,
            "ids": [new_id() for _ in entries],
            "debtor_ids": [entry.debtor_id for entry in entries],
            "currencies": [entry.currency for entry in entries],
            "stages": [entry.stage for entry in entries],
            "amounts": [entry.amount for entry in entries],
            "source_kinds": [entry.source[0] for entry in entries],
            "source_ids": [entry.source[1] for entry in entries],
            "days": [entry.happened_on for entry in entries],
        },
    )
    return movement_id


def balances(session: Session, debtor_id: UUID) -> list[ExposureBalanceRecord]:
    """Give a debtor's balances that are not zero, by currency and stage."""
    record = ExposureBalanceRecord
    query = select(record).where(record.debtor_id == debtor_id, record.amount != 0)
    return list(session.scalars(query.order_by(record.currency, record.stage)))


@dataclass(frozen=True, slots=True)
class GroupBalance:
    """What a debtor and all debtors below it owe together, in one currency and stage."""

    currency: str
    stage: str
    amount: Decimal


def group_balances(session: Session, debtor_id: UUID) -> list[GroupBalance]:
    """Give the balances of a debtor with all below it that are not zero, by currency and stage."""
    record = ExposureBalanceRecord
    whole = record.amount + record.below_amount
    query = select(record.currency, record.stage, whole).where(record.debtor_id == debtor_id, whole != 0)
    return [GroupBalance(*row) for row in session.execute(query.order_by(record.currency, record.stage))]


REGROUP = text(f"""
WITH RECURSIVE {SIGNS},
moved AS (
    SELECT currency, stage, sum(amount + below_amount) AS amount FROM exposure_balance
    WHERE debtor_id = ANY(:moved_ids) GROUP BY currency, stage HAVING sum(amount + below_amount) <> 0)
INSERT INTO exposure_balance AS b (seller_id, debtor_id, currency, stage, amount, below_amount)
SELECT CAST(:seller_id AS uuid), signs.id, currency, stage, 0, sign * amount FROM signs CROSS JOIN moved
ON CONFLICT (seller_id, debtor_id, currency, stage) DO UPDATE SET below_amount = b.below_amount + excluded.below_amount
""")  # noqa: S608  # No text but our own.


def regroup(session: Session, moved_ids: Sequence[UUID], from_id: UUID | None, to_id: UUID | None) -> None:
    """Move the sums of debtors, and of all below them, from one parent's group to another's, with what may come back.

    The caller holds the locks of both parents, and of the debtors where they had no parent.
    """
    ends = {"from_id": from_id, "to_id": to_id}
    session.execute(REGROUP, {"seller_id": session.info["seller_id"], "moved_ids": list(moved_ids), **ends})
    returnables.regroup(session, moved_ids, from_id, to_id)
