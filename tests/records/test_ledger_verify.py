"""Whatever is changed in a ledger behind the program's back is found, and can be made right again."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from api.records import debtors, ledger_drift, ledger_rebuild
from api.records.debtor_days import SUMS
from api.records.ledger_batch import take
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.examples import examples
from tests.records.rich_ledger import (
    DAY,
    LATER,
    NOW,
    Ledger,
    as_owner,
    as_owner_for_a_while,
    invoice,
    rich_ledger,
    truth,
)

MUCH_LATER = LATER + timedelta(days=9)


@pytest.fixture(scope="module")
def owner(database_urls: tuple[str, str]) -> Iterator[Engine]:
    engine = create_engine(make_url(database_urls[0]))
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(sessions: Sessions, seller: Seller) -> Ledger:
    return rich_ledger(sessions, seller)


@pytest.fixture(scope="module")
def shared(sessions: Sessions, new_seller: Callable[..., Seller]) -> Ledger:
    """A ledger that nobody damages for good."""
    return rich_ledger(sessions, new_seller())


def findings(sessions: Sessions, ledger: Ledger, debtor_id: UUID | None = None) -> list[ledger_drift.Finding]:
    with sessions.of(ledger.seller.id) as session:
        return ledger_drift.every(session, debtor_id)


def rebuild_what_is_wrong(session: Session) -> list[ledger_rebuild.Correction]:
    corrections = []
    for debtor_id in sorted({each.debtor_id for each in ledger_drift.every(session)}):
        corrections += ledger_rebuild.rebuild(session, debtor_id, MUCH_LATER).corrections
        assert ledger_drift.every(session, debtor_id) == []
    return corrections


def assert_found_and_mended(owner: Engine, ledger: Ledger, change: Callable[[Session], None]) -> None:
    with as_owner_for_a_while(owner, ledger) as session:
        right = truth(session)
        change(session)
        assert ledger_drift.every(session)
        rebuild_what_is_wrong(session)
        assert ledger_drift.every(session) == []
        assert truth(session) == right


def test_a_ledger_that_nobody_damaged_is_found_sound(sessions, ledger):
    assert findings(sessions, ledger) == []
    for debtor_id in ledger.ids.values():
        assert findings(sessions, ledger, debtor_id) == []


# --- Entries ---------------------------------------------------------------------------------------------------------

ENTRIES = {
    "an invoice": "source_kind = 'invoice'",
    "a payment that is invoiced less": "source_kind = 'payment' AND stage = 'invoiced' AND amount < 0",
    "a return": "source_kind = 'payment' AND stage = 'invoiced' AND amount > 0",
    "a payment that waits": "source_kind = 'payment' AND stage = 'unallocated' AND amount < 0",
    "a payment that waits less": "source_kind = 'payment' AND stage = 'unallocated' AND amount > 0",
    "a credit note that is invoiced less": "source_kind = 'credit_note' AND stage = 'invoiced'",
    "a credit note that waits": "source_kind = 'credit_note' AND stage = 'unallocated'",
}
COLUMNS = "seller_id, movement_id, debtor_id, currency, stage, amount, source_kind, source_id, happened_on, known_at"
CHANGES = {
    "dropped": "DELETE FROM exposure_entry WHERE id = :id",
    "doubled": f"INSERT INTO exposure_entry (id, {COLUMNS}) SELECT :new_id, {COLUMNS} FROM exposure_entry"
    " WHERE id = :id",
    "another amount": "UPDATE exposure_entry SET amount = amount + 0.01 WHERE id = :id",
    "the other sign": "UPDATE exposure_entry SET amount = -amount WHERE id = :id",
    "another day": "UPDATE exposure_entry SET happened_on = happened_on + 1 WHERE id = :id",
    "known later": "UPDATE exposure_entry SET known_at = known_at + interval '1 hour' WHERE id = :id",
    "known before": "UPDATE exposure_entry SET known_at = known_at - interval '1 hour' WHERE id = :id",
    "another stage": "UPDATE exposure_entry SET stage ="
    " CASE stage WHEN 'invoiced' THEN 'unallocated' ELSE 'invoiced' END WHERE id = :id",
    "a stage without rows": "UPDATE exposure_entry SET stage = 'scheduled' WHERE id = :id",
    "another currency": "UPDATE exposure_entry SET currency = 'GBP' WHERE id = :id",
    "of nothing": "UPDATE exposure_entry SET source_id = :new_id WHERE id = :id",
    "of another kind": "UPDATE exposure_entry SET source_kind ="
    " CASE source_kind WHEN 'payment' THEN 'invoice' ELSE 'payment' END WHERE id = :id",
    "another debtor of the group": "UPDATE exposure_entry SET debtor_id = :sister_id WHERE id = :id",
    "a debtor outside the group": "UPDATE exposure_entry SET debtor_id = :alone_id WHERE id = :id",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ENTRIES)
def test_an_entry_that_was_changed_is_found_and_answered(shared, owner, kind, change):
    def damage(session: Session) -> None:
        ids = {f"{name}_id": id for name, id in shared.ids.items()}
        which = f"SELECT id FROM exposure_entry WHERE {ENTRIES[kind]} AND debtor_id = :granddaughter_id LIMIT 1"
        entry_id = session.scalar(text(which), ids)
        assert session.execute(text(CHANGES[change]), ids | {"id": entry_id, "new_id": uuid4()}).rowcount == 1

    assert_found_and_mended(owner, shared, damage)


SWAPPED = ("happened_on", "known_at", "stage", "debtor_id", "amount", "currency", "source_id", "source_kind")
KEY = ("debtor_id", "currency", "source_kind", "source_id", "stage", "happened_on", "known_at")


def sums(session: Session) -> list[tuple[object, ...]]:
    """What the entries say: two of one source, stage, day and time of knowing are as good as their sum."""
    keys = ", ".join(KEY)
    query = (
        f"SELECT {keys}, sum(amount) FROM exposure_entry WHERE source_kind <> 'order' GROUP BY {keys} ORDER BY {keys}"
    )
    return [tuple(row) for row in session.execute(text(f"SELECT * FROM ({query}) s WHERE sum <> 0"))]


@settings(max_examples=examples(30, 100), suppress_health_check=[HealthCheck.too_slow])
@given(first=st.integers(0), second=st.integers(0), how=st.sampled_from([*CHANGES, *SWAPPED]))
def test_whatever_is_done_to_any_entry_is_found_and_answered(shared, owner, first, second, how):
    def damage(session: Session) -> None:
        entries = session.scalars(text("SELECT id FROM exposure_entry WHERE source_kind <> 'order' ORDER BY id")).all()
        ids = {f"{name}_id": id for name, id in shared.ids.items()}
        ids |= {"id": entries[first % len(entries)], "other_id": entries[second % len(entries)], "new_id": uuid4()}
        before = sums(session)
        swap = (
            f"UPDATE exposure_entry e SET {how} = o.{how} FROM exposure_entry o"
            " WHERE e.id IN (:id, :other_id) AND o.id IN (:id, :other_id) AND o.id <> e.id"
        )
        session.execute(text(CHANGES.get(how, swap)), ids)
        assume(sums(session) != before)

    assert_found_and_mended(owner, shared, damage)


def test_movements_of_orders_have_no_rows_and_are_left_alone(sessions, ledger, owner):
    with sessions.of(ledger.seller.id) as session:
        found = ledger_drift.find(session, "entries")
    assert found.count == 0
    with as_owner(owner, ledger) as connection:
        connection.execute(text("UPDATE exposure_entry SET happened_on = happened_on + 1 WHERE source_kind = 'order'"))
    with sessions.of(ledger.seller.id) as session:
        assert ledger_drift.find(session, "entries").count == 0


def test_an_answer_is_told_by_an_event_and_can_itself_be_lost_and_found(sessions, ledger, owner):
    drop = text("DELETE FROM exposure_entry WHERE source_kind = 'invoice' AND debtor_id = :debtor_id")
    debtor_id = ledger.ids["daughter"]
    with as_owner(owner, ledger) as connection:
        dropped = connection.execute(drop, {"debtor_id": debtor_id}).rowcount
    with sessions.of(ledger.seller.id) as session:
        assert len(rebuild_what_is_wrong(session)) == dropped == 8
        told = session.execute(
            text("SELECT debtor_id, data, known_at FROM event WHERE type = 'ledger.corrected.v1'")
        ).one()
        assert (told.debtor_id, told.data["entries_count"], told.known_at) == (debtor_id, 8, MUCH_LATER)
    with as_owner(owner, ledger) as connection:
        one = "SELECT id FROM exposure_entry WHERE movement_id = :id ORDER BY id LIMIT 1"
        connection.execute(text(f"DELETE FROM exposure_entry WHERE id = ({one})"), {"id": told.data["movement_id"]})
    with sessions.of(ledger.seller.id) as session:
        assert len(rebuild_what_is_wrong(session)) == 1
    assert findings(sessions, ledger) == []


# --- What is derived -------------------------------------------------------------------------------------------------

DERIVED = [
    "UPDATE exposure_balance SET amount = amount + 1 WHERE debtor_id = :debtor_id AND stage = 'invoiced'",
    "UPDATE exposure_balance SET below_amount = below_amount + 1 WHERE debtor_id = :debtor_id AND stage = 'reserved'",
    "UPDATE exposure_balance SET below_amount = -below_amount WHERE debtor_id = :holding_id",
    "DELETE FROM exposure_balance WHERE debtor_id = :debtor_id",
    "INSERT INTO exposure_balance VALUES (:seller_id, :debtor_id, 'SEK', 'invoiced', 5)",
    *(f"UPDATE debtor_day SET {name} = {name} + 1 WHERE debtor_id = :debtor_id" for name in SUMS),
    "DELETE FROM debtor_day WHERE debtor_id = :debtor_id",
    "UPDATE debtor_day SET day = day + 700 WHERE debtor_id = :debtor_id",
    "UPDATE invoice SET open_amount = open_amount + 1 WHERE debtor_id = :debtor_id",
    "UPDATE invoice SET open_amount = -1 WHERE debtor_id = :debtor_id",
    "UPDATE invoice SET paid_amount = paid_amount - 1 WHERE debtor_id = :debtor_id",
    "UPDATE invoice SET settled_on = settled_on + 1 WHERE debtor_id = :debtor_id",
    "UPDATE invoice SET settled_on = NULL WHERE debtor_id = :debtor_id",
    "UPDATE invoice SET settled_on = invoiced_on WHERE debtor_id = :debtor_id AND open_amount <> 0",
    "UPDATE credit_note SET unused_amount = unused_amount + 1 WHERE debtor_id = :debtor_id",
]


@pytest.mark.parametrize("who", ["daughter", "alone"])
@pytest.mark.parametrize("change", DERIVED)
def test_what_is_derived_and_was_changed_is_found_and_made_again(shared, owner, change, who):
    def damage(session: Session) -> None:
        values = {"debtor_id": shared.ids[who], "holding_id": shared.ids["holding"], "seller_id": shared.seller.id}
        named = {name: value for name, value in values.items() if f":{name}" in change}
        assert session.execute(text(change), named).rowcount

    assert_found_and_mended(owner, shared, damage)


# --- Rows that contradict each other, and events ---------------------------------------------------------------------

ALLOCATE = (
    "INSERT INTO allocation (seller_id, id, invoice_id, payment_id, credit_note_id, amount, happened_on, known_at)"
    " SELECT seller_id, gen_random_uuid(), {invoice_id}, payment_id, credit_note_id, {amount}, happened_on, known_at"
    " FROM allocation WHERE {which} AND amount > 0 LIMIT 1"
)
OTHERS_INVOICE = "(SELECT i.id FROM invoice i WHERE i.debtor_id = :alone_id AND i.open_amount > 10 LIMIT 1)"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (ALLOCATE.format(invoice_id="invoice_id", amount="5000", which="payment_id IS NOT NULL"), "beyond its amount"),
        (ALLOCATE.format(invoice_id="invoice_id", amount="5000", which="payment_id IS NULL"), "beyond its amount"),
        (ALLOCATE.format(invoice_id="invoice_id", amount="-5000", which="payment_id IS NOT NULL"), "taken back"),
        (ALLOCATE.format(invoice_id="invoice_id", amount="-5000", which="payment_id IS NULL"), "taken back"),
        (ALLOCATE.format(invoice_id=OTHERS_INVOICE, amount="1", which="payment_id IS NULL"), "settled by"),
        ("UPDATE payment_return SET amount = amount + 5000", "returned beyond its amount"),
        ("UPDATE event SET sequence = sequence + 9 WHERE sequence = 2", "events"),
        ("UPDATE event_counter SET last_sequence = last_sequence + 1", "events"),
        ("DELETE FROM event_counter", "events"),
    ],
)
def test_rows_that_contradict_each_other_are_found(shared, owner, change, told):
    with as_owner_for_a_while(owner, shared) as session:
        debtors.tell(session, "debtor.changed.v1", shared.ids["daughter"], {}, NOW)
        named = {"alone_id": shared.ids["alone"]} if ":alone_id" in change else {}
        assert session.execute(text(change), named).rowcount
        assert any(told in each.what for each in ledger_drift.every(session))


def test_few_findings_are_shown_and_all_are_counted(sessions, ledger, owner):
    with as_owner(owner, ledger) as connection:
        connection.execute(text("UPDATE invoice SET paid_amount = paid_amount + 1"))
    with sessions.of(ledger.seller.id) as session:
        found = ledger_drift.find(session, "invoices", shown_max=3)
        assert (len(found.shown), found.count) == (3, 40)
        assert ledger_drift.find(session, "invoices", ledger.ids["alone"], 3).count == 8


def test_the_findings_of_another_seller_are_not_told(sessions, ledger, owner, new_seller):
    other = Ledger(new_seller(), {})
    with as_owner(owner, ledger) as connection:
        connection.execute(text("UPDATE invoice SET paid_amount = paid_amount + 1"))
    assert findings(sessions, other) == []


# --- Beside others ---------------------------------------------------------------------------------------------------


def test_a_rebuild_beside_imports_leaves_a_sound_ledger(sessions, ledger, owner):
    drop = "DELETE FROM exposure_entry WHERE source_kind = 'payment' AND debtor_id = ANY(:ids)"
    ids = [ledger.ids["daughter"], ledger.ids["granddaughter"], ledger.ids["alone"]]
    with as_owner(owner, ledger) as connection:
        connection.execute(text(drop), {"ids": ids})
    faults: list[BaseException] = []

    def running(work: Callable[[int], None], times: int) -> threading.Thread:
        def run() -> None:
            try:
                for place in range(times):
                    work(place)
            except BaseException as fault:
                faults.append(fault)

        return threading.Thread(target=run)

    def import_some(name: str, order: int) -> Callable[[int], None]:
        def run(place: int) -> None:
            lines = [invoice(id, f"{name}{place}", "10.00", dated_on=DAY) for id in ids[::order]]
            paid = {"paid_on": DAY, "paid_amount": Decimal(4)}
            lines = [replace(line, line=number, **paid) for number, line in enumerate(lines)]
            with sessions.of(ledger.seller.id) as session:
                take(session, lines, LATER)

        return run

    def rebuild(place: int) -> None:
        with sessions.of(ledger.seller.id) as session:
            ledger_rebuild.rebuild(session, ids[place % 3], MUCH_LATER + timedelta(place))

    threads = [running(import_some("x", 1), 15), running(import_some("y", -1), 15), running(rebuild, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert findings(sessions, ledger) == []
