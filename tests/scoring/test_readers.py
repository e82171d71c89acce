"""What sales reads of a judgement: nothing that only finance may know, and no advice that would not help."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.judgement import Outcome
from scoring.readers import NEUTRAL, read_by_sales

EFFECTS = (*(each.value for each in Outcome), "none")


def told(code: str, effect: str, audience: str) -> dict[str, Any]:
    return {"code": code, "effect": effect, "audience": audience, "params": {}}


HIT = told("sanctions_hit", "decline", "finance")
LIKENESS = told("sanctions_possible", "refer", "finance")
INACTIVE = told("debtor_not_active", "decline", "sales")
ON_HOLD = told("account_on_hold", "refer", "sales")
NO_TERMS = told("terms_not_agreed", "accept_prepayment", "sales")
NEED = told("need_from_request", "none", "sales")


@pytest.mark.parametrize(
    ("reasons", "outcome", "codes"),
    [
        ([], None, []),
        ([NO_TERMS, NEED], None, ["terms_not_agreed", "need_from_request"]),
        ([HIT, NO_TERMS], None, ["do_not_deliver"]),
        ([HIT, INACTIVE], None, ["do_not_deliver"]),
        ([INACTIVE, NO_TERMS], None, ["debtor_not_active", "terms_not_agreed"]),
        ([LIKENESS, NO_TERMS, NEED], None, ["finance_decides"]),
        ([LIKENESS, ON_HOLD, NO_TERMS], None, ["finance_decides", "account_on_hold"]),
        ([LIKENESS, INACTIVE], None, ["debtor_not_active"]),
        # A review comes before a decline, and what is behind it is finance's to read.
        ([HIT, ON_HOLD, NEED], "refer", ["account_on_hold", "need_from_request"]),
    ],
)
def test_a_hidden_reason_that_decides_is_told_neutrally(
    reasons: list[dict[str, Any]], outcome: str | None, codes: list[str]
) -> None:
    assert [each["code"] for each in read_by_sales(reasons, outcome)] == codes


@given(st.lists(st.builds(told, st.just("x"), st.sampled_from(EFFECTS), st.sampled_from(["sales", "finance"]))))
def test_nothing_hidden_is_read_and_a_refusal_or_referral_is_always_told(reasons: list[dict[str, Any]]) -> None:
    read = read_by_sales(reasons)
    assert all(each["audience"] == "sales" for each in read)
    effects = {each["effect"] for each in reasons}
    decided = next((effect for effect in ("decline", "refer") if effect in effects), None)
    assert decided is None or any(each["effect"] == decided for each in read)
    assert decided is not None or not {each["code"] for each in read} & set(NEUTRAL.values())
