"""What all processes of a seller share about a source: token, refusal, breaker, next turn; one row for each source.

Every change is one statement, so that no two processes undo each other's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller


class SourceStateRecord(OfSeller, Base):
    """How a source stands with one seller. `opened_at` is None while the breaker is closed.

    `token` is encrypted, and so is `refused_credentials`: the digest of those that were not taken at `refused_at`.
    """

    __tablename__ = "source_state"
    provider: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    token_ends_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    opened_at: Mapped[datetime | None]
    next_turn_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    refused_credentials: Mapped[bytes | None] = mapped_column(LargeBinary)


STATE = SourceStateRecord
KEY = [STATE.seller_id, STATE.provider]


def token(session: Session, provider: str) -> tuple[bytes, datetime] | None:
    """Give the encrypted token that was kept last and when it ends, ended or not."""
    found = session.execute(select(STATE.token, STATE.token_ends_at).where(STATE.provider == provider)).first()
    return None if found is None or found[0] is None or found[1] is None else (found[0], found[1])


def keep_token(session: Session, provider: str, ciphertext: bytes | None, ends_at: datetime | None) -> None:
    """Keep an encrypted token in place of the one before; None forgets it."""
    new = {"token": ciphertext, "token_ends_at": ends_at}
    added = insert(STATE).values(seller_id=session.info["seller_id"], provider=provider, **new)
    session.execute(added.on_conflict_do_update(index_elements=KEY, set_=new))


def refusal(session: Session, provider: str) -> tuple[datetime, bytes] | None:
    """Give when credentials were refused last, and the encrypted digest of them."""
    columns = select(STATE.refused_at, STATE.refused_credentials)
    found = session.execute(columns.where(STATE.provider == provider)).first()
    return None if found is None or found[0] is None or found[1] is None else (found[0], found[1])


def keep_refusal(session: Session, provider: str, refused_at: datetime, ciphertext: bytes) -> None:
    """Keep that credentials were refused, and forget the token got with them."""
    new = {"refused_at": refused_at, "refused_credentials": ciphertext, "token": None, "token_ends_at": None}
    added = insert(STATE).values(seller_id=session.info["seller_id"], provider=provider, **new)
    session.execute(added.on_conflict_do_update(index_elements=KEY, set_=new))


def forget_refusal(session: Session, provider: str) -> None:
    """Forget that credentials were refused: others have come, or they are taken after all."""
    forgotten = update(STATE).where(STATE.provider == provider)
    session.execute(forgotten.values(refused_at=None, refused_credentials=None))


def breaker(session: Session, provider: str) -> tuple[int, datetime | None]:
    """Give the failures in a row, and when the breaker opened."""
    found = session.execute(select(STATE.failures, STATE.opened_at).where(STATE.provider == provider)).first()
    return (0, None) if found is None else (found[0], found[1])


def note_success(session: Session, provider: str) -> None:
    """Close the breaker and forget its failures."""
    is_noted = (STATE.failures != 0) | STATE.opened_at.is_not(None)
    session.execute(update(STATE).where(STATE.provider == provider, is_noted).values(failures=0, opened_at=None))


def note_failure(session: Session, provider: str, opened_at: datetime | None) -> int:
    """Count one failure, and open the breaker where a time is given; gives the failures in a row."""
    added = insert(STATE).values(
        seller_id=session.info["seller_id"], provider=provider, failures=1, opened_at=opened_at
    )
    counted = added.on_conflict_do_update(
        index_elements=KEY,
        set_={"failures": STATE.failures + 1, "opened_at": func.coalesce(added.excluded.opened_at, STATE.opened_at)},
    )
    return session.scalars(counted.returning(STATE.failures)).one()


def may_try(session: Session, provider: str, opened_at: datetime, now: datetime) -> bool:
    """Move the time of an open breaker; true for the one caller, of all at once, who did it."""
    moved = update(STATE).where(STATE.provider == provider, STATE.opened_at == opened_at).values(opened_at=now)
    return session.execute(moved.returning(STATE.provider)).first() is not None


def turn(session: Session, provider: str, now: datetime, interval: timedelta, burst: timedelta) -> timedelta:
    """Take a turn where one is free (zero), else say how long it takes; `interval` zero only looks."""
    if interval:
        added = insert(STATE).values(
            seller_id=session.info["seller_id"], provider=provider, next_turn_at=now + interval
        )
        taken = added.on_conflict_do_update(
            index_elements=KEY,
            set_={"next_turn_at": func.greatest(STATE.next_turn_at, now) + interval},
            where=STATE.next_turn_at.is_(None) | (STATE.next_turn_at <= now + burst),
        )
        if session.execute(taken.returning(STATE.provider)).first() is not None:
            return timedelta(0)
    next_turn_at = session.scalar(select(STATE.next_turn_at).where(STATE.provider == provider))
    return timedelta(0) if next_turn_at is None else max(timedelta(0), next_turn_at - burst - now)


def with_token(session: Session) -> Sequence[SourceStateRecord]:
    """Give the rows of the seller that have a token, locked, to be changed."""
    return session.scalars(select(STATE).where(STATE.token.is_not(None)).with_for_update()).all()


def forget_token(session: Session, provider: str) -> None:
    """Forget the token of a source: it was fetched with credentials that are no longer the seller's."""
    session.execute(update(STATE).where(STATE.provider == provider).values(token=None, token_ends_at=None))
