"""Every reason has its words in both languages, every code used is in the registry, and texts read well."""

import ast
import re
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

import scoring
from scoring.figures import FIGURES
from scoring.prospect import judge_check
from scoring.reasons import REGISTRY, render, render_advice, render_remedy, sales_note
from scoring.reasons.figure_words import FIGURE_WORDS
from scoring.reasons.words import CHANGES, OUTCOMES, SALES_NOTES, WORDS
from tests.scoring.companies import POLICY, company

_SOURCE = Path(scoring.__file__).parent


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _text_constants() -> set[str]:
    """All text that stands in the code of judgements, the registry itself left out."""
    return {
        node.value
        for path in (*_SOURCE.glob("*.py"), *_SOURCE.glob("figures/*.py"), *_SOURCE.glob("orders/*.py"))
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
        for path in _SOURCE.rglob("*.py")
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
            "De bestelling van EUR 12.345,50 past niet in de ruimte van EUR 10.000; EUR 2.345,50 moet vooruit worden "
            "betaald.",
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
            "Met hoogstens 5 dagen zou de rating G5 zijn (nu G6).",
        ),
        (
            "pays_late",
            {"dbt_days": "1.00", "target_days": Decimal(0), "grade": "G6", "grade_would_be": "G5"},
            "Invoices are paid 1 day late on average. With at most 0 days the grade would be G5 (now G6).",
            "Facturen worden gemiddeld 1 dag te laat betaald. Met hoogstens 0 dagen zou de rating G5 zijn (nu G6).",
        ),
        (
            "short_relation",
            {"tenure_years": "0.3300", "target_years": Decimal(3), "grade": "G6", "grade_would_be": "G5"},
            "The relation is 3 months old. With 3 years the grade would be G5 (now G6).",
            "De relatie bestaat 3 maanden. Met 3 jaar zou de rating G5 zijn (nu G6).",
        ),
        (
            "short_relation",
            {"tenure_years": "0.0100", "target_years": Decimal(1), "grade": "G6", "grade_would_be": "G5"},
            "The relation is less than a month old. With 1 year the grade would be G5 (now G6).",
            "De relatie bestaat minder dan een maand. Met 1 jaar zou de rating G5 zijn (nu G6).",
        ),
        (
            "disputes_lost",
            {"dispute_share": "0.1000", "target_share": "0", "grade": "G6", "grade_would_be": "G5"},
            "10% of the invoices was disputed without ground. Without such disputes the grade would be G5 (now G6).",
            "10% van de facturen is ten onrechte betwist. Zonder zulke betwistingen zou de rating G5 zijn (nu G6).",
        ),
        (
            "items_overdue",
            {"currency": "EUR", "overdue_amount": "4000.00", "overdue_days": 1},
            "EUR 4,000 is overdue; the oldest item is 1 day late.",
            "EUR 4.000 is achterstallig; de oudste post is 1 dag te laat.",
        ),
        (
            "horizon_assumed",
            {"horizon_months": 12},
            "The credit report does not say over how long its chance of default is; 12 months are assumed.",
            "Het kredietrapport zegt niet over welke termijn de kans op wanbetaling geldt; aangenomen is 12 maanden.",
        ),
        (
            "account_on_hold",
            {},
            "The account was put on hold by hand.",
            "De debiteur is handmatig geblokkeerd.",
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
            "Er is te weinig bekend om op de rating te vertrouwen: zekerheid 36,84%, nodig 40%.",
        ),
    ],
)
def test_a_reason_reads_well(code: str, params: dict[str, object], english: str, dutch: str) -> None:
    assert render(code, params, "en") == english
    assert render(code, params, "nl") == dutch


def test_a_remedy_and_a_note_read_well() -> None:
    remedy = {"change": "order_amount", "from": "30000.00", "to": "27000.00", "gives_outcome": "accept"}
    assert render_remedy(remedy, "EUR", "en") == (
        "Lower the order from EUR 30,000 to EUR 27,000; then the answer is: accepted."
    )
    assert render_remedy(remedy, "EUR", "nl") == (
        "Verlaag de bestelling van EUR 30.000 naar EUR 27.000; dan is het antwoord: geaccepteerd."
    )
    note = judge_check(company(), POLICY).document()["sales_note"]
    assert sales_note(note, "en") == "You can offer on account: up to EUR 8,500, 30 days."
    assert sales_note(note, "nl") == "U kunt op rekening aanbieden: tot EUR 8.500, 30 dagen."


