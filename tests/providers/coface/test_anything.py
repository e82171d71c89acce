"""Whatever Coface sends, what comes of it are facts or an error of a source, and nothing else."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings

from providers.coface import orders
from providers.coface.client import SETTINGS, Assessments
from providers.errors import NotUnderstood, SourceError
from providers.ports import About, CompanyKey, Identifier
from tests.providers.anything import Answer, answering, answers
from tests.providers.mutations import mutated
from tests.providers.wires import NOW, line_to, payload

COMPANY = CompanyKey("Grupa Polskie", "PL", (Identifier("coface-easy", "PL", "00000414980824"),))
ABOUT = About(COMPANY, "EUR", date(2026, 3, 1))
ORDER = {"id": "1", "orderDate": NOW.isoformat(), "publications": [{"id": "2"}]}
LISTS = ("Score_Assessment_Package_DemoCompany", "CO_DemoCompany", "DRAPackage")
REPORTS = ("ScoreReport", "CO_Report_DemoCompany", "AO_Report_DemoCompany", "CreditOpinion")
PUBLICATIONS = [payload(f"coface/{name}.json") for name in (*LISTS, *REPORTS)]
RAW = [{"company_id": None, "order": ORDER, "publications": [each]} for each in PUBLICATIONS]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers([{"idToken": "t"}, [{"id": "1"}], [], ORDER, [ORDER], *PUBLICATIONS]))
def test_any_answers_are_facts_or_an_error_of_a_source(given_answers: list[Answer]) -> None:
    line = line_to(replace(SETTINGS, retries=0), username="us", password="open sesame", api_key="k")
    with patch.object(orders, "POLL_SECONDS", 0.0), answering(given_answers), suppress(SourceError):
        Assessments().ask(COMPANY, line)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated(RAW))
def test_any_kept_answer_is_read_or_not_understood(raw: Any) -> None:
    try:
        facts = Assessments().facts(raw, ABOUT)
    except NotUnderstood:
        return
    assert facts.pd is None or 0 <= facts.pd <= 1
    assert facts.score is None or 0 <= facts.score <= 10
    assert facts.scored_on is None or facts.scored_on <= ABOUT.retrieved_on
