"""Reasons that are a person's word: what people decided, and what stands for reasons that only finance may read."""

from scoring.reasons.registry import ReasonKind, Words

_ASK_FINANCE = Words(
    "Ask finance before anything is promised or delivered.",
    "Vraag finance voordat er iets wordt toegezegd of geleverd.",
)
_ASK_WHO_DECIDES = Words(
    "Ask finance; promise no terms before it has decided.", "Vraag finance; zeg nog geen voorwaarden toe."
)

DECIDING: dict[str, ReasonKind] = {
    # These two stand for reasons that only finance may read.
    "do_not_deliver": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words("Do not sell or deliver to this debtor.", "Verkoop en lever niet aan deze debiteur."),
        _ASK_FINANCE,
    ),
    "finance_decides": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words(
            "Finance must look at this debtor before it goes on.",
            "Finance moet eerst naar deze debiteur kijken.",
        ),
        _ASK_FINANCE,
    ),
    # What people decided, beside which a machine's answer to an application has no effect.
    "refused_by_person": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words(
            "A person refused this debtor credit before, so a person decides again.",
            "Iemand heeft deze debiteur eerder krediet geweigerd; daarom beslist weer een mens.",
        ),
        _ASK_WHO_DECIDES,
    ),
    "above_limit_of_person": ReasonKind(
        "limit",
        "finance",
        "sales",
        Words(
            "More is asked than the limit that a person set, so a person decides.",
            "Er is meer gevraagd dan de limiet die iemand heeft vastgesteld; daarom beslist een mens.",
        ),
        _ASK_WHO_DECIDES,
    ),
    "limit_beside_prepayment": ReasonKind(
        "limit",
        "finance",
        "sales",
        Words(
            "A limit is in force, and now orders would be prepaid: a person decides which holds.",
            "Er geldt een limiet, en nu zou vooruit moeten worden betaald: een mens beslist wat geldt.",
        ),
        _ASK_WHO_DECIDES,
    ),
    "within_limit_in_force": ReasonKind(
        "limit",
        "sales",
        "sales",
        Words("What was asked fits in the limit in force.", "Wat is gevraagd past in de limiet die geldt."),
    ),
    "granted_by_person": ReasonKind(
        "policy", "finance", "sales", Words("Finance granted this credit.", "Finance heeft dit krediet verleend.")
    ),
    "prepayment_by_person": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words("Finance decided that orders are prepaid.", "Finance heeft besloten dat vooruit wordt betaald."),
        Words("Offer orders prepaid.", "Bied bestellingen aan tegen vooruitbetaling."),
    ),
    "declined_by_person": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words("Finance declined this debtor.", "Finance heeft deze debiteur afgewezen."),
        Words("Do not sell on account; ask finance.", "Verkoop niet op rekening; vraag finance."),
    ),
}
