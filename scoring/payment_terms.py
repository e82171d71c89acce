"""Which payment term a graded debtor gets, and what shortened it: the class, its segment, or the law."""

from dataclasses import dataclass

from scoring.evidence import Evidence
from scoring.facts import CheckFacts
from scoring.figures.size import company_size_of
from scoring.grading import Grading
from scoring.policy.document import Policy
from scoring.policy.terms import CompanySize
from scoring.rules import holds, result_known
from scoring.terms import effective_term_days


@dataclass(frozen=True, slots=True)
class TermFound:
    """The way to a term, in calendar days: of the class in general, of its segment, asked for, and by law.

    `debtor_size` None is not known, and then taken for small. `term_days` None: the law leaves it to a person.
    """

    general_days: int | None
    class_days: int
    asked_days: int | None
    debtor_size: CompanySize | None
    term_days: int | None

    @property
    def agreed_days(self) -> int:
        """What would be agreed if the law allowed it: the term asked for, at most that of the class."""
        return self.class_days if self.asked_days is None else min(self.asked_days, self.class_days)

    @property
    def shortened_by_law(self) -> bool:
        """Whether the law allows less than would be agreed."""
        return self.term_days is not None and self.term_days < self.agreed_days


def find_term(facts: CheckFacts, evidence: Evidence, grading: Grading, policy: Policy) -> TermFound | None:
    """The term asked for, at most that of the class, at most what the law allows; None where the class gets none."""
    class_days = class_term_days(evidence, grading, policy)
    if class_days is None or grading.risk_class is None:
        return None
    # Engine 1 took every debtor for small.
    size = None if policy.engine == "1" else company_size_of(evidence.known)
    general_days, asked_days = policy.terms.payment_term_days.get(grading.risk_class), facts.asked.payment_term_days
    found = TermFound(general_days, class_days, asked_days, size, None)
    term_days = effective_term_days(size or "sme", policy.terms.seller_size, found.agreed_days, expressly_agreed=False)
    return TermFound(general_days, class_days, asked_days, size, term_days)


def class_term_days(evidence: Evidence, grading: Grading, policy: Policy) -> int | None:
    """The term of the class, calendar days, by the first segment that the debtor is in; None where it gets none."""
    if grading.risk_class is None:
        return None
    general = policy.terms.payment_term_days.get(grading.risk_class)
    if not policy.terms.segments:
        return general
    known = result_known(evidence, grading)
    for segment in policy.terms.segments:
        if holds(segment.when, known):
            return segment.payment_term_days.get(grading.risk_class, general)
    return general
