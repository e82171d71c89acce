"""Locks of debtors in groups: one order for everybody, also while groups change, and sums that stay right."""

import random
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from api.problems import Conflict
from api.records import debtor_locks, debtors, exposure, ledger_drift
from api.records.exposure import Entry, move
from api.records.ledger_batch import take
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.records.rich_ledger import DAY, NOW, add, invoice


def chain(session: Session, *names: str) -> list[UUID]:
    """Add debtors that each stand below the one before."""
    ids: list[UUID] = []
    for name in names:
        ids.append(add(session, name, ids[-1] if ids else None))
    return ids


def reparent(session: Session, debtor_id: UUID, parent_id: UUID | None) -> None:
    """Move a debtor in the way in which the service does."""
    debtors.change_groups(session)
    locked = debtor_locks.lock(session, {debtor_id, parent_id} - {None})
    (debtor,) = (each for each in locked if each.id == debtor_id)
    exposure.regroup(session, [debtor_id], debtor.parent_id, parent_id)
    debtor.parent_id = parent_id


def owed(session: Session, debtor_id: UUID, amount: int) -> None:
    debtor_locks.lock(session, [debtor_id])
    move(session, [Entry(debtor_id, "EUR", "invoiced", Decimal(amount), ("opening", uuid4()), DAY)], NOW)


def below(session: Session, *ids: UUID) -> list[int]:
    query = text("SELECT coalesce(sum(below_amount), 0) FROM exposure_balance WHERE debtor_id = :id")
    return [int(session.scalar(query, {"id": id})) for id in ids]


def is_locked(sessions: Sessions, seller: Seller, debtor_id: UUID) -> bool:
    with sessions.of(seller.id) as session:
        query = text("SELECT id FROM debtor WHERE id = :id FOR NO KEY UPDATE SKIP LOCKED")
        return session.execute(query, {"id": debtor_id}).first() is None


class Beside:
    """Runs work in threads and gives what went wrong in them."""

    def __init__(self) -> None:
        self.faults: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def start(self, work: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as fault:
                self.faults.append(fault)

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()
        return self.threads[-1]

    def join(self) -> None:
        for thread in self.threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self.threads)
        assert self.faults == []


