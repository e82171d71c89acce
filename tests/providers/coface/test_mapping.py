"""Coface's assessments become facts: X is a refusal, NA is nothing, and a history is not the present."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers.coface.mapping import bureau_facts
from providers.errors import NotUnderstood
from scoring.facts import NO_LIMIT_GIVEN, BureauFacts, CreditLimit, NegativeEvent
from tests.providers.wires import payload

TODAY = date(2026, 3, 1)
DEMO = "b0dbc487-7b21-3bad-b568-8536410cf2c9"
RISKS = payload("coface/Score_Assessment_Package_DemoCompany.json")
(OPINION,) = payload("coface/CO_DemoCompany.json")
REFUSED = CreditLimit("amount", Decimal(0))


def facts(*publications: Any, currency: str = "EUR", company_id: str | None = None) -> BureauFacts:
    return bureau_facts(list(publications), company_id, currency, TODAY)


def opinion(**parts: Any) -> list[dict[str, Any]]:
    return [{**OPINION, **parts}]


def risk(**parts: Any) -> list[dict[str, Any]]:
    return [{**RISKS[0], **parts}]


def ended(code: str = "dissolved") -> tuple[NegativeEvent, ...]:
    return (NegativeEvent(code, TODAY, undated=True),)


def test_assessments_of_the_demonstration_company_are_read_together() -> None:
    found = facts(RISKS, [OPINION], company_id=DEMO)
    assert (found.scale, found.score, found.pd) == ("coface_dra", Decimal(1), Decimal("0.25"))
    assert (found.scored_on, found.target_event, found.horizon_months) == (date(2023, 5, 8), "insolvency", 12)
    assert (found.recommended_limit, found.events) == (REFUSED, ())


@pytest.mark.parametrize(
    ("name", "score", "pd", "scored_on", "limit", "events"),
    [
        ("DRAPackage", 4, "0.02", date(2022, 12, 30), NO_LIMIT_GIVEN, ()),
        ("CO_DemoCompany", None, None, None, REFUSED, ()),
        # Its history has a day that only month/day can be, so that all its days are.
        ("ScoreReport", 1, "0.25", date(2025, 9, 24), NO_LIMIT_GIVEN, ended()),
        # And this one's has days that only day/month can be.
        ("DRA_Report_DemoCompany", 1, "0.25", date(2023, 5, 8), NO_LIMIT_GIVEN, ended()),
        # Nothing tells which: the older of 8 May and 5 August.
        ("CO_Report_DemoCompany", 1, None, date(2023, 5, 8), REFUSED, ended()),
        ("AO_Report_DemoCompany", 4, None, date(2023, 5, 8), NO_LIMIT_GIVEN, ()),
        ("CreditOpinion", None, None, None, REFUSED, ended()),
    ],
)
def test_each_stored_answer_is_read(
    name: str, score: Any, pd: str | None, scored_on: Any, limit: CreditLimit, events: Any
) -> None:
    found = facts(payload(f"coface/{name}.json"))
    assert (found.score, found.pd) == (score, None if pd is None else Decimal(pd))
    assert (found.scored_on, found.recommended_limit, found.events) == (scored_on, limit, events)


def test_what_was_not_ordered_tells_nothing() -> None:
    with pytest.raises(NotUnderstood, match="no publication"):
        facts(payload("coface/LatePaymentIndex.json"))


@pytest.mark.parametrize(
    ("rating", "amount", "limit", "other"),
    [
        ("X", {"currency": "EUR", "value": 0.0}, REFUSED, None),
        ("X", {"currency": "USD", "value": 0.0}, REFUSED, None),
        ("X", None, REFUSED, None),
        ("NA", {"currency": "EUR", "value": 0.0}, NO_LIMIT_GIVEN, None),
        ("NA", {"currency": "EUR", "value": 5000.0}, NO_LIMIT_GIVEN, None),
        (None, {"currency": "EUR", "value": 5000.0}, NO_LIMIT_GIVEN, None),
        ("@@", {"currency": "EUR", "value": 20000.0}, CreditLimit("amount", Decimal(20000)), None),
        ("@", {"currency": "EUR", "value": 0}, NO_LIMIT_GIVEN, None),
        ("@@@@", {"currency": "USD", "value": 20000.0}, NO_LIMIT_GIVEN, "USD"),
        ("@@@", {}, NO_LIMIT_GIVEN, None),
    ],
)
def test_a_refusal_is_a_limit_of_zero_and_no_opinion_is_none(
    rating: Any, amount: Any, limit: CreditLimit, other: str | None
) -> None:
    found = facts(opinion(rating=rating, maxCreditAmount=amount))
    assert (found.recommended_limit, found.limit_currency) == (limit, other)


@pytest.mark.parametrize("value", ["0.0000", "0"])
def test_a_limit_in_a_report_is_a_text(value: str) -> None:
    report = payload("coface/CO_Report_DemoCompany.json")
    results = report["icon"]["orderResults"]
    assert facts(report).recommended_limit == REFUSED
    good = {**results, "coRating": "@@", "coValue": "12500.0000"}
    assert facts({"icon": {"orderResults": good}}).recommended_limit == CreditLimit("amount", Decimal("12500.0000"))
    assert facts({"icon": {"orderResults": {**good, "coRating": "X", "coValue": value}}}).recommended_limit == REFUSED


@pytest.mark.parametrize(
    ("codes", "read"),
    [
        (["CA06"], ["bankruptcy"]),
        (["CA07"], ["dissolved"]),
        (["CA08", "CA07"], ["dissolved"]),
        (["BA06"], ["collection_case"]),
        (["CA06", "AA04", "BA06"], ["bankruptcy", "collection_case"]),
        (["AA04", "BA02", "BA03", "CA09", "DA05", "EA03", "EA04"], []),  # Figures, the group, and others' trouble.
    ],
)
def test_codes_are_events_only_where_they_are_facts_about_the_company(codes: list[str], read: list[str]) -> None:
    assert [each.code for each in facts(opinion(decisionDetails=[{"code": each} for each in codes])).events] == read
    results = {"coRating": "X", "motivationCodes": ", ".join(codes)}
    assert [each.code for each in facts({"icon": {"orderResults": results}}).events] == read


def test_an_insolvency_says_more_than_that_a_company_is_closed() -> None:
    results = {"coRating": "X", "motivationCodes": "CA06"}
    report = {"icon": {"orderResults": results, "company": {"legalStatus": "CLOSED"}}}
    assert facts(report).events == ended("bankruptcy")


def test_the_current_assessment_counts_and_without_a_flag_the_newest() -> None:
    older = {**RISKS[1], "debtorRiskValue": "9", "releaseDate": "2025-01-01"}
    assert facts([older, RISKS[0]]).score == 1
    newest = {**older, "isCurrent": None, "releaseDate": "2025-06-01", "debtorRiskValue": "7"}
    assert facts([older, newest]).score == 7


@pytest.mark.parametrize(
    "broken",
    [
        [risk(debtorRiskValue="11")],
        [risk(debtorRiskValue="-1")],
        [risk(probabilityOfDefault=250.0)],
        [risk(companyId="somebody-else")],
        [risk(debtorRiskValue=["1"])],
        [opinion(rating="@@@@@")],
        [opinion(decisionDetails=[{"code": "CA11"}])],
        [{"icon": {"orderResults": {"dra": "1", "scoreCalculatedOn": "31/31/2023"}}}],
        [{"icon": {"orderResults": {"dra": "1", "scoreCalculatedOn": "soon"}}}],
        [{"icon": {}}],
        ["<html>"],
        [[]],
        [],
        None,
        {"publications": 1},
    ],
)
def test_what_cannot_be_read_is_not_understood(broken: Any) -> None:
    with pytest.raises(NotUnderstood):
        bureau_facts(broken, DEMO, "EUR", TODAY)
