"""Imports of bank files: the same way in as a ledger, by whoever sends them, in any of the bank's formats."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from api.clock import real_now
from api.ledger.bank_files import BATCH_ENTRIES
from api.records import imports
from tests.api.ledger.files import HEADER, counts, ledger, line

SAMPLES = Path(__file__).parent / "formats" / "samples"
ENTRY = """<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>R{number}</AcctSvcrRef><NtryDtls><TxDtls>
<RltdPties><Dbtr><Nm>Bakkerij {name}</Nm></Dbtr><DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
STATEMENT = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-05-04T06:00:00</CreDtTm>
<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUR</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"""


def entry(number: int, text: str, amount: str = "1250.00", sign: str = "CRDT") -> str:
    told = {"number": number, "text": text, "amount": amount, "sign": sign}
    return ENTRY.format(**told, day="2026-05-04", name=number % 7, account="NL20INGB0001234567")


def statement(*entries: str) -> bytes:
    return STATEMENT.format(entries="".join(entries)).encode()


def test_a_statement_settles_the_invoices_its_payments_name_and_leaves_the_rest_to_a_person(
    sessions, seller, importing
):
    importing(HEADER + line(1) + line(2) + line(3))
    content = statement(
        entry(1, "factuur F00001"), entry(2, "geen idee", "3.33"), entry(3, "kosten", "5.00", sign="DBIT")
    )
    report = importing(content, None)
    assert counts(report) == (3, 0, 0)
    assert report.document()["bank"]["booked_count"] == 1
    assert counts(importing(content, None)) == (0, 3, 0)
    opened = {row[1]: row[5] for row in ledger(sessions, seller)}
    assert opened == {"number:F00001": 0, "number:F00002": 1250, "number:F00003": 1250}
    with sessions.of(seller.id) as session:
        states = session.execute(text("SELECT state, amount FROM bank_entry ORDER BY amount")).all()
        assert states == [("passed_over", -5), ("proposed", Decimal("3.33")), ("booked", 1250)]


def test_a_ledger_and_its_statement_come_in_one_zip(sessions, seller, importing):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1-ledger.csv", HEADER + line(1) + line(2, bedrag="x"))
        archive.writestr("2-STATEMENT.XML", statement(entry(1, "F00001")))
    report = importing(packed.getvalue())
    assert (counts(report), report.lines_count) == ((2, 0, 1), 3)
    assert [row[5] for row in ledger(sessions, seller)] == [0]


def test_a_dry_run_of_a_statement_keeps_nothing(sessions, seller, importing):
    importing(HEADER + line(1))
    content = statement(entry(1, "F00001"))
    report = importing(content, None, dry_run=True)
    assert (counts(report), report.document()["bank"]["booked_count"]) == ((1, 0, 0), 1)
    with sessions.of(seller.id) as session:
        for table in ("bank_statement", "bank_entry", "payment"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert counts(importing(content, None)) == (1, 0, 0)


def test_a_killed_import_of_a_statement_goes_on_where_it_was(sessions, seller, importing):
    entries = [entry(number, f"betaling {number}", f"{number}.00") for number in range(1, 2 * BATCH_ENTRIES + 200)]
    content = statement(*entries)
    with sessions.of(seller.id) as session:
        import_id = imports.start(
            session,
            file_name="a.xml",
            format="auto",
            content_sha256=None,
            mapping=None,
            dry_run=False,
            started_by="test",
            created_at=real_now(),
        ).id

    def killed(done: int) -> None:
        if done >= BATCH_ENTRIES:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing(content, None, import_id=import_id, on_progress=killed)
    report = importing(content, None, import_id=import_id)
    assert counts(report) == (len(entries), 0, 0)
    with sessions.of(seller.id) as session:
        record = imports.get(session, import_id)
        assert (record.state, record.lines_count, record.taken_count) == ("finished", len(entries), len(entries))
        assert session.scalar(text("SELECT count(*) FROM bank_entry")) == len(entries)


def test_refused_entries_are_listed_with_the_file_they_stand_in(sessions, seller, importing):
    packed = io.BytesIO()
    broken = (SAMPLES / "mt940_wolph" / "cmxl_mt940.sta").read_bytes()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.sta", broken)
        archive.writestr("b.sta", (SAMPLES / "mt940_wolph" / "cmxl_reference.sta").read_bytes())
    report = importing(packed.getvalue(), None)
    assert report.faults == {"not_a_currency": 11, "statement_incomplete": 1}
    assert {fault.text.split(":")[0] for fault in report.refusals} == {"a.sta", "b.sta"}
    assert len({fault.line for fault in report.refusals}) == 12


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.*")), ids=lambda p: p.name)
def test_every_published_file_is_taken_or_refused_with_a_reason(importing, path: Path):
    report = importing(path.read_bytes(), None)
    assert report.taken_count + report.known_count + report.refused_count == report.lines_count
    assert report.failure is None or report.failure["code"] == "statement_missing"
    again = importing(path.read_bytes(), None)
    assert (again.taken_count, again.lines_count) == (0, report.lines_count)


@pytest.mark.parametrize(("day", "code"), [("2026-06-02", "date_ahead"), ("1899-11-12", "date_absurd")])
def test_a_booking_of_a_day_that_has_not_come_or_never_was_is_refused(sessions, seller, importing, day, code):
    importing(HEADER + line(1))
    report = importing(statement(entry(1, "F00001").replace("2026-05-04", day)), None)
    assert (counts(report), report.faults) == ((0, 0, 1), {code: 1})
    assert [row[5] for row in ledger(sessions, seller)] == [1250]


def test_a_file_of_a_zip_that_is_none_of_ours_stops_no_other(sessions, seller, importing):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", HEADER + line(1))
        archive.writestr("b.pdf", b"%PDF-1.7")
        archive.writestr("c.xml", b"<Invoice")
        archive.writestr("d.xml", statement(entry(1, "F00001")))
    report = importing(packed.getvalue())
    assert (counts(report), report.failure) == ((2, 0, 2), None)
    assert [fault.detail.split(":")[0] for fault in report.refusals] == ["b.pdf", "c.xml"]
    assert report.faults.keys() == {"pdf_unsupported", "format_unknown"}
    assert [row[5] for row in ledger(sessions, seller)] == [0]


def test_finance_sees_what_a_payment_settled_and_why(seller, importing, client_of):
    importing(HEADER + line(1))
    importing(statement(entry(1, "F00001")), None)
    (item,) = client_of("finance").get("/v1/payments").json["items"]
    (settled,) = item["allocations"]
    assert (settled["invoice_number"], settled["rule"]) == ("F00001", "number")
    assert settled["amount"] == {"amount": "1250.00", "currency": "EUR"}


def test_a_killed_import_of_a_zip_loses_no_line_behind_files_that_are_no_ledger(
    sessions, seller, importing, monkeypatch
):
    monkeypatch.setattr("api.ledger.sources.BATCH_LINES", 10)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(10):
            archive.writestr(f"a{number}.pdf", b"%PDF-1.7")
        archive.writestr("b.csv", HEADER + "".join(line(number) for number in range(30)))
    with sessions.of(seller.id) as session:
        import_id = imports.start(
            session,
            file_name="a.zip",
            format="auto",
            content_sha256=None,
            mapping=None,
            dry_run=False,
            started_by="test",
            created_at=real_now(),
        ).id

    def killed(done: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing(packed.getvalue(), import_id=import_id, on_progress=killed)
    report = importing(packed.getvalue(), import_id=import_id)
    assert counts(report) == (30, 0, 10)
    assert len(ledger(sessions, seller)) == 30
