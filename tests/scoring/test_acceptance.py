"""Who may decide and second, what marks do to a grade, terms by law, and which limit is in force."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.acceptance import (
    Decider,
    LimitVersion,
    authority_amount,
    campari_form,
    limit_days,
    limit_on,
    may_second,
    moved_grade,
    notches_of,
    roles_within,
    temporary_until_max,
    term_by_law,
    within_authority,
)
from scoring.documents import DocumentInvalid
from scoring.facts import CreditLimit
from scoring.policy.campari import CampariPolicy
from tests.scoring.companies import DOCUMENT_1, POLICY, POLICY_1

TODAY = date(2026, 6, 1)
ANN, BOB = "ann@example.com", "bob@example.com"
UNLIMITED = None


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("amount", "risk_class", "role", "allowed"),
    [
        (50_000, "low", "finance", True),
        (50_001, "low", "finance", False),
        (25_001, "normal", "finance", False),
        (5_000, "high", "finance", True),
        (5_000, "blocked", "finance", False),
        (1, None, "finance", False),
        (0, "blocked", "finance", True),
        (0, None, "finance", True),
        (UNLIMITED, "low", "finance", False),
        (500_000, "low", "credit_manager", True),
        (500_001, "low", "credit_manager", False),
        (1, "blocked", "credit_manager", False),
        (UNLIMITED, "low", "credit_manager", False),
        (0, "low", "sales", False),
        (0, "low", "integration", False),
        (0, "low", "admin", False),
        (10**9, "high", "machine", True),
        (UNLIMITED, "low", "machine", False),
    ],
)
def test_authority_goes_by_amount_class_and_role(amount: int | None, risk_class: Any, role: str, allowed: bool) -> None:
    asked = None if amount is None else Decimal(amount)
    assert within_authority(asked, risk_class, role, POLICY) is allowed


def test_a_role_is_told_how_much_it_may_decide_and_who_could() -> None:
    assert authority_amount("normal", "finance", POLICY) == 25_000
    assert authority_amount("blocked", "credit_manager", POLICY) == 0
    assert authority_amount("normal", "sales", POLICY) is None
    assert roles_within(Decimal(25_000), "normal", POLICY) == ("finance", "credit_manager")
    assert roles_within(Decimal(30_000), "normal", POLICY) == ("credit_manager",)
    assert roles_within(UNLIMITED, "normal", POLICY) == ()


@pytest.mark.parametrize(
    ("first", "second", "amount", "risk_class", "allowed"),
    [
        ((ANN, "finance"), (BOB, "credit_manager"), 100_000, "low", True),
        ((ANN, "finance"), (BOB, "finance"), 100_000, "low", False),
        ((ANN, "finance"), (ANN, "credit_manager"), 100_000, "low", False),
        ((ANN, "finance"), (BOB, "finance"), 10_000, "low", True),
        ((ANN, "finance"), (BOB, "sales"), 10_000, "low", False),
        ((ANN, "credit_manager"), (BOB, "credit_manager"), 900_000, "low", True),
        ((ANN, "credit_manager"), (ANN, "credit_manager"), 900_000, "low", False),
        ((ANN, "finance"), (BOB, "credit_manager"), 900_000, "low", False),
        ((ANN, "credit_manager"), (BOB, "finance"), 900_000, "low", False),
        ((ANN, "credit_manager"), (BOB, "credit_manager"), UNLIMITED, "low", True),
        ((ANN, "credit_manager"), (BOB, "credit_manager"), 5_000, "blocked", True),
        ((ANN, "credit_manager"), (BOB, "credit_manager"), 5_000, None, True),
        ((ANN, "finance"), (BOB, "credit_manager"), 5_000, None, False),
    ],
)
def test_another_person_within_whose_authority_it_lies_may_second(
    first: tuple[str, str], second: tuple[str, str], amount: int | None, risk_class: Any, allowed: bool
) -> None:
    asked = None if amount is None else Decimal(amount)
    assert may_second(Decider(*first), Decider(*second), asked, risk_class, POLICY) is allowed


roles = st.sampled_from(("sales", "finance", "credit_manager", "integration", "insurer", "admin"))
classes = st.none() | st.sampled_from(("low", "normal", "high", "blocked"))


@given(roles, classes, st.integers(0, 10**6).map(Decimal), st.integers(0, 10**6).map(Decimal))
def test_who_may_decide_on_more_may_decide_on_less(role: str, risk_class: Any, one: Decimal, other: Decimal) -> None:
    less, more = sorted((one, other))
    assert within_authority(less, risk_class, role, POLICY) or not within_authority(more, risk_class, role, POLICY)
    assert not within_authority(None, risk_class, role, POLICY)


@given(st.sampled_from((ANN, BOB)), roles, roles, classes, st.none() | st.integers(0, 10**6).map(Decimal))
def test_nobody_seconds_himself(who: str, one: str, other: str, risk_class: Any, amount: Decimal | None) -> None:
    assert not may_second(Decider(who, one), Decider(who, other), amount, risk_class, POLICY)


LETTERS = ("character", "ability", "margin", "purpose", "amount", "repayment", "insurance")


def form(*marks: int) -> Any:
    """A form with these marks, or with one mark for all letters."""
    given_marks = marks if len(marks) == len(LETTERS) else marks * len(LETTERS)
    return {name: {"mark": mark, "ground": "seen"} for name, mark in zip(LETTERS, given_marks, strict=True)}


@pytest.mark.parametrize(
    ("marks", "notches"),
    [
        ((5,), 1),
        ((5, 5, 5, 5, 5, 4, 3), 1),
        ((5, 5, 5, 5, 5, 5, 2), 0),
        ((5, 5, 5, 5, 4, 4, 3), 0),
        ((3,), 0),
        ((3, 3, 3, 3, 2, 2, 2), 0),
        ((3, 3, 3, 2, 2, 2, 2), -1),
        ((2,), -1),
        ((5, 5, 5, 5, 5, 5, 1), -1),
        ((2, 2, 2, 2, 2, 1, 1), -2),
        ((2, 2, 2, 2, 2, 2, 1), -1),
        ((1,), -2),
    ],
)
def test_marks_move_the_grade_by_the_policy(marks: tuple[int, ...], notches: int) -> None:
    assert notches_of(campari_form(form(*marks)), POLICY.campari) == notches


def test_a_policy_may_let_no_form_move_a_grade_up() -> None:
    assert notches_of(campari_form(form(5)), replace(POLICY.campari, better_mean_min=None)) == 0


mark_lists = st.lists(st.integers(1, 5), min_size=7, max_size=7)


@given(mark_lists, st.integers(0, 6))
def test_a_better_mark_never_makes_the_grade_worse(marks: list[int], index: int) -> None:
    better = [min(5, mark + (place == index)) for place, mark in enumerate(marks)]
    before = notches_of(campari_form(form(*marks)), POLICY.campari)
    after = notches_of(campari_form(form(*better)), POLICY.campari)
    assert -2 <= before <= after <= 1


@pytest.mark.parametrize(
    ("grade", "notches", "at_best", "moved"),
    [
        ("G5", 1, None, "G4"),
        ("G5", -2, None, "G7"),
        ("G1", 1, None, "G1"),
        ("G10", -2, None, "G10"),
        ("G9", -2, None, "G10"),
        ("D", 1, None, "D"),
        ("G8", 1, "G8", "G8"),
        ("G8", -1, "G8", "G9"),
    ],
)
def test_a_grade_moves_within_the_scale_and_under_what_facts_fixed(
    grade: str, notches: int, at_best: str | None, moved: str
) -> None:
    assert moved_grade(grade, notches, POLICY.master_scale, at_best) == moved


@pytest.mark.parametrize(
    ("changed", "paths"),
    [
        ({"margin": None}, {"margin"}),
        ({"character": {"mark": 6, "ground": ""}}, {"character.mark", "character.ground"}),
        (
            {"ability": {"mark": 0, "ground": "x"}, "purpose": {"mark": 3, "ground": " \n"}},
            {"ability.mark", "purpose.ground"},
        ),
        ({"repayment": {"mark": "3", "ground": "x"}}, {"repayment.mark"}),
        ({"luck": {"mark": 3, "ground": "x"}}, {"luck"}),
        ({"insurance": {"mark": 3, "ground": "x" * 2001}}, {"insurance.ground"}),
    ],
)
def test_every_fault_of_a_form_is_named(changed: dict[str, object], paths: set[str]) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        campari_form(form(3) | changed)
    assert {fault.path for fault in caught.value.faults} == paths


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"better_mean_min": Decimal("5.1")}, "better_mean_min"),
        ({"better_mean_min": Decimal(2)}, "better_mean_min"),
        ({"better_mark_min": 6}, "better_mark_min"),
        ({"much_worse_mean_max": Decimal(3)}, "much_worse_mean_max"),
        ({"bad_mark_max": 3}, "bad_mark_max"),
    ],
)
def test_bounds_of_marks_that_cross_are_refused(changed: dict[str, Any], path: str) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        replace(CampariPolicy(), **changed)
    assert [fault.path for fault in caught.value.faults] == [path]


@pytest.mark.parametrize(
    ("agreed", "debtor", "seller", "expressly", "standing", "rule", "days"),
    [
        (30, "sme", "sme", False, "allowed", "within_law", 30),
        (60, "sme", "sme", False, "allowed", "within_law", 60),
        (61, "sme", "sme", False, "needs_person", "not_expressly_agreed", None),
        (90, "sme", "sme", True, "allowed", "within_law", 90),
        (60, "large", "sme", True, "capped", "large_to_small", 30),
        (30, "large", "sme", False, "allowed", "within_law", 30),
        (60, "large", "large", False, "allowed", "within_law", 60),
        (45, "public", "sme", False, "capped", "public_body", 30),
        (45, "public", "sme", True, "allowed", "within_law", 45),
        (90, "public", "sme", True, "capped", "public_body", 60),
        (31, None, "sme", True, "needs_person", "debtor_size_unknown", None),
        (30, None, "sme", False, "allowed", "within_law", 30),
        (60, None, "large", False, "allowed", "within_law", 60),
        (0, None, "sme", False, "allowed", "within_law", 0),
    ],
)
def test_the_law_keeps_shortens_or_leaves_a_term_to_a_person(
    agreed: int, debtor: Any, seller: Any, expressly: bool, standing: str, rule: str, days: int | None
) -> None:
    found = term_by_law(agreed, debtor, seller, expressly_agreed=expressly)
    assert (found.standing, found.rule, found.term_days) == (standing, rule, days)


@pytest.mark.parametrize(
    ("risk_class", "until", "review"),
    [
        ("low", date(2027, 6, 1), date(2027, 6, 1)),
        ("normal", date(2027, 6, 1), date(2026, 12, 1)),
        ("high", date(2026, 12, 1), date(2026, 9, 1)),
        ("blocked", date(2026, 12, 1), date(2026, 9, 1)),
        (None, date(2026, 12, 1), date(2026, 9, 1)),
    ],
)
def test_a_limit_ends_and_is_looked_at_again_by_class(risk_class: Any, until: date, review: date) -> None:
    found = limit_days(risk_class, TODAY, POLICY.limits)
    assert (found.valid_until, found.next_review_on) == (until, review)


def test_a_limit_is_reviewed_when_it_ends_where_the_policy_says_nothing_sooner() -> None:
    limits = replace(POLICY.limits, review_months={"high": 24})
    assert limit_days("low", TODAY, limits).next_review_on == date(2027, 6, 1)
    assert limit_days("high", TODAY, limits).next_review_on == date(2026, 12, 1)
    assert limit_days(None, TODAY, replace(limits, review_months={})).next_review_on == date(2026, 12, 1)


def test_a_temporary_limit_ends_within_the_months_of_the_policy() -> None:
    assert temporary_until_max(date(2026, 11, 30), POLICY.limits) == date(2027, 2, 28)


def version(
    order: int, amount: int | str, begins: int = -100, until: int | None = 100, *, temporary: bool = False
) -> LimitVersion:
    limit = CreditLimit("amount", Decimal(amount)) if isinstance(amount, int) else CreditLimit(amount)  # type: ignore[arg-type]
    return LimitVersion(limit, on(begins), None if until is None else on(until), order, temporary)


def temporary(order: int, amount: int | str, begins: int = -10, until: int = 10) -> LimitVersion:
    return version(order, amount, begins, until, temporary=True)


@pytest.mark.parametrize(
    ("versions", "standing", "limit"),
    [
        ([], "never_decided", "none"),
        ([version(1, 50)], "standing", 50),
        ([version(1, 0)], "standing", 0),
        ([version(1, "unlimited", until=None)], "standing", "unlimited"),
        ([version(1, 50, until=0)], "standing", 50),
        ([version(1, 50, until=-1)], "expired", "none"),
        ([version(1, "unlimited", until=-1)], "expired", "none"),
        ([version(1, 50), version(2, 20, begins=-50, until=-1)], "expired", "none"),
        ([version(1, 50, begins=1)], "never_decided", "none"),
        ([version(1, 50), version(2, 20, begins=1)], "standing", 50),
        ([version(1, 50), version(2, 20, begins=-1)], "standing", 20),
        ([version(1, 50, begins=-1), version(2, 20, begins=-50)], "standing", 20),
        ([version(1, 50), version(2, "none")], "taken_back", "none"),
        ([version(1, 50), temporary(2, 80)], "temporary", 80),
        ([version(1, 50), temporary(2, 80, until=0)], "temporary", 80),
        ([version(1, 50), temporary(2, 80, until=-1)], "standing", 50),
        ([version(1, 50), temporary(2, 80, begins=1)], "standing", 50),
        ([version(1, 50), temporary(2, 20)], "temporary", 20),
        ([temporary(1, 80), version(2, 50)], "standing", 50),
        ([temporary(1, 80), version(2, 50, begins=1)], "temporary", 80),
        ([version(1, 50, until=-1), temporary(2, 80)], "temporary", 80),
        ([temporary(1, 80)], "temporary", 80),
        ([temporary(1, 80, until=-1)], "never_decided", "none"),
        ([version(1, 50), temporary(2, 80), temporary(3, 70)], "temporary", 70),
        ([version(1, 50), temporary(2, 80), temporary(3, 70, until=-1)], "temporary", 80),
        ([version(1, 50), temporary(2, 80), temporary(3, "none")], "taken_back", "none"),
    ],
)
def test_the_newest_version_in_its_days_is_in_force(
    versions: list[LimitVersion], standing: str, limit: int | str
) -> None:
    found = limit_on(versions, TODAY)
    expected = CreditLimit("amount", Decimal(limit)) if isinstance(limit, int) else CreditLimit(limit)  # type: ignore[arg-type]
    assert (found.standing, found.limit) == (standing, expected)


def test_an_expired_limit_tells_which_one_it_was() -> None:
    ended = version(1, 50, until=-1)
    assert limit_on([ended], TODAY).version is ended


@pytest.mark.parametrize(("begins", "until", "is_temporary"), [(0, None, True), (0, -1, False), (0, -1, True)])
def test_a_version_that_cannot_be_is_refused(begins: int, until: int | None, is_temporary: bool) -> None:
    with pytest.raises(ValueError, match="limit"):
        version(1, 50, begins, until, temporary=is_temporary)


@st.composite
def version_lists(draw: st.DrawFn) -> list[LimitVersion]:
    """Some versions of one limit, in any order."""
    found = []
    for order in range(draw(st.integers(0, 6))):
        begins, is_temporary = draw(st.integers(-20, 20)), draw(st.booleans())
        days = draw(st.integers(0, 20) if is_temporary else st.none() | st.integers(0, 20))
        amount = draw(st.sampled_from((0, 10, 20, 30, "none", "unlimited")))
        found.append(version(order, amount, begins, None if days is None else begins + days, temporary=is_temporary))
    return draw(st.permutations(found))


days = st.integers(-25, 45).map(on)


@given(version_lists(), days)
def test_a_limit_in_force_is_one_that_was_decided_for_that_day(versions: list[LimitVersion], day: date) -> None:
    found = limit_on(versions, day)
    if found.limit.kind == "none":
        assert found.standing in ("expired", "taken_back", "never_decided")
        return
    counting = found.version
    assert counting in versions
    assert counting is not None
    assert counting.valid_from <= day
    assert not counting.has_ended(day)
    decided_later = [each for each in versions if each.valid_from <= day and each.order > counting.order]
    assert all(each.is_temporary and each.has_ended(day) for each in decided_later)


@given(version_lists(), days)
def test_a_standing_limit_that_ended_brings_no_older_one_back(versions: list[LimitVersion], day: date) -> None:
    standing = [each for each in versions if not each.is_temporary and each.valid_from <= day]
    newest = max(standing, key=lambda each: each.order, default=None)
    if newest is not None and newest.has_ended(day):
        found = limit_on(versions, day)
        assert found.standing in ("expired", "temporary", "taken_back")
        assert found.standing != "temporary" or (found.version is not None and found.version.order > newest.order)


@given(version_lists(), days)
def test_what_is_decided_for_later_changes_nothing_before(versions: list[LimitVersion], day: date) -> None:
    later = LimitVersion(CreditLimit("unlimited"), day + timedelta(days=1), None, 99)
    assert limit_on([*versions, later], day) == limit_on(versions, day)


def test_a_policy_of_before_says_nothing_of_marks_and_has_the_usual_bounds() -> None:
    assert "campari" not in DOCUMENT_1
    assert POLICY_1.campari == CampariPolicy()
