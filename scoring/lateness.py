"""How likely a debtor's next invoice is to be paid late: late shares, each drawn toward what is known better."""

from decimal import ROUND_HALF_EVEN, Decimal

from scoring.facts import LateCounts, LatenessFacts
from scoring.policy.grading import LatenessPolicy

_MILLIONTH = Decimal("0.000001")


def lateness(facts: LatenessFacts, policy: LatenessPolicy) -> Decimal | None:
    """The mean, over the policy's thresholds, of the share of items paid later than each: 0 to 1, six decimals.

    For each threshold the debtor's own share is (late + book_weight x book's share) / (n + book_weight), so that one
    late item of one is far from certainty; then the recent share is drawn toward it by `own_weight` in the same way.
    Open items already later than a threshold count as late for it. None where the debtor has no item to count.
    """
    if not facts.whole.count and not facts.past_due.count:
        return None
    total = Decimal(0)
    for late_days, stand_in in zip(policy.over_days, policy.book_shares, strict=True):
        book = _book_share(facts.book, late_days, stand_in, policy.book_count_min)
        due = facts.past_due.over(late_days)
        own = _drawn(facts.whole, due, late_days, book, policy.book_weight)
        total += _drawn(facts.recent, due, late_days, own, policy.own_weight)
    return (total / len(policy.over_days)).quantize(_MILLIONTH, ROUND_HALF_EVEN)


def shrunk_share(late_count: int, count: int, toward: Decimal, weight: Decimal) -> Decimal:
    """The share of `count` items that were late, as if `weight` more had been seen with the share `toward`."""
    return (late_count + weight * toward) / (count + weight)


def _drawn(settled: LateCounts, due_count: int, late_days: int, toward: Decimal, weight: Decimal) -> Decimal:
    """The late share of what was settled, and of what is open and late already."""
    return shrunk_share(settled.over(late_days) + due_count, settled.count + due_count, toward, weight)


def _book_share(book: LateCounts | None, late_days: int, stand_in: Decimal, count_min: int) -> Decimal:
    """The share of the whole book, or what the policy puts in its place while the book is small."""
    if book is None or book.count < count_min or not book.count:
        return stand_in
    return Decimal(book.over(late_days)) / book.count
