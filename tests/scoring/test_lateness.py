"""The late share: one late of one is no certainty, news counts more, and a worse record never scores better."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import NO_ITEMS, LateCounts, LatenessFacts
from scoring.lateness import lateness, shrunk_share
from tests.scoring.companies import POLICY
from tests.scoring.strategies import late_counts, latenesses

RULES = POLICY.evidence.lateness
assert RULES is not None
ALL_LATE = LateCounts(1, 1, 1, 1, 1, 1)


def own(whole: LateCounts, recent: LateCounts = NO_ITEMS, past_due: LateCounts = NO_ITEMS) -> LatenessFacts:
    return LatenessFacts(730, 90, whole, recent, past_due)


@pytest.mark.parametrize(
    ("facts", "share"),
    [
        (own(NO_ITEMS), None),
        # Ten of the book's stand beside it: (1 + 10 x 0.50) / 11, and so on for 0.35, 0.20 and 0.10.
        (own(ALL_LATE), "0.352273"),
        (own(replace(ALL_LATE, over_0=0, over_5=0, over_15=0, over_30=0, over_60=0)), "0.261364"),
        # Nothing was settled yet; one item is open and 20 days late: late for three of the four thresholds.
        (own(NO_ITEMS, past_due=LateCounts(1, 1, 1, 1, 0, 0)), "0.405682"),
    ],
)
def test_the_share_is_drawn_toward_the_book(facts: LatenessFacts, share: str | None) -> None:
    assert lateness(facts, RULES) == (None if share is None else Decimal(share))


def test_the_books_own_share_counts_once_the_book_is_large_enough() -> None:
    prompt_book = LateCounts(100, 0, 0, 0, 0, 0)
    one = own(ALL_LATE)
    with_book = lateness(replace(one, book=prompt_book), RULES)
    assert with_book == Decimal("0.090909")
    assert lateness(replace(one, book=replace(prompt_book, count=99)), RULES) == lateness(one, RULES)


def test_what_was_paid_lately_counts_more_than_what_was_paid_before() -> None:
    whole = LateCounts(20, 5, 5, 5, 5, 5)
    lately_late = own(whole, recent=LateCounts(5, 5, 5, 5, 5, 5))
    lately_prompt = own(whole, recent=LateCounts(5, 0, 0, 0, 0, 0))
    assert lateness(lately_late, RULES) > lateness(own(whole), RULES) > lateness(lately_prompt, RULES)  # type: ignore[operator]


@given(latenesses)
def test_it_is_a_share_wherever_there_is_anything_to_count(facts: LatenessFacts) -> None:
    found = lateness(facts, RULES)
    assert (found is None) == (facts.whole.count + facts.past_due.count == 0)
    assert found is None or 0 <= found <= 1


@given(latenesses, st.sampled_from(("whole", "past_due")))
def test_one_more_late_item_never_makes_it_better_and_one_in_time_never_worse(facts: LatenessFacts, part: str) -> None:
    before = lateness(facts, RULES)
    if before is None:
        return
    later = replace(facts, whole=facts.whole.plus(ALL_LATE), recent=facts.recent.plus(ALL_LATE))
    sooner = replace(facts, whole=facts.whole.plus(replace(NO_ITEMS, count=1)), recent=facts.recent)
    assert lateness(later, RULES) >= before  # type: ignore[operator]
    assert lateness(sooner, RULES) <= before  # type: ignore[operator]


@given(late_counts(), st.fractions(0, 1).map(lambda share: Decimal(round(float(share), 4))))
def test_a_shrunk_share_lies_between_what_was_seen_and_what_it_is_drawn_toward(
    counts: LateCounts, toward: Decimal
) -> None:
    seen = Decimal(counts.over_5) / counts.count if counts.count else toward
    found = shrunk_share(counts.over_5, counts.count, toward, Decimal(10))
    slack = Decimal("1e-20")
    assert min(seen, toward) - slack <= found <= max(seen, toward) + slack
