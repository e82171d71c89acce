"""Whether judging again tells anything new: by class and outcome, and never by an order that was asked about before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.judgement import Outcome
from scoring.monitoring.again import Before, is_news
from scoring.policy.grading import RISK_CLASSES

CASES = [
    # Another class is news, in either direction.
    (Before("accept", "low"), "accept", "high", True),
    (Before("accept", "high"), "accept", "low", True),
    (Before("accept", "low"), "accept", "low", False),
    # A heavier outcome is news; a lighter one may only be that nobody asked about an order.
    (Before("accept", "low"), "refer", "low", True),
    (Before("refer", "low"), "accept", "low", False),
    (Before("refer", "low", is_of_monitoring=True), "accept", "low", True),
    (Before("decline", "low"), "accept", "low", True),
    (Before("decline", "low"), "decline", "low", False),
    # What does not suffice for a class tells nothing, unless it declines.
    (Before("accept", "low"), "refer", None, False),
    (Before("accept", "low"), "decline", None, True),
    (Before("decline", None), "decline", None, False),
    # Nobody decided: the class of the limit stands for it.
    (Before(None, "low"), "accept", "low", False),
    (Before(None, "low"), "accept", "high", True),
    (Before(None, None), "accept", "high", False),
    (Before(None, None), "decline", "high", True),
]


@pytest.mark.parametrize(("before", "outcome", "risk_class", "expected"), CASES)
def test_what_is_news(before: Before, outcome: str, risk_class: str | None, expected: bool) -> None:
    assert is_news(before, Outcome(outcome), risk_class) is expected  # type: ignore[arg-type]


OUTCOMES, CLASSES = st.sampled_from(list(Outcome)), st.none() | st.sampled_from(RISK_CLASSES)


@given(st.none() | OUTCOMES, CLASSES, st.booleans(), OUTCOMES, CLASSES)
def test_what_was_told_is_no_news_the_next_time(
    outcome: Outcome | None, risk_class: str | None, is_of_monitoring: bool, now: Outcome, class_now: str | None
) -> None:
    before = Before(outcome, risk_class, is_of_monitoring)
    if is_news(before, now, class_now):  # type: ignore[arg-type]
        before = Before(now.value, class_now, is_of_monitoring=True)
    assert not is_news(before, now, class_now)  # type: ignore[arg-type]
