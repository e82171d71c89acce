"""What the tests of mail share: a house with a mail server on loopback, and alerts of debtors with owners."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from api.events.feeding import append_to_feeds
from api.records import alerts, debtors
from api.records.sellers import Seller, SellerRecord
from api.records.sessions import Sessions
from api.wiring import House
from tests.api.mail.receiving import Mailbox, config_of, receiving

ACCOUNT, CREDIT, FINANCE = "sam@example.com", "fay@example.com", "finance@example.com"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with receiving() as mailbox:
        yield mailbox


@pytest.fixture
def mailing(house: House, mailbox: Mailbox) -> House:
    """The house, with the mailbox as its mail server."""
    return replace(house, config=replace(house.config, mail=config_of(mailbox.port)))


@pytest.fixture
def told_seller(sessions: Sessions, seller: Seller) -> Seller:
    """The test's seller, with a finance address."""
    with sessions.of_nobody() as session:
        session.get_one(SellerRecord, seller.id).finance_address = FINANCE
    return seller


@pytest.fixture
def debtor(sessions: Sessions, told_seller: Seller, house: House) -> Callable[..., UUID]:
    """Makes a debtor with owners."""

    def make(name: str = "Middenmaat B.V.", **options: object) -> UUID:
        values = {"name": name, "country": "NL", "account_owner": ACCOUNT, "credit_owner": CREDIT, **options}
        with sessions.of(told_seller.id) as session:
            return debtors.add(session, values, phase="acceptance", names=(), now=house.clock.now(told_seller)).id

    return make


@pytest.fixture
def opened(sessions: Sessions, told_seller: Seller, house: House) -> Callable[..., None]:
    """Opens an alert, and gives it its place in the feed."""

    def open_one(
        kind: str, subject: str, severity: str = "urgent", debtor_id: UUID | None = None, **data: object
    ) -> None:
        now = house.clock.now(told_seller)
        with sessions.of(told_seller.id) as session:
            alerts.open_alert(session, kind, subject, severity, data, debtor_id=debtor_id, now=now)
        append_to_feeds(house)

    return open_one


@pytest.fixture
def ended(sessions: Sessions, told_seller: Seller, house: House) -> Callable[..., None]:
    """Ends an alert, and gives that its place in the feed."""

    def end_one(kind: str, subject: str) -> None:
        with sessions.of(told_seller.id) as session:
            alerts.end_alert(session, kind, subject, now=house.clock.now(told_seller))
        append_to_feeds(house)

    return end_one
