"""An electronic invoice on its way to the ledger: whose it is, and what is kept of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from api.ledger.checking import CheckedLine
from api.ledger.formats.documents import InvoiceDocument, Party, PartyIdentifier
from api.ledger.invoice_lines import line_of, payment_values
from api.records import identities
from api.records.identities import OfficialNumber, Reference
from api.records.ledger_debtors import LedgerDebtor, find_or_add
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.ledger.formats.documents_for_tests import ubl
from tests.api.ledger.formats.outcomes import FILES, items_of

TODAY = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, tzinfo=UTC)
BUYER = Party("Jansen BV", "NL", kvk_number="12345678")


def document(**changed: object) -> InvoiceDocument:
    (found,) = items_of(ubl())
    assert isinstance(found, InvoiceDocument)
    return replace(found, **{"buyer": BUYER, **changed})  # type: ignore[arg-type]


def debtor(**changed: object) -> LedgerDebtor:
    found = line_of(document(buyer=replace(BUYER, **{"kvk_number": None, **changed})), 7, "x", TODAY)  # type: ignore[arg-type]
    assert isinstance(found, CheckedLine), found
    return found.debtor


def codes(found: object) -> list[str]:
    assert isinstance(found, list), found
    return [fault.code for fault in found]


def test_a_line_holds_what_the_ledger_keeps() -> None:
    found = line_of(document(discount_amount=Decimal("2.42"), discount_until=date(2026, 3, 9)), 7, "2026-0042", TODAY)
    assert isinstance(found, CheckedLine)
    assert (found.line, found.text) == (7, "2026-0042")
    assert found.debtor == LedgerDebtor(None, "Jansen BV", "NL", None, (OfficialNumber("kvk", "NL", "12345678"),))
    assert found.values == {
        "kind": "invoice",
        "number": "2026-0042",
        "identity": "number:2026-0042",
        "dated_on": date(2026, 3, 1),
        "due_on": date(2026, 3, 31),
        "due_on_derived": False,
        "amount": Decimal("121.00"),
        "currency": "EUR",
        "vat_amount": Decimal("21.00"),
        "remittance_reference": "RF73INV20260042",
        "discount_amount": Decimal("2.42"),
        "discount_until": date(2026, 3, 9),
    }
    assert set(payment_values(document())) < set(found.values)


@pytest.mark.parametrize(
    ("preceding", "settles"),
    [(("F-1",), (("number:F-1", Decimal("121.00")),)), ((), None), (("F-1", "F-2"), None)],
)
def test_a_credit_note_settles_the_one_invoice_it_names(preceding: tuple[str, ...], settles: object) -> None:
    found = line_of(document(kind="credit_note", due_on=None, preceding_numbers=preceding), 1, "", TODAY)
    assert isinstance(found, CheckedLine)
    assert found.values.get("settles") == settles
    assert "due_on" not in found.values


@pytest.mark.parametrize(
    ("changed", "numbers"),
    [
        ({"kvk_number": "12345678"}, [("kvk", "NL", "12345678")]),
        ({"vat_number": "NL002455799B11"}, [("vat", "NL", "NL002455799B11")]),
        ({"vat_number": "EL061828591"}, [("vat", "GR", "EL061828591")]),
        ({"vat_number": "BE0403.170.701"}, [("vat", "BE", "BE0403170701")]),
        ({"lei": "213800KUD8LAJWSQ9D15"}, [("lei", "ZZ", "213800KUD8LAJWSQ9D15")]),
        ({"identifiers": (PartyIdentifier("0192", "987654325", "endpoint"),)}, [("icd_0192", "NL", "987654325")]),
        (
            {"identifiers": (PartyIdentifier("0208", "0403170701", "legal"), PartyIdentifier("0192", "1", "endpoint"))},
            [("icd_0208", "NL", "0403170701")],
        ),
    ],
    ids=str,
)
def test_a_debtor_is_named_by_his_official_numbers(
    changed: dict[str, object], numbers: list[tuple[str, str, str]]
) -> None:
    assert debtor(**changed).numbers == tuple(OfficialNumber(*each) for each in numbers)


def test_what_the_seller_calls_him_is_a_reference_of_the_system() -> None:
    buyer = Party("Jansen", "NL", identifiers=(PartyIdentifier(None, "1001", "own"),))
    found = line_of(document(buyer=buyer), 1, "", TODAY, system="afas")
    assert isinstance(found, CheckedLine)
    assert (found.debtor.reference, found.debtor.numbers) == (Reference("afas", "1001"), ())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"buyer": Party("Jansen", "NL")}, ["debtor_unnamed"]),
        ({"buyer": Party("Jansen", "NL", vat_number="123")}, ["debtor_unnamed"]),
        ({"buyer": replace(BUYER, country="UK")}, ["not_a_country"]),
        ({"buyer": replace(BUYER, vat_number="NL123456789B01")}, ["vat_number_invalid"]),
        ({"invoiced_on": date(2026, 4, 1), "due_on": date(2026, 5, 1)}, ["date_ahead"]),
        ({"invoiced_on": date(1969, 12, 31)}, ["date_absurd"]),
        ({"due_on": date(2037, 1, 1)}, ["date_absurd"]),
        ({"number": "a\x85b"}, ["control_character"]),
        ({"invoiced_on": date(2026, 4, 1), "buyer": Party()}, ["date_ahead", "debtor_unnamed"]),
    ],
    ids=str,
)
def test_every_fault_of_a_document_is_named(changed: dict[str, object], expected: list[str]) -> None:
    assert codes(line_of(document(**changed), 1, "", TODAY)) == expected


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name == "peppol_bis3"], ids=lambda path: path.name
)
def test_every_published_invoice_names_its_debtor(path: object) -> None:
    (found,) = items_of(path.read_bytes())  # type: ignore[attr-defined]
    assert isinstance(found, InvoiceDocument)
    assert isinstance(line_of(found, 1, "", TODAY), CheckedLine)


KVK, OTHER_KVK = OfficialNumber("kvk", "NL", "90000001"), OfficialNumber("kvk", "NL", "90000002")
VAT = OfficialNumber("vat", "NL", "NL001234567B01")


def test_a_debtor_is_found_or_added_by_numbers_alone(sessions: Sessions, new_seller: Callable[..., Seller]) -> None:
    seller = new_seller()

    def find(*named: LedgerDebtor) -> list[object]:
        with sessions.of(seller.id) as session:
            found = find_or_add(session, named, NOW)
            return [found[each].debtor_id or found[each].code for each in named]

    (unknown,) = find(LedgerDebtor(None, numbers=(KVK,)))
    assert unknown == "debtor_unknown"
    first, again = find(LedgerDebtor(None, "A", "NL", None, (KVK, VAT)), LedgerDebtor(None, "A BV", "NL", None, (KVK,)))
    assert first == again
    by_vat, by_reference = find(
        LedgerDebtor(None, numbers=(VAT,)), LedgerDebtor(Reference("erp", "1"), None, "NL", None, (KVK,))
    )
    assert by_vat == by_reference == first
    (other,) = find(LedgerDebtor(None, "B", "NL", None, (OTHER_KVK,)))
    assert other != first
    assert find(LedgerDebtor(None, "C", "NL", None, (KVK, OTHER_KVK))) == ["identifier_taken"]
    assert find(LedgerDebtor(None, "D", "NL")) == ["debtor_unnamed"]
    with sessions.of(seller.id) as session:
        assert identities.references_of(session, first) == [Reference("erp", "1")]  # type: ignore[arg-type]
        assert identities.references_of(session, other) == []  # type: ignore[arg-type]
