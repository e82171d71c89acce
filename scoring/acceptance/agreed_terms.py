"""What the law makes of a payment term that was agreed: it stands, is shorter, or a person must look at it."""

from dataclasses import dataclass
from typing import Literal

from scoring.policy.terms import CompanySize
from scoring.terms import STATUTORY_DAYS, effective_term_days

TermsStanding = Literal["allowed", "capped", "needs_person"]
TermsRule = Literal["within_law", "large_to_small", "public_body", "not_expressly_agreed", "debtor_size_unknown"]


@dataclass(frozen=True, slots=True)
class TermByLaw:
    """How an agreed term stands by `rule`; `term_days` is what holds, None where a person must say."""

    standing: TermsStanding
    rule: TermsRule
    term_days: int | None


def term_by_law(
    agreed_days: int, debtor_size: CompanySize | None, seller_size: CompanySize, *, expressly_agreed: bool
) -> TermByLaw:
    """What a term in calendar days is worth by BW 6:119a and 6:119b; `debtor_size` None is not known.

    A term longer than a large debtor may have is void, so a small seller must know the size before it agrees to one.
    """
    if debtor_size is None and agreed_days > STATUTORY_DAYS and seller_size == "sme":
        return TermByLaw("needs_person", "debtor_size_unknown", None)
    debtor = debtor_size or "sme"
    held_days = effective_term_days(debtor, seller_size, agreed_days, expressly_agreed=expressly_agreed)
    if held_days is None:
        return TermByLaw("needs_person", "not_expressly_agreed", None)
    if held_days < agreed_days:
        return TermByLaw("capped", "public_body" if debtor == "public" else "large_to_small", held_days)
    return TermByLaw("allowed", "within_law", held_days)
