"""Requests already answered: the same key gives the same answer and one effect."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, unchecked_seller
from api.records.quick import Quick

KEPT = timedelta(hours=24)
ABANDONED_AFTER = timedelta(seconds=60)


class IdempotencyRecord(OfSeller, Base):
    """One `Idempotency-Key` of one credential on one route. `status` is null while the first is still running."""

    __tablename__ = "idempotency"
    seller_id: Mapped[UUID] = unchecked_seller()
    credential_id: Mapped[UUID] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    claimed_at: Mapped[datetime]
    status: Mapped[int | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Which request: whose, where, and under which key."""

    credential_id: UUID
    route: str
    key: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of a request that was sent before. `status` and `answer` are None while it is still running."""

    request_sha256: bytes
    claimed_at: datetime
    status: int | None
    answer: bytes | None


# A twin in another transaction makes this wait. An expired row, and a claim of the same request that was abandoned,
# are taken over; any other row stays as it is and nothing comes back.
CLAIM = Quick(
    "INSERT INTO idempotency AS i (seller_id, credential_id, route, key, request_sha256, claimed_at)"
    " VALUES (:seller_id, :credential_id, :route, :key, :request_sha256, :now)"
    " ON CONFLICT (seller_id, credential_id, route, key) DO UPDATE"
    " SET request_sha256 = excluded.request_sha256, claimed_at = excluded.claimed_at, status = NULL, answer = NULL"
    " WHERE i.claimed_at < :expired"
    " OR (i.status IS NULL AND i.claimed_at < :abandoned AND i.request_sha256 = excluded.request_sha256)"
    " RETURNING true"
)
OURS = "credential_id = :credential_id AND route = :route AND key = :key AND seller_id = :seller_id"
READ = Quick(f"SELECT request_sha256, claimed_at, status, answer FROM idempotency WHERE {OURS}")  # noqa: S608
KEEP = Quick(
    f"UPDATE idempotency SET status = :status, answer = :answer WHERE {OURS}"  # noqa: S608
    " AND claimed_at = :claimed_at AND status IS NULL"
)
RELEASE = text(f"DELETE FROM idempotency WHERE {OURS} AND claimed_at = :claimed_at AND status IS NULL")  # noqa: S608
PURGE = text("DELETE FROM idempotency WHERE claimed_at < :expired")


def _named(session: Session, request: RequestKey) -> dict[str, object]:
    return {
        "seller_id": session.info["seller_id"],
        "credential_id": request.credential_id,
        "route": request.route,
        "key": request.key,
    }


def claim(session: Session, request: RequestKey, request_sha256: bytes, now: datetime) -> Earlier | None:
    """Claim a request, waiting for a twin's transaction; gives None when it is ours, else what came earlier."""
    values = {
        **_named(session, request),
        "request_sha256": request_sha256,
        "now": now,
        "expired": now - KEPT,
        "abandoned": now - ABANDONED_AFTER,
    }
    if CLAIM.first(session, values):
        return None
    earlier = READ.first(session, _named(session, request))
    if earlier is None:  # Released between the two statements: the caller may try again at once.
        return Earlier(request_sha256, now, None, None)
    return Earlier(*earlier)


def keep(session: Session, request: RequestKey, claimed_at: datetime, status: int, answer: bytes) -> bool:
    """Keep the answer of a claimed request; False when the claim was taken over in the meantime."""
    values = {**_named(session, request), "claimed_at": claimed_at, "status": status, "answer": answer}
    return bool(KEEP.count(session, values))


def release(session: Session, request: RequestKey, claimed_at: datetime) -> None:
    """Give up a claim that has no answer, so that the request may be sent again at once."""
    session.execute(RELEASE, {**_named(session, request), "claimed_at": claimed_at})


def purge(session: Session, now: datetime) -> int:
    """Forget the seller's requests of more than a day ago; gives how many."""
    return int(session.execute(PURGE, {"expired": now - KEPT}).rowcount)  # type: ignore[attr-defined]
