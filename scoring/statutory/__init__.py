"""What the law says about late payment: rates, costs, terms and the order in which money settles what is owed."""

from scoring.statutory.costs import (
    CollectionCosts,
    LetterTerm,
    collection_costs,
    fourteen_day_letter,
    minimum_compensation,
    vat_on_costs,
)
from scoring.statutory.interest import (
    InterestPeriod,
    InterestWithPayments,
    LateInterest,
    PartPayment,
    late_interest,
    late_interest_with_payments,
)
from scoring.statutory.law import InterestRate, Law, NotInForce, dutch_law, in_force, parse_law
from scoring.statutory.rates import statutory_rate
from scoring.statutory.settling import Claim, ClaimsSettlement, Settlement, allocate_over_claims, allocate_payment
from scoring.statutory.size import company_size
from scoring.statutory.vat import vat_relief_amount, vat_relief_latest_on

__all__ = [
    "Claim",
    "ClaimsSettlement",
    "CollectionCosts",
    "InterestPeriod",
    "InterestRate",
    "InterestWithPayments",
    "LateInterest",
    "Law",
    "LetterTerm",
    "NotInForce",
    "PartPayment",
    "Settlement",
    "allocate_over_claims",
    "allocate_payment",
    "collection_costs",
    "company_size",
    "dutch_law",
    "fourteen_day_letter",
    "in_force",
    "late_interest",
    "late_interest_with_payments",
    "minimum_compensation",
    "parse_law",
    "statutory_rate",
    "vat_on_costs",
    "vat_relief_amount",
    "vat_relief_latest_on",
]
