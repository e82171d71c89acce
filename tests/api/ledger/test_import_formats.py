"""Imports of what others send: electronic invoices, JSON lines, and archives of them; told apart by what they hold."""

import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text

from api.ledger.report import ImportReport
from api.records.debtors import DebtorRecord
from api.records.invoices import CreditNoteRecord, InvoiceRecord
from tests.api.ledger.files import HEADER, MAPPING, counts, line

PEPPOL = Path(__file__).parent / "formats" / "samples" / "peppol_bis3"
Importing = Callable[..., ImportReport]


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def json_line(number: str, **more: object) -> bytes:
    told = {
        "kind": "invoice",
        "debtor_reference": {"system": "erp", "value": "77"},
        "invoice_number": number,
        "invoiced_on": "2026-03-01",
        "due_on": "2026-03-31",
        "amount": {"amount": "121.00", "currency": "EUR"},
        "debtor": {"name": "Jansen BV", "country": "NL", "kvk_number": "12345678"},
    }
    return json.dumps(told | more).encode() + b"\n"


def test_an_electronic_invoice_needs_no_mapping_and_brings_its_debtor(sessions, seller, importing: Importing):
    content = (PEPPOL / "base-example.xml").read_bytes()
    assert counts(importing(content, None)) == (1, 0, 0)
    assert counts(importing(content, None)) == (0, 1, 0)
    with sessions.of(seller.id) as session:
        record = session.scalars(select(InvoiceRecord)).one()
        debtor = session.scalars(select(DebtorRecord)).one()
        assert (record.invoice_number, record.amount, record.currency) == ("Snippet1", Decimal("1656.25"), "EUR")
        assert (debtor.name, debtor.country) == ("Buyer Official Name", "SE")
        assert session.scalar(text("SELECT scheme || ' ' || value FROM debtor_identifier WHERE scheme = 'vat'"))


def test_every_published_invoice_is_taken_from_one_zip(sessions, seller, importing: Importing):
    packed = zipped(**{path.name.replace(".", "__"): path.read_bytes() for path in PEPPOL.glob("*.xml")})
    report = importing(packed, None)
    # Some have one number and one buyer, and say the same again or something else; a credit note may come too early.
    assert report.lines_count == 12
    assert report.taken_count + report.known_count + report.refused_count == 12
    assert set(report.faults) <= {"reference_taken", "invoice_unknown", "identifier_taken"}
    assert all(".xml: " in fault.text for fault in report.refusals)
    assert counts(importing(packed, None))[0] == 0
    with sessions.of(seller.id) as session:
        invoices = session.scalars(select(InvoiceRecord.invoice_number)).all()
        credits_ = session.scalars(select(CreditNoteRecord.credit_note_number)).all()
        assert len(invoices) + len(credits_) == report.taken_count


def test_lines_of_json_and_of_a_ledger_stand_beside_each_other_in_a_zip(sessions, seller, importing: Importing):
    packed = zipped(
        a__csv=(HEADER + line(1) + line(2, bedrag="x")).encode(),
        b__JSONL=json_line("J1") + b"{broken\n" + json_line("J2", amount={"amount": "-1", "currency": "EUR"}),
        c__xml=(PEPPOL / "base-example.xml").read_bytes(),
    )
    report = importing(packed)
    assert counts(report) == (3, 0, 3)
    assert report.document()["formats"] == ["csv", "json_lines", "ubl"]
    assert len({fault.line for fault in report.refusals}) == 3  # Each line has a number of its own in the import.


def test_a_delimited_file_without_a_mapping_is_asked_for_one(importing: Importing):
    report = importing(HEADER + line(1), None)
    assert report.failure is not None
    assert report.failure["code"] == "mapping_missing"


def test_a_file_that_is_not_what_it_was_said_to_be_is_refused(importing: Importing):
    report = importing(json_line("J1"), None, format="ubl")
    assert report.failure is not None
    assert report.failure["code"] == "format_differs"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 ...", "pdf_unsupported"),
        (b"<html><body/></html>", "format_unknown"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Invoice>&e;</Invoice>', "xml_doctype"),
        (b"", "file_empty"),
    ],
)
def test_what_nobody_can_read_is_refused_with_its_reason(importing: Importing, content: bytes, code: str):
    report = importing(content, None)
    assert report.failure is not None
    assert report.failure["code"] == code


def test_a_dry_run_of_invoices_keeps_nothing(sessions, seller, importing: Importing):
    content = json_line("J1") + json_line("J1") + json_line("J2")
    assert counts(importing(content, None, dry_run=True)) == (2, 1, 0)
    with sessions.of(seller.id) as session:
        assert session.scalars(select(InvoiceRecord.id)).all() == []
        assert session.scalars(select(DebtorRecord.id)).all() == []


def test_an_upload_needs_a_mapping_only_where_it_is_delimited(client_of):
    erp = client_of("integration")
    refused = erp.post("/v1/imports", data=HEADER + line(1), content_type="text/csv")
    assert [each["pointer"] for each in refused.json["errors"]] == ["/mapping"]
    for content in (json_line("J1"), (PEPPOL / "base-example.xml").read_bytes(), zipped(a__xml=b"<x/>")):
        assert erp.post("/v1/imports", data=content, content_type="application/octet-stream").status_code == 202
    mapped = {"file": (io.BytesIO((HEADER + line(1)).encode()), "a.csv"), "mapping": json.dumps(MAPPING)}
    assert erp.post("/v1/imports", data=mapped, content_type="multipart/form-data").status_code == 202


PAYING = MAPPING | {
    "columns": MAPPING["columns"]
    | {"remittance_reference": "kenmerk", "discount_amount": "korting", "discount_until": "korting tot"}
}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("RF18 5390 0754 7034;12,50;10-3-2026", None),
        (";;", None),
        (";12,50;", "discount_incomplete"),
        (";9999,00;10-3-2026", "discount_too_large"),
        (";1,00;31-2-2026", "not_a_date"),
    ],
)
def test_a_ledger_may_tell_how_its_invoices_will_be_paid(sessions, seller, importing: Importing, told, expected):
    header = HEADER.replace("\n", ";kenmerk;korting;korting tot\n")
    report = importing(header + line(1).replace("\n", f";{told}\n"), PAYING)
    assert report.faults == ({expected: 1} if expected else {})
    if told.startswith("RF"):
        with sessions.of(seller.id) as session:
            record = session.scalars(select(InvoiceRecord)).one()
            assert (record.remittance_reference, record.discount_amount) == ("RF18539007547034", Decimal("12.50"))
