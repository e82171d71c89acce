"""Ways to book a payment that a person may choose from, best first."""

from collections.abc import Iterable, Iterator

from scoring.matching.evidence import Evidence
from scoring.matching.facts import MatchableItem, Proposal, Proposals, Rule, WhyProposed
from scoring.matching.readings import (
    Group,
    Reading,
    nearest,
    of_each_debtor,
    prepay,
    settle_oldest,
    settle_whole,
    singles_and_totals,
)


def propose(given: Evidence, readings: Iterable[Reading], why: WhyProposed) -> Proposals:
    """The readings that were as good as each other, then all else that is pointed to; each once, up to the maximum."""
    proposals: dict[object, Proposal] = {}
    for each in (*(reading.proposal(why) for reading in readings), *_others(given)):
        proposals.setdefault((each.debtor_id, each.allocations, each.discounts, each.prepayments), each)
    return Proposals(tuple(proposals.values())[: given.policy.proposals_max], given.debtor_id)


def _others(given: Evidence) -> Iterator[Proposal]:
    """What each kind of evidence offers, strongest first."""
    for order in (*given.quoted_orders, *given.named_orders):
        yield prepay(order, given.money).proposal("order_amount_differs")
    pointed: tuple[tuple[Rule, Group, WhyProposed], ...] = (
        ("reference", given.referred, "reference_shared"),
        ("collection", given.collected, "collection_differs"),
        ("number" if len(given.named) == 1 else "numbers", given.named, "number_amount_differs"),
    )
    for rule, items, why in pointed:
        for reading in (*_fitting(rule, items, given), *_oldest(rule, items, given)):
            yield reading.proposal(why)
    for reading in _fitting("account", given.account_items, given):
        yield reading.proposal("amount_fits")
    for reading in _oldest("account", given.account_items, given):
        yield reading.proposal("oldest_first")
    for candidate in given.alike:
        for reading in (*_fitting("none", candidate.items, given), *_oldest("none", candidate.items, given)):
            yield reading.proposal("name_alike", by_name=True)


def _fitting(rule: Rule, items: Iterable[MatchableItem], given: Evidence) -> tuple[Reading, ...]:
    """Single items and totals that the amount fits, at their full price before those less a discount."""
    money, tolerance = given.money, given.policy.tolerance_amount
    groups = singles_and_totals(items)
    full = nearest(settle_whole(rule, group, money, tolerance) for group in groups)
    return full + nearest(settle_whole(rule, group, money, tolerance, discounted=True) for group in groups)


def _oldest(rule: Rule, items: Iterable[MatchableItem], given: Evidence) -> tuple[Reading, ...]:
    """For each debtor its items settled from the oldest on."""
    readings = (settle_oldest(rule, group, given.money) for group in of_each_debtor(items))
    return tuple(reading for reading in readings if reading is not None)
