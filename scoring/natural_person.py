"""Whether a debtor is a natural person, whom no machine refuses alone (GDPR 22)."""

from scoring.facts import CheckFacts
from scoring.policy.document import Policy


def is_natural_person(facts: CheckFacts, policy: Policy) -> bool | None:
    """What the legal form says, the register's first, else what was stated; None counts as a natural person.

    Who is stated to be a natural person is treated as one, whatever the form (GDPR 22).
    """
    stated = facts.debtor.is_natural_person
    if stated:
        return True
    registered = None if facts.register is None else facts.register.legal_form
    for legal_form in (registered, facts.debtor.legal_form):
        if legal_form in policy.evidence.natural_person_legal_forms:
            return True
        if legal_form in policy.evidence.legal_person_legal_forms:
            return False
    return stated
