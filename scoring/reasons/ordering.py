"""Reasons of the gate: what stands against an order beside the limit itself."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scoring.reasons.granting import LIMIT_OVERDRAWN
from scoring.reasons.registry import ReasonKind, Words

ORDERING: dict[str, ReasonKind] = {
    "order_not_released": ReasonKind(
        "order",
        "finance",
        "sales",
        Words(
            "The order is {state}: nothing of it may be delivered.",
            "De bestelling is {state}: er mag niets van worden geleverd.",
        ),
        Words(
            "Deliver after the order is released; an expired one can be asked again.",
            "Lever pas als de bestelling is vrijgegeven; een verlopen bestelling kan opnieuw worden voorgelegd.",
        ),
    ),
    "delivered_above_order": ReasonKind(
        "order",
        "sales",
        "sales",
        Words(
            "With this delivery {delivered_amount} is delivered of an order of {order_amount}.",
            "Met deze levering is {delivered_amount} geleverd van een bestelling van {order_amount}.",
        ),
        Words(
            "Have the order raised before more of it is delivered.",
            "Laat de bestelling verhogen voordat er meer van wordt geleverd.",
        ),
    ),
    "stop_supply": ReasonKind(
        "order",
        "finance",
        "sales",
        Words(
            "Supply is stopped: nothing more is delivered, not even what was released.",
            "Er geldt een leveringsstop: er wordt niets meer geleverd, ook niet wat al was vrijgegeven.",
        ),
        Words(
            "Ask finance what must happen before supply starts again.",
            "Vraag finance wat er moet gebeuren voordat er weer wordt geleverd.",
        ),
    ),
    "limit_missing_or_expired": ReasonKind(
        "limit",
        "finance",
        "sales",
        Words(
            "There is no credit limit in force, so the order must be prepaid.",
            "Er geldt geen kredietlimiet; de bestelling moet vooruit worden betaald.",
        ),
        Words("Apply for a limit, or offer the order prepaid.", "Vraag een limiet aan of bied vooruitbetaling aan."),
    ),
    "terms_not_agreed": ReasonKind(
        "order",
        "sales",
        "sales",
        Words(
            "The terms are not agreed in writing yet, so the order must be prepaid.",
            "De voorwaarden zijn nog niet schriftelijk overeengekomen; de bestelling moet vooruit worden betaald.",
        ),
        Words(
            "Have the debtor accept the terms in writing, and record it.",
            "Laat de debiteur de voorwaarden schriftelijk aanvaarden en leg dat vast.",
        ),
    ),
    "onboarding_incomplete": ReasonKind(
        "order",
        "finance",
        "sales",
        Words(
            "The file of the new debtor lacks {missing}, so the order must be prepaid.",
            "In het dossier van de nieuwe debiteur ontbreekt {missing}; de bestelling moet vooruit worden betaald.",
        ),
        Words("Ask finance what is still missing, and complete it.", "Vraag finance wat nog ontbreekt en vul het aan."),
        # Whether a list or an insurer is waited for is not for sales.
        Words(
            "The file of the new debtor is not complete yet, so the order must be prepaid.",
            "Het dossier van de nieuwe debiteur is nog niet compleet; de bestelling moet vooruit worden betaald.",
        ),
    ),
    "cover_stopped": ReasonKind(
        "cover",
        "debtor",
        "sales",
        Words(
            "The oldest open item is {overdue_days} overdue; after {most_days} the insurer covers nothing more.",
            "De oudste open post is {overdue_days} over de vervaldatum; na {most_days} dekt de verzekeraar niets meer.",
        ),
        Words("Have the oldest invoice paid first.", "Zorg dat eerst de oudste factuur wordt betaald."),
        Words("An invoice is open far too long.", "Er staat een factuur veel te lang open."),
    ),
    "oldest_open_item": ReasonKind(
        "order",
        "debtor",
        "sales",
        Words(
            "The oldest open item is {overdue_days} overdue; at most {most_days} is allowed.",
            "De oudste open post is {overdue_days} over de vervaldatum; hoogstens {most_days} is toegestaan.",
        ),
        Words("Have the oldest invoice paid first.", "Zorg dat eerst de oudste factuur wordt betaald."),
        Words("Invoices are open too long.", "Er staan facturen te lang open."),
    ),
    "overdue_share": ReasonKind(
        "order",
        "debtor",
        "sales",
        Words(
            "{overdue_share} of what is open is overdue; at most {most_share} is allowed.",
            "{overdue_share} van wat openstaat is over de vervaldatum; hoogstens {most_share} is toegestaan.",
        ),
        Words("Have overdue invoices paid first.", "Zorg dat eerst vervallen facturen worden betaald."),
        Words("Too much of what is open is overdue.", "Te veel van wat openstaat is over de vervaldatum."),
    ),
    "dunning_level": ReasonKind(
        "order",
        "debtor",
        "sales",
        Words(
            "Reminders have reached level {level}; at most {most} is allowed.",
            "De aanmaningen staan op niveau {level}; hoogstens {most} is toegestaan.",
        ),
        Words("Have the reminded invoices paid first.", "Zorg dat eerst de aangemaande facturen worden betaald."),
        Words("Reminders were not answered.", "Op aanmaningen is niet gereageerd."),
    ),
    "max_document_value": ReasonKind(
        "order",
        "finance",
        "sales",
        Words(
            "The order of {order_amount} is above the {most_amount} that goes out without a person.",
            "De bestelling van {order_amount} is hoger dan de {most_amount} die zonder beoordeling de deur uit gaat.",
        ),
        Words("Ask finance to look at the order.", "Vraag finance de bestelling te beoordelen."),
    ),
    "prepayment_share": ReasonKind(
        "order",
        "debtor",
        "sales",
        Words(
            "{prepaid_share} of each order of this class must be prepaid.",
            "Van elke bestelling in deze klasse moet {prepaid_share} vooruit worden betaald.",
        ),
        Words("Have that part prepaid.", "Laat dat deel vooruit betalen."),
    ),
}

# Which limit of the group it is, and since when there is none; by the scope, and whether a day is told.
_NO_LIMIT: dict[tuple[object, bool], Words] = {
    ("own", True): Words(
        "The credit limit ended on {ended_on}, so the order must be prepaid.",
        "De kredietlimiet liep af op {ended_on}; de bestelling moet vooruit worden betaald.",
    ),
    ("group", False): Words(
        "There is no credit limit in force for the debtor's group, so the order must be prepaid.",
        "Er geldt geen kredietlimiet voor het concern van de debiteur; de bestelling moet vooruit worden betaald.",
    ),
    ("group", True): Words(
        "The credit limit of the debtor's group ended on {ended_on}, so the order must be prepaid.",
        "De kredietlimiet van het concern van de debiteur liep af op {ended_on}; "
        "de bestelling moet vooruit worden betaald.",
    ),
}
_GROUP_EXCEEDED = Words(
    "The order of {order_amount} is above the room of {headroom_amount} that the debtor's group has left; "
    "{prepayment_amount} must be prepaid.",
    "De bestelling van {order_amount} past niet in de ruimte van {headroom_amount} die het concern van de debiteur nog "
    "heeft; {prepayment_amount} moet vooruit worden betaald.",
)
_GROUP_OVERDRAWN = Words(
    "The order of {order_amount} does not fit: the limit of {limit_amount} of the debtor's group is used up by the "
    "{exposure_amount} that is outstanding; {prepayment_amount} must be prepaid.",
    "De bestelling van {order_amount} past niet: de limiet van {limit_amount} van het concern van de debiteur is op "
    "doordat er {exposure_amount} uitstaat; {prepayment_amount} moet vooruit worden betaald.",
)
# What the other companies of a group owe is not for sales.
_GROUP_FULL = Words(
    "The order of {order_amount} does not fit in the limit of the debtor's group; {prepayment_amount} must be prepaid.",
    "De bestelling van {order_amount} past niet in de limiet van het concern van de debiteur; "
    "{prepayment_amount} moet vooruit worden betaald.",
)


def words_of_limit(code: str, params: Mapping[str, Any], full: bool) -> Words | None:
    """The words for what stands of a limit in the parameters, where they differ from those of the reason."""
    if code == "limit_missing_or_expired":
        return _NO_LIMIT.get((params.get("scope"), "ended_on" in params))
    if code != "limit_exceeded":
        return None
    is_overdrawn = Decimal(params["headroom_amount"]) < 0
    if params.get("scope") != "group":
        return LIMIT_OVERDRAWN if is_overdrawn else None
    if not full:
        return _GROUP_FULL
    return _GROUP_OVERDRAWN if is_overdrawn else _GROUP_EXCEEDED
