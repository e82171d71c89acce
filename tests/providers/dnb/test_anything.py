"""Whatever D&B sends, what comes of it are facts or an error of a source, and nothing else."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings

from providers.dnb.client import SETTINGS, DataBlocks, Search
from providers.dnb.registration import Registration
from providers.errors import NotUnderstood, SourceError
from providers.ports import About, CompanyKey, CompanyQuery, Identifier
from tests.providers.anything import Answer, answering, answers
from tests.providers.dnb.blocks import blocks
from tests.providers.mutations import mutated
from tests.providers.wires import line_to, payload

KVK = Identifier("kvk", "NL", "27654321")
COMPANY = CompanyKey("Agglo-Bouw Voorbeeld B.V.", "NL", (KVK,))
ABOUT = About(COMPANY, "EUR", date(2026, 3, 1))
NAMES = ("cleanseMatch-example", "companyList-search", "data-duns-cmpelk-out-of-business", "blocks-FE_L1-NL")
PAYLOADS = [payload(f"dnb/{name}.json") for name in NAMES]
TOLD = {"notifications": [payload("dnb/monitoring-notification-UPDATE.json")]}


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers([{"access_token": "t"}, *PAYLOADS, TOLD, blocks()]))
def test_any_answers_are_facts_or_an_error_of_a_source(given_answers: list[Answer]) -> None:
    line = line_to(replace(SETTINGS, retries=0), key="k", secret="open sesame", registration="book")
    calls: list[Any] = [
        lambda: DataBlocks().ask(COMPANY, line),
        lambda: Search().search(CompanyQuery("voorbeeld", "NL", (KVK,), "Utrecht"), line),
        lambda: Search().search(CompanyQuery("voorbeeld", None, ()), line),
        lambda: Registration().watch(COMPANY, line),
        lambda: Registration().unwatch(KVK, line),
        lambda: Registration().changes(datetime(2026, 3, 1, tzinfo=UTC), line),
    ]
    for call in calls:
        with answering(given_answers), suppress(SourceError):
            call()


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated([{"blocks": each, "duns": each["organization"]["duns"]} for each in (blocks(), *PAYLOADS[2:])]))
def test_any_kept_answer_is_read_or_not_understood(raw: Any) -> None:
    try:
        facts = DataBlocks().facts(raw, ABOUT)
    except NotUnderstood:
        return
    assert facts.score is None or 1 <= facts.score <= 100
    assert facts.recommended_limit.amount is None or facts.recommended_limit.amount >= 0
