"""Credit insurance: the terms of a contract, which cover counts on a day, who bears what, and the dates to keep."""

from scoring.cover.dates import CoverDates, cover_dates, reduction_begins_on
from scoring.cover.sharing import Indemnity, InsuredParts, indemnity_of, insured_parts
from scoring.cover.standing import (
    CoverOnDay,
    CoverSource,
    CoverStanding,
    CoverState,
    CoverVersion,
    cover_on,
    taken_back_since,
)
from scoring.cover.terms import Exclusion, InsuranceTerms, insurance_terms

__all__ = [
    "CoverDates",
    "CoverOnDay",
    "CoverSource",
    "CoverStanding",
    "CoverState",
    "CoverVersion",
    "Exclusion",
    "Indemnity",
    "InsuranceTerms",
    "InsuredParts",
    "cover_dates",
    "cover_on",
    "indemnity_of",
    "insurance_terms",
    "insured_parts",
    "reduction_begins_on",
    "taken_back_since",
]
