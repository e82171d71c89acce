"""The first-payment rule: a new debtor's first invoice is the first proof of character, so the next order waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

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


FirstPaymentState = Literal[
    "no_order",
    "first_order_open",
    "first_invoice_open",
    "first_invoice_overdue",
    "first_paid_on_time",
    "first_paid_late",
]
HOLDING: frozenset[FirstPaymentState] = frozenset({"first_order_open", "first_invoice_open", "first_invoice_overdue"})


@dataclass(frozen=True, slots=True)
class FirstInvoice:
    """An invoice of the first order on account; `paid_in_full_on` None while anything of it is open, or was returned.

    What a credit note settled counts as paid; a dispute settles nothing.
    """

    due_on: date
    paid_in_full_on: date | None = None


def first_payment_state(
    has_order: bool, invoices: Sequence[FirstInvoice], as_of: date, grace_days: int
) -> FirstPaymentState:
    """How far the first order on account is (domain 3.6); all of its invoices count, the latest payment decides.

    It is on time until `grace_days` calendar days after each due date.
    """
    if not invoices:
        return "first_order_open" if has_order else "no_order"
    grace = timedelta(days=grace_days)
    unpaid = [each.due_on for each in invoices if each.paid_in_full_on is None]
    if unpaid:
        return "first_invoice_overdue" if as_of > min(unpaid) + grace else "first_invoice_open"
    late = any(each.paid_in_full_on > each.due_on + grace for each in invoices if each.paid_in_full_on is not None)
    return "first_paid_late" if late else "first_paid_on_time"


def holds_next_order(state: FirstPaymentState) -> bool:
    """Whether the next order on account waits."""
    return state in HOLDING
