"""Every reason has its words in both languages, every code used is in the registry, and texts read well."""

import ast
import re
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

import scoring
from scoring.prospect import judge_check
from scoring.reasons import REGISTRY, render, render_advice, render_remedy, sales_note
from scoring.reasons.words import CHANGES, OUTCOMES, SALES_NOTES, WORDS
from tests.scoring.companies import LATE, POLICY, company

_SOURCE = Path(scoring.__file__).parent


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _text_constants() -> set[str]:
    """All text that stands in the code of judgements, the registry itself left out."""
    return {
        node.value
        for path in _SOURCE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("code", REGISTRY)
def test_a_reason_says_the_same_in_both_languages(code: str) -> None:
    kind = REGISTRY[code]
    for words in filter(None, (kind.text, kind.remedy)):
        assert words.en.strip()
        assert words.nl.strip()
        assert words.en != words.nl
        assert _placeholders(words.en) == _placeholders(words.nl)


@pytest.mark.parametrize("code", REGISTRY)
def test_a_reason_of_the_registry_is_used(code: str) -> None:
    assert code in _text_constants()


def test_a_code_given_as_text_is_in_the_registry() -> None:
    used = {
        node.args[0].value
        for path in _SOURCE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "reason"
        and isinstance(node.args[0], ast.Constant)
    }
    assert used
    assert used <= set(REGISTRY)


@pytest.mark.parametrize("table", [WORDS, CHANGES, OUTCOMES, SALES_NOTES])
def test_words_changes_and_notes_take_the_same_parameters_in_both_languages(table: dict[str, object]) -> None:
    for words in table.values():
        assert _placeholders(words.en) == _placeholders(words.nl)  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", POLICY.evidence.events)
def test_events_that_stop_an_answer_have_a_word(code: str) -> None:
    if POLICY.evidence.events[code] != "adverse":
        assert code in WORDS


@pytest.mark.parametrize(
    ("code", "params", "english", "dutch"),
    [
        (
            "limit_exceeded",
            {
                "currency": "EUR",
                "order_amount": Decimal("12345.50"),
                "headroom_amount": "10000.00",
                "prepayment_amount": Decimal("2345.50"),
            },
            "The order of EUR 12,345.50 is above the room of EUR 10,000; EUR 2,345.50 must be prepaid.",
            "De bestelling van EUR 12.345,50 past niet in de ruimte van EUR 10.000; EUR 2.345,50 vooraf te betalen.",
        ),
        (
            "insolvency_event",
            {"event": "bankruptcy", "occurred_on": "2026-05-22"},
            "An insolvency procedure is in force: bankruptcy since 2026-05-22.",
            "Er loopt een insolventieprocedure: faillissement sinds 22-05-2026.",
        ),
        (
            "pays_late",
            {"dbt_days": "22.50", "target_days": Decimal(5), "grade": "G6", "grade_would_be": "G5"},
            "Invoices are paid 22.5 days late on average. With at most 5 days the grade would be G5 (now G6).",
            "Facturen worden gemiddeld 22,5 dagen te laat betaald. "
            "Met hoogstens 5 dagen zou de klasse G5 zijn (nu G6).",
        ),
        (
            "identity_mismatch",
            {"fields": ["name", "vat"]},
            "What we were told differs from the register: name, VAT number.",
            "Wat ons is opgegeven wijkt af van het register: naam, btw-nummer.",
        ),
        (
            "confidence_low",
            {"confidence_share": Decimal("0.3684"), "minimum_share": Decimal("0.4")},
            "Too little is known to rely on the grade: confidence 36.84%, needed 40%.",
            "Er is te weinig bekend om de klasse te vertrouwen: zekerheid 36,84 %, nodig 40 %.",
        ),
    ],
)
def test_a_reason_reads_well(code: str, params: dict[str, object], english: str, dutch: str) -> None:
    assert render(code, params, "en") == english
    assert render(code, params, "nl") == dutch


def test_a_remedy_and_a_note_read_well() -> None:
    remedy = {"change": "order_amount", "from": "30000.00", "to": "27000.00", "gives_outcome": "accept"}
    assert render_remedy(remedy, "EUR", "en") == (
        "Lower the order from EUR 30,000 to EUR 27,000: then the order is accepted."
    )
    assert render_remedy(remedy, "EUR", "nl") == (
        "Verlaag de bestelling van EUR 30.000 naar EUR 27.000: dan wordt de bestelling geaccepteerd."
    )
    note = judge_check(company(), POLICY).document()["sales_note"]
    assert sales_note(note, "en") == "You can offer on account: up to EUR 8,500, 30 days."
    assert sales_note(note, "nl") == "U kunt op rekening aanbieden: tot EUR 8.500, 30 dagen."


def test_advice_is_given_where_somebody_can_do_something() -> None:
    assert render_advice("no_pd", {}, "en") == "Obtain a credit report or annual figures."
    assert render_advice("sanctions_hit", {}, "en") is None


def test_figures_of_the_report_are_not_for_sales() -> None:
    told = {reason.code: reason.audience for reason in judge_check(company(behaviour=LATE), POLICY).reasons}
    assert told["pays_late"] == "sales"
    assert {REGISTRY[code].audience for code in ("external_risk", "report_stale", "stale_financials")} == {"finance"}
    assert all(
        kind.audience == "finance"
        for kind in REGISTRY.values()
        if re.search(r"\{(external_pd|provider)\}", kind.text.en)
    )
