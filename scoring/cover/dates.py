"""The dates that a contract with a credit insurer counts from one unpaid invoice."""

from dataclasses import dataclass
from datetime import date, timedelta

from scoring.cover.terms import InsuranceTerms
from scoring.dates import months_later


@dataclass(frozen=True, slots=True)
class CoverDates:
    """Each date, None where the contract does not have it or nothing happened yet that it counts from.

    `cover_stop_on` is the last day on which deliveries are covered, `notify_by`, `handover_by` and `claim_by` are the
    last days to act on.
    """

    cover_stop_on: date | None
    first_uncovered_on: date | None
    notify_by: date | None
    handover_by: date | None
    loss_on: date | None
    claim_by: date | None
    indemnity_due_by: date | None


def cover_dates(
    original_due_on: date,
    terms: InsuranceTerms,
    *,
    handed_over_on: date | None = None,
    insolvency_on: date | None = None,
    insolvency_known_on: date | None = None,
) -> CoverDates:
    """The dates of the oldest unpaid invoice of a buyer, which drives them all.

    `original_due_on` stays what it was whatever delay was granted since. An insolvency is the loss, else so many months
    after the claim was handed over.
    """
    stop_on = _days_later(original_due_on, terms.max_extension_days)
    loss_on = insolvency_on
    if loss_on is None and handed_over_on is not None and terms.waiting_months is not None:
        loss_on = months_later(handed_over_on, terms.waiting_months)
    told_by = (
        _days_later(stop_on, terms.notify_after_days),
        _days_later(original_due_on, terms.notify_days),
        _days_later(insolvency_known_on, terms.insolvency_notify_days),
    )
    return CoverDates(
        cover_stop_on=stop_on,
        first_uncovered_on=_days_later(stop_on, 1),
        notify_by=min((day for day in told_by if day is not None), default=None),
        handover_by=_days_later(stop_on, terms.handover_days),
        loss_on=loss_on,
        claim_by=_days_later(loss_on, terms.claim_filing_days),
        indemnity_due_by=None if loss_on is None else months_later(loss_on, terms.indemnity_months),
    )


def reduction_begins_on(told_on: date, terms: InsuranceTerms, stated_on: date | None = None) -> date:
    """The first day of a cover that was cut or taken back: the one the insurer stated, else so long after notice.

    Deliveries before it stay covered as they were.
    """
    return stated_on if stated_on is not None else told_on + timedelta(days=terms.reduction_notice_days)


def _days_later(day: date | None, days: int | None) -> date | None:
    """So many days on; None where either is not known."""
    return None if day is None or days is None else day + timedelta(days=days)
