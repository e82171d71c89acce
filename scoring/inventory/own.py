"""What we saw ourselves, as lines of the list of evidence: how the debtor paid us, and what it owes."""

from collections.abc import Iterator
from decimal import Decimal

from scoring.facts import CheckFacts
from scoring.figures import Known, read_number
from scoring.inventory.entries import EvidenceEntry, EvidenceUnit, origin_of_ledger, told
from scoring.policy.document import Policy

# Fact, unit, the figure it is read from, and why it may be missing though something was settled.
_FIGURES: tuple[tuple[str, EvidenceUnit, str, str], ...] = (
    ("own_late_share", "share", "behaviour.lateness", "not_counted"),
    ("own_dbt", "days", "behaviour.dbt_days", "no_settled_invoice"),
    ("own_late_amount_share", "share", "behaviour.late_amount_share", "no_settled_invoice"),
    ("own_dbt_trend", "days", "behaviour.trend_days", "too_few_to_compare"),
    ("own_promises_kept", "share", "behaviour.promises_kept_share", "no_promise_due"),
    ("own_peak_utilisation", "share", "behaviour.peak_utilisation", "no_limit_before"),
    ("own_peak_exposure", "amount", "behaviour.peak_exposure_amount", "no_settled_invoice"),
    ("own_tenure", "years", "behaviour.tenure_years", "no_settled_invoice"),
)
# These bear on the limit as well, by whichever policy.
_CARRYING = frozenset({"behaviour.dbt_days", "behaviour.peak_exposure_amount", "behaviour.settled_count"})


def own_entries(facts: CheckFacts, known: Known, read: frozenset[str], policy: Policy) -> Iterator[EvidenceEntry]:
    """All that our own books tell; `read` are the figures that scorecards and rules of the policy read."""
    origin, behaviour = origin_of_ledger(facts), facts.behaviour
    counts = behaviour.lateness if behaviour else None
    unseen = counts is None or not counts.whole.count + counts.past_due.count
    for fact, unit, figure, missing in _FIGURES:
        value = read_number(figure, known)
        why = "no_settled_invoice" if figure == "behaviour.lateness" and counts and unseen else missing
        shown = None if value is None else round(value, 4) if unit in ("share", "years") else value
        yield origin.entry(fact, unit, shown, used=figure in read or figure in _CARRYING, missing=why)
    seen_any = behaviour is not None and (behaviour.settled_count > 0 or behaviour.open_amount > 0)
    unjustified = behaviour.unjustified_dispute_ratio if behaviour and seen_any else None
    yield origin.entry(
        "own_disputes_unjustified",
        "share",
        unjustified,
        used="behaviour.unjustified_dispute_share" in read,
        missing="no_settled_invoice",
    )
    # How much is disputed at all, and of which limit how much is in use today, are not among the facts of a check.
    yield origin.entry("own_disputes", "share", None, missing="not_among_facts")
    yield origin.entry("own_utilisation", "share", None, missing="not_among_facts")
    yield origin.entry("own_exposure", "amount", facts.exposure.amount, used=True)
    yield origin.entry("own_overdue", "amount", told(behaviour, "overdue_amount"), used=True)
    oldest = None if behaviour is None else Decimal(behaviour.oldest_overdue_days)
    yield origin.entry("own_oldest_overdue", "days", oldest, used=True)
    settled = None if behaviour is None else Decimal(behaviour.settled_count)
    yield origin.entry("own_settled_count", "count", settled, used=True)
    yield origin.entry("own_first_payment", "word", _first_payment(facts), used=True, missing="no_settled_invoice")


def _first_payment(facts: CheckFacts) -> str | None:
    """What became of the first invoice; None before there was one."""
    if facts.has_history:
        return "first_payment_made"
    return "first_payment_awaited" if facts.debtor.first_payment_pending else None
