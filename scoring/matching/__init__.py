"""Which open items a payment settles: booked where it is certain, proposed where a person must choose."""

from scoring.matching.evidence import order_keys
from scoring.matching.facts import (
    Allocation,
    Booking,
    Candidates,
    MatchableItem,
    MatchableOrder,
    MoneyIn,
    NameCandidate,
    Proposal,
    Proposals,
    Rule,
    WhyProposed,
)
from scoring.matching.keys import collection_key, number_key, number_keys, reference_key
from scoring.matching.rules import match

__all__ = [
    "Allocation",
    "Booking",
    "Candidates",
    "MatchableItem",
    "MatchableOrder",
    "MoneyIn",
    "NameCandidate",
    "Proposal",
    "Proposals",
    "Rule",
    "WhyProposed",
    "collection_key",
    "match",
    "number_key",
    "number_keys",
    "order_keys",
    "reference_key",
]
