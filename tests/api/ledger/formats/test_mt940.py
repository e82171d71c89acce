"""MT940: what the samples do not show."""

from datetime import date
from decimal import Decimal

import pytest

from api.ledger.formats.documents import BankEntry, Refused, StatementEnd, StatementHead
from api.ledger.formats.mt940_details import joined, read_details
from tests.api.ledger.formats.documents_for_tests import ACCOUNT, mt940
from tests.api.ledger.formats.outcomes import items_of


def one(*fields: str, **options: str) -> BankEntry:
    (found,) = [item for item in items_of(mt940(*fields, **options)) if isinstance(item, BankEntry)]
    return found


@pytest.mark.parametrize(
    ("mark", "amount", "is_reversal"),
    [
        ("C", "10.50", False),
        ("D", "-10.50", False),
        ("RC", "-10.50", True),
        ("RD", "10.50", True),
        ("CR", "10.50", False),
    ],
)
def test_a_reversal_goes_the_other_way(mark: str, amount: str, is_reversal: bool) -> None:
    found = one(f":61:2601020102{mark}10,5NTRFNONREF//B1")
    assert (found.amount, found.is_reversal) == (Decimal(amount), is_reversal)
    assert (found.entry_reference, found.transaction_code) == ("B1", "NTRF")


@pytest.mark.parametrize(
    ("dates", "value_on", "booked_on"),
    [
        ("2512311231", date(2025, 12, 31), date(2025, 12, 31)),
        ("2512310102", date(2025, 12, 31), date(2026, 1, 2)),
        ("2601021231", date(2026, 1, 2), date(2025, 12, 31)),
        ("260102", date(2026, 1, 2), date(2026, 1, 2)),
        ("260102    ", date(2026, 1, 2), date(2026, 1, 2)),
        ("2502300228", date(2025, 2, 28), date(2025, 2, 28)),
    ],
)
def test_the_year_of_the_booking_date_follows_the_value_date(dates: str, value_on: date, booked_on: date) -> None:
    found = one(f":61:{dates}C1,NTRFNONREF")
    assert (found.value_on, found.booked_on) == (value_on, booked_on)


@pytest.mark.parametrize(
    "head", ["", "ABNANL2A\r\n940\r\nABNANL2A\r\n", "{1:F01INGBNL2AXXXX}{2:I940X}{4:\r\n", "\ufeff"]
)
def test_what_stands_before_a_statement_does_no_harm(head: str) -> None:
    assert one(":61:260102C1,NTRFNONREF", head=head).amount == 1


def test_statements_end_where_the_next_begins() -> None:
    content = mt940(":61:260102C1,NTRFNONREF").replace(b"-\r\n", b"") * 3
    items = items_of(content)
    assert [type(item) for item in items] == [StatementHead, BankEntry, StatementEnd] * 3


def test_equal_entries_of_one_statement_are_told_apart() -> None:
    items = items_of(mt940(*[":61:260102C1,NTRFNONREF"] * 2))
    first, second = (item.identity for item in items if isinstance(item, BankEntry))
    assert first.removesuffix(":1") == second.removesuffix(":2")


@pytest.mark.parametrize("dropped", [b":20:", b":25:", b":60F:", b":62F:"])
def test_a_statement_that_lacks_a_field_is_refused_as_a_whole(dropped: bytes) -> None:
    content = b"\r\n".join(
        line for line in mt940(":61:260102C1,NTRFNONREF").split(b"\r\n") if not line.startswith(dropped)
    )
    (found,) = items_of(content)
    assert isinstance(found, Refused)
    assert found.code == "statement_incomplete"
    assert dropped.decode() in found.detail


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (":61:260102C0,00NTRFNONREF", "amount_zero"),
        (":61:260102C1,005NTRFNONREF", "too_many_decimals"),
        (":61:269902C1,NTRFNONREF", "entry_unreadable"),
        (":61:something else", "entry_unreadable"),
        (":61:260102C1,2,3NTRFNONREF", "entry_unreadable"),
        (":61:260102C999999999999999NTRFNONREF", "amount_too_large"),
    ],
)
def test_a_bad_line_costs_that_line_and_no_other(line: str, code: str) -> None:
    items = items_of(mt940(":61:260102C1,NTRFNONREF", line, ":86:x", ":61:260102C2,NTRFNONREF"))
    assert [(item.code, item.entry) for item in items if isinstance(item, Refused)] == [(code, 2)]
    assert [item.amount for item in items if isinstance(item, BankEntry)] == [1, 2]


def test_an_entry_without_a_type_does_not_swallow_the_next() -> None:
    items = items_of(mt940(":61:260102C1,", ":61:260102C2,"))
    assert [item.amount for item in items if isinstance(item, BankEntry)] == [1, 2]


