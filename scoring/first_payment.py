"""The first-payment rule: a new debtor's first invoice is the first proof of character, so the next order waits."""

from scoring.facts import CheckFacts
from scoring.grading import Grading
from scoring.judgement import Outcome, Reason, reason
from scoring.policy.document import Policy


def while_first_invoice_is_open(facts: CheckFacts, grading: Grading, policy: Policy) -> tuple[Reason, ...]:
    """What an unpaid first invoice does: it holds orders only in classes with the rule, and never a critical debtor."""
    if not facts.debtor.first_payment_pending:
        return ()
    if grading.risk_class not in policy.first_payment.classes:
        return (reason("first_payment_open"),)
    if facts.debtor.critical:
        return (reason("critical_debtor"),)
    return (reason("first_payment_pending", "hold_first_payment"),)


def starts_first_payment(facts: CheckFacts, grading: Grading, outcome: Outcome, policy: Policy) -> bool:
    """Whether the first order on account of a new debtor now begins; a prepaid order begins nothing."""
    # Accepted means on open account with credit: a limit of zero would have called for prepayment.
    is_new = not facts.has_history and not facts.debtor.first_payment_pending
    under_rule = grading.risk_class in policy.first_payment.classes and not facts.debtor.critical
    return outcome is Outcome.ACCEPT and is_new and under_rule
