"""Reasons behind limit, terms and what an order needs."""

from scoring.reasons.registry import ReasonKind, Words

# Where more is outstanding than the limit, so that the room is below zero.
LIMIT_OVERDRAWN = Words(
    "The order of {order_amount} does not fit: the limit of {limit_amount} is used up by the {exposure_amount} that is "
    "outstanding; {prepayment_amount} must be prepaid.",
    "De bestelling van {order_amount} past niet: de limiet van {limit_amount} is op doordat er {exposure_amount} "
    "uitstaat; {prepayment_amount} moet vooruit worden betaald.",
)
# Where no amount was asked but unlimited credit; and what sales reads of an application until somebody has decided.
ASKED_UNLIMITED = Words(
    "Unlimited credit was asked; the policy gives {limit_amount}.",
    "Er is onbeperkt krediet gevraagd; het beleid geeft {limit_amount}.",
)
APPLIED_ABOVE_LIMIT = Words(
    "More was applied for than the policy gives; finance decides.",
    "Er is meer aangevraagd dan het beleid geeft; finance beslist.",
)
_FIRST_INVOICE_PAID = Words("Have the first invoice paid.", "Zorg dat de eerste factuur wordt betaald.")

GRANTING: dict[str, ReasonKind] = {
    "grade_without_credit": ReasonKind(
        "limit",
        "finance",
        "sales",
        Words(
            "Grade {grade} gets no credit; orders must be prepaid.",
            "Rating {grade} krijgt geen krediet; bestellingen moeten vooruit worden betaald.",
        ),
        Words("Offer orders prepaid.", "Bied bestellingen aan tegen vooruitbetaling."),
        Words(
            "The debtor gets no credit; orders must be prepaid.",
            "De debiteur krijgt geen krediet; bestellingen moeten vooruit worden betaald.",
        ),
    ),
    "limit_is_zero": ReasonKind(
        "limit",
        "finance",
        "sales",
        Words(
            "The limit comes to zero; what bound it: {binding}.", "De limiet komt uit op nul; bepalend was: {binding}."
        ),
        Words(
            "Offer orders prepaid, or ask the debtor for annual figures.",
            "Bied bestellingen aan tegen vooruitbetaling of vraag de debiteur om jaarcijfers.",
        ),
    ),
    "limit_exceeded": ReasonKind(
        "order",
        "sales",
        "sales",
        Words(
            "The order of {order_amount} is above the room of {headroom_amount}; {prepayment_amount} must be prepaid.",
            "De bestelling van {order_amount} past niet in de ruimte van {headroom_amount}; "
            "{prepayment_amount} moet vooruit worden betaald.",
        ),
        Words(
            "Lower the order, have the excess prepaid, or have open invoices paid first.",
            "Verklein de bestelling, vraag vooruitbetaling van het meerdere of zorg dat eerst open facturen worden "
            "betaald.",
        ),
    ),
    "limit_used_up": ReasonKind(
        "order",
        "sales",
        "sales",
        Words(
            "The limit of {limit_amount} is used up: {exposure_amount} is outstanding.",
            "De limiet van {limit_amount} is op: er staat {exposure_amount} uit.",
        ),
        Words(
            "Have open invoices paid first, or offer orders prepaid.",
            "Zorg dat eerst open facturen worden betaald of bied bestellingen aan tegen vooruitbetaling.",
        ),
    ),
    "asked_above_limit": ReasonKind(
        "limit",
        "sales",
        "sales",
        Words(
            "The limit asked, {requested_amount}, is above the {limit_amount} that the policy gives.",
            "De gevraagde limiet, {requested_amount}, ligt boven de {limit_amount} die het beleid geeft.",
        ),
        Words(
            "Work with what the policy gives, or apply for more: finance then decides.",
            "Werk met wat het beleid geeft of vraag meer aan: dan beslist finance.",
        ),
    ),
    "first_payment_pending": ReasonKind(
        "order",
        "debtor",
        "sales",
        Words(
            "The first invoice is not paid or credited in full yet; new orders wait for it.",
            "De eerste factuur is nog niet geheel betaald of gecrediteerd; nieuwe bestellingen wachten daarop.",
        ),
        _FIRST_INVOICE_PAID,
    ),
    "first_payment_open": ReasonKind(
        "order",
        "debtor",
        "sales",
        Words(
            "The first invoice is not paid yet; in this class that does not hold new orders.",
            "De eerste factuur is nog niet betaald; in deze klasse houdt dat nieuwe bestellingen niet op.",
        ),
        _FIRST_INVOICE_PAID,
    ),
    "first_payment_first": ReasonKind(
        "order",
        "debtor",
        "sales",
        Words(
            "The debtor is new: a second order goes out once the first invoice is paid.",
            "De debiteur is nieuw: een tweede bestelling gaat de deur uit als de eerste factuur is betaald.",
        ),
    ),
    "critical_debtor": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words(
            "The debtor is marked critical, so the first-payment rule does not hold its orders.",
            "De debiteur is als strategisch aangemerkt; de regel van de eerste betaling houdt zijn bestellingen "
            "niet op.",
        ),
    ),
    "term_shortened": ReasonKind(
        "order",
        "sales",
        "sales",
        Words(
            "A term of {asked_days} was asked; this class gets {term_days}.",
            "Er is een termijn van {asked_days} gevraagd; deze klasse krijgt {term_days}.",
        ),
        Words("Offer the shorter term.", "Bied de kortere termijn aan."),
    ),
    "term_shortened_by_law": ReasonKind(
        "order",
        "sales",
        "sales",
        Words(
            "The law allows {term_days} instead of {agreed_days}: the debtor is {debtor_size}.",
            "De wet staat {term_days} toe in plaats van {agreed_days}: de debiteur is {debtor_size}.",
        ),
        Words("Offer the term that the law allows.", "Bied de termijn aan die de wet toestaat."),
    ),
    "need_from_request": ReasonKind(
        "data",
        "sales",
        "sales",
        Words(
            "Monthly sales are not known, so the need is what was asked, rounded up by the policy: {need_amount}.",
            "De maandomzet is niet bekend; de behoefte is daarom wat is gevraagd, volgens het beleid naar boven "
            "afgerond: {need_amount}.",
        ),
        Words("State the sales expected per month.", "Geef de verwachte omzet per maand op."),
    ),
    "need_unknown": ReasonKind(
        "data",
        "sales",
        "sales",
        Words(
            "Neither sales, order nor limit was given, so the need does not bound the limit.",
            "Er is geen omzet, bestelling of limiet opgegeven; de behoefte begrenst de limiet dus niet.",
        ),
        Words("State the sales expected per month.", "Geef de verwachte omzet per maand op."),
    ),
    "stale_financials": ReasonKind(
        "data",
        "debtor",
        "finance",
        Words(
            "The annual figures of {year_end_on} are too old to count.",
            "De jaarcijfers van {year_end_on} zijn te oud om mee te tellen.",
        ),
        Words("Ask the debtor for newer annual figures.", "Vraag de debiteur om nieuwere jaarcijfers."),
    ),
    "financials_incomplete": ReasonKind(
        "data",
        "debtor",
        "finance",
        Words("The annual figures lack: {figures}.", "In de jaarcijfers ontbreekt: {figures}."),
        Words("Ask the debtor for full annual figures.", "Vraag de debiteur om volledige jaarcijfers."),
    ),
    "consolidated_financials": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "The annual figures are those of the whole group.",
            "De jaarcijfers zijn die van de hele groep.",
        ),
    ),
    "cover_not_decided": ReasonKind(
        "cover",
        "finance",
        "finance",
        Words(
            "The insurer has not decided on this debtor, so only own risk counts.",
            "De verzekeraar heeft over deze debiteur niet beslist; alleen eigen risico telt.",
        ),
        Words("Ask the insurer for a limit.", "Vraag bij de verzekeraar een limiet aan."),
    ),
    "related_party": ReasonKind(
        "cover",
        "finance",
        "finance",
        Words(
            "The debtor is related to us, so insurance does not cover it.",
            "De debiteur is aan ons gelieerd; de verzekering dekt hem niet.",
        ),
    ),
    "legal_form_unknown": ReasonKind(
        "data",
        "sales",
        "sales",
        Words(
            "The legal form is not known, so the debtor is treated as a natural person.",
            "De rechtsvorm is niet bekend; de debiteur geldt daarom als natuurlijk persoon.",
        ),
        Words("Ask the debtor for its legal form.", "Vraag de debiteur naar de rechtsvorm."),
    ),
    "within_policy": ReasonKind(
        "policy",
        "sales",
        "sales",
        Words("What was asked is within the policy.", "Wat is gevraagd past binnen het beleid."),
    ),
}
