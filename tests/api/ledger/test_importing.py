"""Importing files: what is taken, known and refused, in any order and any number of times, beside other writers."""

import gzip
import io
import os
import random
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.clock import Clock, real_now
from api.ledger.importing import run_import
from api.ledger.mapping import read_mapping
from api.ledger.report import ImportReport
from api.records import debtor_days, exposure, imports
from api.records.sellers import Seller
from api.records.sessions import Sessions

TODAY = date(2026, 6, 1)  # Of the tests' sellers.
MAPPING: dict[str, Any] = {
    "delimiter": ";",
    "decimal": "comma",
    "thousands": ".",
    "date_formats": ["D-M-YYYY", "YYYY-MM-DD"],
    "columns": {
        "debtor_reference": "klant",
        "debtor_name": "naam",
        "invoice_number": "nummer",
        "invoiced_on": "datum",
        "due_on": "vervaldag",
        "amount": "bedrag",
        "paid_on": "betaald op",
        "paid_amount": "betaald",
        "disputed": "betwist",
    },
    "constants": {"debtor_system": "erp", "currency": "EUR", "country": "NL"},
}
HEADER = "klant;naam;nummer;datum;vervaldag;bedrag;betaald op;betaald;betwist\n"
PAYMENTS = {
    "kind": "payment",
    "columns": {
        "debtor_reference": "debtor",
        "payment_reference": "reference",
        "paid_on": "date",
        "amount": "amount",
        "settles": "invoice",
    },
    "constants": {"debtor_system": "erp", "currency": "EUR"},
}


def line(number: int, klant: int = 1, bedrag: str = "1.250,00", paid: str = ";", betwist: str = "nee") -> str:
    return f"{klant};Bakkerij {klant};F{number:05};1-3-2026;31-3-2026;{bedrag};{paid};{betwist}\n"


LINES = [
    line(number, klant=number % 7, bedrag=f"{number},50", paid="4-4-2026;10,00" if number >= 10 and number % 3 else ";")
    for number in range(1, 101)
]


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    return new_seller(starts_on=TODAY)


@pytest.fixture
def importing(sessions: Sessions, seller: Seller) -> Callable[..., ImportReport]:
    """Imports text or bytes for the test's seller."""

    def run(content: str | bytes, mapping: dict[str, Any] | None = MAPPING, **options: Any) -> ImportReport:
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        read = read_mapping(mapping) if mapping is not None else None
        return run_import(sessions, options.pop("seller", seller), Clock(), stream, read, **options)

    return run


def ledger(sessions: Sessions, seller: Seller) -> list[tuple[Any, ...]]:
    """Everything that the ledger holds, in an order that does not depend on ids; and it must be sound."""
    with sessions.of(seller.id) as session:
        assert exposure.drift(session) == []
        for debtor_id in session.scalars(text("SELECT id FROM debtor")).all():
            before = days_of(session, debtor_id)
            debtor_days.rebuild(session, debtor_id)
            assert days_of(session, debtor_id) == before
        rows = session.execute(
            text(
                "SELECT r.value, i.identity, i.invoiced_on, i.due_on, i.amount, i.open_amount, i.settled_on,"
                " i.disputed,"
                " array_agg((p.paid_on, p.amount)::text ORDER BY p.paid_on) FROM invoice i"
                " JOIN debtor_reference r ON r.debtor_id = i.debtor_id LEFT JOIN allocation a ON a.invoice_id = i.id"
                " LEFT JOIN payment p ON p.id = a.payment_id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2"
            )
        )
        return [tuple(row) for row in rows]


def days_of(session: Any, debtor_id: Any) -> list[tuple[Any, ...]]:
    names = ", ".join(debtor_days.SUMS)
    query = text(f"SELECT currency, day, {names} FROM debtor_day WHERE debtor_id = :id ORDER BY currency, day")
    return [tuple(row) for row in session.execute(query, {"id": debtor_id}) if any(row[2:])]


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.taken_count, report.known_count, report.refused_count


def test_a_file_imported_three_times_is_taken_once(sessions, seller, importing):
    whole = HEADER + "".join(LINES)
    assert counts(importing(whole)) == (100, 0, 0)
    first = ledger(sessions, seller)
    assert counts(importing(whole)) == (0, 100, 0)
    assert counts(importing(whole)) == (0, 100, 0)
    assert ledger(sessions, seller) == first
    assert len(first) == 100


