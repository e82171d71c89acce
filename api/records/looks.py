"""Whom to look at: debtors of whom something changed, and those of whom a day will change something."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, unchecked_seller


class DebtorToLookAtRecord(Base):
    """A debtor of whom something changed. Rows are only added and taken away: nobody ever waits for another's."""

    __tablename__ = "debtor_to_look_at"
    seller_id: Mapped[UUID] = unchecked_seller()
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)


class DebtorNextLookRecord(Base):
    """The day on which time alone may change what is told of a debtor, as far as was known at the last look."""

    __tablename__ = "debtor_next_look"
    __table_args__ = (Index(None, "seller_id", "look_on"),)
    seller_id: Mapped[UUID] = unchecked_seller()
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    look_on: Mapped[date]


def marking(debtors: str) -> str:
    """Give the SQL that marks debtors, to be put into statements of other tables; it takes `:seller_id`.

    `debtors` is SQL of a relation `asked` with the column `debtor_id`, each once. Who is marked already is not marked
    again: without a worker the marks are as many as the debtors. The mark that is there is held until the transaction
    ends, so that nobody takes it before what it is for can be seen; one that is being taken is passed over, and a new
    one added. Nobody waits.
    """
    return (
        "INSERT INTO debtor_to_look_at (seller_id, debtor_id, id)"  # noqa: S608
        f" SELECT CAST(:seller_id AS uuid), debtor_id, gen_random_uuid() FROM {debtors}"
        " WHERE NOT EXISTS (SELECT FROM debtor_to_look_at marked WHERE marked.debtor_id = asked.debtor_id"
        " LIMIT 1 FOR KEY SHARE SKIP LOCKED)"
    )


# It names debtors by an array.
MARKING = marking("(SELECT DISTINCT unnest(CAST(:debtor_ids AS uuid[])) AS debtor_id) asked")
MARK = text(MARKING)
MARK_ALL = text(marking("(SELECT id AS debtor_id FROM debtor WHERE merged_into_id IS NULL) asked"))
MARKED = text(
    "SELECT DISTINCT debtor_id FROM debtor_to_look_at WHERE debtor_id > :after ORDER BY debtor_id LIMIT :most"
)
TAKE = text("""
DELETE FROM debtor_to_look_at WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM debtor_to_look_at WHERE debtor_id = ANY(CAST(:debtor_ids AS uuid[])) FOR UPDATE SKIP LOCKED))
RETURNING debtor_id
""")
DUE = text("SELECT debtor_id FROM debtor_next_look WHERE look_on <= :today ORDER BY look_on, debtor_id LIMIT :most")
PLAN = text("""
INSERT INTO debtor_next_look (seller_id, debtor_id, look_on)
SELECT CAST(:seller_id AS uuid), debtor_id, look_on
FROM unnest(CAST(:debtor_ids AS uuid[]), CAST(:days AS date[])) AS planned (debtor_id, look_on) ORDER BY debtor_id
ON CONFLICT (seller_id, debtor_id) DO UPDATE SET look_on = excluded.look_on
""")
FORGET = text("DELETE FROM debtor_next_look WHERE debtor_id = ANY(CAST(:debtor_ids AS uuid[]))")


def mark(session: Session, debtor_ids: Iterable[UUID]) -> None:
    """Have debtors looked at soon after this transaction; who is marked already is so once."""
    session.execute(MARK, {"seller_id": session.info["seller_id"], "debtor_ids": list(debtor_ids)})


def mark_all(session: Session) -> None:
    """Have every debtor looked at soon after this transaction: what all are judged by has changed."""
    session.execute(MARK_ALL, {"seller_id": session.info["seller_id"]})


def marked(session: Session, after: UUID, most: int) -> Sequence[UUID]:
    """Give the next debtors after one, by id, that are marked, at most so many: a pass over them comes to an end."""
    return session.scalars(MARKED, {"after": after, "most": most}).all()


def take(session: Session, debtor_ids: Sequence[UUID]) -> set[UUID]:
    """Take the marks of these debtors; gives of whom there were any that no other transaction takes or holds.

    They are marked again where this transaction does not commit.
    """
    return set(session.scalars(TAKE, {"debtor_ids": list(debtor_ids)}))


def due(session: Session, today: date, most: int) -> Sequence[UUID]:
    """Give debtors whose day has come, at most so many, those of the earliest days first."""
    return session.scalars(DUE, {"today": today, "most": most}).all()


def plan(session: Session, days: Mapping[UUID, date | None]) -> None:
    """Write on which day each debtor is to be looked at next; None: no day changes anything."""
    planned = {each: day for each, day in days.items() if day is not None}
    others = [each for each in days if each not in planned]
    if others:
        session.execute(FORGET, {"debtor_ids": others})
    if planned:
        values = {"debtor_ids": list(planned), "days": list(planned.values())}
        session.execute(PLAN, {"seller_id": session.info["seller_id"], **values})
