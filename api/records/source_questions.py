"""Who is asking for a report just now: one asker for each debtor and kind, whom all others wait for.

All times are real: a lease is no business date.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, reference_to


class SourceQuestionRecord(OfSeller, Base):
    """A question that is being asked, or (with `why`) that has just failed. It is gone once it was answered.

    `answer_by` is until when others wait, `held_until` until when nobody else asks. `provider` is who failed, or else
    of whom a report is being ordered.
    """

    __tablename__ = "source_question"
    __table_args__ = (reference_to("debtor", "debtor_id"),)
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    asker: Mapped[UUID]
    answer_by: Mapped[datetime]
    held_until: Mapped[datetime]
    provider: Mapped[str | None]
    why: Mapped[str | None]


QUESTION = SourceQuestionRecord


@dataclass(frozen=True, slots=True)
class Held:
    """A question that somebody holds; `why` (and of which provider) where it failed."""

    asker: UUID
    answer_by: datetime
    held_until: datetime
    provider: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A question that is ours now; `ordered_of` a provider by somebody who never told what became of it."""

    ordered_of: str | None


def claim(
    session: Session,
    debtor_id: UUID,
    kind: str,
    asker: UUID,
    *,
    now: datetime,
    answer_by: datetime,
    held_until: datetime,
) -> Claim | None:
    """Become the one who asks; None where another one holds the question."""
    new = {"asker": asker, "answer_by": answer_by, "held_until": held_until, "why": None}
    added = insert(QUESTION).values(seller_id=session.info["seller_id"], debtor_id=debtor_id, kind=kind, **new)
    # Who has failed let go of the question. Who has not, and still names a provider, was killed or has hung.
    not_let_go = case((QUESTION.why.is_(None), QUESTION.provider))
    claimed = added.on_conflict_do_update(
        index_elements=[QUESTION.seller_id, QUESTION.debtor_id, QUESTION.kind],
        set_={**new, "provider": not_let_go},
        where=QUESTION.held_until <= now,
    )
    row = session.execute(claimed.returning(QUESTION.provider)).one_or_none()
    return None if row is None else Claim(row.provider)


def order(session: Session, debtor_id: UUID, kind: str, asker: UUID, provider: str | None) -> None:
    """Say of whom a report is about to be ordered, None: of nobody any more."""
    _change(session, debtor_id, kind, asker, QUESTION.why.is_(None), provider=provider)


def held(session: Session, debtor_id: UUID, kind: str) -> Held | None:
    """Give who holds a question, or None."""
    columns = (QUESTION.asker, QUESTION.answer_by, QUESTION.held_until, QUESTION.provider, QUESTION.why)
    row = session.execute(select(*columns).where(QUESTION.debtor_id == debtor_id, QUESTION.kind == kind)).one_or_none()
    return Held(*row) if row else None


def answered(session: Session, debtor_id: UUID, kind: str, asker: UUID) -> None:
    """Let go of a question: its answer is stored."""
    session.execute(
        delete(QUESTION).where(QUESTION.debtor_id == debtor_id, QUESTION.kind == kind, QUESTION.asker == asker)
    )


def failed(
    session: Session, debtor_id: UUID, kind: str, asker: UUID, *, provider: str | None, why: str, held_until: datetime
) -> None:
    """Say why a question was asked in vain, to all who wait for it until then."""
    _change(session, debtor_id, kind, asker, provider=provider, why=why, held_until=held_until)


def hold(session: Session, debtor_id: UUID, kind: str, asker: UUID, held_until: datetime) -> None:
    """Keep a question for longer, unless it has failed: its answer is late, but may still come."""
    _change(session, debtor_id, kind, asker, QUESTION.why.is_(None), held_until=held_until)


def _change(
    session: Session, debtor_id: UUID, kind: str, asker: UUID, *where: ColumnElement[bool], **values: object
) -> None:
    mine = (QUESTION.debtor_id == debtor_id, QUESTION.kind == kind, QUESTION.asker == asker)
    session.execute(update(QUESTION).where(*mine, *where).values(**values))