def test_half_a_file_then_all_of_it_in_another_order_leaves_the_same_ledger(sessions, new_seller, seller, importing):
    importing(HEADER + "".join(LINES))
    other = new_seller(starts_on=TODAY)
    shuffled = random.Random(7).sample(LINES, len(LINES))
    assert counts(importing(HEADER + "".join(LINES[:50]), seller=other)) == (50, 0, 0)
    assert counts(importing(HEADER + "".join(shuffled), seller=other)) == (50, 50, 0)
    assert ledger(sessions, other) == ledger(sessions, seller)


def test_a_later_export_of_the_same_ledger_brings_the_settlements(sessions, seller, importing):
    importing(HEADER + line(1))
    assert counts(importing(HEADER + line(1, paid="2-4-2026;250,00"))) == (1, 0, 0)
    assert counts(importing(HEADER + line(1, paid="9-4-2026;1.250,00"))) == (1, 0, 0)
    assert counts(importing(HEADER + line(1))) == (0, 1, 0)
    ((*_, open_amount, settled_on, _, paid),) = ledger(sessions, seller)
    assert (open_amount, settled_on) == (0, date(2026, 4, 9))
    assert paid == ["(2026-04-02,250.0000)", "(2026-04-09,1000.0000)"]


BAD = [
    ("amount with a point", line(1, bedrag="1250.00"), {("bedrag", "not_an_amount")}),
    ("three decimals", line(1, bedrag="12,500"), {("bedrag", "too_many_decimals")}),
    ("nothing", line(1, bedrag="0,00"), {("bedrag", "amount_not_positive")}),
    ("below zero", line(1, bedrag="-5,00"), {("bedrag", "amount_not_positive")}),
    ("too large", line(1, bedrag="1.000.000.000.000,00"), {("bedrag", "amount_too_large")}),
    ("paid more", line(1, paid="2-4-2026;1.250,01"), {("betaald", "paid_more_than_amount")}),
    ("paid before invoiced", line(1, paid="28-2-2026;10,00"), {("betaald op", "paid_before_invoiced")}),
    ("paid tomorrow", line(1, paid="2-6-2026;10,00"), {("betaald op", "date_ahead")}),
    ("paid no day", line(1, paid=";10,00"), {("betaald op", "paid_on_missing")}),
    ("due before", line(1).replace("31-3-2026", "28-2-2026"), {("vervaldag", "due_before_invoiced")}),
    ("no such day", line(1).replace("31-3-2026", "31-4-2026"), {("vervaldag", "not_a_date")}),
    ("long ago", line(1).replace(";1-3-2026;", ";1-3-1969;"), {("datum", "date_absurd")}),
    ("far ahead", line(1).replace("31-3-2026", "31-3-2046"), {("vervaldag", "date_absurd")}),
    ("no number", line(1).replace("F00001", ""), {("nummer", "missing")}),
    ("too few columns", "1;x\n", {(None, "columns_count")}),
    ("NUL", line(1).replace("Bakkerij", "Bak\0kerij"), {(None, "control_character")}),
    ("too long", line(1).replace("F00001", "F" * 201), {("nummer", "too_long")}),
    ("open quote", line(1).replace("Bakkerij 1", '"Bakkerij'), {(None, "quote_unclosed")}),
    (
        "all at once",
        "1;x;;1-13-2026;31-3-2026;tien;;;\n",
        {("nummer", "missing"), ("datum", "not_a_date"), ("bedrag", "not_an_amount")},
    ),
]


