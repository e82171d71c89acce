"""What the law allows of a payment term: by the size that is known of the debtor, and what was expressly agreed."""

from collections.abc import Iterator
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.problems import Fault
from api.records import decisions
from scoring.acceptance import TermByLaw, term_by_law
from scoring.canonical import facts_from_document
from scoring.company_size import size_by_figures
from scoring.policy.document import Policy
from scoring.policy.terms import CompanySize
from scoring.terms import AGREED_DAYS_MAX, STATUTORY_DAYS


def size_known(session: Session, debtor_id: UUID, policy: Policy) -> CompanySize | None:
    """Give the size of a debtor by what its newest decision was made from; None where that does not tell."""
    facts = decisions.newest_facts(session, debtor_id)
    return None if facts is None else size_by_figures(facts_from_document(orjson.loads(facts)), policy)


def faults_of_term(
    days: int, size: CompanySize | None, policy: Policy, *, expressly_agreed: bool, pointer: str = ""
) -> Iterator[Fault]:
    """Name what the law has against a term in calendar days, and what it would allow (BW 6:119a, 6:119b)."""
    by_law = term_by_law(days, size, policy.terms.seller_size, expressly_agreed=expressly_agreed)
    if by_law.standing != "allowed":
        name, detail = _words(by_law)
        yield Fault(f"{pointer}/{name}", by_law.rule, detail)


def _words(by_law: TermByLaw) -> tuple[str, str]:
    if by_law.rule == "large_to_small":
        return "payment_term_days", f"A large company pays a small one within {by_law.term_days} days: more is void."
    if by_law.rule == "public_body":
        detail = f"A public body pays within {by_law.term_days} days; to {AGREED_DAYS_MAX} only if expressly agreed."
        return "payment_term_days", detail
    if by_law.rule == "debtor_size_unknown":
        detail = f"Above {STATUTORY_DAYS} days say how large the debtor is: a large one may not have more."
        return "debtor_size", detail
    detail = f"At most {AGREED_DAYS_MAX} days; longer only if expressly agreed, and not grossly unfair."
    return "payment_term_days", detail
