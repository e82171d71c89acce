"""Importing files: what is taken and known, in any order and any number of times."""

import gzip
import os
import random
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from api.records import ledger_drift
from tests.api.ledger.files import HEADER, LINES, MAPPING, PAYMENTS, TODAY, counts, ledger, line


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
    assert [fault.code for fault in report.refusals] == ["invoice_unknown", "debtor_unknown"]
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
    monkeypatch.setattr("api.ledger.sources.BATCH_LINES", 1)
    content = HEADER + line(1) + line(1) + line(1, bedrag="3,00") + line(2, bedrag="x")
    report = importing(content, dry_run=True)
    assert counts(report) == (1, 1, 2)
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM invoice")) == 0
        assert session.scalar(text("SELECT count(*) FROM debtor")) == 0
    assert counts(importing(content)) == counts(report)


def test_an_old_ledger_is_warned_of(importing):
    old = line(1, paid="1-5-2024;10,00").replace("1-3-2026;31-3-2026", "1-4-2024;1-5-2024")
    assert [each["code"] for each in importing(HEADER + old).warnings] == ["settlements_too_old"]


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
        assert ledger_drift.of_balances(session) == []
