"""Reasons of the gate: what stands against an order beside the limit itself."""

from scoring.reasons.registry import ReasonKind, Words

ORDERING: dict[str, ReasonKind] = {
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
            "The file of the new debtor is not complete ({missing}), so the order must be prepaid.",
            "Het dossier van de nieuwe debiteur is niet compleet ({missing}); "
            "de bestelling moet vooruit worden betaald.",
        ),
        Words("Complete what is missing.", "Vul aan wat ontbreekt."),
    ),
    "cover_stopped": ReasonKind(
        "cover",
        "finance",
        "finance",
        Words(
            "The oldest open item is {overdue_days} overdue; after {most_days} the insurer covers nothing more.",
            "De oudste open post is {overdue_days} over de vervaldatum; na {most_days} dekt de verzekeraar niets meer.",
        ),
        Words("Have the oldest invoice paid first.", "Zorg dat eerst de oudste factuur wordt betaald."),
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
        Words("Split the order, or ask finance.", "Splits de bestelling of vraag finance."),
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
