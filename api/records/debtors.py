"""Debtors: the legal entities that owe, or will owe."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, CheckConstraint, Index, Select, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session

from api.records import debtor_snapshots, events, identities
from api.records.base import Base, WithId, reference_to
from api.records.identities import OfficialNumber, Reference

COLUMNS_A_CALLER_SETS = (
    "name",
    "country",
    "legal_form",
    "is_natural_person",
    "parent_id",
    "related_party",
    "critical",
    "account_owner",
    "credit_owner",
)
PHASES = ("prospect", "acceptance", "monitoring", "management", "collection")


class DebtorRecord(WithId, Base):
    """One debtor. A merged one stays and points on. Its row is the lock of its ledger and its exposure.

    `onboarding_missing` names what an accepted debtor still lacks of the policy's checklist; null before it applied.
    """

    __tablename__ = "debtor"
    __table_args__ = (
        CheckConstraint(f"phase IN {PHASES}", name="phase"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        reference_to("debtor", "parent_id"),
        reference_to("debtor", "merged_into_id"),
        Index(None, "seller_id", "parent_id"),
        Index("ix_debtor_merged", "seller_id", "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")),
    )
    name: Mapped[str | None]
    country: Mapped[str]
    legal_form: Mapped[str | None]
    is_natural_person: Mapped[bool | None]
    phase: Mapped[str]
    parent_id: Mapped[UUID | None]
    related_party: Mapped[bool]
    critical: Mapped[bool]
    account_owner: Mapped[str | None]
    credit_owner: Mapped[str | None]
    merged_into_id: Mapped[UUID | None]
    onboarding_missing: Mapped[list[Any] | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


def normal_legal_form(text: str) -> str:
    """Give a legal form in the one form the policy names it in: `B.V.` is `bv`."""
    return text.strip().casefold().replace(".", "").replace(" ", "_")


def get(session: Session, debtor_id: UUID) -> DebtorRecord | None:
    """Find a debtor by id; a merged one gives the one it points on to."""
    record = named(session, debtor_id)
    while record is not None and record.merged_into_id is not None:
        record = named(session, record.merged_into_id)
    return record


def named(session: Session, debtor_id: UUID) -> DebtorRecord | None:
    """Find a debtor by id, and one that was merged away as itself: what was decided of it then stays with it."""
    return session.get(DebtorRecord, (session.info["seller_id"], debtor_id))


def with_incomplete_file(session: Session) -> Sequence[UUID]:
    """Give the accepted debtors whose file still lacks something."""
    record = DebtorRecord
    lacks = func.jsonb_array_length(record.onboarding_missing) > 0
    return session.scalars(select(record.id).where(lacks, record.merged_into_id.is_(None)).order_by(record.id)).all()


def several(session: Session, debtor_ids: Iterable[UUID]) -> Sequence[DebtorRecord]:
    """Find debtors by their ids; a merged one is given as it is."""
    return session.scalars(select(DebtorRecord).where(DebtorRecord.id.in_(set(debtor_ids)))).all()


def add(
    session: Session,
    values: Mapping[str, object],
    *,
    phase: str,
    names: Iterable[OfficialNumber | Reference],
    now: datetime,
) -> DebtorRecord:
    """Add a debtor and tell so by an event. `values` are of COLUMNS_A_CALLER_SETS.

    Raises NameTaken when another debtor has one of the numbers or references: then nothing was added.
    """
    record = DebtorRecord(
        **{"related_party": False, "critical": False, **values}, phase=phase, version=1, created_at=now, changed_at=now
    )
    with session.begin_nested():
        session.add(record)
        session.flush()
        identities.add(session, record.id, names, now)
    tell(session, "debtor.created.v1", record.id, {"phase": phase}, now)
    return record


def tell(session: Session, type: str, debtor_id: UUID, data: Mapping[str, object], now: datetime) -> None:
    """Tell what happened to a debtor itself; what is told of something else of it keeps nothing of the debtor."""
    told = {"debtor_id": str(debtor_id), **data}
    seen = debtor_snapshots.snapshots(session, [debtor_id], now)[debtor_id] if type.startswith("debtor.") else None
    events.add(session, type, told, debtor_id=debtor_id, happened_at=now, known_at=now, snapshot=seen)


def enter_phase(session: Session, debtor: DebtorRecord, phase: str, now: datetime) -> None:
    """Move a debtor, which must be locked, to a phase and tell so; one that is in it stays as it is."""
    if debtor.phase == phase:
        return
    told = {"from": debtor.phase, "to": phase}
    debtor.phase, debtor.version, debtor.changed_at = phase, debtor.version + 1, now
    tell(session, "debtor.phase_changed.v1", debtor.id, told, now)


HAS_LEDGER = text(
    "SELECT EXISTS (SELECT FROM invoice WHERE debtor_id = :id) OR EXISTS (SELECT FROM payment WHERE debtor_id = :id)"
    " OR EXISTS (SELECT FROM credit_note WHERE debtor_id = :id)"
)


def has_ledger(session: Session, debtor_id: UUID) -> bool:
    """Whether anything was ever invoiced to, credited to or paid by a debtor."""
    return bool(session.scalar(HAS_LEDGER, {"id": debtor_id}))


def merge(session: Session, merged: DebtorRecord, into: DebtorRecord, now: datetime) -> None:
    """Let one debtor point on to another, which takes over its numbers and references. Both must be locked."""
    session.execute(update(DebtorRecord).where(DebtorRecord.parent_id == merged.id).values(parent_id=into.id))
    identities.hand_over(session, merged.id, into.id)
    merged.merged_into_id, merged.changed_at, merged.version = into.id, now, merged.version + 1
    tell(session, "debtor.merged.v1", merged.id, {"into_debtor_id": str(into.id)}, now)


def change_groups(session: Session) -> None:
    """Let nobody else merge or regroup this seller's debtors until the transaction ends.

    Two changes that are each right can make a ring together, and no lock on single debtors would see it.
    """
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('groups ' || :seller_id, 0))"),
        {"seller_id": str(session.info["seller_id"])},
    )


def ancestors(session: Session, debtor_id: UUID) -> Sequence[UUID]:
    """Give the ids of a debtor's parent, its parent, and so on to the top; a ring ends where it began."""
    steps = _start(debtor_id)
    above = select(DebtorRecord.id, DebtorRecord.parent_id).join(steps, DebtorRecord.id == steps.c.parent_id)
    steps = steps.union(above)
    return session.scalars(select(steps.c.id).where(steps.c.id != debtor_id)).all()


