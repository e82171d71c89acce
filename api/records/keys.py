"""Keys: the credentials of people and machines, kept only as the SHA-256 of their secret."""

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.problems import BadInput, Fault, NotFound
from api.records.base import Base, WithId, new_id
from api.records.sellers import Seller

ROLES = ("sales", "finance", "credit_manager", "integration", "insurer", "admin")
SECRET_BYTES = 32
SUBJECT = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,190}")


class KeyRecord(WithId, Base):
    """One key. Looked up before the seller is known, by the database function `find_key`."""

    __tablename__ = "key"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("(role = 'insurer') = (insurer_id IS NOT NULL)", name="insurer"),
    )
    name: Mapped[str]
    role: Mapped[str]
    subject: Mapped[str | None]
    insurer_id: Mapped[UUID | None]
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    is_demo: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key as it is met at the door, with its seller."""

    id: UUID
    seller: Seller
    role: str
    subject: str | None
    insurer_id: UUID | None
    secret_sha256: bytes
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is to be. `subject` is a person's e-mail, or None for a machine; `expires_at` is real time."""

    role: str
    name: str
    subject: str | None = None
    insurer_id: UUID | None = None
    expires_at: datetime | None = None
    is_demo: bool = False


FIND = text("SELECT * FROM find_key(:key_id)")


def find(session: Session, key_id: UUID) -> FoundKey | None:
    """Find a key by its id, whoever's it is; the session needs no seller."""
    row = session.execute(FIND, {"key_id": key_id}).first()
    if row is None:
        return None
    seller = Seller(row.seller_id, row.seller_name, row.mode, row.time_zone, row.currency, row.clock_ahead)
    return FoundKey(
        key_id, seller, row.role, row.subject, row.insurer_id, row.secret_sha256, row.expires_at, row.revoked_at
    )


def normal_subject(subject: str) -> str | None:
    """Give a person's e-mail in the one form in which persons are compared, or None when it is not one."""
    normal = subject.strip().lower()
    return normal if SUBJECT.fullmatch(normal) else None


def add(session: Session, seller: Seller, new: NewKey, now: datetime) -> str:
    """Make a key and give its text, which is shown this once. `now` is the real time, not the seller's.

    Raises BadInput naming every rule it would break.
    """
    subject = normal_subject(new.subject) if new.subject is not None else None
    faults = list(_faults(new, subject, now))
    if faults:
        raise BadInput("Such a key cannot be made.", faults=faults)
    secret = secrets.token_hex(SECRET_BYTES)
    key_id = new_id()
    session.add(
        KeyRecord(
            id=key_id,
            name=new.name,
            role=new.role,
            subject=subject,
            insurer_id=new.insurer_id,
            secret_sha256=sha256(secret.encode()).digest(),
            is_demo=new.is_demo,
            created_at=now,
            expires_at=new.expires_at,
            revoked_at=None,
        )
    )
    session.flush()
    return f"cg_{seller.mode}_{key_id.hex}_{secret}"


def _faults(new: NewKey, subject: str | None, now: datetime) -> Iterator[Fault]:
    is_insurer = new.role == "insurer"
    if new.role not in ROLES:
        yield Fault("/role", "not_a_choice", f"Must be one of: {', '.join(ROLES)}.")
    if new.subject is not None and subject is None:
        yield Fault("/subject", "not_an_email", "Must be a person's e-mail address.")
    if is_insurer and new.insurer_id is None:
        yield Fault("/insurer_id", "required", "An insurer's key needs its insurer.")
    if not is_insurer and new.insurer_id is not None:
        yield Fault("/insurer_id", "not_for_role", "Only for an insurer's key.")
    if new.expires_at is not None and new.expires_at <= now:
        yield Fault("/expires_at", "in_the_past", "Must be later than now.")


def id_of(key: str) -> UUID:
    """Give the id in the text of a key."""
    return UUID(hex=key.split("_")[2])


def revoke(session: Session, key_id: UUID, now: datetime) -> KeyRecord:
    """Revoke a key for good; a key revoked before stays as it was. Raises NotFound."""
    record = session.get(KeyRecord, {"seller_id": session.info["seller_id"], "id": key_id}, with_for_update=True)
    if record is None:
        raise NotFound("There is no such key.")
    if record.revoked_at is None:
        record.revoked_at = now
    return record


def every(session: Session) -> Sequence[KeyRecord]:
    """List the seller's keys, the oldest first."""
    return session.scalars(select(KeyRecord).order_by(KeyRecord.id)).all()
