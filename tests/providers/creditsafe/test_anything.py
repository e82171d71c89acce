"""Whatever Creditsafe sends, what comes of it are facts or an error of a source, and nothing else."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings

from providers.creditsafe.client import SETTINGS, CreditReport, RegisterExtract, Search, quota
from providers.creditsafe.portfolio import Portfolio
from providers.errors import NotUnderstood, SourceError
from providers.ports import About, CompanyKey, CompanyQuery, Identifier
from scoring.facts import BureauFacts
from tests.providers.anything import Answer, answering, answers
from tests.providers.mutations import mutated
from tests.providers.reports import report
from tests.providers.wires import line_to, payload

KVK = Identifier("kvk", "NL", "37124884")
COMPANY = CompanyKey("Voorbeeld Handel B.V.", "NL", (KVK,))
ABOUT = About(COMPANY, "EUR", date(2026, 3, 1))
FRENCH = payload("creditsafe/report-FR-insolvent.json")
FOUND = payload("creditsafe/companies-search-NL.assembled.json")
NAMES = (
    *("monitoring-eventRules-XX", "monitoring-notificationEvents", "monitoring-portfolio-created"),
    *("monitoring-portfolios-list", "companies-search-NL", "companies-search-none"),
)
PAYLOADS = [payload(f"creditsafe/{name}.assembled.json") for name in NAMES]
OURS = {"data": {"portfolios": [{"portfolioId": 7, "name": "creditgate"}]}}
RAW = [
    {"search": FOUND, "connect_id": "NL-X-371248840000", "report": report()},
    {"search": FOUND, "connect_id": "FR-X-49481445200012", "report": FRENCH},
]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers([{"token": "t"}, *PAYLOADS, OURS, report()]))
def test_any_answers_are_facts_or_an_error_of_a_source(given_answers: list[Answer]) -> None:
    line = line_to(replace(SETTINGS, retries=0), username="us", password="open sesame")
    calls: list[Any] = [
        lambda: CreditReport().ask(COMPANY, line),
        lambda: RegisterExtract().ask(COMPANY, line),
        lambda: Search().search(CompanyQuery("voorbeeld", "NL", (KVK,), "Utrecht"), line),
        lambda: quota(line),
        lambda: Portfolio().watch(COMPANY, line),
        lambda: Portfolio().unwatch(KVK, line),
        lambda: Portfolio().changes(datetime(2026, 3, 1, tzinfo=UTC), line),
    ]
    for call in calls:
        with answering(given_answers), suppress(SourceError):
            call()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated(RAW))
def test_any_kept_answer_is_read_or_not_understood(raw: Any) -> None:
    for reading in (CreditReport(), RegisterExtract()):
        try:
            facts = reading.facts(raw, ABOUT)
        except NotUnderstood:
            continue
        if isinstance(facts, BureauFacts):
            assert facts.pd is None or 0 <= facts.pd <= 1