def test_a_statement_that_adds_up_differs_by_nothing() -> None:
    end = items_of(mt940(":61:260102C10,NTRFNONREF"))[-1]
    assert isinstance(end, StatementEnd)
    assert (end.difference, end.entries_count) == (0, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_both_encodings_are_understood(encoding: str) -> None:
    content = mt940(":61:260102C1,NTRFNONREF", ":86:CAFÉ €5").decode().encode(encoding)
    (found,) = [item for item in items_of(content) if isinstance(item, BankEntry)]
    assert found.remittance_text == "CAFÉ €5"


def test_text_after_the_balance_is_of_the_statement() -> None:
    assert (
        one(
            ":61:260102C1,NTRFNONREF", ":86:of the entry", ":62F:C260103EUR110,00", ":86:of the statement"
        ).remittance_text
        == "of the entry"
    )


SEPA = (
    "/TRTP/SEPA OVERBOEKING/IBAN/NL02RABO0123456789/BIC/RABONL2U/NAM\nE/JANSEN BV/REMI/FACTUUR 2026/42/EREF/NOTPROVIDED"
)
INCASSO = "/RTRN/MS03/EREF/C-77/MARF/M-12/CSID/NL98ZZZ999999990000/ORDP//NAME/KLANT BV/REMI/TERUG"
ING = "/EREF/E-1//CNTP/NL02RABO0123456789/RABONL2U/Jansen BV/Zwolle//REMI/USTD//Factuur 42/"
KENMERK = "/CNTP/NL02RABO0123456789/RABONL2U/Jansen///REMI/STRD/CUR/5000056789012345/"
GERMAN = "166?00GUTSCHRIFT?20EREF+E-9?21SVWZ+Rechnung?22 7?30MARKDEF1100?31DE02120300000000202051?32Kunde?33GmbH?34992"
RETURNED = "109?00RUECKLAST?20SVWZ+Rueckgabe?32Kunde?34914"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SEPA, {"account": "NL02RABO0123456789", "name": "JANSEN BV", "remittance_text": "FACTUUR 2026/42",
                "end_to_end_id": "NOTPROVIDED", "transaction_code": "SEPA OVERBOEKING"}),
        (INCASSO, {"return_reason": "MS03", "end_to_end_id": "C-77", "mandate_reference": "M-12", "name": "KLANT BV",
                   "remittance_text": "TERUG"}),
        (ING, {"account": "NL02RABO0123456789", "name": "Jansen BV", "end_to_end_id": "E-1",
               "remittance_text": "Factuur 42"}),
        (KENMERK, {"reference": "5000056789012345", "reference_issuer": "CUR", "remittance_text": None}),
        (GERMAN, {"account": "DE02120300000000202051", "name": "Kunde GmbH", "end_to_end_id": "E-9",
                  "remittance_text": "Rechnung 7", "return_reason": None, "transaction_code": "166"}),
        (RETURNED, {"return_reason": "914", "remittance_text": "Rueckgabe"}),
        ("/TRTP/INCASSO BATCH/NRTX/12/REMI/X", {"transactions_count": 12}),
        ("REK: NL02 RABO 0123 4567 89/NAAM: JANSEN\nFACTUUR 1", {"account": "NL02RABO0123456789", "name": "JANSEN",
                                                                 "remittance_text": "FACTUUR 1"}),
        ("GIRO   428428 KPN    BETALINGSKENM.  5000056789012345", {"account": "428428", "name": "KPN",
                                                                   "reference": "5000056789012345"}),
        ("BETALINGSKENM. 5000056789012346", {"reference": None, "remittance_text": "BETALINGSKENM. 5000056789012346"}),
        ("", {"name": None, "account": None, "remittance_text": None}),
    ],
)  # fmt: skip
def test_banks_fill_the_free_field_in_many_ways(text: str, expected: dict[str, object]) -> None:
    found = read_details(text, None, None, is_credit=True)
    assert {name: getattr(found, name) for name in expected} == expected


def test_of_both_sides_the_other_one_is_named() -> None:
    text = "/ORDP//NAME/A/BENM//NAME/B"
    assert read_details(text, None, None, is_credit=True).name == "A"
    assert read_details(text, None, None, is_credit=False).name == "B"


def test_a_line_that_was_broken_when_it_was_full_is_put_together() -> None:
    assert joined("A" * 64 + "B\nC") == "A" * 64 + "BC"
    assert joined("short\nline") == "short line"


def test_what_no_text_should_hold_is_left_out() -> None:
    assert one(":61:260102C1,NTRFNONREF", ":86:a\0b\x07c").remittance_text == "a b c"


def test_our_own_account_is_no_counterparty() -> None:
    assert one(":61:260102C1,NTRFNONREF", f":86:/IBAN/{ACCOUNT}/NAME/WIJ").counterparty_account is None
