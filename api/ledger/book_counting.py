"""Counts how late the whole book pays, so that few items of one debtor can be seen beside those of all."""

import traceback
from datetime import date

import structlog
from sqlalchemy.orm import Session

from api.policy_shelf import PolicyShelf
from api.records import book_lateness, sellers
from api.records.sellers import Seller
from api.wiring import House

log = structlog.get_logger(__name__)


def count_book(session: Session, policies: PolicyShelf, today: date) -> None:
    """Count the book over the window of the policy in force, where that asks for lateness."""
    lateness = policies.active(session).policy.evidence.lateness
    if lateness is not None:
        book_lateness.count(session, today, lateness.window_days)


def count_books(house: House) -> None:
    """Count the book of every seller that was not counted yet on the seller's day: each day the window moves on."""
    with house.sessions.of_nobody() as session:
        everyone = sellers.every(session)
    for seller in everyone:
        try:
            _count_of_today(house, seller)
        except Exception as error:  # The books of the others are counted all the same.
            name = type(error).__name__
            log.error("book_not_counted", seller_id=str(seller.id), error=name, trace=traceback.format_exc())


def _count_of_today(house: House, seller: Seller) -> None:
    today = house.clock.today(seller)
    with house.sessions.of(seller.id) as session:
        lateness = house.policies.active(session).policy.evidence.lateness
        if lateness is not None and not book_lateness.is_counted(session, today, lateness.window_days):
            book_lateness.count(session, today, lateness.window_days)
