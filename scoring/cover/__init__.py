"""Credit insurance: the terms of a contract, which cover counts on a day, who bears what, and the dates to keep."""

from scoring.cover.dates import CoverDates, cover_dates, reduction_begins_on
from scoring.cover.discretionary import (
    DiscretionaryObjection,
    PaymentEvidence,
    ReportEvidence,
    experience_since,
    objections_to_experience,
    objections_to_report,
    report_counts_until,
)
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
from scoring.cover.terms import Exclusion, InsuranceTerms, bears_on, insurance_terms

__all__ = [
    "CoverDates",
    "CoverOnDay",
    "CoverSource",
    "CoverStanding",
    "CoverState",
    "CoverVersion",
    "DiscretionaryObjection",
    "Exclusion",
    "Indemnity",
    "InsuranceTerms",
    "InsuredParts",
    "PaymentEvidence",
    "ReportEvidence",
    "bears_on",
    "cover_dates",
    "cover_on",
    "experience_since",
    "indemnity_of",
    "insurance_terms",
    "insured_parts",
    "objections_to_experience",
    "objections_to_report",
    "reduction_begins_on",
    "report_counts_until",
    "taken_back_since",
]
