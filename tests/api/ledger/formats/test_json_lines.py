"""JSON lines: the same fields and rules as over HTTP, line by line."""

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.ledger.cells import LineFault
from api.ledger.checking import CheckedLine
from api.ledger.formats.json_lines import read_json_lines
from api.ledger.reading import LINE_BYTES_MAX, FileUnreadable
from api.records.identities import OfficialNumber, Reference

TODAY = date(2026, 3, 31)
EURO = {"amount": "121.00", "currency": "EUR"}
INVOICE: dict[str, Any] = {
    "kind": "invoice",
    "debtor_reference": {"system": "erp", "value": "1001"},
    "invoice_number": "2026-1",
    "invoiced_on": "2026-03-01",
    "due_on": "2026-03-31",
    "amount": EURO,
}
CREDIT_NOTE = {
    "kind": "credit_note",
    "debtor_reference": INVOICE["debtor_reference"],
    "credit_note_number": "C-1",
    "credited_on": "2026-03-02",
    "amount": EURO,
    "invoice_number": "2026-1",
}
PAYMENT = {
    "kind": "payment",
    "debtor_reference": INVOICE["debtor_reference"],
    "payment_reference": "P-1",
    "paid_on": "2026-03-03",
    "amount": EURO,
    "allocations": [{"invoice_number": "2026-1", "amount": {"amount": "100.00", "currency": "EUR"}}],
}


def read(*lines: Any) -> list[CheckedLine | list[LineFault]]:
    content = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return list(read_json_lines(io.BytesIO(content.encode()), TODAY))


def faults(line: Any) -> list[tuple[str | None, str]]:
    (found,) = read(line)
    assert isinstance(found, list), found
    return [(fault.column, fault.code) for fault in found]


def test_each_kind_gives_what_a_ledger_line_holds() -> None:
    discount = {"amount": {"amount": "2.42", "currency": "EUR"}, "until": "2026-03-08"}
    told = INVOICE | {"discount": discount, "remittance_reference": "RF18 5390 0754 7034", "order_reference": "S1001"}
    invoice, credit_note, payment = read(told, CREDIT_NOTE, PAYMENT)
    assert isinstance(invoice, CheckedLine)
    assert invoice.values == {
        "kind": "invoice",
        "number": "2026-1",
        "identity": "number:2026-1",
        "dated_on": date(2026, 3, 1),
        "due_on": date(2026, 3, 31),
        "due_on_derived": False,
        "amount": Decimal("121.00"),
        "currency": "EUR",
        "vat_amount": None,
        "disputed": False,
        "remittance_reference": "RF18 5390 0754 7034",
        "collection_reference": None,
        "discount_amount": Decimal("2.42"),
        "discount_until": date(2026, 3, 8),
        "order_references": ("S1001",),
    }
    assert invoice.debtor.reference == Reference("erp", "1001")
    assert isinstance(credit_note, CheckedLine)
    assert credit_note.values["settles"] == (("number:2026-1", Decimal("121.00")),)
    assert isinstance(payment, CheckedLine)
    assert payment.values["settles"] == (("number:2026-1", Decimal("100.00")),)
    assert "vat_amount" not in payment.values


def test_a_debtor_can_be_told_of_with_his_numbers() -> None:
    debtor = {
        "name": "Jansen",
        "country": "NL",
        "legal_form": "B.V.",
        "kvk_number": "12345678",
        "vat_number": "EL061828591",
    }
    line = {**INVOICE, "debtor": debtor}
    del line["debtor_reference"]
    (found,) = read(line)
    assert isinstance(found, CheckedLine)
    assert (found.debtor.reference, found.debtor.name, found.debtor.country) == (None, "Jansen", "NL")
    assert found.debtor.legal_form == "bv"
    assert found.debtor.numbers == (OfficialNumber("kvk", "NL", "12345678"), OfficialNumber("vat", "GR", "EL061828591"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"kind": "order"}, [("/kind", "kind_unknown")]),
        ({"kind": ["invoice"]}, [("/kind", "kind_unknown")]),
        ({"amount": {"amount": 121, "currency": "EUR"}}, None),
        ({"amount": {"amount": "0.00", "currency": "EUR"}}, [("/amount", "amount_not_positive")]),
        ({"amount": {"amount": "1.001", "currency": "EUR"}}, [("/amount/amount", "too_many_decimals")]),
        ({"due_on": "2026-02-01"}, [("/due_on", "due_before_invoiced")]),
        ({"invoiced_on": "2026-04-01", "due_on": "2026-05-01"}, [("/invoiced_on", "date_ahead")]),
        ({"debtor_id": "0190b3a0-0000-7000-8000-000000000000"}, [("/debtor_id", "unknown_field")]),
        ({"stranger": 1}, [("/stranger", "unknown_field")]),
        ({"debtor": {"country": "UK"}}, [("/debtor/country", "not_a_country")]),
        ({"debtor": {"kvk_number": "1"}}, [("/debtor/kvk_number", "kvk_number_invalid")]),
        ({"debtor": {"vat_number": "NL123456789B01"}}, [("/debtor/vat_number", "vat_number_invalid")]),
        ({"debtor": {"vat_number": "12"}}, [("/debtor/vat_number", "vat_number_invalid")]),
        ({"debtor": "Jansen"}, [("/debtor", "not_an_object")]),
        ({"invoice_number": "a\nb", "due_on": "soon"}, None),
    ],
    ids=str,
)
def test_every_fault_of_a_line_is_named(changed: dict[str, Any], expected: list[tuple[str, str]] | None) -> None:
    found = faults({**INVOICE, **changed})
    if expected is not None:
        assert found == expected
    else:
        assert {column.split("/")[1] for column, _ in found if column} == set(changed)


def test_a_debtor_without_any_name_is_a_fault() -> None:
    line = {name: value for name, value in INVOICE.items() if name != "debtor_reference"}
    assert faults({**line, "debtor": {"name": "Jansen"}}) == [("/debtor_reference", "required")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "not_json"),
        ('{"kind": NaN}', "not_json"),
        ("[]x", "not_json"),
        ("5", "not_an_object"),
        ("[" * 5_000, "not_json"),
    ],
)
def test_a_broken_line_costs_that_line_and_no_other(line: str, code: str) -> None:
    first, broken, last = read(INVOICE, line, INVOICE)
    assert isinstance(first, CheckedLine)
    assert isinstance(last, CheckedLine)
    assert (first.line, last.line) == (1, 3)
    assert isinstance(broken, list)
    assert [(fault.line, fault.code) for fault in broken] == [(2, code)]


def test_a_line_has_a_longest_length_and_empty_ones_count_but_are_none() -> None:
    long, last = read("", '{"a": "' + "x" * LINE_BYTES_MAX + '"}', "  ", INVOICE)
    assert isinstance(long, list)
    assert [(fault.line, fault.code) for fault in long] == [(2, "line_too_long")]
    assert isinstance(last, CheckedLine)
    assert last.line == 4


def test_bytes_that_are_no_text_are_not_json() -> None:
    (found,) = read_json_lines(io.BytesIO(b'{"kind": "\xff"}'), TODAY)
    assert isinstance(found, list)
    assert found[0].code == "not_json"


def test_an_array_of_objects_is_refused_with_what_to_do() -> None:
    with pytest.raises(FileUnreadable, match="one object on each line"):
        read("[", INVOICE, "]")
