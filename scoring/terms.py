"""Payment terms the law allows: Directive 2011/7/EU, in Dutch law BW 6:119a and 6:119b."""

from scoring.policy.terms import CompanySize

STATUTORY_DAYS = 30
AGREED_DAYS_MAX = 60


def effective_term_days(
    debtor: CompanySize, creditor: CompanySize, agreed_days: int | None, *, expressly_agreed: bool
) -> int | None:
    """The term in calendar days that holds in law; None where a person must say (over 60 days, not expressly agreed).

    Nothing agreed is 30. A large company that owes a small one has at most 30, whatever was agreed. A public body has
    at most 30, to 60 when expressly agreed and objectively justified. That a term is not grossly unfair is assumed.
    """
    if agreed_days is None:
        return STATUTORY_DAYS
    if debtor == "large" and creditor == "sme":
        return min(agreed_days, STATUTORY_DAYS)
    if debtor == "public":
        return min(agreed_days, AGREED_DAYS_MAX if expressly_agreed else STATUTORY_DAYS)
    if agreed_days > AGREED_DAYS_MAX and not expressly_agreed:
        return None
    return agreed_days
