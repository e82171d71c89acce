"""Bank statements in any order, again, in pieces, at once or broken off: the ledger is the same."""

import io
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.clock import Clock
from api.ledger import bank_files, bank_run
from api.ledger.bank_files import bank_batches
from api.ledger.bank_run import run_bank
from api.ledger.formats.camt import read_camt
from api.ledger.formats.documents import BankItem, Refused
from api.ledger.formats.mt940 import read_mt940
from api.ledger.reading import FileUnreadable
from api.problems import BadInput
from tests.api.ledger.bank_ledger import POLICY, Bank
from tests.api.ledger.formats.documents_for_tests import camt
from tests.api.ledger.formats.documents_for_tests import entry as camt_entry
from tests.api.ledger.statements import ACCOUNT, DAY, PAYER, cut, entry, invoice, statement

OTHER = "NL02ABNA0123456789"
RF = "RF18539007547034"
BACK = {"return_reason": "MD06", "end_to_end_id": "INC-4"}
FROM = {"counterparty_account": PAYER}
FILES: list[list[BankItem]] = [
    statement(
        entry("a", "60.00", reference=RF),
        entry("b", "200.00", remittance_text="I-2002", **FROM),
        entry("c", "300.00", remittance_text="thanks", **FROM),
        reference="S1",
    ),
    statement(
        entry("d", "400.00", 32, end_to_end_id="INC-4", counterparty_account="NL20INGB0007654321"),
        entry("costs", "-3.10", is_charge=True),
        entry("move", "-5000.00", counterparty_account=OTHER),
        entry("batch", "1100.00", entry_reference="B", is_batch=True, transactions_count=2),
        entry("rest", "98.00", 10, remittance_text="I-2007", **FROM),
        reference="S2",
    ),
    statement(
        entry("n5", "500.00", remittance_text="I-2005", entry_reference="B"),
        entry("n6", "600.00", remittance_text="I-2006", entry_reference="B"),
        kind="notification",
        reference="N1",
    ),
    statement(
        entry("back", "-400.00", 50, **BACK),
        entry("strange", "-77.00", 50, return_reason="AC04", end_to_end_id="?"),
        entry("named", "12.00", counterparty_name="Slagerij Zwart BV"),
        reference="S3",
    ),
    statement(entry("moved", "5000.00", counterparty_account=ACCOUNT), reference="O1", account=OTHER),
    statement(entry("x", "60.00", reference=RF), kind="intraday_report", reference="R1"),
]


def ledger(bank: Bank) -> None:
    one, other = bank.debtor(), bank.debtor("Slagerij Zwart")
    terms = {"discount_amount": Decimal("2.00"), "discount_until": DAY + timedelta(14)}
    bank.bill(
        invoice(one, "I-2001", remittance_reference=RF),
        invoice(one, "I-2002", "200.00"),
        invoice(one, "I-2003", "300.00"),
        invoice(other, "I-2004", "400.00", collection_reference="INC-4"),
        invoice(other, "I-2005", "500.00"),
        invoice(other, "I-2006", "600.00"),
        invoice(one, "I-2007", **terms),
    )


def snapshot(bank: Bank) -> list[Any]:
    return [
        bank.rows("SELECT invoice_number, open_amount, paid_amount, settled_on FROM invoice ORDER BY 1"),
        bank.rows("SELECT identity, state FROM bank_entry ORDER BY 1"),
        bank.rows(
            "SELECT p.identity, d.name, p.amount, p.paid_on, i.invoice_number, sum(a.amount), max(a.rule)"
            " FROM payment p JOIN debtor d ON d.id = p.debtor_id LEFT JOIN allocation a ON a.payment_id = p.id"
            " LEFT JOIN invoice i ON i.id = a.invoice_id GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 5"
        ),
        bank.rows("SELECT amount, returned_on, reason FROM payment_return ORDER BY 1"),
        bank.rows("SELECT kind, amount, unused_amount FROM credit_note ORDER BY 1, 2"),
        bank.rows("SELECT account, d.name FROM debtor_account JOIN debtor d ON d.id = debtor_id ORDER BY 1"),
        sorted(bank.balances().items()),
    ]


@st.composite
def histories(draw: Any) -> list[list[BankItem]]:
    """Every file, whole and in pieces, some twice, in any order."""
    cuts = [draw(st.lists(st.integers(0, 4), max_size=2)) for _ in FILES]
    parts = [
        piece
        for file, places in zip(FILES, cuts, strict=True)
        for piece in cut(file, [place for place in places if place <= len(file) - 2])
    ]
    return draw(st.permutations([*parts, *draw(st.lists(st.sampled_from(FILES), max_size=3))]))


@pytest.fixture(scope="module")
def expected(sessions, new_seller) -> list[Any]:
    bank = Bank(sessions, new_seller())
    ledger(bank)
    for file in FILES:
        bank.receive(*file)
    return snapshot(bank)