@pytest.mark.parametrize(("bad", "expected"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_line_is_refused_with_every_fault_and_the_good_ones_are_kept(importing, bad, expected):
    report = importing(HEADER + line(8) + bad + line(9))
    assert counts(report) == (2, 0, 1)
    assert {(fault.column, fault.code) for fault in report.refusals} == expected
    assert {fault.line for fault in report.refusals} == {3}


def test_broken_letters_cost_their_own_line_only(importing):
    content = (HEADER + line(1)).encode() + line(2).encode().replace(b"Bakkerij", b"Caf\xe9") + line(3).encode()
    report = importing(content)
    assert (counts(report), report.refusals[0].code) == ((2, 0, 1), "encoding_broken")
    assert counts(importing(content, {**MAPPING, "encoding": "windows-1252"})) == (1, 2, 0)


def test_text_in_quotes_may_hold_the_delimiter_and_run_over_lines(sessions, seller, importing):
    quoted = line(1).replace("Bakkerij 1", '"Bakkerij ""De Oever"";\nPurmerend"')
    assert counts(importing(HEADER + quoted + line(2))) == (2, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress((HEADER + line(1)).encode()),
        b"\xef\xbb\xbf" + (HEADER + line(1)).encode(),
        (HEADER + line(1)).replace("\n", "\r\n").encode(),
        (HEADER + line(1)).rstrip("\n").encode(),
    ],
    ids=["packed", "with a byte order mark", "with the line ends of Windows", "without a last line end"],
)
def test_the_same_ledger_may_be_wrapped_in_many_ways(importing, content):
    assert counts(importing(content)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        ("﻿".encode("utf-16"), "encoding_unsupported"),
        (HEADER.replace("bedrag", "prijs").encode(), "columns_differ"),
        (gzip.compress(os.urandom(300).hex().encode() * 40 + b"\n")[:-40], "file_broken_off"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(importing, content, code):
    report = importing(content)
    assert report.failure is not None
    assert report.failure["code"] == code


def test_a_header_without_lines_is_no_failure_but_is_told(importing):
    report = importing(HEADER)
    assert (counts(report), report.failure) == ((0, 0, 0), None)
    assert [each["code"] for each in report.warnings] == ["no_lines"]


NUMBERLESS = {
    **MAPPING,
    "columns": {name: column for name, column in MAPPING["columns"].items() if name != "invoice_number"},
    "identity": ["klant", "datum", "vervaldag", "bedrag"],
}


def test_without_numbers_the_nth_equal_line_is_the_nth_equal_invoice(sessions, seller, importing):
    twice = HEADER + line(1) + line(2, klant=2) + line(3)
    assert counts(importing(twice, NUMBERLESS)) == (3, 0, 0)
    assert counts(importing(twice, NUMBERLESS)) == (0, 3, 0)
    assert counts(importing(twice + line(4), NUMBERLESS)) == (1, 3, 0)
    assert len(ledger(sessions, seller)) == 4


def test_equal_lines_can_be_refused(importing):
    report = importing(HEADER + line(1) + line(2), {**NUMBERLESS, "duplicates": "refuse"})
    assert (counts(report), report.refusals[0].code) == ((1, 0, 1), "duplicate_line")


def test_payments_come_in_a_file_of_their_own(sessions, seller, importing):
    importing(HEADER + line(1))
    content = "debtor,reference,date,amount,invoice\n1,P1,2026-04-01,1000.00,F00001\n1,P2,2026-04-02,300.00,F00001\n"
    bad = "1,P3,2026-04-02,1.00,F99999\n9,P4,2026-04-02,1.00,\n"
    report = importing(content + bad, PAYMENTS)
    assert counts(report) == (2, 0, 2)
    assert [fault.code for fault in report.refusals] == ["debtor_unknown", "invoice_unknown"]
    assert counts(importing(content, PAYMENTS)) == (0, 2, 0)
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT amount FROM exposure_balance WHERE stage = 'unallocated'")) == -50


def test_one_file_may_hold_all_three_kinds_of_lines(sessions, seller, importing):
    mapping = {
        "kinds": {"column": "type", "invoice": ["F"], "credit_note": ["C"], "payment": "B"},
        "columns": {
            **{"debtor_reference": "debtor", "amount": "amount", "settles": "on"},
            **dict.fromkeys(("invoice_number", "credit_note_number", "payment_reference"), "number"),
            **dict.fromkeys(("invoiced_on", "credited_on", "paid_on"), "date"),
        },
        "derived": {"due_on": {"from": "invoiced_on", "plus_days": 30}},
        "constants": MAPPING["constants"],
    }
    content = (
        "type,debtor,number,date,amount,on\nF,1,1,2026-03-01,100.00,\nC,1,2,2026-03-05,20.00,1\n"
        "B,1,3,2026-03-09,80.00,1\nX,1,4,2026-03-09,80.00,1\n"
    )
    report = importing(content, mapping)
    assert (counts(report), report.refusals[0].code) == ((3, 0, 1), "kind_unknown")
    assert ledger(sessions, seller)[0][3:7] == (date(2026, 3, 31), 100, 0, date(2026, 3, 9))


def test_lost_leading_zeros_are_given_back_by_the_width_of_the_numbers(importing):
    mapping = {**MAPPING, "number_width": 10}
    assert counts(importing(HEADER + line(1).replace("F00001", "0000123456"), mapping)) == (1, 0, 0)
    assert counts(importing(HEADER + line(1).replace("F00001", "123456"), mapping)) == (0, 1, 0)


def test_debtors_are_found_by_an_official_number_and_a_strangers_number_is_refused(sessions, seller, importing):
    mapping = {**MAPPING, "columns": {**MAPPING["columns"], "kvk_number": "kvk"}}
    header = HEADER.replace("klant;", "kvk;klant;")
    content = header + "90001001;" + line(1, klant=1) + "90001001;" + line(2, klant=2) + "90001002;" + line(3, klant=3)
    assert counts(importing(content, mapping)) == (3, 0, 0)
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM debtor")) == 2
        assert session.scalar(text("SELECT count(*) FROM event WHERE type = 'debtor.created.v1'")) == 2
    report = importing(header + "90001002;" + line(4, klant=1), mapping)
    assert [fault.code for fault in report.refusals] == ["identifier_taken"]


def test_a_dry_run_tells_the_same_and_writes_nothing(sessions, seller, importing, monkeypatch):
    monkeypatch.setattr("api.ledger.importing.BATCH_LINES", 1)
    content = HEADER + line(1) + line(1) + line(1, bedrag="3,00") + line(2, bedrag="x")
    report = importing(content, dry_run=True)
    assert counts(report) == (1, 1, 2)
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM invoice")) == 0
        assert session.scalar(text("SELECT count(*) FROM debtor")) == 0
    assert counts(importing(content)) == counts(report)


def test_a_dry_run_proposes_a_mapping_and_says_what_is_ambiguous(importing):
    content = "Factuurnummer;Debiteurnummer;Factuurdatum;Vervaldatum;Bedrag\n1;7;1/3/2026;2/4/2026;1.250,00\n"
    report = importing(content, None, dry_run=True)
    assert report.proposal is not None
    assert {"delimiter: ;", "decimal: comma", "  amount: Bedrag"} <= set(report.proposal.split("\n"))
    assert {each["code"] for each in report.warnings} >= {"date_format_ambiguous", "currency_unknown"}


def test_an_old_ledger_is_warned_of(importing):
    old = line(1, paid="1-5-2024;10,00").replace("1-3-2026;31-3-2026", "1-4-2024;1-5-2024")
    assert [each["code"] for each in importing(HEADER + old).warnings] == ["settlements_too_old"]


def test_a_killed_import_goes_on_where_it_was(sessions, seller, importing, monkeypatch):
    monkeypatch.setattr("api.ledger.importing.BATCH_LINES", 10)
    content = HEADER + "".join(LINES) + line(999, bedrag="x")
    with sessions.of(seller.id) as session:
        import_id = imports.start(
            session, file_name="a.csv", mapping=MAPPING, dry_run=False, started_by="test", created_at=real_now()
        ).id

    def killed(done: int) -> None:
        if done == 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing(content, import_id=import_id, on_progress=killed)
    report = importing(content, import_id=import_id)
    assert counts(report) == (100, 0, 1)
    with sessions.of(seller.id) as session:
        record = imports.get(session, import_id)
        assert (record.state, record.lines_count, record.taken_count, record.refused_count) == ("finished", 101, 100, 1)
        assert imports.codes(session, import_id) == {"not_an_amount": 1}


def test_two_imports_of_the_same_file_at_once_leave_one_set_of_rows(sessions, seller, importing, monkeypatch):
    monkeypatch.setattr("api.ledger.importing.BATCH_LINES", 20)
    reports: list[ImportReport] = []
    orders = [LINES, LINES[::-1]]
    threads = [
        threading.Thread(target=lambda lines=lines: reports.append(importing(HEADER + "".join(lines))))
        for lines in orders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(report.taken_count for report in reports) == 100
    assert sum(report.known_count for report in reports) == 100
    assert len(ledger(sessions, seller)) == 100


def test_an_import_waits_for_a_debtor_that_an_order_has_locked(sessions, seller, importing):
    importing(HEADER + line(1))
    done = threading.Event()

    def run() -> None:
        importing(HEADER + line(2))
        done.set()

    with sessions.of(seller.id) as session:
        session.execute(text("SELECT id FROM debtor FOR NO KEY UPDATE"))
        thread = threading.Thread(target=run)
        thread.start()
        assert not done.wait(0.3)
    assert done.wait(10)
    thread.join()
    assert len(ledger(sessions, seller)) == 2


def test_two_sellers_with_the_same_references_stay_apart(sessions, new_seller, seller, importing):
    other = new_seller(starts_on=TODAY)
    importing(HEADER + line(1))
    assert counts(importing(HEADER + line(1, bedrag="7,00"), seller=other)) == (1, 0, 0)
    assert [row[4] for row in ledger(sessions, seller)] == [1250]
    assert [row[4] for row in ledger(sessions, other)] == [7]


@pytest.mark.parametrize(
    ("mapping", "content", "expected"),
    [
        (
            "accounts_receivable_us_dates",
            "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,"
            "PaperlessBill,DaysToSettle,DaysLate\n"
            "391,1001-AAAAA,4/6/2026,0000000042,1/2/2026,2/1/2026,55.9,No,1/15/2026,Paper,13,0\n"
            "391,1001-AAAAA,,42,1/2/2026,2/1/2026,55.9,No,1/15/2026,,13,0\n",
            (1, 1, 0),
        ),
        (
            "invoices_with_days_to_payment",
            "Description,Vendor_Name,Created,Invoice_Date,Due_Date,Amount,Settled,Outstanding,"
            "Number_of_Days_until_Payment\n"
            "Milk,Jan Jansen,26-04-2026 11:50,26-Apr-26,26-May-26,672.78,600.0,72.78,13\n"
            "Milk,Jan Jansen,26-04-2026 11:50,26-Apr-26,26-May-26,672.78,600.0,72.78,13\n"
            ",Jan Jansen,27-04-2026 11:50,27-Apr-26,27-May-26,10.0,10.0,0.0,-3\n",
            (2, 0, 1),
        ),
    ],
)
def test_the_shipped_mappings_read_files_of_their_shape(project, importing, mapping, content, expected):
    document = (project / "mappings" / f"{mapping}.yaml").read_text()
    assert counts(importing(content, document)) == expected


@pytest.mark.skipif("CREDITGATE_TEST_LEDGERS" not in os.environ, reason="needs CREDITGATE_TEST_LEDGERS, a folder")
@pytest.mark.parametrize(
    ("name", "mapping", "expected"),
    [
        ("ibm_accounts_receivable", "accounts_receivable_us_dates", (2466, 0, 0)),
        ("ibm_accounts_receivable_dirty", "accounts_receivable_us_dates", (2586, 0, 0)),
        ("cassandra_invoices", "invoices_with_days_to_payment", (8744, 0, 9)),
    ],
)
def test_the_public_ledgers_go_in_and_again_in_another_order(
    project, sessions, seller, importing, name, mapping, expected
):
    document = (project / "mappings" / f"{mapping}.yaml").read_text()
    content = (Path(os.environ["CREDITGATE_TEST_LEDGERS"]) / f"{name}.csv.gz").read_bytes()
    assert counts(importing(content, document)) == expected
    header, *lines = gzip.decompress(content).decode().splitlines(keepends=True)
    again = importing(header + "".join(random.Random(3).sample(lines, len(lines))), document)
    assert counts(again) == (0, expected[0], expected[2])
    with sessions.of(seller.id) as session:
        assert exposure.drift(session) == []


def test_the_future_is_judged_by_the_sellers_clock(new_seller, importing):
    early = new_seller(starts_on=date(2026, 3, 20))
    report = importing(HEADER + line(1, paid="21-3-2026;10,00"), seller=early)
    assert [fault.code for fault in report.refusals] == ["date_ahead"]
    later = new_seller(starts_on=date(2026, 3, 22))
    assert counts(importing(HEADER + line(1, paid="21-3-2026;10,00"), seller=later)) == (1, 0, 0)
