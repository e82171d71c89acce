"""The list of evidence: every fact with source, age and use, and a missing one with a reason of its own."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from scoring.canonical import canonical_json, facts_document, facts_from_document, plain
from scoring.engines import judge
from scoring.facts import (
    BureauFacts,
    CheckFacts,
    CompanyDetails,
    CreditLimit,
    DebtorFacts,
    Financials,
    InsuranceFacts,
    SanctionsFacts,
)
from scoring.inventory.entries import EvidenceEntry
from scoring.inventory.failure_scores import FailureScore, failure_scores
from scoring.inventory.listing import evidence_list, figures_read
from scoring.policy.document import parse_policy
from scoring.policy.rules import Condition, Consequence, Rule
from scoring.reasons import render_entry
from scoring.reasons.evidence_words import FACT_WORDS, MISSING_WORDS, VALUE_WORDS
from tests.scoring.companies import (
    FINANCIALS,
    LATE,
    POLICY,
    PROMPT,
    TODAY,
    company,
    event,
    registered,
    scored,
    without_source,
)
from tests.scoring.strategies import facts as any_facts

GOLDEN: Any = json.loads(Path(__file__).with_name("golden").joinpath("engine_1.json").read_text("utf-8"))
ONE_OF_EACH = {  # Both columns of what is known of a debtor: what others know, and what we saw.
    *("bureau_score", "bureau_band", "bureau_pd", "bureau_limit", "bureau_dbt", "bureau_dbt_trend"),
    *("insolvency", "judgments", "moratorium", "dissolution", "filing_overdue"),
    *("company_age", "legal_form", "sector", "company_size", "group"),
    *("accounts_year_end", "accounts_filed", "auditor", "equity", "turnover", "retained_earnings"),
    *("payment_incidents", "adverse_insurer_information", "address_changed", "directors_changed"),
    *("altman_z", "altman_z_prime", "altman_z_double_prime", "em_score", "zmijewski", "ohlson"),
    *("own_dbt", "own_late_amount_share", "own_dbt_trend", "own_promises_kept", "own_disputes"),
    *("own_disputes_unjustified", "own_peak_utilisation", "own_utilisation", "own_tenure", "own_first_payment"),
}
FULL = replace(
    FINANCIALS,
    retained_earnings=Decimal(300_000),
    ebit=Decimal(150_000),
    net_income=Decimal(40_000),
    turnover=Decimal(1_500_000),
    market_value=Decimal(800_000),
    current_assets=Decimal(500_000),
)


def entries(facts: CheckFacts, policy: Any = POLICY) -> dict[str, EvidenceEntry]:
    return {each.fact: each for each in evidence_list(facts, policy)}


def with_accounts(**changed: Any) -> CheckFacts:
    return company(bureau=scored(74, financials=replace(FULL, **changed)))


@settings(max_examples=200, deadline=None)
@given(any_facts)
def test_every_fact_is_there_and_what_is_missing_says_why(facts: CheckFacts) -> None:
    found = evidence_list(facts, POLICY)
    assert {each.fact for each in found} >= ONE_OF_EACH
    for each in found:
        assert (each.value is None) == (each.freshness == "missing")
        assert (each.why is not None) == (each.freshness in ("missing", "too_old"))
        assert each.use == "shown" or each.freshness in ("fresh", "stale")
        assert each.fact in FACT_WORDS
        if each.age_days is not None:
            assert each.dated_on == facts.as_of - timedelta(days=each.age_days)
        for language in ("en", "nl"):
            texts = render_entry(each.document(), facts.currency, language)  # type: ignore[arg-type]
            assert all(texts[name] for name in ("fact_text", "freshness_text", "use_text"))
            assert (texts["value_text"] is None) == (each.value is None)
            assert (texts["why_text"] is None) == (each.why is None)


@pytest.mark.parametrize("decision", GOLDEN["decisions"], ids=[each["who"] for each in GOLDEN["decisions"]])
def test_old_decisions_have_a_list_too(decision: Any) -> None:
    policy = parse_policy(GOLDEN["policy"])
    found = evidence_list(facts_from_document(decision["facts"]), policy)
    assert {each.fact for each in found} >= ONE_OF_EACH
    assert json.loads(canonical_json({"list": [each.document() for each in found]}))


@pytest.mark.parametrize(
    ("facts", "fact", "why"),
    [
        (company(bureau=None, sources=without_source("credit_bureau", "not_found")), "bureau_pd", "source_not_found"),
        (company(bureau=None, sources=without_source("credit_bureau", "unavailable")), "ebit", "source_unavailable"),
        (company(bureau=None, register=None, sources=()), "insolvency", "source_not_asked"),
        (
            company(register=None, sources=without_source("company_register", "not_asked")),
            "company_age",
            "source_not_asked",
        ),
        (company(register=registered(incorporated_on=None)), "company_age", "not_in_register"),
        (company(), "sector", "not_in_report"),
        (company(), "bureau_pd", "no_probability_given"),
        (company(bureau=replace(scored(74), score=None)), "bureau_score", "score_missing"),
        (company(bureau=scored(74, scale="house")), "score_meaning", "score_without_meaning"),
        (company(bureau=scored(74, recommended_limit=CreditLimit("none"))), "bureau_limit", "no_limit_given"),
        (company(bureau=scored(74, financials=None)), "equity", "no_annual_figures"),
        (company(bureau=scored(74, financials=None)), "zmijewski", "no_annual_figures"),
        (company(), "retained_earnings", "retained_earnings_missing"),
        (company(), "altman_z_double_prime", "retained_earnings_missing"),
        (company(), "em_score", "retained_earnings_missing"),
        (company(), "zmijewski", "net_income_missing"),
        (with_accounts(market_value=None), "altman_z", "market_value_missing"),
        (with_accounts(turnover=None), "altman_z_prime", "turnover_missing"),
        (with_accounts(), "ohlson", "net_income_before_missing"),
        (with_accounts(before_consolidated=True), "ohlson", "consolidated_and_single_mixed"),
        (with_accounts(total_assets=Decimal(0)), "zmijewski", "ratio_undefined"),
        (with_accounts(total_liabilities=Decimal(0)), "altman_z_prime", "ratio_undefined"),
        (with_accounts(current_liabilities=Decimal(0)), "zmijewski", "ratio_undefined"),
        (with_accounts(year_end_on=date(2024, 5, 1)), "altman_z", "stale_financials"),
        (company(), "own_dbt", "no_settled_invoice"),
        (company(behaviour=PROMPT), "own_promises_kept", "no_promise_due"),
        (company(behaviour=replace(PROMPT, dbt_days_prior=None)), "own_dbt_trend", "too_few_to_compare"),
        (company(behaviour=replace(PROMPT, peak_utilisation=None)), "own_peak_utilisation", "no_limit_before"),
        (company(behaviour=replace(PROMPT, lateness=None)), "own_late_share", "not_counted"),
        (company(), "insurer_cover", "not_insured"),
        (company(insurance=InsuranceFacts(True)), "insurer_cover", "cover_not_decided"),
    ],
)
def test_a_missing_fact_has_a_reason_of_its_own(facts: CheckFacts, fact: str, why: str) -> None:
    found = entries(facts)[fact]
    assert (found.value, found.freshness, found.why, found.use) == (None, "missing", why, "shown")


@pytest.mark.parametrize(
    ("days_ago", "freshness", "why"),
    [
        (0, "fresh", None),
        (90, "fresh", None),
        (91, "stale", None),
        (365, "stale", None),
        (366, "too_old", "report_too_old"),
    ],
)
def test_a_report_ages_by_the_days_of_the_policy(days_ago: int, freshness: str, why: str | None) -> None:
    found = entries(company(bureau=scored(74, days_ago)))["bureau_score"]
    assert (found.freshness, found.why, found.age_days, found.value) == (freshness, why, days_ago, Decimal(74))
    assert (found.use == "used") == (freshness != "too_old")


def test_an_event_since_the_report_makes_it_stale_at_once() -> None:
    facts = company(bureau=scored(74, 20), register=registered(events=(event("judgment", 10),)))
    assert entries(facts)["bureau_score"].freshness == "stale"


def test_accounts_grow_too_old_by_themselves() -> None:
    old = with_accounts(year_end_on=date(2024, 5, 31))
    assert (entries(old)["equity"].freshness, entries(old)["equity"].why) == ("too_old", "stale_financials")
    assert entries(old)["bureau_score"].freshness == "fresh"
    assert entries(with_accounts(year_end_on=date(2024, 6, 1)))["equity"].freshness == "fresh"


def test_an_event_counts_however_old_the_report_is_and_its_end_is_told() -> None:
    events = (event("bankruptcy", 900, ended_days_ago=400), event("judgment", 500), event("martian_claim", 3))
    report = scored(74, 400, events=events)
    found = entries(company(bureau=report))
    assert (found["insolvency"].value, found["insolvency"].use) == ("bankruptcy", "used")
    assert found["judgments"].value == "judgment"
    assert found["other_events"].value == "martian_claim"
    assert found["payment_incidents"].value == "none_reported"
    text = render_entry(found["insolvency"].document(), "EUR", "nl")["value_text"]
    assert text == f"faillissement (beëindigd op {TODAY - timedelta(days=400):%d-%m-%Y})"


def test_what_is_used_follows_the_policy() -> None:
    facts = company(behaviour=LATE, bureau=scored(74, provider_dbt_days=Decimal(3), financials=FULL))
    plainly = entries(facts)
    assert [plainly[name].use for name in ("bureau_score", "own_late_share", "own_promises_kept")] == ["used"] * 3
    assert [plainly[name].use for name in ("bureau_dbt", "zmijewski", "own_dbt_trend")] == ["shown"] * 3
    reads = Condition(
        any=(
            Condition("bureau.dbt_days", "above", Decimal(5)),
            Condition(all=(Condition("financials.zmijewski_pd", "above", Decimal("0.5")),)),
        )
    )
    rule = Rule("house", reads, Consequence("refer"), {"en": "So.", "nl": "Zo."})
    policy = replace(POLICY, rules=(rule,))
    assert {"bureau.dbt_days", "financials.zmijewski_pd"} <= figures_read(policy)
    asked = entries(facts, policy)
    assert [asked[name].use for name in ("bureau_dbt", "zmijewski", "own_dbt_trend")] == ["used", "used", "shown"]
    old = parse_policy(GOLDEN["policy"])
    assert [entries(facts, old)[name].use for name in ("own_dbt_trend", "own_late_share")] == ["used", "shown"]


def test_a_score_beside_a_probability_is_shown_only() -> None:
    found = entries(company(bureau=scored(74, pd=Decimal("0.01"), horizon_months=12)))
    assert (found["bureau_pd"].use, found["bureau_score"].use, found["bureau_horizon"].use) == ("used", "shown", "used")


def test_what_a_report_tells_beside_its_risk_is_shown_and_judged_by_nothing() -> None:
    details = CompanyDetails(
        band="low risk",
        dbt_trend_days=Decimal(2),
        sector="wholesale of geese",
        company_size="small",
        group="Gander Holding",
        filed_on=date(2026, 3, 1),
        auditor="Count & Co",
        address_changed_on=date(2020, 1, 1),
        directors_changed_on=date(2021, 1, 1),
    )
    facts = company(bureau=scored(74, details=details))
    found = entries(facts)
    assert found["sector"].value == "wholesale of geese"
    assert {found[name].use for name in ("bureau_band", "group", "auditor", "accounts_filed")} == {"shown"}
    assert judge("2", facts, POLICY) == judge("2", company(), POLICY)
    assert facts_from_document(json.loads(canonical_json(facts_document(facts)))) == facts


def test_the_stated_legal_form_is_told_as_stated() -> None:
    found = entries(company(register=registered(legal_form=None), debtor=DebtorFacts("NL", "vof")))["legal_form"]
    assert (found.value, found.source) == ("vof", "stated")


def test_values_and_sources_read_well() -> None:
    found = entries(company(behaviour=LATE, sanctions=SanctionsFacts("os", TODAY, "possible")))
    assert render_entry(found["own_promises_kept"].document(), "EUR", "nl") == {
        "fact_text": "nagekomen toezeggingen",
        "value_text": "25%",
        "source_text": "onze eigen administratie",
        "freshness_text": "actueel",
        "use_text": "gebruikt",
        "why_text": None,
    }
    assert render_entry(found["equity"].document(), "EUR", "nl")["value_text"] == "EUR 450.000"
    assert render_entry(found["sanctions_hit"].document(), "EUR", "en")["value_text"] == "possibly listed"
    assert render_entry(found["accounts_consolidated"].document(), "EUR", "en")["value_text"] == "no"
    zoned = entries(with_accounts())["altman_z"]
    assert render_entry(zoned.document(), "EUR", "en")["value_text"] == "3.5262 (safe)"


SOUND = Financials(
    TODAY, False, Decimal(1000), Decimal(420), Decimal(220), Decimal(550), Decimal(450),
    retained_earnings=Decimal(300), ebit=Decimal(150), net_income=Decimal(40), turnover=Decimal(1500),
    market_value=Decimal(800),
)  # fmt: skip
WEAK = Financials(
    TODAY, False, Decimal(600), Decimal(210), Decimal(260), Decimal(520), Decimal(80),
    retained_earnings=Decimal(-120), ebit=Decimal(-30), net_income=Decimal(-35), turnover=Decimal(700),
    market_value=Decimal(90),
)  # fmt: skip


@pytest.mark.parametrize(
    ("financials", "expected"),
    [
        (
            SOUND,
            {
                "altman_z": ("3.526227", "safe"),
                "altman_z_prime": ("2.704186", "grey"),
                "altman_z_double_prime": ("4.157091", "safe"),
                "em_score": ("7.407091", "safe"),
            },
        ),
        (
            WEAK,
            {
                "altman_z": ("0.724346", "distress"),
                "altman_z_prime": ("0.844449", "distress"),
                "altman_z_double_prime": ("-1.373128", "distress"),
                "em_score": ("1.876872", "distress"),
                "zmijewski": ("0.802973", "distress"),
            },
        ),
        (replace(SOUND, current_liabilities=Decimal(300)), {"zmijewski": ("0.082649", "safe")}),
    ],
)
def test_failure_scores_give_published_values_and_zones(
    financials: Financials, expected: dict[str, tuple[str, str]]
) -> None:
    found = {each.code: each for each in failure_scores(financials)}
    assert {code: (str(found[code].value), found[code].zone) for code in expected} == expected  # type: ignore[index]


def test_ohlson_needs_two_years_of_one_kind_and_a_price_index() -> None:
    known = replace(
        WEAK,
        net_income_before=Decimal(0),
        funds_from_operations=Decimal(-20),
        price_index=Decimal(700),
        before_consolidated=False,
    )
    assert _ohlson(known).zone == "distress"
    assert _ohlson(replace(known, before_consolidated=True)).why == "consolidated_and_single_mixed"
    for name in ("net_income_before", "funds_from_operations", "price_index"):
        assert _ohlson(replace(known, **{name: None})).why == f"{name}_missing"
    facts = company(bureau=scored(74, financials=known))
    assert facts_from_document(json.loads(canonical_json(facts_document(facts)))) == facts  # A zero stays a zero.


def _ohlson(financials: Financials) -> FailureScore:
    (found,) = (each for each in failure_scores(financials) if each.code == "ohlson")
    return found


def test_old_documents_stay_what_they_were() -> None:
    assert not {"details"} & set(plain(BureauFacts("a", TODAY)))
    named = set(plain(Financials(TODAY, False)))
    assert not {"market_value", "net_income_before", "before_consolidated", "price_index"} & named


@pytest.mark.parametrize("words", [FACT_WORDS, MISSING_WORDS, VALUE_WORDS], ids=["facts", "missing", "values"])
def test_every_word_is_there_in_both_languages(words: Any) -> None:
    for code, each in words.items():
        assert each.en.strip(), code
        assert each.nl.strip(), code
        assert "_" not in each.en + each.nl
        if words is not VALUE_WORDS and code not in ("sector", "auditor"):
            assert each.en != each.nl, code


def test_what_is_in_another_currency_is_not_said_to_be_missing() -> None:
    british = replace(scored(1), financials=None, limit_currency="GBP", financials_currency="GBP")
    british = replace(british, recommended_limit=CreditLimit("none"))
    why = {each.fact: each.why for each in evidence_list(company(bureau=british), POLICY)}
    missing = {why[fact] for fact in ("bureau_limit", "accounts_year_end", "equity", "turnover", "zmijewski")}
    assert missing == {"other_currency"}
    again = facts_from_document(facts_document(company(bureau=british)))
    assert again == company(bureau=british)
