"""A screening becomes a hit, a possible one, or none."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from providers.errors import NotUnderstood
from providers.opensanctions.mapping import sanctions_facts
from scoring.facts import SanctionsFacts
from tests.providers.mutations import mutated
from tests.providers.reports import match, matches

TODAY = date(2026, 3, 1)


def hit(raw: object) -> str:
    return sanctions_facts("sandbox", raw, TODAY).hit


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((), "none"),
        ((match(1.0),), "confirmed"),
        ((match(0.86),), "possible"),
        ((match(0.41),), "none"),
        ((match(1.0, "role.pep"),), "none"),
        ((match(1.0, "sanction.linked"),), "possible"),
        ((match(1.0, schema="Person"),), "possible"),
        (({**match(1.0), "properties": {}},), "possible"),  # Why it is on the list is not told.
        (({**match(1.0), "properties": {}, "target": False},), "none"),  # It is there beside one that is.
        ((match(0.41), match(0.86), match(1.0)), "confirmed"),
    ],
)
def test_the_heaviest_result_counts(results: tuple[dict[str, Any], ...], expected: str) -> None:
    assert hit(matches(*results)) == expected


@pytest.mark.parametrize(
    "broken",
    [
        {"detail": "No API key provided."},
        {"responses": {"debtor": {"status": 500}}},
        {"responses": {"debtor": {"status": 200, "total": {"value": 1}}}},
        matches({"match": True, "properties": {"topics": ["sanction"]}}),
    ],
)
def test_an_answer_that_is_not_whole_is_not_taken_for_no_hit(broken: object) -> None:
    with pytest.raises(NotUnderstood):
        hit(broken)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated([matches(match(1.0), match(0.86))]))
def test_whatever_arrives_is_facts_or_not_understood(raw: object) -> None:
    try:
        found = sanctions_facts("sandbox", raw, TODAY)
    except NotUnderstood:
        return
    assert isinstance(found, SanctionsFacts)
