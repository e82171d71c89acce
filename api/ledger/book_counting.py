"""Counts how late the whole book pays, so that few items of one debtor can be seen beside those of all."""

from datetime import date

from sqlalchemy.orm import Session

from api.policy_shelf import PolicyShelf
from api.records import book_lateness, policies
from api.records.sellers import Seller
from api.wiring import House


def count_book(session: Session, shelf: PolicyShelf, today: date) -> None:
    """Count the book over the window of the policy in force, where that asks for lateness."""
    lateness = shelf.active(session).policy.evidence.lateness
    if lateness is not None:
        book_lateness.count(session, today, lateness.window_days)


def count_book_of_today(house: House, seller: Seller) -> None:
    """Count the book of a seller that was not counted yet on its day: each day the window moves on."""
    today = house.clock.today(seller)
    with house.sessions.of(seller.id) as session:
        if policies.active_version(session) is None:
            return  # Nobody says what is to be counted.
        lateness = house.policies.active(session).policy.evidence.lateness
        if lateness is not None and not book_lateness.is_counted(session, today, lateness.window_days):
            book_lateness.count(session, today, lateness.window_days)
