"""The report of a backtest: every figure of the result in its place, in both languages, and nothing but ours."""

import string
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import pytest

import api.policies
from api.policies.backtest import code_words, words
from api.policies.backtest.code_words import CODES, TARGETS
from api.policies.backtest.judging import Period
from api.policies.backtest.measures import SIDES
from api.policies.backtest.plot_words import PLOT_WORDS
from api.policies.backtest.report import PAGE_POLICY, report_page
from api.policies.backtest.report_words import PAGE_WORDS
from api.policies.backtest.result import _assumptions
from api.policies.backtest.sentence_words import ALWAYS_UNSAID, HEADLINE, UNSAID
from api.policies.backtest.sentences import headline, unsaid
from scoring.judgement import Outcome
from scoring.reasons import REGISTRY
from scoring.reasons.registry import Words
from scoring.validation.discrimination import NoInterval, NotMeasured
from tests.api.policies.report_pages import read_page
from tests.api.policies.told_results import alone, compared, unmeasured, with_names

DOT = b"\x89PNG"
INVOICE_30, DEBTOR_0 = (
    "invoice paid more than 30 days late",
    "any invoice of the debtor's next 90 days paid after its due date",
)

CELLS = [
    ("policies", "candidate", ["cautious, version 3", "2", "c" * 64]),
    ("policies", "active policy", ["default, version 1", "1", "a" * 64]),
    ("coverage", "orders of", ["2024-01-01 to 2024-06-30"]),
    ("coverage", "the ledger tells of", ["2022-02-03 to 2024-12-31"]),
    ("coverage", "orders judged", ["12,345, of which 9,876 with history"]),
    ("coverage", "debtors judged", ["432, of which 321 with history"]),
    ("coverage", "orders with a credit report", ["17"]),
    ("targets", INVOICE_30, ["5,003", "503", "13.0 %", "73", "33"]),
    ("targets", DEBTOR_0, ["5,005", "505", "15.0 %", "75", "35"]),
    (
        "separation-candidate-with_history",
        INVOICE_30,
        ["4,003", "400", "10.0 %", "0.830 (0.800 to 0.900)", "0.612", "0.499", "4"],
    ),
    (
        "separation-active-first_with_history",
        DEBTOR_0,
        ["305", "30", "10.0 %", "0.751 (0.700 to 0.800)", "0.612", "0.499", "4"],
    ),
    ("differences", INVOICE_30, ["3,999", "+0.0123 (-0.0043 to +0.0235)", "299", "+0.0123 (-0.0043 to +0.0235)"]),
    ("calibration-candidate-invoice_over_30_days_late", "G1", ["200", "5", "2.5 % (1.2 % to 7.5 %)", "0.12 %", "no"]),
    ("calibration-active-invoice_over_30_days_late", "G2", ["200", "0", "0.0 % (0.0 % to 5.0 %)", "0.22 %", "yes"]),
    ("outcomes", "accepted", ["1,000", "100,000.50", "1,001", "100,001.50"]),
    ("outcomes", "declined", ["5,000", "500,000.50", "5,001", "500,001.50"]),
    (
        "reasons-candidate",
        "The order of … is above the room of …; … must be prepaid.",
        ["accepted against prepayment", "2,100", "22,100.50"],
    ),
    ("zero-limits-active", "capacity", ["55", "5,401.50"]),
    ("classes", "normal", ["210", "21.0 %", "30", "11.0 %", "211", "21.1 %", "31", "11.1 %"]),
    ("classes", "no class", ["240", "24.0 %", "60", "14.0 %", "241", "24.1 %", "61", "14.1 %"]),
    ("limits", "with a limit in money", ["4,321", "4,322"]),
    ("limits", "of these: the order does not fit", ["65", "66"]),
    ("limits", "without a limit being set", ["11", "12"]),
    ("uses", "10.0 %", ["10.1 %", "11.1 %"]),
    ("uses", "99.0 %", ["191.0 %", "192.0 %"]),
    (
        "earned-candidate",
        "prepayment asked",
        ["2,000", *(f"20,00{place}.25" for place in range(9))],
    ),
    ("earned-active", "all orders", ["5,001", *(f"50,01{place}.25" for place in range(9))]),
    (
        "swap",
        "only the candidate",
        ["701", "88,100.00", "7,100.00", *(f"2{place}.0 % of 91" for place in range(5))],
    ),
    ("swap-earned-candidate", "both", ["6,000", *(f"60,00{place}.25" for place in range(9))]),
    ("swap-earned-active", "neither", ["7,003", *(f"70,03{place}.25" for place in range(9))]),
    ("class-moves", "high", ["no class", "1,234", "5,678.90"]),
]


