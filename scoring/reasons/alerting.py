"""Alerts in words, in both languages: what happened, what to do, and what of their data may be told to whom."""

from dataclasses import dataclass

from scoring.reasons.registry import Audience, Words

BOTH: frozenset[Audience] = frozenset({"sales", "finance"})
SALES: frozenset[Audience] = frozenset({"sales"})
FINANCE: frozenset[Audience] = frozenset({"finance"})


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One kind of alert. `told` is whose it is: sales (the debtor's account owner), finance (its credit owner), both.

    `todo` is what to do about it.
    """

    told: frozenset[Audience]
    title: Words
    todo: Words


_LOOK = Words("Look at the debtor and decide what to do.", "Bekijk de debiteur en bepaal wat er moet gebeuren.")
_DECIDE_LIMIT = Words("Decide on the limit anew.", "Beslis opnieuw over de limiet.")
_COVER = Words(
    "Look at the limit and the orders that rested on the cover.",
    "Bekijk de limiet en de orders die op de dekking steunden.",
)
_CREDENTIALS = Words(
    "Look at the credentials of the source, and hand in new ones.",
    "Controleer de inloggegevens van de bron en lever nieuwe aan.",
)

ALERT_KINDS: dict[str, AlertKind] = {
    "first_payment_due": AlertKind(
        SALES,
        Words("The first invoice of a new debtor falls due", "De eerste factuur van een nieuwe debiteur vervalt"),
        Words("Call the debtor: is the invoice in order?", "Bel de debiteur: is de factuur in orde?"),
    ),
    "first_payment_received": AlertKind(
        SALES,
        Words("A new debtor has paid its first invoice", "Een nieuwe debiteur heeft de eerste factuur betaald"),
        Words("Orders that waited for it go out by themselves.", "Orders die hierop wachtten gaan vanzelf uit."),
    ),
    "first_payment_overdue": AlertKind(
        BOTH,
        Words(
            "A new debtor has not paid its first invoice in time",
            "Een nieuwe debiteur heeft de eerste factuur niet op tijd betaald",
        ),
        Words("Call the debtor today, and agree on a day.", "Bel de debiteur vandaag en spreek een dag af."),
    ),
    "class_worsened": AlertKind(
        FINANCE, Words("A debtor's risk class is worse", "De risicoklasse van een debiteur is slechter"), _LOOK
    ),
    "overdue_items": AlertKind(
        FINANCE,
        Words("Invoices have been overdue for long", "Facturen zijn lang over de vervaldatum"),
        Words("Collect what is due.", "Incasseer wat vervallen is."),
    ),
    "terms_not_signed": AlertKind(
        SALES,
        Words(
            "A debtor has a limit and no agreed terms", "Een debiteur heeft een limiet en geen akkoord op voorwaarden"
        ),
        Words("Have the terms agreed in writing.", "Laat de voorwaarden schriftelijk vastleggen."),
    ),
    "concentration": AlertKind(
        FINANCE,
        Words("A debtor owes a large part of the book", "Een debiteur is een groot deel van de portefeuille"),
        _LOOK,
    ),
    "behaviour_worsened": AlertKind(
        FINANCE, Words("A debtor pays later than before", "Een debiteur betaalt later dan voorheen"), _LOOK
    ),
    "bureau_change": AlertKind(
        FINANCE,
        Words("A bureau reports a change of a debtor", "Een bureau meldt een wijziging van een debiteur"),
        _LOOK,
    ),
    "insolvency_event": AlertKind(
        BOTH,
        Words("An insolvency procedure of a debtor", "Een insolventieprocedure van een debiteur"),
        Words(
            "Deliver nothing on account, and let finance decide.", "Lever niets op rekening en laat finance beslissen."
        ),
    ),
    "group_insolvency_event": AlertKind(
        BOTH,
        Words("An insolvency procedure in a debtor's group", "Een insolventieprocedure in de groep van een debiteur"),
        Words("Let finance look before you deliver.", "Laat finance kijken voordat u levert."),
    ),
    "group_member_insolvent": AlertKind(
        BOTH,
        Words(
            "A company of a debtor's group is insolvent", "Een onderneming in de groep van een debiteur is insolvent"
        ),
        Words("Let finance look before you deliver.", "Laat finance kijken voordat u levert."),
    ),
    "sanctions_hit": AlertKind(
        FINANCE,
        Words("A debtor stands on a sanctions list", "Een debiteur staat op een sanctielijst"),
        Words("Deliver nothing and take nothing.", "Lever niets en neem niets aan."),
    ),
    "sanctions_possible": AlertKind(
        FINANCE,
        Words("A debtor resembles somebody on a sanctions list", "Een debiteur lijkt op iemand op een sanctielijst"),
        Words(
            "Compare with the list, and record why it is or is not the same.",
            "Vergelijk met de lijst en leg vast waarom het al dan niet dezelfde is.",
        ),
    ),
    "over_limit": AlertKind(
        FINANCE,
        Words("A debtor stands above its limit", "Een debiteur staat boven de limiet"),
        Words("Collect what is due, or decide on the limit.", "Incasseer wat vervallen is of beslis over de limiet."),
    ),
    "limit_nearly_used": AlertKind(
        FINANCE, Words("A limit is nearly used up", "Een limiet is bijna benut"), _DECIDE_LIMIT
    ),
    "limit_expired": AlertKind(FINANCE, Words("A limit has ended", "Een limiet is verlopen"), _DECIDE_LIMIT),
    "limit_not_taken_over": AlertKind(
        FINANCE,
        Words(
            "A limit ended when two debtors were merged",
            "Een limiet is geëindigd doordat twee debiteuren zijn samengevoegd",
        ),
        _DECIDE_LIMIT,
    ),
    "review_due": AlertKind(
        FINANCE, Words("A review of a limit is due", "Een limiet moet worden herzien"), _DECIDE_LIMIT
    ),
    "referral_overdue": AlertKind(
        FINANCE,
        Words("An application waits past its deadline", "Een aanvraag wacht langer dan de termijn"),
        Words("Decide on it at the desk of referrals.", "Beslis erover aan de hand van de lijst met verwijzingen."),
    ),
    "held_order_overdue": AlertKind(
        BOTH,
        Words("A held order waits past its deadline", "Een vastgehouden order wacht langer dan de termijn"),
        Words("Finance decides; tell the debtor.", "Finance beslist; informeer de debiteur."),
    ),
    "delivered_past_the_gate": AlertKind(
        BOTH,
        Words("An order was delivered that was not released", "Een order is geleverd die niet was vrijgegeven"),
        Words("Find out how, and whether it can still be stopped.", "Zoek uit hoe en of het nog te stoppen is."),
    ),
    "prepayment_returned": AlertKind(
        BOTH,
        Words(
            "A prepayment went back after its goods were delivered",
            "Een vooruitbetaling is teruggeboekt nadat de goederen waren geleverd",
        ),
        Words("Call the debtor, and have it paid again.", "Bel de debiteur en laat opnieuw betalen."),
    ),
    "invoiced_above_order": AlertKind(
        FINANCE,
        Words("More was invoiced than was ordered", "Er is meer gefactureerd dan besteld"),
        Words("Compare invoice and order.", "Vergelijk factuur en order."),
    ),
    "invoiced_without_release": AlertKind(
        FINANCE,
        Words("An order was invoiced that was not released", "Een order is gefactureerd die niet was vrijgegeven"),
        Words("Find out whether it was delivered.", "Zoek uit of er geleverd is."),
    ),
    "not_invoiced": AlertKind(
        FINANCE,
        Words("What was delivered is not invoiced yet", "Wat geleverd is, is nog niet gefactureerd"),
        Words("Have it invoiced.", "Laat factureren."),
    ),
    "order_differs": AlertKind(
        FINANCE,
        Words(
            "A document names an order that is not the debtor's or has another currency",
            "Een document noemt een order van een ander of in een andere valuta",
        ),
        Words("Correct the reference.", "Verbeter de verwijzing."),
    ),
    "cover_reduced": AlertKind(FINANCE, Words("The insurer covers less", "De verzekeraar dekt minder"), _COVER),
    "cover_withdrawn": AlertKind(
        FINANCE, Words("The insurer has withdrawn cover", "De verzekeraar heeft de dekking ingetrokken"), _COVER
    ),
    "cover_stop_near": AlertKind(
        FINANCE,
        Words("Cover stops soon for what is overdue", "De dekking stopt binnenkort vanwege achterstand"),
        Words("Collect or report what is overdue.", "Incasseer of meld wat achterstallig is."),
    ),
    "cover_stopped": AlertKind(
        FINANCE,
        Words("Deliveries are not covered any more", "Leveringen zijn niet meer gedekt"),
        Words(
            "Collect or report what is overdue, and deliver at own risk only.",
            "Incasseer of meld de achterstand; lever alleen voor eigen risico.",
        ),
    ),
    "notify_deadline_near": AlertKind(
        FINANCE,
        Words("The insurer must be told of what is overdue", "De achterstand moet bij de verzekeraar worden gemeld"),
        Words("Report it to the insurer before the day.", "Meld dit vóór die dag bij de verzekeraar."),
    ),
    "handover_deadline_near": AlertKind(
        FINANCE,
        Words("A claim must be handed over to collection", "Een vordering moet ter incasso worden overgedragen"),
        Words("Hand it over before the day.", "Draag deze vóór die dag over."),
    ),
    "claim_deadline_near": AlertKind(
        FINANCE,
        Words("A loss must be claimed at the insurer", "Een schade moet bij de verzekeraar worden ingediend"),
        Words("File the claim before the day.", "Dien de claim vóór die dag in."),
    ),
    "statement_missing": AlertKind(
        FINANCE,
        Words("A bank statement is missing", "Een bankafschrift ontbreekt"),
        Words("Import the missing statement.", "Importeer het ontbrekende afschrift."),
    ),
    "statement_repeated": AlertKind(
        FINANCE,
        Words("A bank statement came twice, with other content", "Een bankafschrift kwam twee keer, met andere inhoud"),
        Words("Find out which one is right.", "Zoek uit welke juist is."),
    ),
    "source_refused": AlertKind(
        FINANCE, Words("A source refuses the credentials", "Een bron weigert de inloggegevens"), _CREDENTIALS
    ),
    "notice_unreadable": AlertKind(
        FINANCE,
        Words("What a source sent could not be read", "Wat een bron stuurde was niet te lezen"),
        Words("Look it up at the source.", "Zoek het op bij de bron."),
    ),
    "judged_worse": AlertKind(
        FINANCE,
        Words(
            "What is known of a debtor now gives a worse risk class",
            "Wat nu van een debiteur bekend is geeft een slechtere risicoklasse",
        ),
        _LOOK,
    ),
    "webhook_paused": AlertKind(
        FINANCE,
        Words(
            "A webhook is paused: its receiver takes nothing", "Een webhook is gepauzeerd: de ontvanger neemt niets aan"
        ),
        Words("Mend the receiver, then resume the webhook.", "Herstel de ontvanger en hervat daarna de webhook."),
    ),
    "source_down": AlertKind(
        FINANCE,
        Words("A source does not answer", "Een bron antwoordt niet"),
        Words("What waits for it is asked again by itself.", "Wat erop wacht wordt vanzelf opnieuw gevraagd."),
    ),
}


def alert_kind(kind: str) -> AlertKind:
    """Give what is registered of a kind; of another one its own name, told to finance, so that none goes unsaid."""
    name = kind.replace("_", " ").strip().capitalize() or "Alert"
    return ALERT_KINDS.get(kind) or AlertKind(FINANCE, Words(name, name), _LOOK)