def test_what_the_files_say_is_booked(expected):
    states = dict(expected[1])
    assert {name for name, state in states.items() if state == "booked"} == {"a", "b", "c", "d", "n5", "n6", "rest"}
    assert (states["back"], states["batch"], states["moved"]) == ("returned", "explained", "passed_over")
    assert (states["strange"], states["named"]) == ("proposed", "proposed")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories())
def test_any_order_and_any_pieces_of_files_leave_the_same_ledger(sessions, new_seller, expected, history):
    bank = Bank(sessions, new_seller())
    ledger(bank)
    for file in history:
        bank.receive(*file)
    assert snapshot(bank) == expected


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(size=st.integers(1, 6), order=st.permutations(range(len(FILES))))
def test_where_batches_end_makes_no_difference(sessions, new_seller, expected, size, order):
    bank = Bank(sessions, new_seller())
    ledger(bank)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank_files, "BATCH_ENTRIES", size)
        patch.setattr(bank_run, "BATCH_ENTRIES", size)
        bank.receive(*(item for place in order for item in FILES[place]))
    assert snapshot(bank) == expected


def test_one_file_that_comes_twice_at_once_is_booked_once(sessions, seller, bank, expected):
    ledger(bank)
    items = [item for file in FILES for item in file]
    start = threading.Barrier(3)
    failed: list[Exception] = []

    def run() -> None:
        start.wait()
        try:
            run_bank(sessions, seller, Clock(), items, POLICY)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    bank.sound()
    assert snapshot(bank) == expected


class Killed(Exception):
    """Ends a run as a kill would."""


def test_a_run_that_is_killed_between_batches_goes_on(bank, expected, monkeypatch):
    ledger(bank)
    monkeypatch.setattr(bank_files, "BATCH_ENTRIES", 2)
    items = [item for file in FILES for item in file]
    done: list[int] = []

    def progress(count: int) -> None:
        done.append(count)
        if count >= 4:
            raise Killed

    with pytest.raises(Killed):
        bank.receive(*items, on_progress=progress)
    report = bank.receive(*items, done_before=done[-1])
    assert report.lines_count == sum(len(file) - 2 for file in FILES[:-1])
    assert report.taken_count + report.known_count == report.lines_count - done[-1]
    assert snapshot(bank) == expected


def test_a_statement_that_breaks_off_is_left_out_and_what_stood_before_it_is_taken(bank):
    def broken() -> Iterator[BankItem]:
        yield from statement(entry("a", "1.00"), reference="S1")
        yield from statement(entry("b", "1.00"), reference="S2")[:-1]
        raise FileUnreadable("It ends too early.", code="file_broken_off")

    with pytest.raises(FileUnreadable):
        bank.receive(*[], items=broken())
    assert set(bank.states()) == {"a"}


def test_refused_entries_are_counted_and_handed_on_with_their_batch(bank):
    head, one, end = statement(entry("a", "1.00"))
    refused = Refused(7, "amount_zero", "moves no money", entry=2)
    handed: list[Any] = []
    report = bank.receive(head, one, refused, end, in_batch=lambda session, counts: handed.append(counts))
    assert (report.lines_count, report.taken_count, report.refused_count) == (2, 1, 1)
    assert [(each.lines, each.taken, each.known, list(each.refused)) for each in handed] == [(2, 1, 0, [refused])]
    assert report.faults == {"amount_zero": 1}


def test_a_statement_waits_for_its_end_and_says_when_it_does_not_add_up():
    head, one, end = statement(entry("a", "1.00"))
    (batch,) = bank_batches([head, one, type(end)(1, difference=Decimal("0.10"))])
    assert batch.notes[0][0] == "statement_differs"
    (again,) = bank_batches([head, one, end])
    assert again.statements[0].identity == batch.statements[0].identity
    (other,) = bank_batches([head, entry("a", "2.00"), end])
    assert other.statements[0].identity != again.statements[0].identity


def test_a_file_of_a_bank_is_booked(bank):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001"))
    details = "<TxDtls><RmtInf><Ustrd>factuur I-2001</Ustrd></RmtInf></TxDtls>"
    file = camt(camt_entry("100.00", details=details))
    bank.receive(items=read_camt(io.BytesIO(file)))
    assert bank.open() == {"I-2001": 0}
    assert bank.receive(items=read_camt(io.BytesIO(file))).taken_count == 0


def test_every_published_statement_is_taken_once(bank):
    """Whatever of them can be read: a reader may refuse a file, and nothing else may go wrong."""
    folder = Path(__file__).parent / "formats" / "samples"
    files = [*sorted(folder.glob("camt*/*.xml")), *sorted(folder.glob("mt940*/*"))]
    assert files
    taken_counts = []
    for _ in range(2):
        taken_count = 0
        for path in files:
            read = read_camt if path.suffix == ".xml" else read_mt940
            with path.open("rb") as stream, suppress(BadInput):
                report = run_bank(bank.sessions, bank.seller, Clock(), read(stream), POLICY)
                taken_count += report.taken_count
        taken_counts.append(taken_count)
    assert taken_counts[0] > 0
    assert taken_counts[1] == 0
    bank.sound()