@pytest.mark.parametrize(("table", "row", "cells"), CELLS)
def test_every_figure_stands_in_its_place(table: str, row: str, cells: list[str]) -> None:
    assert read_page(report_page(compared(), "en", {})).tables[table][row] == cells


@pytest.mark.parametrize(
    ("table", "row", "cells"),
    [
        ("coverage", "orders van", ["01-01-2024 tot en met 30-06-2024"]),
        ("targets", "factuur meer dan 30 dagen te laat betaald", ["5.003", "503", "13,0 %", "73", "33"]),
        ("outcomes", "geaccepteerd", ["1.000", "100.000,50", "1.001", "100.001,50"]),
        ("limits", "met een limiet in geld", ["4.321", "4.322"]),
    ],
)
def test_figures_are_written_as_the_language_does(table: str, row: str, cells: list[str]) -> None:
    assert read_page(report_page(compared(), "nl", {})).tables[table][row] == cells


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("result", [compared(), alone(), alone("no_active_policy"), unmeasured()])
def test_a_page_is_whole_whatever_is_missing(result: dict[str, Any], language: Any) -> None:
    page = read_page(report_page(result, language, None))
    assert ("html", {"lang": language}) in page.elements
    assert ("swap" in page.tables) == (result["comparison"] is not None)
    assert all(sentence in page.text for sentence in [*headline(result, language), *unsaid(result, language)])
    assert "None" not in page.text


def test_the_headline_says_what_it_comes_to() -> None:
    said = headline(compared(), "en")
    # 5,000 orders in all come to 50,006.25 for the candidate, and 5,001 to 50,016.25 for the active policy.
    assert said[0] == "The candidate comes to EUR 10.00 less than the active policy, by the shares assumed below."
    assert said[1].startswith("Of 12,345 orders, the candidate sells 1,000 on account (8.1 %)")
    assert "0.830" in said[-1]
    assert "83.0 of 100" in said[-1]
    assert "400 of 4,003 cases" in said[-1]
    assert "it happened in none of the cases" in headline(unmeasured(), "en")[-1]
    assert not any("than the active" in sentence for sentence in headline(alone(), "en"))


def test_without_orders_only_that_is_said_with_the_period_of_the_ledger() -> None:
    result = unmeasured()
    result["coverage"]["orders"] = 0
    assert headline(result, "en") == ["There is no order in this period: the ledger tells of 2022-02-03 to 2024-12-31."]


def test_the_late_share_of_each_side_is_told_where_it_is_known() -> None:
    result = compared()
    late = next(each for each in result["comparison"]["swap"][1]["late"] if each["late_days"] == 30)
    late |= {"cases": 0, "events": 0, "event_rate": None}
    said = " ".join(headline(result, "en"))
    assert "both sell on account, 13.0 % were paid more than 30 days late (of 90)" in said
    assert "only the candidate sells" not in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda result: result["measures"][0]["limits"].update(uses=None), "No use of limits (the candidate)"),
        (
            lambda result: result["coverage"].update(orders_in_other_currencies=7),
            "7 orders in other currencies than EUR",
        ),
        (
            lambda result: result["measures"][1]["targets"][3]["first_with_history"].update(
                auc_low=None, auc_high=None, interval_missing="events_of_one"
            ),
            f"No interval of the AUC for: {INVOICE_30}, first of each debtor (the active policy): it happened with only"
            " one debtor.",
        ),
        (
            lambda result: result["comparison"]["targets"][3]["with_history"].update(
                low=None, high=None, missing="others_of_one"
            ),
            f"No interval of the difference for: {INVOICE_30}, all with history: it failed to happen with only one",
        ),
    ],
)
def test_what_is_missing_is_said_with_its_reason(change: Any, words: str) -> None:
    result = compared()
    assert words not in " ".join(unsaid(result, "en"))
    change(result)
    assert words in " ".join(unsaid(result, "en"))


