"""What a dry run without a mapping proposes, and what it leaves to a person."""

import gzip
import io

import pytest
import yaml

from api.ledger.guessing import propose
from api.ledger.mapping import read_mapping
from api.ledger.reading import FileUnreadable, opened
from tests.api.ledger.files import counts

HEADER = "Factuurnummer;Debiteurnummer;Factuurdatum;Vervaldatum;Bedrag;Valuta;Land\n"


def lines(number: int, bedrag: str = "1.250,00", datum: str = "13-3-2026") -> str:
    return "".join(f"F{each};7;{datum};31-3-2026;{bedrag};EUR;NL\n" for each in range(number))


def guessed(content: str):
    proposal = propose(opened(io.BytesIO(content.encode())))
    return yaml.safe_load(proposal.text), {note["code"]: note["detail"] for note in proposal.notes}


def test_a_proposal_is_a_success_that_says_what_is_missing_and_what_is_ambiguous(importing):
    content = "Factuurnummer;Debiteurnummer;Factuurdatum;Vervaldatum;Bedrag\n1;7;1/3/2026;2/4/2026;1.250,00\n"
    report = importing(content, None, dry_run=True)
    assert report.failure is None
    assert {"delimiter: ;", "decimal: comma", "  amount: Bedrag", "  # currency: EUR  # TODO"} <= set(
        report.proposal.split("\n")
    )
    assert {each["code"] for each in report.warnings} == {
        *("date_format_ambiguous", "currency_unknown", "country_unknown", "lines_not_tried")
    }
    mended = read_mapping(report.proposal.replace("# currency", "currency").replace("# country", "country"))
    assert mended.constants == {"debtor_system": "erp", "currency": "EUR", "country": "NL"}


def test_a_whole_proposal_is_tried_and_can_be_used_as_it_is(importing):
    report = importing(HEADER + lines(30), None, dry_run=True)
    assert (counts(report), report.warnings) == ((30, 0, 0), [])
    assert counts(importing(HEADER + lines(30), yaml.safe_load(report.proposal))) == (30, 0, 0)


def test_with_a_mapping_nothing_is_proposed(importing):
    assert importing("x\n", dry_run=True).proposal is None


@pytest.mark.parametrize(
    ("good", "bad", "line"),
    [(30, {"bedrag": "onbekend"}, 32), (3, {"bedrag": "n.v.t."}, 5), (30, {"datum": "31-2-2026"}, 32)],
)
def test_one_bad_value_among_many_is_named_and_changes_nothing(good, bad, line):
    expected, _ = guessed(HEADER + lines(good))
    document, notes = guessed(HEADER + lines(good) + lines(1, **bad))
    assert document == expected
    (value,) = bad.values()
    assert f"'{value}' in line {line}" in notes["value_does_not_fit"]
    assert "13-3-2026" not in notes["value_does_not_fit"]


def test_a_column_of_which_nothing_can_be_made_is_named_by_a_value_that_does_not_fit():
    document, notes = guessed(HEADER + lines(5) + lines(5, datum="maart"))
    assert "invoiced_on" not in document["date_formats"]
    assert "'maart' in line 7" in notes["date_format_unknown"]


def test_one_value_that_only_fits_one_format_decides_between_two():
    document, notes = guessed(HEADER + lines(30, datum="1/3/2026") + lines(1, datum="31/3/2026"))
    assert document["date_formats"]["invoiced_on"] == ["D/M/YYYY"]
    assert "date_format_ambiguous" not in notes


@pytest.mark.parametrize(
    ("header", "reference", "name"),
    [
        ("Debiteur;Naam", "Debiteur", "Naam"),
        ("Klant;Klantnummer", "Klantnummer", "Klant"),
        ("Naam;Customer ID", "Customer ID", "Naam"),
        ("Debiteur", "Debiteur", None),
    ],
)
def test_a_column_called_debtor_is_the_reference_unless_a_surer_one_is_there(header, reference, name):
    document, notes = guessed(header + "\n")
    assert document["columns"]["debtor_reference"] == reference
    assert document["columns"].get("debtor_name") == name
    assert "reference_is_name" not in notes


def test_a_name_is_never_the_reference_in_silence():
    document, notes = guessed("Klantnaam;Bedrag\n")
    assert document["columns"]["debtor_reference"] == "Klantnaam"
    assert "Klantnaam" in notes["reference_is_name"]


def test_columns_of_one_name_are_not_guessed_at():
    document, notes = guessed("Bedrag;Bedrag;Valuta\n1;2;EUR\n")
    assert (document["columns"], document["identity"]) == ({"currency": "Valuta"}, ["Valuta"])
    assert {"column_repeated", "amount_unknown"} <= set(notes)


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_nothing_can_be_proposed_for_an_empty_file(importing, content):
    with pytest.raises(FileUnreadable):
        guessed(content)
    assert importing(content, None, dry_run=True).failure["code"] == "file_empty"


def test_a_packed_file_and_odd_letters_are_guessed_at_too():
    content = (HEADER + "F1;7;1-3-2026;31-3-2026;'\x85\n\u2028';EUR;NL\n" + lines(3)).encode()
    proposal = propose(opened(io.BytesIO(gzip.compress(content))))
    assert read_mapping(proposal.text) == proposal.mapping
