"""Alerts that the facts of one debtor call for: all opened and ended by one look at it."""

from scoring.monitoring.alert_kind import DECIDE_LIMIT, LOOK, AlertKind
from scoring.reasons.registry import Words

OF_DEBTORS = (
    AlertKind(
        "first_payment_due",
        ("notice",),
        begins="The first invoice on account falls due within `first_payment_due_days`.",
        ends="It is paid, or its grace is over.",
        title=Words("The first invoice of a new debtor falls due", "De eerste factuur van een nieuwe debiteur vervalt"),
        todo=Words("Call the debtor: is the invoice in order?", "Bel de debiteur: is de factuur in orde?"),
        owner="sales",
    ),
    AlertKind(
        "first_payment_overdue",
        ("warning",),
        begins="The first invoice on account is unpaid after its due day and the grace of `first_payment`.",
        ends="It is paid.",
        title=Words(
            "A new debtor has not paid its first invoice in time",
            "Een nieuwe debiteur heeft de eerste factuur niet op tijd betaald",
        ),
        todo=Words("Call the debtor today, and agree on a day.", "Bel de debiteur vandaag en spreek een dag af."),
        owner="sales",
        also_told=("finance",),
    ),
    AlertKind(
        "first_payment_received",
        ("notice", "warning"),
        begins="All first invoices on account are paid: on time (notice) or late (warning).",
        ends="After `first_payment_told_days`, or when the money goes back.",
        title=Words("A new debtor has paid its first invoice", "Een nieuwe debiteur heeft de eerste factuur betaald"),
        todo=Words("Orders that waited for it go out by themselves.", "Orders die hierop wachtten gaan vanzelf uit."),
        owner="sales",
    ),
    AlertKind(
        "limit_nearly_used",
        ("notice", "warning"),
        begins="Exposure reaches one of `limit_used_shares` of the debtor's own limit; at the highest share a warning.",
        ends="It falls below the lowest share by `limit_used_exit_margin`, or the limit is decided anew.",
        title=Words("A limit is nearly used up", "Een limiet is bijna benut"),
        todo=DECIDE_LIMIT,
    ),
    AlertKind(
        "behaviour_worsened",
        ("warning",),
        begins=(
            "Paid `behaviour_days_worse` days later than before, or the share paid late rose by"
            " `behaviour_share_worse`."
        ),
        ends="Both are below `behaviour_days_better` and `behaviour_share_better`.",
        title=Words("A debtor pays later than before", "Een debiteur betaalt later dan voorheen"),
        todo=LOOK,
    ),
    AlertKind(
        "class_worsened",
        ("warning", "urgent"),
        begins=(
            "A newer decision, of a check or of monitoring, puts the debtor in a worse class than its limit was"
            " decided by; declined is urgent."
        ),
        ends="The limit is decided anew, or a newer decision is as good.",
        title=Words("A debtor's risk class is worse", "De risicoklasse van een debiteur is slechter"),
        todo=LOOK,
    ),
    AlertKind(
        "overdue_items",
        ("notice", "warning", "urgent"),
        begins="The oldest undisputed invoice has been overdue for one of `overdue_item_days`.",
        ends="No undisputed invoice is so old.",
        title=Words("Invoices have been overdue for long", "Facturen zijn lang over de vervaldatum"),
        todo=Words("Collect what is due.", "Incasseer wat vervallen is."),
    ),
    AlertKind(
        "not_invoiced",
        ("warning",),
        begins="What was delivered on an order has not been invoiced for `not_invoiced_days`.",
        ends="It is invoiced.",
        title=Words("What was delivered is not invoiced yet", "Wat geleverd is, is nog niet gefactureerd"),
        todo=Words("Have it invoiced.", "Laat factureren."),
    ),
    AlertKind(
        "terms_not_signed",
        ("warning",),
        begins="A debtor has had a limit for `terms_unsigned_days` and no terms were agreed.",
        ends="Terms are agreed, or the limit is taken back.",
        title=Words(
            "A debtor has a limit and no agreed terms", "Een debiteur heeft een limiet en geen akkoord op voorwaarden"
        ),
        todo=Words("Have the terms agreed in writing.", "Laat de voorwaarden schriftelijk vastleggen."),
        owner="sales",
    ),
    AlertKind(
        "cover_stop_near",
        ("notice", "warning", "urgent"),
        begins=(
            "The oldest unpaid invoice has used one of `cover_stop_shares` of the insurer's extension period, or cover"
            " stops within one of `cover_stop_days_before`."
        ),
        ends="The invoice is paid, or cover has stopped.",
        title=Words("Cover stops soon for what is overdue", "De dekking stopt binnenkort vanwege achterstand"),
        todo=Words("Collect or report what is overdue.", "Incasseer of meld wat achterstallig is."),
    ),
    AlertKind(
        "cover_stopped",
        ("urgent",),
        begins="The oldest unpaid invoice is past the extension period: deliveries are not covered any more.",
        ends="The invoice is paid.",
        title=Words("Deliveries are not covered any more", "Leveringen zijn niet meer gedekt"),
        todo=Words(
            "Collect or report what is overdue, and deliver at own risk only.",
            "Incasseer of meld de achterstand; lever alleen voor eigen risico.",
        ),
    ),
    AlertKind(
        "notify_deadline_near",
        ("notice", "warning", "urgent"),
        begins=(
            "The last day on which the insurer must be told of what is overdue is within one of"
            " `cover_stop_days_before`."
        ),
        ends="The oldest unpaid invoice is paid.",
        title=Words(
            "The insurer must be told of what is overdue", "De achterstand moet bij de verzekeraar worden gemeld"
        ),
        todo=Words("Report it to the insurer before the day.", "Meld dit vóór die dag bij de verzekeraar."),
    ),
    AlertKind(
        "handover_deadline_near",
        ("notice", "warning", "urgent"),
        begins="The last day on which the claim must be handed over is within one of `cover_stop_days_before`.",
        ends="The oldest unpaid invoice is paid.",
        title=Words("A claim must be handed over to collection", "Een vordering moet ter incasso worden overgedragen"),
        todo=Words("Hand it over before the day.", "Draag deze vóór die dag over."),
    ),
    AlertKind(
        "claim_deadline_near",
        ("notice", "warning", "urgent"),
        begins=(
            "The last day on which the loss by an insolvency can be claimed is within one of `cover_stop_days_before`."
        ),
        ends="The oldest unpaid invoice is paid.",
        title=Words("A loss must be claimed at the insurer", "Een schade moet bij de verzekeraar worden ingediend"),
        todo=Words("File the claim before the day.", "Dien de claim vóór die dag in."),
    ),
    AlertKind(
        "insolvency_event",
        ("urgent",),
        begins="A stored report, or a change that a source told, says that the debtor is insolvent.",
        ends="It has ended, or reports that came later from all who told it say nothing of it.",
        title=Words("An insolvency procedure of a debtor", "Een insolventieprocedure van een debiteur"),
        todo=Words(
            "Deliver nothing on account, and let finance decide.", "Lever niets op rekening en laat finance beslissen."
        ),
        also_told=("sales",),
    ),
    AlertKind(
        "group_insolvency_event",
        ("urgent",),
        begins="Somebody above or below the debtor in its group has an `insolvency_event`.",
        ends="That has ended, or the two are of one group no longer.",
        title=Words(
            "An insolvency procedure in a debtor's group", "Een insolventieprocedure in de groep van een debiteur"
        ),
        todo=Words("Let finance look before you deliver.", "Laat finance kijken voordat u levert."),
        also_told=("sales",),
    ),
)
