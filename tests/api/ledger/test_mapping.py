"""Mapping files, and the single values they let us read."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml

from api.ledger.mapping import read_mapping
from api.ledger.values import ValueRefused, amount_reader, read_date
from api.problems import BadInput

GOOD: dict[str, Any] = {
    "columns": {
        "debtor_reference": "a",
        "invoice_number": "b",
        "invoiced_on": "c",
        "due_on": "d",
        "amount": "e",
    },
    "constants": {"debtor_system": "erp", "currency": "EUR", "country": "NL"},
}


def test_a_mapping_is_the_same_as_yaml_json_or_a_document():
    assert read_mapping(json.dumps(GOOD)) == read_mapping(yaml.safe_dump(GOOD).encode()) == read_mapping(GOOD)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"colums": {}}, "/colums", "unknown_field"),
        ({"kind_words": {}}, "/kind_words", "unknown_field"),
        ({"columns": {**GOOD["columns"], "prijs": "x"}}, "/columns/prijs", "unknown_field"),
        ({"columns": {"amount": "e"}}, "/columns", "debtor_reference_missing"),
        ({"columns": {**GOOD["columns"], "currency": "x"}}, "/columns/currency", "given_twice"),
        ({"constants": {**GOOD["constants"], "amount": "1"}}, "/constants/amount", "unknown_field"),
        ({"delimiter": "tab"}, "/delimiter", "not_a_choice"),
        ({"encoding": "utf-16"}, "/encoding", "not_a_choice"),
        ({"decimal": ","}, "/decimal", "not_a_choice"),
        ({"date_formats": ["D-M"]}, "/date_formats", "date_format_invalid"),
        ({"date_formats": {"amount": ["D-M-YYYY"]}}, "/date_formats/amount", "unknown_field"),
        ({"derived": {"paid_on": {"from": "invoiced_on"}}}, "/derived/paid_on", "derived_date_invalid"),
        ({"derived": {"paid_on": 3}}, "/derived/paid_on", "derived_date_invalid"),
        ({"kinds": {"column": "x", "order": ["O"]}}, "/kinds/order", "unknown_field"),
        ({"number_width": -1}, "/number_width", "not_a_whole_number"),
        ({"extra": "x"}, "/extra", "not_a_list"),
        ({"extra": [["x"]]}, "/extra", "not_a_text"),
        ({"columns": {**GOOD["columns"], "disputed": ["x"]}}, "/columns/disputed", "not_a_text"),
        ({"date_formats": [["D-M-YYYY"]]}, "/date_formats", "not_a_text"),
        ({"kinds": {"column": "x", "invoice": [{}]}}, "/kinds/invoice", "not_a_text"),
        ({"header": "no"}, "/header", "not_a_boolean"),
        (
            {"columns": {name: column for name, column in GOOD["columns"].items() if name != "invoice_number"}},
            "/identity",
            "identity_missing",
        ),
    ],
)
def test_every_fault_of_a_mapping_has_its_place(changes, pointer, code):
    with pytest.raises(BadInput) as refused:
        read_mapping({**GOOD, **changes})
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.value.faults}


@pytest.mark.parametrize("document", ["[1]", "a: [", "text", b"\xff\xfe"])
def test_what_is_no_document_is_refused(document):
    with pytest.raises(BadInput):
        read_mapping(document)


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("1/2/2013", ("M/D/YYYY",), date(2013, 1, 2)),
        ("1/2/2013", ("D/M/YYYY",), date(2013, 2, 1)),
        ("13/2/2013", ("M/D/YYYY", "D/M/YYYY"), date(2013, 2, 13)),
        ("26-Apr-11", ("DD-Mon-YY",), date(2011, 4, 26)),
        ("26-mei-11", ("DD-Mon-YY",), date(2011, 5, 26)),
        ("1-1-70", ("D-M-YY",), date(1970, 1, 1)),
        ("1-1-69", ("D-M-YY",), date(2069, 1, 1)),
        ("20260131", ("YYYYMMDD",), date(2026, 1, 31)),
        ("29-02-2025", ("DD-MM-YYYY",), None),
        ("1-2-2025", ("DD-MM-YYYY",), None),
        ("01-02-2025 10:00", ("DD-MM-YYYY",), None),
        ("\u0662025-02-01", ("YYYY-MM-DD",), None),
        ("01-Foo-25", ("DD-Mon-YY",), None),
    ],
)
def test_dates_are_read_in_the_formats_that_are_given_and_no_other(text, formats, expected):
    assert read_date(text, formats) == expected


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "currency", "expected"),
    [
        ("1250.00", ".", "", "EUR", "1250.00"),
        ("1.250,5", ",", ".", "EUR", "1250.5"),
        ("1250,50", ",", ".", "EUR", "1250.50"),
        ("1'250.5", ".", "'", "CHF", "1250.5"),
        ("1250", ".", "", "JPY", "1250"),
        ("1.250", ".", "", "BHD", "1.250"),
        ("-3", ".", "", "EUR", "-3"),
        ("1.250", ".", "", "EUR", "too_many_decimals"),
        ("1.5", ".", "", "JPY", "too_many_decimals"),
        ("12.50,00", ",", ".", "EUR", "not_an_amount"),
        ("1,250.00", ".", "", "EUR", "not_an_amount"),
        ("1e3", ".", "", "EUR", "not_an_amount"),
        ("NaN", ".", "", "EUR", "not_an_amount"),
        ("\u0661\u0662", ".", "", "EUR", "not_an_amount"),
        ("€ 5", ".", "", "EUR", "not_an_amount"),
        (".5", ".", "", "EUR", "not_an_amount"),
        ("1000000000000", ".", "", "EUR", "amount_too_large"),
    ],
)
def test_amounts_are_read_with_the_marks_that_are_given_and_no_other(text, decimal, thousands, currency, expected):
    assert outcome(lambda: amount_reader(decimal, thousands)(text, currency)) == expected


def outcome(read: Callable[[], Decimal]) -> str:
    try:
        return str(read())
    except ValueRefused as refused:
        return refused.code
