"""One document, one text, and facts that come back as they went in."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from scoring.canonical import canonical_json, digest, facts_document, facts_from_document, plain
from scoring.documents import DocumentInvalid
from scoring.exchange import Rate
from scoring.facts import CheckFacts
from tests.scoring.companies import LATE, TODAY, company
from tests.scoring.strategies import facts


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"b": 1, "a": None}, '{"a":null,"b":1}'),
        ({"amount": Decimal("1250.00")}, '{"amount":"1250.00"}'),
        ({"amount": Decimal("1E+3")}, '{"amount":"1000"}'),
        ({"pd": Decimal("1E-10")}, '{"pd":"0.0000000001"}'),
        ({"due_on": date(2026, 2, 1)}, '{"due_on":"2026-02-01"}'),
        ({"name": "Café Ω"}, '{"name":"Café Ω"}'),
        ({"list": (True, ())}, '{"list":[true,[]]}'),
    ],
)
def test_canonical_json_is_sorted_dense_and_without_floats_for_decimals(document: dict[str, Any], text: str) -> None:
    assert canonical_json(document) == text.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_number_has_no_canonical_text(value: Any) -> None:
    with pytest.raises(ValueError, match=r"JSON|canonical"):
        canonical_json({"value": value})


def test_what_is_of_no_known_type_has_no_canonical_text() -> None:
    with pytest.raises(TypeError):
        plain({"value": object()})


def test_a_digest_tells_documents_apart_and_ignores_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1, "b": 2}) != digest({"a": 2, "b": 1})
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@settings(max_examples=150, deadline=None)
@given(facts)
def test_facts_come_back_as_they_were_stored(given: CheckFacts) -> None:
    stored = canonical_json(facts_document(given))
    restored = facts_from_document(json.loads(stored))
    assert restored == given
    assert canonical_json(facts_document(restored)) == stored


def test_facts_that_break_their_promise_are_refused_with_every_fault() -> None:
    document = facts_document(company(behaviour=LATE))
    document["as_of"] = "yesterday"
    document["bureau"]["recommended_limit"] = {"kind": "none", "amount": "5"}
    document["behaviour"]["settled_count"] = "30"
    document["register"]["status"] = "asleep"
    del document["exposure"]
    with pytest.raises(DocumentInvalid) as caught:
        facts_from_document(document)
    assert {fault.path for fault in caught.value.faults} == {
        "as_of",
        "bureau.recommended_limit",
        "behaviour.settled_count",
        "register.status",
        "exposure",
    }


def test_facts_that_came_later_are_left_out_of_a_document_that_has_none() -> None:
    document = facts_document(company())
    assert not {"converted", "rates"} & set(document)
    rates = (Rate("USD", Decimal("1.0832"), TODAY, "ECB"),)
    assert facts_document(company(rates=rates))["rates"] == [
        {"currency": "USD", "per_euro": "1.0832", "rate_on": str(TODAY), "source": "ECB"}
    ]
