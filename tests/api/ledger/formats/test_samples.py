"""Every published sample ends as docs/formats.md says, and what the samples are known to hold is read from them."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from api.ledger.formats.documents import BankEntry, InvoiceDocument, Note, StatementEnd, StatementHead
from tests.api.ledger.formats.outcomes import FILES, SAMPLES, items_of, outcome


@pytest.fixture(scope="module")
def promised() -> dict[str, str]:
    page = (Path(__file__).parents[4] / "docs" / "formats.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `(\w+/[^`]+)` \| (.+?) \|$", page, re.M))


def test_the_page_names_every_sample_and_no_other(promised: dict[str, str]) -> None:
    assert sorted(promised) == sorted(f"{path.parent.name}/{path.name}" for path in FILES)
    assert len(promised) == 65


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_ends_as_the_page_says(path: Path, promised: dict[str, str]) -> None:
    assert outcome(path.read_bytes()) == promised[f"{path.parent.name}/{path.name}"]


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix in (".sta", ".txt")], ids=lambda path: path.name
)
def test_no_statement_line_is_lost(path: Path) -> None:
    lines_count = len(re.findall(rb"^:61:", path.read_bytes(), re.M))
    items = items_of(path.read_bytes())
    ends = [item for item in items if isinstance(item, StatementEnd)]
    if ends:
        assert sum(end.entries_count + end.refused_count for end in ends) == lines_count
        assert len([item for item in items if isinstance(item, BankEntry)]) == sum(end.entries_count for end in ends)


def entries(name: str) -> list[BankEntry]:
    return [item for item in items_of((SAMPLES / name).read_bytes()) if isinstance(item, BankEntry)]


def document(name: str) -> InvoiceDocument:
    (found,) = items_of((SAMPLES / "peppol_bis3" / name).read_bytes())
    assert isinstance(found, InvoiceDocument)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_same_file_gives_the_same_names_and_each_once(path: Path) -> None:
    content = path.read_bytes()
    if outcome(content).startswith("refused: `statement_missing`"):
        return
    first, again = ([item for item in items_of(content) if isinstance(item, BankEntry)] for _ in range(2))
    assert first == again
    if path.suffix != ".zip":
        assert len({entry.identity for entry in first}) == len(first)


def test_a_batch_is_split_into_its_transactions() -> None:
    first, second = entries("camt_oca/test-camt053-txdtls.xml")
    assert (first.amount, second.amount) == (Decimal("2187.00"), Decimal("1296.00"))
    assert first.identity.removesuffix(".1") == second.identity.removesuffix(".2")
    assert first.counterparty_account == "CH2222000000123456789"
    assert first.structured_reference is not None
    assert (first.structured_reference.kind, first.structured_reference.value) == (
        "other",
        "302388292000011111111111111",
    )
    assert first.entry_reference == "20170323001234567891234567891234"
    assert first.transaction_code == "PMNT-RCDT-AUTT"
    assert not first.is_batch


def test_a_dutch_statement_is_read_with_its_returns() -> None:
    debit, returned, also_returned, credit = entries("camt_oca/test-camt053.xml")
    assert (debit.amount, debit.counterparty_name) == (Decimal("-754.25"), "INSURANCE COMPANY TESTX")
    assert debit.mandate_reference == "1880000341866"
    assert debit.end_to_end_id == "435005714488-ABNO33052620"
    assert (returned.amount, also_returned.amount) == (Decimal("-564.05"), Decimal("-100.00"))
    assert returned.is_reversal
    assert returned.return_reason == "AC06"
    assert returned.counterparty_name == "Test Customer"
    assert (credit.amount, credit.counterparty_name) == (Decimal("1405.31"), "3rd party Media")
    assert credit.remittance_text == "#RD PARTY MEDIA CUSNO 90782 4210773"
    assert not credit.is_reversal


def test_transactions_that_do_not_add_up_to_their_entry_are_one_batch() -> None:
    (batch,) = entries("camt_genkgo/camt054.v4.xml")
    assert (batch.amount, batch.currency) == (Decimal("-200000"), "SEK")
    assert (batch.is_batch, batch.transactions_count) == (True, 2)
    assert batch.end_to_end_id is None


def test_intraday_reports_and_notifications_are_never_statements() -> None:
    for path in FILES:
        if "camt052" in path.name or "camt054" in path.name:
            kinds = {item.kind for item in items_of(path.read_bytes()) if isinstance(item, StatementHead)}
            assert kinds == {"intraday_report" if "camt052" in path.name else "notification"}


def test_the_dialects_of_dutch_banks() -> None:
    asn = entries("mt940_wolph/ASNB_mt940.txt")[0]
    assert (asn.counterparty_account, asn.counterparty_name) == ("NL47INGB9999999999", "hr gjlm paulissen")
    assert (asn.amount, asn.booked_on, asn.remittance_text) == (Decimal("-65"), date(2020, 1, 1), "Betaling sieraden")
    abn_amro = entries("mt940_wolph/jejik_abnamro.sta")
    assert (abn_amro[0].counterparty_account, abn_amro[0].counterparty_name) == ("428428", "KPN - DIGITENNE")
    assert (abn_amro[-1].counterparty_account, abn_amro[-1].counterparty_name) == ("528939882", "MYCOM DEN HAAG")
    knab = entries("mt940_wolph/jejik_knab.sta")[1]
    assert (knab.counterparty_account, knab.counterparty_name) == ("NL65INGB0123456789", "PICQER")
    assert (knab.entry_reference, knab.remittance_text) == ("B4G29PGCVO7Q06US", "FACTUUR 201403110, 201403113")
    rabobank = entries("mt940_wolph/jejik_rabobank-iban.sta")
    assert (rabobank[0].counterparty_account, rabobank[0].counterparty_name) == (
        "NL70ABNA0987654321",
        "CONTRA ACCOUNT HOLDER",
    )
    assert rabobank[1].remittance_text == "Reference 201301234"
    older = entries("mt940_wolph/jejik_rabobank.sta")[0]
    assert (older.counterparty_account, older.counterparty_name) == ("0121470966", "W.P. Jansen")
    assert older.remittance_text == "Terugboeking NIET AKKOORD MET AFSCHRIJVING KOSTEN KINDEROPVANG JUNI 20095731"
    sns = entries("mt940_wolph/jejik_sns.sta")[0]
    assert (sns.counterparty_name, sns.remittance_text) == ("marechal s", "dit is een test")
    assert (sns.value_on, sns.booked_on) == (date(2012, 6, 7), date(2012, 6, 8))
    triodos = entries("mt940_wolph/jejik_triodos.sta")
    assert triodos[0].counterparty_account == "0987654321"
    assert triodos[0].remittance_text == "ALGEMENE TUSSENREKENING KOSTEN VAN 01-10-2010 TOT EN MET 31-12-2010"
    ing = entries("mt940_wolph/jejik_ing.sta")[5]
    assert (ing.amount, ing.counterparty_account) == (Decimal("3.68"), "0123456789")
    german = entries("mt940_wolph/cmxl_mt940.sta")[1]
    assert (german.counterparty_name, german.counterparty_account) == ("MUELLER", "0847564700")
    assert german.remittance_text == "Gehalt OktoberFirmaMustermannGmbH"


def test_one_bank_tells_the_same_entries_in_two_ways_of_writing() -> None:
    plain, spaced = (
        entries(f"mt940_wolph/{name}") for name in ("ASNB_mt940.txt", "ASNB_mt940_with_spaces_for_entry_date.txt")
    )
    assert [(each.amount, each.counterparty_name) for each in plain] == [
        (each.amount, each.counterparty_name) for each in spaced
    ]


def test_an_invoice_is_read_in_full() -> None:
    found = document("base-example.xml")
    assert (found.kind, found.number, found.type_code) == ("invoice", "Snippet1", "380")
    assert (found.invoiced_on, found.due_on, found.due_on_derived) == (date(2017, 11, 13), date(2017, 12, 1), False)
    assert (found.amount, found.vat_amount, found.currency) == (Decimal("1656.25"), Decimal("331.25"), "EUR")
    assert (found.buyer.name, found.buyer.country) == ("Buyer Official Name", "SE")
    assert found.buyer.vat_number == "SE4598375937"
    assert found.seller.name == "SupplierOfficialName Ltd"
    assert found.buyer_reference == "0150abc"
    assert found.delivered_on == date(2017, 11, 1)
    assert (found.remittance_reference, found.payee_account) == ("Snippet1", "IBAN32423940")
    assert (found.turned, found.notes) == (None, ())


def test_a_credit_note_and_a_negative_invoice_name_what_they_correct() -> None:
    credit_note, negative = document("base-creditnote-correction.xml"), document("base-negative-inv-correction.xml")
    assert (credit_note.kind, credit_note.turned) == ("credit_note", None)
    assert (negative.kind, negative.turned) == ("credit_note", "negative_invoice")
    for found in (credit_note, negative):
        assert found.amount == Decimal("1656.25")
        assert found.vat_amount == Decimal("331.25")
        assert found.due_on is None
        assert found.preceding_numbers == ("Snippet1",)


@pytest.mark.parametrize("name", ["vat-category-E.xml", "vat-category-O.xml", "vat-category-Z.xml"])
def test_a_due_date_is_derived_from_plain_terms_and_said_to_be(name: str) -> None:
    found = document(name)
    assert (found.due_on, found.due_on_derived) == (date(2018, 9, 29), True)
    assert found.vat_amount == 0


def test_vat_in_a_second_currency_is_not_taken_for_the_vat() -> None:
    assert document("Allowance-example.xml").vat_amount == Decimal("1225.00")


def test_a_prepayment_lowers_what_is_to_be_paid() -> None:
    found = document("Norwegian-example-1.xml")
    assert (found.amount, found.currency) == (Decimal("802.00"), "NOK")
    assert Note("NL-R-001", "") not in found.notes
