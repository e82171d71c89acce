"""One event that two sources tell of is one event, with the day that somebody knows."""

from dataclasses import replace

import pytest

from scoring.canonical import facts_document, facts_from_document
from scoring.engines import judge
from scoring.events import events_told_once
from scoring.facts import NegativeEvent
from scoring.inventory.listing import evidence_list
from scoring.reasons import render
from tests.scoring.companies import POLICY, TODAY, company, event, registered, scored

UNDATED = NegativeEvent("bankruptcy", TODAY, undated=True)
BANKRUPT, SECOND = event("bankruptcy", 30), event("bankruptcy", 12)
ENDED = event("bankruptcy", 900, 600)
INCIDENT = event("payment_incident", 40)


@pytest.mark.parametrize(
    ("of_register", "of_bureau", "once"),
    [
        ((UNDATED,), (BANKRUPT,), [("credit_bureau", BANKRUPT)]),
        ((BANKRUPT,), (BANKRUPT,), [("company_register", BANKRUPT)]),
        ((BANKRUPT,), (SECOND,), [("company_register", BANKRUPT), ("credit_bureau", SECOND)]),
        ((UNDATED,), (ENDED,), [("company_register", UNDATED), ("credit_bureau", ENDED)]),
        ((UNDATED,), (), [("company_register", UNDATED)]),
        ((), (INCIDENT, INCIDENT), [("credit_bureau", INCIDENT), ("credit_bureau", INCIDENT)]),
        ((UNDATED,), (INCIDENT, BANKRUPT), [("credit_bureau", INCIDENT), ("credit_bureau", BANKRUPT)]),
    ],
)
def test_an_event_of_two_sources_counts_once(
    of_register: tuple[NegativeEvent, ...], of_bureau: tuple[NegativeEvent, ...], once: list[tuple[str, NegativeEvent]]
) -> None:
    facts = company(register=registered(events=of_register), bureau=scored(30, events=of_bureau))
    assert list(events_told_once(facts)) == once
    assert facts_from_document(facts_document(facts)) == facts


def test_the_day_told_of_a_bankruptcy_is_that_of_the_source_that_knows_it() -> None:
    facts = company(register=registered(events=(UNDATED,)), bureau=scored(30, events=(BANKRUPT,)))
    told = next(each for each in judge("2", facts, POLICY).reasons if each.code == "insolvency_event")
    assert told.params == {"event": "bankruptcy", "occurred_on": BANKRUPT.occurred_on}
    listed = [each for each in evidence_list(facts, POLICY) if each.fact == "insolvency"]
    assert [(each.value, each.dated_on) for each in listed] == [("bankruptcy", BANKRUPT.occurred_on)]


def test_a_day_that_nobody_knows_is_not_told_as_the_beginning() -> None:
    facts = company(register=registered(events=(UNDATED,)))
    told = next(each for each in judge("2", facts, POLICY).reasons if each.code == "insolvency_event")
    assert told.params == {"event": "bankruptcy", "told_on": TODAY}
    assert "since when is not known" in render(told.code, told.params, "en")
    assert "sinds wanneer is niet bekend" in render(told.code, told.params, "nl")
    assert "procedure" in render(told.code, told.params, "en", full=False)
    (listed,) = [each for each in evidence_list(facts, POLICY) if each.fact == "insolvency"]
    assert (listed.value, listed.dated_on, listed.age_days) == ("bankruptcy", None, None)


def test_engine_1_counts_the_events_of_each_source_as_it_did() -> None:
    facts = company(
        register=registered(events=(replace(UNDATED, undated=None),)), bureau=scored(30, events=(BANKRUPT,))
    )
    told = [each for each in judge("1", facts, replace(POLICY, engine="1")).reasons if each.code == "insolvency_event"]
    assert [each.params["occurred_on"] for each in told] == [TODAY]
