"""How a person's answer differs from the machine's."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.acceptance import Answer, direction_of
from scoring.judgement import Outcome

ACCEPT, PREPAID, FIRST, DECLINE = (
    Outcome.ACCEPT,
    Outcome.ACCEPT_PREPAYMENT,
    Outcome.HOLD_FIRST_PAYMENT,
    Outcome.DECLINE,
)
FIVE, NINE, ZERO = Decimal(5000), Decimal(9000), Decimal(0)
CASES = [
    (Answer(ACCEPT, FIVE), Answer(ACCEPT, FIVE), "same"),
    (Answer(FIRST, FIVE), Answer(ACCEPT, FIVE), "same"),
    (Answer(ACCEPT, FIVE), Answer(ACCEPT, NINE), "more_credit"),
    (Answer(ACCEPT, NINE), Answer(ACCEPT, FIVE), "less_credit"),
    (Answer(ACCEPT, FIVE), Answer(ACCEPT, None), "more_credit"),
    (Answer(ACCEPT, None), Answer(ACCEPT, FIVE), "less_credit"),
    (Answer(ACCEPT, NINE), Answer(PREPAID, NINE), "less_credit"),
    (Answer(PREPAID, ZERO), Answer(ACCEPT, FIVE), "more_credit"),
    (Answer(PREPAID, ZERO), Answer(DECLINE, ZERO), "less_credit"),
    (Answer(DECLINE, ZERO), Answer(DECLINE, FIVE), "same"),
    (Answer(DECLINE, ZERO), Answer(PREPAID, ZERO), "more_credit"),
    (None, Answer(ACCEPT, FIVE), "machine_silent"),
]


@pytest.mark.parametrize(("machine", "person", "direction"), CASES)
def test_each_difference_has_its_direction(machine: Answer | None, person: Answer, direction: str) -> None:
    assert direction_of(machine, person) == direction


answers = st.builds(
    Answer,
    st.sampled_from((ACCEPT, PREPAID, FIRST, DECLINE)),
    st.none() | st.decimals(0, 10**9, places=2),
)
OTHER_WAY = {"same": "same", "more_credit": "less_credit", "less_credit": "more_credit"}


@given(answers, answers)
def test_from_the_other_side_it_is_the_other_direction(one: Answer, other: Answer) -> None:
    assert direction_of(other, one) == OTHER_WAY[direction_of(one, other)]
