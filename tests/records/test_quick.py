"""Statements that go to the driver itself: their values, their errors, and what becomes of a connection that died."""

from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from api.records.quick import Quick, array
from api.records.sellers import Seller
from api.records.sessions import Sessions, connect

SUM = Quick("SELECT CAST(:one AS integer) + CAST(:two AS integer) + CAST(:one AS integer), '12:30'::time::text")
IDS = Quick("SELECT unnest(CAST(:ids AS uuid[]))")
WRITE = Quick("INSERT INTO idempotency (seller_id, credential_id, route, key, request_sha256, claimed_at)"
              " VALUES (:seller_id, :id, 'r', 'k', '', '2026-01-01')")  # fmt: skip


def test_values_are_found_by_their_names_however_often_they_stand_there(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        assert SUM.first(session, {"one": 1, "two": 10, "not_asked": 5}) == (12, "12:30:00")


def test_an_array_is_read_as_what_it_was_written_from(sessions: Sessions, seller: Seller) -> None:
    ids = [uuid4(), uuid4()]
    with sessions.of(seller.id) as session:
        assert IDS.all(session, {"ids": array(ids)}) == [(each,) for each in ids]
        assert IDS.all(session, {"ids": array([])}) == []


def test_errors_are_those_of_any_statement_and_hold_no_values(sessions: Sessions, seller: Seller) -> None:
    values = {"seller_id": seller.id, "id": uuid4()}
    with sessions.of(seller.id) as session:
        assert WRITE.count(session, values) == 1
    with pytest.raises(IntegrityError) as caught, sessions.of(seller.id) as session:
        WRITE.count(session, values)
    assert isinstance(caught.value.orig, psycopg.errors.UniqueViolation)
    assert "parameters" not in str(caught.value)
    with pytest.raises(ProgrammingError), sessions.of(seller.id) as session:
        Quick("SELECT nothing_like_it").first(session, {})


def test_it_stands_within_its_seller_and_its_transaction(sessions: Sessions, seller: Seller) -> None:
    values = {"seller_id": seller.id, "id": uuid4()}
    count = Quick("SELECT count(*) FROM idempotency WHERE credential_id = :id")
    with sessions.of(seller.id) as session:
        assert WRITE.count(session, values) == 1
        session.rollback()
    with sessions.of(seller.id) as session:
        assert count.first(session, values) == (0,)
        WRITE.count(session, values)
    with sessions.of(UUID(int=1)) as session:
        assert count.first(session, values) == (0,)
    with sessions.of(seller.id) as session:
        assert count.first(session, values) == (1,)


@pytest.mark.parametrize("by_keys", [False, True])
def test_a_connection_that_died_is_told_as_such_and_not_used_again(
    sessions: Sessions, seller: Seller, *, by_keys: bool
) -> None:
    address = sessions.engine.url.render_as_string(hide_password=False)
    own = Sessions(connect(address, pool_size=1))
    with own.of(seller.id) as session:
        dead = session.scalar(text("SELECT pg_backend_pid()"))
    with sessions.of_nobody() as killer:
        killer.execute(text("SELECT pg_terminate_backend(:dead, 5000)"), {"dead": dead})
    failed = 0
    for _ in range(3):
        try:
            with own.of(seller.id, by_keys=by_keys) as session:
                assert SUM.first(session, {"one": 1, "two": 2}) is not None
        except OperationalError:
            failed += 1
    own.engine.dispose()
    assert failed == 1


def test_a_connection_that_dies_within_a_transaction_is_told_as_such(sessions: Sessions, seller: Seller) -> None:
    own = Sessions(connect(sessions.engine.url.render_as_string(hide_password=False), pool_size=1))
    with pytest.raises(OperationalError), own.of(seller.id) as session:
        Quick("SELECT pg_terminate_backend(pg_backend_pid())").first(session, {})
    with own.of(seller.id) as session:
        assert SUM.first(session, {"one": 1, "two": 2}) == (4, "12:30:00")
    own.engine.dispose()


def test_by_keys_counts_in_its_own_transaction_only(sessions: Sessions, seller: Seller) -> None:
    setting = text("SELECT current_setting('enable_hashjoin'), current_setting('plan_cache_mode')")
    with sessions.of(seller.id, by_keys=True) as session:
        assert session.execute(setting).one() == ("off", "force_generic_plan")
    with sessions.of(seller.id) as session:
        assert session.execute(setting).one() == ("on", "auto")
    with sessions.snapshot_of(seller.id, by_keys=True) as session:
        assert session.execute(setting).one() == ("off", "force_generic_plan")