def waiting(sessions: Sessions, seller: Seller, count: int = 1) -> None:
    """Wait until so many transactions wait for another one's lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        " AND query LIKE '%%FOR NO KEY UPDATE%%'"
    )
    for _ in range(500):
        with sessions.of(seller.id) as session:
            if session.scalar(query) >= count:
                return
            session.execute(text("SELECT pg_sleep(0.01)"))
    raise AssertionError("nobody waits")


def test_a_lock_takes_all_above_and_gives_only_the_named(sessions, seller):
    with sessions.of(seller.id) as session:
        top, middle, bottom = chain(session, "top", "middle", "bottom")
        sister, alone = add(session, "sister", top), add(session, "alone")
    with sessions.of(seller.id) as session:
        assert {each.id for each in debtor_locks.lock(session, [bottom, alone])} == {bottom, alone}
        locked = {
            name: is_locked(sessions, seller, id)
            for name, id in zip("tmbsa", (top, middle, bottom, sister, alone), strict=True)
        }
        assert locked == {"t": True, "m": True, "b": True, "s": False, "a": True}
    with sessions.of(seller.id) as session:
        assert [each.id for each in debtor_locks.lock(session, [middle])] == [middle]
        assert (is_locked(sessions, seller, top), is_locked(sessions, seller, bottom)) == (True, False)


def test_debtors_are_locked_by_depth_and_then_by_id(sessions, seller):
    with sessions.of(seller.id) as session:
        one, two = chain(session, "a", "b", "c"), chain(session, "d", "e")
        alone = [add(session, "f"), add(session, "g")]
        inner = str(debtor_locks.LOCK_PATHS).split(" FROM (", 1)[1].removesuffix(") locked")
        ids = debtor_locks.array_of([*one, *two, *alone])
        locked = session.execute(text(inner), {"ids": ids, "height_max": 9}).all()
    by_depth = {id: depth for ids in (one, two) for depth, id in enumerate(ids)}
    found = [each.id for each in locked]
    assert found == sorted(found, key=lambda id: (by_depth.get(id, 0), id))
    assert set(found) == {*one, *two, *alone}


def test_one_debtor_without_a_group_is_locked_in_one_statement(sessions, seller):
    with sessions.of(seller.id) as session:
        alone = add(session, "alone")
    statements: list[str] = []
    with sessions.of(seller.id) as session:
        note = lambda *arguments: statements.append(arguments[2])  # noqa: E731
        event.listen(sessions.engine, "before_cursor_execute", note)
        debtor_locks.lock(session, [alone])
        event.remove(sessions.engine, "before_cursor_execute", note)
    assert len(statements) == 1


def test_a_group_has_the_sums_of_all_below_at_any_depth(sessions, seller):
    with sessions.of(seller.id) as session:
        top, middle, bottom = chain(session, "top", "middle", "bottom")
        for id, amount in ((top, 1), (middle, 20), (bottom, 300)):
            owed(session, id, amount)
        assert below(session, top, middle, bottom) == [320, 300, 0]
        assert [each.amount for each in exposure.group_balances(session, middle)] == [320]
        assert ledger_drift.every(session) == []


@pytest.mark.parametrize(("of", "to", "expected"), [(1, None, [0, 300, 0]), (2, 0, [320, 0, 0]), (2, None, [20, 0, 0])])
def test_a_new_parent_takes_the_sums_of_the_whole_subtree(sessions, seller, of, to, expected):
    with sessions.of(seller.id) as session:
        ids = chain(session, "top", "middle", "bottom")
        for id, amount in zip(ids, (1, 20, 300), strict=True):
            owed(session, id, amount)
        reparent(session, ids[of], None if to is None else ids[to])
        session.flush()
        assert below(session, *ids) == expected
        assert ledger_drift.every(session) == []


def test_a_parent_that_changes_while_others_wait_is_seen(sessions, seller):
    with sessions.of(seller.id) as session:
        top, middle, bottom = chain(session, "top", "middle", "bottom")
        other = add(session, "other")
        owed(session, bottom, 5)
    beside, has_locked, may_end = Beside(), threading.Event(), threading.Event()

    def take_some() -> None:
        with sessions.of(seller.id) as session:
            lines = [replace(invoice(bottom, "1", "10.00"), line=1), replace(invoice(top, "2", "100.00"), line=2)]
            take(session, lines, NOW)
            has_locked.set()
            may_end.wait(10)

    with sessions.of(seller.id) as session:
        reparent(session, middle, other)
        session.flush()
        beside.start(take_some)
        waiting(sessions, seller)
    assert has_locked.wait(10)
    assert is_locked(sessions, seller, other)
    may_end.set()
    beside.join()
    with sessions.of(seller.id) as session:
        assert below(session, top, other, middle) == [0, 15, 15]
        assert ledger_drift.every(session) == []


def test_a_debtor_that_joins_a_group_while_others_wait_for_it_moves_that_group(sessions, seller):
    with sessions.of(seller.id) as session:
        holding, joining = add(session, "holding"), add(session, "joining")
    beside = Beside()

    def take_one() -> None:
        with sessions.of(seller.id) as session:
            take(session, [invoice(joining, "1", "10.00")], NOW)

    with sessions.of(seller.id) as session:
        reparent(session, joining, holding)
        session.flush()
        beside.start(take_one)
        waiting(sessions, seller)
    beside.join()
    with sessions.of(seller.id) as session:
        assert below(session, holding) == [10]
        assert ledger_drift.every(session) == []


def batch_of(ids: Iterable[UUID], name: str) -> list:
    lines = [invoice(id, f"{name}-{place}", "10.00") for place, id in enumerate(ids)]
    return [replace(line, line=place) for place, line in enumerate(lines)]


def taking(sessions: Sessions, seller: Seller, name: str, orders: Iterable[Sequence[UUID]]) -> Callable[[], None]:
    def run() -> None:
        for place, ids in enumerate(orders):
            with sessions.of(seller.id) as session:
                take(session, batch_of(ids, f"{name}{place}"), NOW)

    return run


def test_batches_over_one_group_in_opposite_order_never_wait_in_a_ring(sessions, seller):
    with sessions.of(seller.id) as session:
        top, middle, bottom = chain(session, "top", "middle", "bottom")
        sisters = [add(session, "sister", top), add(session, "niece", middle)]
        alone = [add(session, "alone") for _ in range(3)]
    ids = [bottom, alone[0], *sisters, alone[1], middle, alone[2], top]
    beside = Beside()
    tries = 40
    beside.start(taking(sessions, seller, "x", [ids] * tries))
    beside.start(taking(sessions, seller, "y", [ids[::-1]] * tries))
    beside.start(taking(sessions, seller, "z", [[each] for _ in range(tries // 4) for each in ids]))
    beside.join()
    with sessions.of(seller.id) as session:
        assert below(session, top) == [10 * (2 * tries * 4 + tries // 4 * 4)]
        assert ledger_drift.every(session) == []


def test_groups_that_change_all_the_time_lose_no_amount_and_stop_nobody(sessions, seller):
    with sessions.of(seller.id) as session:
        ids = [add(session, f"debtor {place}") for place in range(8)]
    beside, is_done = Beside(), threading.Event()

    def change_groups(chance: random.Random) -> None:
        while not is_done.is_set():
            with sessions.of(seller.id) as session:
                moved, parent = chance.sample(ids, 2)
                debtors.change_groups(session)
                if moved not in debtors.ancestors(session, parent):
                    reparent(session, moved, None if chance.random() < 0.2 else parent)

    regrouping = Beside()
    regrouping.start(lambda: change_groups(random.Random(1)))
    for number in range(3):
        chance = random.Random(number)
        orders = [chance.sample(ids, chance.randint(1, 4)) for _ in range(40)]
        beside.start(taking(sessions, seller, f"n{number}", orders))
    try:
        beside.join()
    finally:
        is_done.set()
    regrouping.join()
    with sessions.of(seller.id) as session:
        assert ledger_drift.every(session) == []


def test_who_meets_somebody_that_follows_another_order_lets_go_and_tries_again(sessions, seller):
    with sessions.of(seller.id) as session:
        first, second = sorted(add(session, name) for name in "ab")
    lock = text("SELECT id FROM debtor WHERE id = :id FOR NO KEY UPDATE")
    beside, locked = Beside(), []

    def lock_both() -> None:
        with sessions.of(seller.id) as session:
            locked.extend(each.id for each in debtor_locks.lock(session, [first, second]))

    with sessions.of(seller.id) as session:
        session.execute(lock, {"id": second})
        beside.start(lock_both)
        waiting(sessions, seller)
        session.execute(lock, {"id": first})
    beside.join()
    assert locked == [first, second]


def test_a_group_that_never_stands_still_is_a_conflict(sessions, seller, monkeypatch):
    with sessions.of(seller.id) as session:
        top, bottom = chain(session, "top", "bottom")

    def changed(*_: object) -> set[UUID]:
        raise debtor_locks._GroupChanged

    monkeypatch.setattr(debtor_locks, "_lock_paths", changed)
    with sessions.of(seller.id) as session, pytest.raises(Conflict) as caught:
        debtor_locks.lock(session, [top, bottom])
    assert caught.value.code == "group_changed"