PATH_ABOVE = text("""
WITH RECURSIVE walk AS (
    SELECT parent_id AS id, 1 AS height FROM debtor WHERE id = :debtor_id AND parent_id IS NOT NULL
    UNION ALL SELECT d.parent_id, w.height + 1 FROM walk w JOIN debtor d ON d.id = w.id
    WHERE d.parent_id IS NOT NULL AND w.height < 1000)
SELECT id FROM walk ORDER BY height
""")


def path_above(session: Session, debtor_id: UUID) -> Sequence[UUID]:
    """Give the ids of a debtor's parent, its parent, and so on to the top, in that order."""
    return session.scalars(PATH_ABOVE, {"debtor_id": debtor_id}).all()


def children(session: Session, debtor_id: UUID) -> Sequence[UUID]:
    """Give the ids of the debtors right below a debtor, without merged ones."""
    record = DebtorRecord
    query = select(record.id).where(record.parent_id == debtor_id, record.merged_into_id.is_(None))
    return session.scalars(query).all()


def descendants(session: Session, debtor_id: UUID) -> Sequence[UUID]:
    """Give the ids of all debtors below a debtor."""
    steps = _start(debtor_id)
    below = select(DebtorRecord.id, DebtorRecord.parent_id).join(steps, DebtorRecord.parent_id == steps.c.id)
    steps = steps.union(below)
    return session.scalars(select(steps.c.id).where(steps.c.id != debtor_id)).all()


HEADS = text("""
WITH RECURSIVE walk AS (
    SELECT id AS named_id, id, merged_into_id FROM debtor WHERE id = ANY(:ids)
    UNION ALL SELECT w.named_id, d.id, d.merged_into_id FROM walk w JOIN debtor d ON d.id = w.merged_into_id)
SELECT named_id, id FROM walk WHERE merged_into_id IS NULL
""")


def heads(session: Session, debtor_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Give each of some debtors with itself, or with the one that it was merged into."""
    return {row.named_id: row.id for row in session.execute(HEADS, {"ids": list(debtor_ids)})}


def kin(session: Session, debtor_id: UUID) -> set[UUID]:
    """Give the ids of all above and all below a debtor."""
    return {*ancestors(session, debtor_id), *descendants(session, debtor_id)}


def _start(debtor_id: UUID) -> CTE:
    query = select(DebtorRecord.id, DebtorRecord.parent_id).where(DebtorRecord.id == debtor_id)
    return query.cte("walk", recursive=True)


def listing(
    phase: str | None = None, changed_since: datetime | None = None, owner: str | None = None
) -> Select[DebtorRecord]:
    """Select debtors, without merged ones: of a phase, changed since a time, of an account or credit owner."""
    query = select(DebtorRecord).where(DebtorRecord.merged_into_id.is_(None))
    if phase:
        query = query.where(DebtorRecord.phase == phase)
    if changed_since:
        query = query.where(DebtorRecord.changed_at >= changed_since)
    if owner:
        query = query.where(or_(DebtorRecord.account_owner == owner, DebtorRecord.credit_owner == owner))
    return query
