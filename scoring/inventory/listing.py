"""Everything that could be known of a debtor, each with source, age and use, or with the reason that it is missing.

Made from the facts and the policy of a judgement when somebody asks for it; the judgement itself does without.
"""

from collections.abc import Iterator

from scoring.evidence import weigh_evidence
from scoring.facts import CheckFacts
from scoring.inventory.entries import EvidenceEntry
from scoring.inventory.outside import outside_entries
from scoring.inventory.own import own_entries
from scoring.policy.document import Policy
from scoring.policy.rules import Condition

# What the payment index of engine 1 is made of.
_OF_INDEX = frozenset(
    f"behaviour.{name}"
    for name in (
        "dbt_days",
        "late_amount_share",
        "trend_days",
        "promises_kept_share",
        "peak_utilisation",
        "tenure_years",
        "unjustified_dispute_share",
    )
)


def evidence_list(facts: CheckFacts, policy: Policy) -> tuple[EvidenceEntry, ...]:
    """What others know, then what we saw ourselves. The same facts and policy always give the same list."""
    evidence, read = weigh_evidence(facts, policy), figures_read(policy)
    return (
        *outside_entries(facts, evidence, read, policy),
        *own_entries(facts, evidence.known, read, policy),
    )


def figures_read(policy: Policy) -> frozenset[str]:
    """The names of the figures that a policy's scorecards, rules and segments read."""
    cards = policy.scorecards
    named = {
        each.figure
        for card in (cards.behaviour, cards.behaviour_of_persons, cards.financials)
        if card is not None
        for each in card.characteristics
    }
    conditions = [rule.when for rule in policy.rules] + [segment.when for segment in policy.terms.segments]
    for condition in conditions:
        named |= set(_fields(condition))
    return frozenset(named) | (_OF_INDEX if cards.payment_index is not None else frozenset())


def _fields(condition: Condition) -> Iterator[str]:
    """The figures that a condition compares."""
    if condition.field is not None:
        yield condition.field
    for each in (*condition.all, *condition.any):
        yield from _fields(each)