def test_a_figure_that_is_missing_for_both_is_named_once() -> None:
    said = [each for each in unsaid(unmeasured(), "en") if f"No AUC for: {INVOICE_30}, all" in each]
    assert said == [
        f"No AUC for: {INVOICE_30}, all with history (the candidate, the active policy):"
        " it happened in none of the cases."
    ]


def test_a_warning_stands_only_with_the_policy_it_is_of() -> None:
    page = read_page(report_page(compared(), "en", {}))
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert "warning-candidate" in ids
    assert "warning-active" not in ids


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=https://evil.example/x onerror=alert(1)>',
    "</style><style>@import 'https://evil.example'</style>",
    "{{ 7 * 7 }}{% include 'explanation.html' %}",
    "&lt;b&gt;",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_nothing_else(name: str) -> None:
    clean = read_page(report_page(compared(), "en", {"roc_invoice": DOT}))
    page = read_page(report_page(with_names(name), "en", {"roc_invoice": DOT}))
    assert name in page.text
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in clean.elements]
    assert page.style == clean.style
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on") or key == "href"]
    assert [each["src"] for tag, each in page.elements if tag == "img"] == [
        f"data:image/png;base64,{b64encode(DOT).decode()}"
    ]


def test_the_policy_lets_through_the_style_of_the_page_and_no_other() -> None:
    page = read_page(report_page(compared(), "en", {}))
    digest = b64encode(sha256(page.style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in PAGE_POLICY
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": PAGE_POLICY}) in page.elements
    assert not [tag for tag, attributes in page.elements if tag in ("script", "link") or "style" in attributes]


def test_without_plots_the_page_says_how_to_get_them() -> None:
    without, drawn = (report_page(compared(), "en", plots) for plots in (None, {"swap": DOT}))
    assert "pip install 'creditgate[analysis]'" in read_page(without).text
    assert read_page(without).tables == read_page(drawn).tables
    assert "creditgate[analysis]" not in drawn


def every_words() -> Iterator[tuple[str, Words]]:
    tables = {
        "page": PAGE_WORDS,
        "plot": PLOT_WORDS,
        "headline": HEADLINE,
        "unsaid": UNSAID,
        "target": TARGETS,
        **CODES,
    }
    for name, table in tables.items():
        yield from ((f"{name} {key}", each) for key, each in table.items())
    yield from ((f"always {place}", each) for place, each in enumerate(ALWAYS_UNSAID))


@pytest.mark.parametrize(("words", "name"), [(words, name) for name, words in every_words()])
def test_both_languages_say_the_same(words: Words, name: str) -> None:
    assert words.en.strip()
    assert words.nl.strip()
    assert fields_of(words.en) == fields_of(words.nl), name


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_of_a_result_has_words() -> None:
    for as_known in (True, False):
        assumptions = _assumptions(Period(None, None, as_known, "UTC"))  # type: ignore[arg-type]
        assert set(assumptions) <= set(code_words.ASSUMPTIONS)
    assert {*get_args(NotMeasured), *get_args(NoInterval)} <= set(code_words.MISSING)
    assert {str(outcome) for outcome in Outcome} == set(CODES["outcome"])
    assert set(SIDES.values()) == set(code_words.SIDES)
    assert {"orders", *words.EARNED} == set(code_words.EARNED)
    assert all(code_words.reason_words(code, "nl") != code for code in REGISTRY)


def test_no_words_of_the_page_are_left_over() -> None:
    templates = Path(api.policies.__file__).parent / "templates"
    asked = "".join(each.read_text("utf-8") for each in templates.glob("backtest*"))
    by_code = {"only_a_file", "version", "interval", "normal_share"}
    assert {key for key in PAGE_WORDS if f'"{key}"' not in asked} <= by_code
