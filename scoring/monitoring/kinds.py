"""Every kind of alert there is: how grave it can be, whose it is, what opens it and what ends it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["notice", "warning", "urgent"]
Owner = Literal["sales", "finance"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of alert. `owner` says whose it is: the debtor's account owner (sales) or its credit owner (finance).

    `severities` are those it can have, the mildest first. `opens` and `ends` are sentences for the page on alerts.
    """

    name: str
    severities: tuple[Severity, ...]
    opens: str
    ends: str
    owner: Owner = "finance"


_FOLLOWED = (
    Kind(
        "first_payment_due",
        ("notice",),
        "The first invoice on account falls due within `first_payment_due_days`.",
        "It is paid, or its grace is over.",
        "sales",
    ),
    Kind(
        "first_payment_overdue",
        ("warning",),
        "The first invoice on account is unpaid after its due day and the grace of `first_payment`.",
        "It is paid.",
        "sales",
    ),
    Kind(
        "first_payment_received",
        ("notice", "warning"),
        "All first invoices on account are paid: on time (notice) or late (warning).",
        "After `first_payment_told_days`, or when the money goes back.",
        "sales",
    ),
    Kind(
        "limit_nearly_used",
        ("notice", "warning"),
        "Exposure reaches one of `limit_used_shares` of the debtor's own limit; at the highest share a warning.",
        "It falls below the lowest share by `limit_used_exit_margin`, or the limit is decided anew.",
    ),
    Kind(
        "behaviour_worsened",
        ("warning",),
        "Paid `behaviour_days_worse` days later than before, or the share paid late rose by `behaviour_share_worse`.",
        "Both are below `behaviour_days_better` and `behaviour_share_better`.",
    ),
    Kind(
        "class_worsened",
        ("warning", "urgent"),
        "A newer decision puts the debtor in a worse class than its limit was decided by; declined is urgent.",
        "The limit is decided anew, or a newer decision is as good.",
    ),
    Kind(
        "overdue_items",
        ("notice", "warning", "urgent"),
        "The oldest undisputed invoice has been overdue for one of `overdue_item_days`.",
        "No undisputed invoice is so old.",
    ),
    Kind(
        "not_invoiced",
        ("warning",),
        "What was delivered on an order has not been invoiced for `not_invoiced_days`.",
        "It is invoiced.",
    ),
    Kind(
        "terms_not_signed",
        ("warning",),
        "A debtor has had a limit for `terms_unsigned_days` and no terms were agreed.",
        "Terms are agreed, or the limit is taken back.",
        "sales",
    ),
    Kind(
        "cover_stop_near",
        ("notice", "warning", "urgent"),
        "The oldest unpaid invoice has used one of `cover_stop_shares` of the insurer's extension period, or cover"
        " stops within one of `cover_stop_days_before`.",
        "The invoice is paid, or cover has stopped.",
    ),
    Kind(
        "cover_stopped",
        ("urgent",),
        "The oldest unpaid invoice is past the extension period: deliveries are not covered any more.",
        "The invoice is paid.",
    ),
    Kind(
        "notify_deadline_near",
        ("notice", "warning", "urgent"),
        "The last day on which the insurer must be told of what is overdue is within one of `cover_stop_days_before`.",
        "The oldest unpaid invoice is paid.",
    ),
    Kind(
        "handover_deadline_near",
        ("notice", "warning", "urgent"),
        "The last day on which the claim must be handed over is within one of `cover_stop_days_before`.",
        "The oldest unpaid invoice is paid.",
    ),
    Kind(
        "claim_deadline_near",
        ("notice", "warning", "urgent"),
        "The last day on which the loss by an insolvency can be claimed is within one of `cover_stop_days_before`.",
        "The oldest unpaid invoice is paid.",
    ),
    Kind(
        "insolvency_event",
        ("urgent",),
        "Register or bureau tell of an insolvency of the debtor that has not ended.",
        "It has ended, or is not told any more.",
    ),
    Kind(
        "group_insolvency_event",
        ("urgent",),
        "Register or bureau tell of an insolvency of somebody above the debtor in its group.",
        "It has ended, or a person took the debtor out of the group.",
    ),
    Kind(
        "concentration",
        ("warning",),
        "A debtor with all below it owes `concentration_share` of the book or more.",
        "It owes less than `concentration_exit_share`.",
    ),
)
_ELSEWHERE = (
    Kind("over_limit", ("warning",), "Exposure stands above a limit.", "It does not any more."),
    Kind("limit_expired", ("warning",), "The last day of a limit is past.", "The limit is decided anew."),
    Kind("review_due", ("warning",), "The day has come to review a limit.", "The limit is decided anew."),
    Kind("limit_not_taken_over", ("warning",), "A debtor with a limit was merged away.", "The limit is decided anew."),
    Kind("referral_overdue", ("warning",), "Nobody decided on a referral in time.", "Somebody decides."),
    Kind("held_order_overdue", ("warning",), "Nobody decided on a held order in time.", "It is decided, or goes out."),
    Kind("cover_reduced", ("warning",), "The insurer cuts a cover.", "A better decision comes."),
    Kind("cover_withdrawn", ("urgent",), "The insurer takes a cover back.", "A better decision comes."),
    Kind(
        "delivered_past_the_gate",
        ("urgent",),
        "Goods left that the gate would not let out.",
        "It has happened: acknowledge it.",
    ),
    Kind(
        "invoiced_above_order", ("warning",), "More is invoiced than was ordered.", "It has happened: acknowledge it."
    ),
    Kind(
        "invoiced_without_release",
        ("warning",),
        "An invoice came for an order that was never released.",
        "It has happened: acknowledge it.",
    ),
    Kind(
        "order_differs",
        ("warning",),
        "An invoice and the order it names do not fit.",
        "It has happened: acknowledge it.",
    ),
    Kind("prepayment_returned", ("urgent",), "A prepayment went back.", "It has happened: acknowledge it."),
    Kind("sanctions_hit", ("urgent",), "A sanctions list names the debtor.", "It does not any more."),
    Kind("sanctions_possible", ("warning",), "A sanctions list may name the debtor.", "A person clears it."),
    Kind("statement_missing", ("warning",), "A bank statement is missing.", "It comes."),
    Kind("statement_repeated", ("warning",), "A bank statement came twice with other content.", "One is taken back."),
    Kind("source_refused", ("warning",), "A source refuses our credentials.", "Other credentials are handed in."),
    Kind("source_down", ("warning",), "A monitoring run could not ask a source.", "It answers."),
    Kind("bureau_change", ("notice", "warning"), "A source told that something changed.", "A report of it came later."),
    Kind(
        "group_member_insolvent",
        ("urgent",),
        "A source told of an insolvency in the group.",
        "A later report denies it.",
    ),
    Kind("judged_worse", ("warning",), "What is stored now gives a worse class.", "It gives as good a one again."),
    Kind("notice_unreadable", ("warning",), "What a source sent cannot be read.", "It is read again, and can be."),
    Kind("webhook_paused", ("urgent",), "A receiver took nothing for long.", "A person resumes or removes it."),
)
KINDS: dict[str, Kind] = {each.name: each for each in (*_FOLLOWED, *_ELSEWHERE)}
# Those that the facts of one debtor call for, all opened and ended by one look at it.
OF_DEBTOR = tuple(each.name for each in _FOLLOWED if each.name != "concentration")
OF_SALES = tuple(each.name for each in KINDS.values() if each.owner == "sales")


def owner_of(kind: str) -> Owner:
    """Whose alerts of a kind are; those of a kind nobody named here are finance's."""
    return KINDS[kind].owner if kind in KINDS else "finance"
