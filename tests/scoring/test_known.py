"""What is known after a step of asking: only what is certain stops the next one."""

from datetime import date, timedelta
from typing import Any

import pytest

from scoring.facts import BureauFacts, NegativeEvent, RegisterFacts, SanctionsFacts
from scoring.known import known
from scoring.policy.document import parse_policy, shipped

TODAY = date(2026, 3, 2)
POLICY = parse_policy(shipped()["default"])


def register(status: str = "active", *events: NegativeEvent) -> RegisterFacts:
    return RegisterFacts("kvk", TODAY, status, events=events)  # type: ignore[arg-type]


BANKRUPT = NegativeEvent("bankruptcy", TODAY - timedelta(days=9))
ENDED = NegativeEvent("bankruptcy", TODAY - timedelta(days=900), TODAY)
ENDS_TOMORROW = NegativeEvent("bankruptcy", TODAY - timedelta(days=900), TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("facts", "not_found", "expected"),
    [
        ([], [], set()),
        ([register()], [], set()),
        ([register("dissolved")], [], {"ended"}),
        ([register("deregistered")], [], {"ended"}),
        ([register("active", BANKRUPT)], [], {"insolvent"}),
        ([register("dissolved", BANKRUPT)], [], {"insolvent", "ended"}),
        ([register("active", ENDED)], [], set()),
        ([register("active", ENDS_TOMORROW)], [], {"insolvent"}),
        ([register("active", NegativeEvent("judgment", TODAY))], [], set()),
        ([register("active", NegativeEvent("never heard of", TODAY))], [], set()),
        ([BureauFacts("creditsafe", TODAY, events=(NegativeEvent("deregistered", TODAY),))], [], {"ended"}),
        ([SanctionsFacts("opensanctions", TODAY, "confirmed")], [], {"sanctioned"}),
        ([SanctionsFacts("opensanctions", TODAY, "possible")], [], set()),
        ([], ["company_register"], {"unknown"}),
        ([], ["credit_bureau", "entity_register"], set()),
    ],
)
def test_what_settles_a_question(facts: list[Any], not_found: list[Any], expected: set[str]) -> None:
    assert known(facts, not_found, POLICY, TODAY) == expected


def test_a_needed_source_that_is_down_settles_that_nothing_can_be_accepted_now() -> None:
    assert known([register()], [], POLICY, TODAY, is_missing=True) == {"unavailable"}
    assert known([register("dissolved")], [], POLICY, TODAY, is_missing=True) == {"unavailable", "ended"}
