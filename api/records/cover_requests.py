"""Requests for cover: kept before anything is asked, asked by one at a time, and looked at again when they are due."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, text, update
from sqlalchemy.orm import Mapped, Session, aliased

from api.records.base import new_id
from api.records.covers import CoverRequestRecord

REQUEST = CoverRequestRecord
OPEN = ("queued", "sent", "pending")
OVER = ("failed", "withdrawn")
DUE_AT_ONCE_MAX = 200


class Overtaken(Exception):
    """Somebody else asks about this request by now: what we were told is his to find."""


def add(session: Session, values: Mapping[str, Any]) -> CoverRequestRecord:
    """Keep a request."""
    record = CoverRequestRecord(id=new_id(), tries=0, leased_until=None, failing_since=None, **values)
    session.add(record)
    session.flush()
    return record


def get(session: Session, request_id: UUID, *, lock: bool = False) -> CoverRequestRecord | None:
    """Find a request, as it is now; locked, nobody notes anything of it before this transaction ends."""
    query = select(REQUEST).where(REQUEST.id == request_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def listing(debtor_id: UUID | None = None, state: str | None = None) -> Select[CoverRequestRecord]:
    """Select requests; what is None does not matter."""
    query = select(REQUEST)
    if debtor_id is not None:
        query = query.where(REQUEST.debtor_id == debtor_id)
    return query if state is None else query.where(REQUEST.state == state)


def open_one(session: Session, debtor_id: UUID, policy_id: UUID) -> CoverRequestRecord | None:
    """Give the request about a debtor that has no answer yet; None where there is none."""
    query = select(REQUEST).where(REQUEST.debtor_id == debtor_id, REQUEST.insurance_policy_id == policy_id)
    return session.scalars(query.where(REQUEST.state.in_(OPEN)).order_by(REQUEST.id.desc()).limit(1)).first()


def open_of_application(session: Session, application_id: UUID) -> Sequence[CoverRequestRecord]:
    """Give the new requests that were made for an application and have no answer yet, locked as `get` locks one."""
    query = select(REQUEST).where(REQUEST.application_id == application_id, REQUEST.kind == "new")
    query = query.where(REQUEST.state.in_(OPEN)).order_by(REQUEST.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def heads(session: Session, debtor_id: UUID, policy_id: UUID) -> Sequence[CoverRequestRecord]:
    """Give the decided requests about a debtor that no other has changed or given back, the newest first."""
    query = select(REQUEST).where(REQUEST.debtor_id == debtor_id, REQUEST.insurance_policy_id == policy_id)
    query = query.where(REQUEST.state == "decided", REQUEST.kind != "withdrawal", ~_is_followed())
    return session.scalars(query.order_by(REQUEST.id.desc())).all()


def successor(session: Session, request_id: UUID) -> CoverRequestRecord | None:
    """Give the request that changes or gives back what this one led to; one that failed is none."""
    query = select(REQUEST).where(REQUEST.replaces_id == request_id, REQUEST.state.not_in(OVER))
    return session.scalars(query.limit(1)).first()


def _is_followed() -> ColumnElement[bool]:
    later = aliased(CoverRequestRecord)
    follows = (later.seller_id == REQUEST.seller_id, later.replaces_id == REQUEST.id, later.state.not_in(OVER))
    return select(later.id).where(*follows).exists()


def due(session: Session, now: datetime, real_now: datetime) -> Sequence[UUID]:
    """Give the requests that must be looked at by a time (the seller's) and that nobody is at, the longest due first.

    What another request changes is left to that one.
    """
    lease: Mapped[datetime | None] = REQUEST.leased_until
    query = select(REQUEST.id).where(REQUEST.look_again_at <= now, lease.is_(None) | (lease < real_now))
    query = query.where(REQUEST.state.not_in(OVER), ~_is_followed())
    return session.scalars(query.order_by(REQUEST.look_again_at, REQUEST.id).limit(DUE_AT_ONCE_MAX)).all()


# A decision that somebody recorded since replaces what cannot be found.
NOT_FOUND = text("""
SELECT r.debtor_id, r.id, r.insurance_policy_id, p.provider FROM cover_request r
JOIN insurance_policy p ON p.id = r.insurance_policy_id
WHERE r.failing_since IS NOT NULL AND r.fault ->> 'code' = :code AND r.look_again_at IS NOT NULL
    AND r.state NOT IN ('failed', 'withdrawn')
    AND NOT EXISTS (SELECT FROM cover_request l WHERE l.replaces_id = r.id AND l.state NOT IN ('failed', 'withdrawn'))
    AND NOT EXISTS (SELECT FROM cover_decision d WHERE d.debtor_id = r.debtor_id
        AND d.insurance_policy_id = r.insurance_policy_id AND d.known_at > r.failing_since)
ORDER BY r.debtor_id, r.id
""")
UNANSWERED = text("""
SELECT DISTINCT ON (p.provider) p.provider, r.fault ->> 'code' AS code FROM cover_request r
JOIN insurance_policy p ON p.id = r.insurance_policy_id AND p.provider IS NOT NULL
WHERE r.failing_since <= :until AND r.fault ->> 'code' = ANY(:codes) AND r.look_again_at IS NOT NULL
    AND r.state NOT IN ('failed', 'withdrawn')
    AND NOT EXISTS (SELECT FROM cover_request l WHERE l.replaces_id = r.id AND l.state NOT IN ('failed', 'withdrawn'))
ORDER BY p.provider, r.failing_since, r.id
""")


def not_found(session: Session, code: str) -> Sequence[Any]:
    """Give the requests whose cover the insurer does not know, as fault `code` says, until something replaces it.

    Each row is debtor_id, id, insurance_policy_id and the insurer as a provider, ordered by debtor.
    """
    return session.execute(NOT_FOUND, {"code": code}).all()


def is_not_found(session: Session, debtor_id: UUID, policy_id: UUID, code: str) -> bool:
    """Whether the insurer did not know a cover of a debtor when it was read last, as fault `code` says."""
    of_debtor = (REQUEST.debtor_id == debtor_id, REQUEST.insurance_policy_id == policy_id)
    lost = (REQUEST.failing_since.is_not(None), REQUEST.fault["code"].astext == code, REQUEST.state.not_in(OVER))
    return bool(session.scalar(select(select(REQUEST.id).where(*of_debtor, *lost).exists())))


def unanswered(session: Session, until: datetime, codes: Sequence[str]) -> dict[str, str]:
    """Give the insurers whom each look at a request failed since a time or before, by the fault of the longest one."""
    rows = session.execute(UNANSWERED, {"until": until, "codes": list(codes)})
    return {row.provider: row.code for row in rows}


CHAIN = text("""
WITH RECURSIVE chain AS (
    SELECT id, replaces_id FROM cover_request WHERE id = :id
    UNION SELECT r.id, r.replaces_id FROM cover_request r JOIN chain c ON r.id = c.replaces_id OR r.replaces_id = c.id)
SELECT id FROM chain
""")


def standing_beside(session: Session, request: CoverRequestRecord) -> set[UUID]:
    """Give the requests that led to other covers of the same debtor and contract, which stand and are looked at too.

    There are such where two debtors that were each covered were merged.
    """
    own = set(session.scalars(CHAIN, {"id": request.id}))
    others = [
        head.id
        for head in heads(session, request.debtor_id, request.insurance_policy_id)
        if head.id not in own and head.look_again_at is not None
    ]
    return {each for head_id in others for each in session.scalars(CHAIN, {"id": head_id})}


# Looked at again later whatever becomes of this look, so that one that always fails does not stand before all others.
LEASE = text(
    "UPDATE cover_request SET leased_until = :until, look_again_at = :again_at WHERE id = :id"
    " AND state NOT IN ('failed', 'withdrawn') AND (leased_until IS NULL OR leased_until < :real_now) RETURNING id"
)


def lease(session: Session, request_id: UUID, real_now: datetime, until: datetime, again_at: datetime) -> bool:
    """Take a request, so that nobody else asks about it until then (real time); gives whether it was free."""
    values = {"id": request_id, "real_now": real_now, "until": until, "again_at": again_at}
    return session.execute(LEASE, values).first() is not None


def note(session: Session, request_id: UUID, until: datetime, values: Mapping[str, Any]) -> None:
    """Write how a request stands, by who holds it until then.

    Raises Overtaken when somebody else does, or when it was taken back meanwhile.
    """
    held = (REQUEST.id == request_id, REQUEST.leased_until == until, REQUEST.state.not_in(OVER))
    changed = update(REQUEST).where(*held).values(**values)
    if not session.execute(changed.returning(REQUEST.id)).first():
        raise Overtaken(str(request_id))
