"""A machine's answer to an application beside what a person decided: a person's word falls to no machine."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.applications import Beside, Standing, answer_beside
from scoring.facts import NO_LIMIT_GIVEN, CreditLimit
from scoring.judgement import Outcome

ACCEPT, PREPAY, HOLD = Outcome.ACCEPT, Outcome.ACCEPT_PREPAYMENT, Outcome.HOLD_FIRST_PAYMENT
REFER, DECLINE = Outcome.REFER, Outcome.DECLINE
UNLIMITED = CreditLimit("unlimited")


def of(amount: int) -> CreditLimit:
    return CreditLimit("amount", Decimal(amount))


NEW = Standing(NO_LIMIT_GIVEN, is_of_person=False, refused=False)


def person(limit: CreditLimit, *, refused: bool = False) -> Standing:
    return Standing(limit, is_of_person=True, refused=refused)


def machine(limit: CreditLimit) -> Standing:
    return Standing(limit, is_of_person=False, refused=False)


@pytest.mark.parametrize(
    ("outcome", "refers", "asked", "granted", "standing", "expected"),
    [
        (ACCEPT, (), of(5), of(5), NEW, Beside(ACCEPT, writes_limit=True)),
        (HOLD, (), of(5), of(5), NEW, Beside(HOLD, writes_limit=True)),
        (PREPAY, (), of(5), NO_LIMIT_GIVEN, NEW, Beside(PREPAY)),
        (DECLINE, (), of(5), NO_LIMIT_GIVEN, person(of(9)), Beside(DECLINE)),
        # The machine's own limit: raised, renewed, and never lowered by asking for less.
        (ACCEPT, (), of(5), of(5), machine(of(4)), Beside(ACCEPT, writes_limit=True)),
        (ACCEPT, (), of(5), of(5), machine(of(5)), Beside(ACCEPT, writes_limit=True)),
        (ACCEPT, (), of(5), of(5), machine(of(6)), Beside(ACCEPT)),
        (ACCEPT, (), of(5), UNLIMITED, machine(of(6)), Beside(ACCEPT, writes_limit=True)),
        (PREPAY, (), of(5), NO_LIMIT_GIVEN, machine(of(6)), Beside(REFER, "limit_beside_prepayment")),
        (PREPAY, (), of(5), NO_LIMIT_GIVEN, machine(of(0)), Beside(PREPAY)),
        # A person's limit: what fits is accepted on it, the rest is a person's.
        (ACCEPT, (), of(5), of(5), person(of(5)), Beside(ACCEPT)),
        (ACCEPT, (), of(5), of(5), person(of(4)), Beside(REFER, "above_limit_of_person")),
        (ACCEPT, (), UNLIMITED, UNLIMITED, person(of(4)), Beside(REFER, "above_limit_of_person")),
        (ACCEPT, (), UNLIMITED, UNLIMITED, person(UNLIMITED), Beside(ACCEPT)),
        (ACCEPT, (), of(5), of(5), person(NO_LIMIT_GIVEN), Beside(REFER, "above_limit_of_person")),
        (PREPAY, (), of(5), NO_LIMIT_GIVEN, person(of(9)), Beside(REFER, "limit_beside_prepayment")),
        (REFER, ("asked_above_limit",), of(50), of(20), person(of(60)), Beside(ACCEPT)),
        (REFER, ("asked_above_limit",), of(61), of(20), person(of(60)), Beside(REFER)),
        (REFER, ("asked_above_limit", "on_hold"), of(50), of(20), person(of(60)), Beside(REFER)),
        (REFER, ("asked_above_limit",), of(50), of(20), machine(of(60)), Beside(REFER)),
        # A person's refusal.
        (ACCEPT, (), of(5), of(5), person(of(0), refused=True), Beside(REFER, "refused_by_person")),
        (PREPAY, (), of(5), NO_LIMIT_GIVEN, person(of(0), refused=True), Beside(REFER, "refused_by_person")),
        (REFER, ("asked_above_limit",), of(0), of(5), person(of(0), refused=True), Beside(REFER)),
        (DECLINE, (), of(5), NO_LIMIT_GIVEN, person(of(0), refused=True), Beside(DECLINE)),
    ],
)
def test_a_persons_word_falls_to_no_machine(
    outcome: Outcome,
    refers: tuple[str, ...],
    asked: CreditLimit,
    granted: CreditLimit,
    standing: Standing,
    expected: Beside,
) -> None:
    assert answer_beside(outcome, refers, asked, granted, standing) == expected


LIMITS = st.one_of(st.just(NO_LIMIT_GIVEN), st.just(UNLIMITED), st.builds(of, st.integers(0, 5)))


@given(
    st.sampled_from(Outcome),
    LIMITS,
    LIMITS,
    st.builds(Standing, LIMITS, is_of_person=st.booleans(), refused=st.booleans()),
)
def test_no_machine_writes_beside_a_person_or_below_what_is_there(
    outcome: Outcome, asked: CreditLimit, granted: CreditLimit, standing: Standing
) -> None:
    found = answer_beside(outcome, (), asked, granted, standing)
    assert not (found.writes_limit and (standing.is_of_person or standing.refused))
    if found.writes_limit and standing.limit.amount is not None and granted.kind != "unlimited":
        assert (granted.amount or 0) >= standing.limit.amount
    assert (found.because is None) or found.outcome is REFER
    assert not (standing.refused and found.outcome in (ACCEPT, HOLD, PREPAY))
