"""The section of a policy that says when a payment is booked by itself, and what is proposed otherwise."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class MatchingPolicy:
    """`tolerance_amount`, in the currency of the item, is written off as a difference.

    A name counts from `name_similarity_min` on. An invoice number of fewer letters and digits than
    `part_payment_key_length_min` can stand in a text by chance: a payment of another amount is not booked on it.
    """

    tolerance_amount: Decimal = Decimal("0.05")
    name_similarity_min: Decimal = Decimal("0.92")
    proposals_max: int = 5
    part_payment_key_length_min: int = 5
