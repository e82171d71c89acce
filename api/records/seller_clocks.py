"""The clock of a test seller: it stands still for who works by it, is moved on by one at a time, and never back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from api.records import sellers
from api.records.sellers import Seller, SellerRecord
from api.records.sessions import Sessions

# Who works by a clock shares it, so that nothing is dated by a day of which half is over already.
SHARE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('clock ' || :seller_id, 0))")
TAKE = text("SELECT pg_advisory_xact_lock(hashtextextended('clock ' || :seller_id, 0))")
ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('clock is moved ' || :seller_id, 0))")


@contextmanager
def standing(sessions: Sessions, seller: Seller) -> Iterator[Seller]:
    """Give the seller as it is now; its clock is not moved before the `with` has ended.

    Live sellers' clocks are never moved, so nothing is held for them. Whoever moves a clock must not be in here.
    """
    if seller.mode != "test":
        yield seller
        return
    with sessions.of_nobody() as session:
        session.execute(SHARE, {"seller_id": str(seller.id)})
        yield sellers.get(session, seller.id) or seller


@contextmanager
def moving_alone(sessions: Sessions, seller_id: UUID) -> Iterator[None]:
    """Wait until nobody else moves this clock; nobody else begins to before the `with` has ended."""
    with sessions.of_nobody() as session:
        session.execute(ALONE, {"seller_id": str(seller_id)})
        yield


def move_on(session: Session, seller_id: UUID, ahead: timedelta) -> Seller:
    """Have a test seller's clock run ahead of the real one by so much, once all who work by it are done.

    One that runs ahead further already stays as it is. Gives the seller as it is then.
    """
    session.execute(TAKE, {"seller_id": str(seller_id)})
    record = SellerRecord
    is_behind = (record.id == seller_id) & (record.mode == "test") & (record.clock_ahead < ahead)
    session.execute(update(record).where(is_behind).values(clock_ahead=ahead))
    return session.get_one(record, seller_id, populate_existing=True).seller()
