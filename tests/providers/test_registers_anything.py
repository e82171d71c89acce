"""Registers that answer anything, in any order and with any status: facts, an unknown company, or a SourceError."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.catalog import Catalog
from providers.errors import SourceError
from providers.ports import CompanyKey, CompanyQuery
from scoring.facts import SourceKind
from tests.providers.anything import answering, answers
from tests.providers.register_lines import about, key_of, line_to, recorded
from tests.providers.reports import registration

LEI = "5493001KJTIIGC8Y1R12"
RECORD = recorded("gleif", f"lei-record-{LEI}")
REGISTERS: dict[str, tuple[SourceKind, CompanyKey, list[Any]]] = {
    "kvk": (
        "company_register",
        key_of("NL", ("kvk_vestiging", "000038509504"), ("rsin", "899000009"), name="Fabelachtig Fruit"),
        [
            recorded("kvk", "vestigingsprofiel"),
            recorded("kvk", "zoeken-v2-69599084"),
            registration()["basisprofiel"],
            recorded("kvk", "opendata-basisbedrijfsgegevens.assembled"),
            recorded("kvk", "basisprofiel-unknown.404"),
        ],
    ),
    "companies_house": (
        "company_register",
        key_of("GB", ("coh", "6402"), name="Renable Pharma"),
        [
            recorded("companies_house", "company-profile-00006402-liquidation"),
            recorded("companies_house", "insolvency-compulsory-liquidation"),
            recorded("companies_house", "charges-02723534"),
            recorded("companies_house", "search-companies-shell"),
        ],
    ),
    "north_data": (
        "company_register",
        key_of("DE", ("north_data", "12203550103038"), name="1000mikes AG"),
        [
            recorded("north_data", "company-1000mikes"),
            {"results": [{"company": recorded("north_data", "company-1000mikes")}]},
        ],
    ),
    "gleif": (
        "entity_register",
        key_of("US", ("lei", LEI), name="Bloomberg Finance"),
        [
            {"data": [RECORD["data"]]},
            recorded("gleif", f"direct-parent-{LEI}"),
            recorded("gleif", "direct-parent-reporting-exception-21380068P1DRHMJ8KU70"),
            recorded("gleif", "fuzzycompletions"),
        ],
    ),
    "vies": (
        "vat_register",
        key_of("NL", ("vat", "NL100")),
        [
            recorded("vies", "check-vat-test-100-valid.assembled"),
            recorded("vies", "error-MS_UNAVAILABLE.assembled"),
            recorded("vies", "error-missing-field.400.assembled"),
        ],
    ),
}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
@pytest.mark.parametrize("provider", REGISTERS)
def test_whatever_a_register_answers_is_facts_nothing_or_a_source_error(provider: str, data: st.DataObject) -> None:
    kind, company, payloads = REGISTERS[provider]
    source = Catalog().source(provider)
    with answering(data.draw(answers(payloads))), suppress(SourceError):
        raw = source.reports[kind].ask(company, line_to(provider))
        if raw is not None:
            assert all(each.value for each in Catalog().numbers(kind, provider, raw, company))
            assert source.reports[kind].facts(raw, about(company)).provider == provider
    if source.search is None:
        return
    query = CompanyQuery(company.name, company.country, company.identifiers)
    with answering(data.draw(answers(payloads))), suppress(SourceError):
        assert all(each.name for each in source.search.search(query, line_to(provider)))
