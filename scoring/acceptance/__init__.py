"""Acceptance: who may decide, a person's judgement, the law on terms, and which limit is in force how long."""

from scoring.acceptance.agreed_terms import TermByLaw, TermsRule, TermsStanding, term_by_law
from scoring.acceptance.authority import (
    DECIDING_ROLES,
    MACHINE,
    Decider,
    authority_amount,
    may_second,
    roles_within,
    within_authority,
)
from scoring.acceptance.campari import CampariForm, CampariMark, campari_form, moved_grade, notches_of
from scoring.acceptance.limit_versions import (
    LimitDays,
    LimitOnDay,
    LimitStanding,
    LimitVersion,
    limit_days,
    limit_on,
    temporary_until_max,
)
from scoring.acceptance.overrides import Answer, Direction, direction_of

__all__ = [
    "DECIDING_ROLES",
    "MACHINE",
    "Answer",
    "CampariForm",
    "CampariMark",
    "Decider",
    "Direction",
    "LimitDays",
    "LimitOnDay",
    "LimitStanding",
    "LimitVersion",
    "TermByLaw",
    "TermsRule",
    "TermsStanding",
    "authority_amount",
    "campari_form",
    "direction_of",
    "limit_days",
    "limit_on",
    "may_second",
    "moved_grade",
    "notches_of",
    "roles_within",
    "temporary_until_max",
    "term_by_law",
    "within_authority",
]
