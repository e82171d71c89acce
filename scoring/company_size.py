"""How large a debtor is by its annual figures, which bounds the payment terms that may be agreed with it."""

from scoring.evidence import weigh_evidence
from scoring.facts import CheckFacts
from scoring.figures.size import company_size_of
from scoring.policy.document import Policy
from scoring.policy.terms import CompanySize


def size_by_figures(facts: CheckFacts, policy: Policy) -> CompanySize | None:
    """The size by the figures that still count, a public body by its legal form; None where too little is known."""
    return company_size_of(weigh_evidence(facts, policy).known)
