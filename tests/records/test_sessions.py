"""Which database logins may be worked with, and what a transaction sees."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from api.records import debtors
from api.records.sellers import Seller
from api.records.sessions import Sessions, UnsafeLogin, connect, refuse_unsafe_login


def test_a_login_that_owns_tables_is_refused(database_urls: tuple[str, str]) -> None:
    owner = connect(database_urls[0])
    with pytest.raises(UnsafeLogin, match="owns tables"):
        refuse_unsafe_login(owner)
    owner.dispose()


def test_a_snapshot_sees_one_seller_as_he_was_when_it_began(
    sessions: Sessions, new_seller: Callable[..., Seller]
) -> None:
    seller, other = new_seller(), new_seller()

    def add(to: Seller) -> None:
        with sessions.of(to.id) as session:
            values = {"name": "De Oever", "country": "NL"}
            debtors.add(session, values, phase="prospect", names=(), now=datetime(2026, 6, 1, tzinfo=UTC))

    add(seller)
    with sessions.snapshot_of(seller.id) as session:
        count = text("SELECT count(*) FROM debtor")
        assert session.scalar(count) == 1
        add(seller)
        add(other)
        assert session.scalar(count) == 1
    with sessions.snapshot_of(seller.id) as session:
        assert session.scalar(count) == 2


def test_the_temporary_tables_of_a_running_import_are_no_reason_to_refuse(database_urls: tuple[str, str]) -> None:
    app = connect(database_urls[1])
    with app.connect() as importing:
        importing.execute(text("CREATE TEMPORARY TABLE of_an_import (line int)"))
        importing.commit()
        refuse_unsafe_login(app)
    app.dispose()