@pytest.mark.parametrize(
    ("remedy", "english", "dutch"),
    [
        (
            {"change": "identity_mismatch", "from": ["name", "vat"], "to": [], "gives_outcome": "accept"},
            "Clear up what differs from the register (name, VAT number); then the answer is: accepted.",
            "Zoek uit wat afwijkt van het register (naam, btw-nummer); dan is het antwoord: geaccepteerd.",
        ),
        (
            {"change": "payment_term_days", "from": 1, "to": 30, "gives_outcome": "refer"},
            "Agree a term of 30 days instead of 1 day; then the answer is: finance decides.",
            "Spreek een termijn van 30 dagen af in plaats van 1 dag; dan is het antwoord: finance beslist.",
        ),
        (
            {"change": "overdue_amount", "from": "4000.00", "to": "0", "gives_outcome": "accept_prepayment"},
            "Have the overdue EUR 4,000 paid; then the answer is: accepted against prepayment.",
            "Zorg dat de achterstand van EUR 4.000 wordt betaald; "
            "dan is het antwoord: geaccepteerd tegen vooruitbetaling.",
        ),
    ],
)
def test_a_remedy_reads_well(remedy: dict[str, object], english: str, dutch: str) -> None:
    assert render_remedy(remedy, "EUR", "en") == english
    assert render_remedy(remedy, "EUR", "nl") == dutch


def test_advice_is_given_where_somebody_can_do_something() -> None:
    assert render_advice("no_pd", {}, "en") == "Obtain a credit report with a score."
    assert render_advice("sanctions_hit", {}, "en") is None


def test_every_figure_is_called_something_in_both_languages() -> None:
    assert set(FIGURE_WORDS) == set(FIGURES)


def test_a_figure_of_any_kind_is_told_in_its_unit_and_with_the_limit_it_cost() -> None:
    params = {
        "figure": "financials.current_ratio",
        "unit": "ratio",
        "value": "0.8000",
        "target": "1.2000",
        "grade": "G6",
        "grade_would_be": "G5",
        "currency": "EUR",
        "limit_amount": "5000.00",
        "limit_would_be_amount": "7500.00",
    }
    assert render("figure_misses", params, "en") == (
        "current ratio: 0.8. With 1.2 the grade would be G5 (now G6). The limit would be EUR 7,500 (now EUR 5,000)."
    )
    share = params | {"figure": "behaviour.peak_utilisation", "unit": "share"}
    assert render("figure_misses", share, "nl").startswith("piekgebruik van de limiet: 80%. Met 120% zou de rating G5")


def test_a_rule_says_why_in_the_words_of_the_policy() -> None:
    params = {"rule": "new_abroad", "why": ["New and abroad.", "Nieuw en in het buitenland."]}
    assert render("policy_rule", params, "en") == "By the policy: New and abroad."
    assert render("policy_rule", params, "nl") == "Volgens het beleid: Nieuw en in het buitenland."


def test_what_finance_alone_may_know_is_in_no_text_that_sales_reads() -> None:
    secret = re.compile(
        r"grade|_pd$|confidence|minimum_share|provider|report|event|occurred_on|ended_on|year_end_on|scale|figures"
        r"|horizon|overdue|dbt|late_share|trend|kept|peak|tenure|dispute|target"
    )
    for_sales = {code: kind for code, kind in REGISTRY.items() if kind.audience == "sales"}
    told = {
        code: {name for name in _placeholders(kind.text_for(full=False).en) if secret.search(name)}
        for code, kind in for_sales.items()
    }
    assert {code: names for code, names in told.items() if names} == {}
    assert {"pays_late", "items_overdue", "unresolved_write_off", "confidence_low"} <= set(for_sales)


@pytest.mark.parametrize(
    "code",
    ["external_risk", "bureau_in_default", "past_insolvency", "report_stale", "stale_financials", "event_unknown"],
)
def test_what_a_report_says_is_for_finance(code: str) -> None:
    assert REGISTRY[code].audience == "finance"


@pytest.mark.parametrize("code", [code for code, kind in REGISTRY.items() if kind.sales_text])
def test_a_text_for_sales_says_less_and_no_parameter_of_its_own(code: str) -> None:
    kind = REGISTRY[code]
    assert kind.audience == "sales"
    assert kind.sales_text is not None
    assert _placeholders(kind.sales_text.en) == _placeholders(kind.sales_text.nl)
    assert _placeholders(kind.sales_text.en) < _placeholders(kind.text.en)
    assert kind.sales_text.en != kind.sales_text.nl


def test_sales_learns_why_without_grade_or_figures() -> None:
    params = {"dbt_days": "22.50", "target_days": Decimal(5), "grade": "G6", "grade_would_be": "G5"}
    assert render("pays_late", params, "en", full=False) == "The debtor pays its invoices late."
    assert render("pays_late", params, "nl", full=False) == "De debiteur betaalt zijn facturen te laat."
    assert render("limit_is_zero", {"binding": "need"}, "en", full=False) == render(
        "limit_is_zero", {"binding": "need"}, "en"
    )
