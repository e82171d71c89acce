"""Alerts of limits, of whoever must decide on them, and of what stands against credit."""

from scoring.monitoring.alert_kind import DECIDE_LIMIT, LOOK, AlertKind
from scoring.reasons.registry import Words

COVER = Words(
    "Look at the limit and the orders that rested on the cover.",
    "Bekijk de limiet en de orders die op de dekking steunden.",
)
OF_CREDIT = (
    AlertKind(
        "concentration",
        ("warning",),
        begins="A debtor with all below it owes `concentration_share` of the book or more.",
        ends="It owes less than `concentration_exit_share`.",
        title=Words("A debtor owes a large part of the book", "Een debiteur is een groot deel van de portefeuille"),
        todo=LOOK,
    ),
    AlertKind(
        "over_limit",
        ("warning",),
        begins="Exposure stands above a limit, the debtor's own or its group's, whatever brought it there.",
        ends="It does not any more.",
        title=Words("A debtor stands above its limit", "Een debiteur staat boven de limiet"),
        todo=Words(
            "Collect what is due, or decide on the limit.", "Incasseer wat vervallen is of beslis over de limiet."
        ),
    ),
    AlertKind(
        "limit_expired",
        ("warning",),
        begins="The last day of a limit is past.",
        ends="The limit is decided anew.",
        title=Words("A limit has ended", "Een limiet is verlopen"),
        todo=DECIDE_LIMIT,
    ),
    AlertKind(
        "review_due",
        ("warning",),
        begins="The day has come to review a limit.",
        ends="The limit is decided anew.",
        title=Words("A review of a limit is due", "Een limiet moet worden herzien"),
        todo=DECIDE_LIMIT,
    ),
    AlertKind(
        "limit_not_taken_over",
        ("warning",),
        begins="A debtor with a limit was merged away.",
        ends="The limit is decided anew.",
        title=Words(
            "A limit ended when two debtors were merged",
            "Een limiet is geëindigd doordat twee debiteuren zijn samengevoegd",
        ),
        todo=DECIDE_LIMIT,
    ),
    AlertKind(
        "referral_overdue",
        ("warning",),
        begins="Nobody decided on a referral in time.",
        ends="Somebody decides.",
        title=Words("An application waits past its deadline", "Een aanvraag wacht langer dan de termijn"),
        todo=Words(
            "Decide on it at the desk of referrals.", "Beslis erover aan de hand van de lijst met verwijzingen."
        ),
    ),
    AlertKind(
        "cover_reduced",
        ("warning",),
        begins="The insurer cuts a cover.",
        ends="A better decision comes.",
        title=Words("The insurer covers less", "De verzekeraar dekt minder"),
        todo=COVER,
    ),
    AlertKind(
        "cover_withdrawn",
        ("urgent",),
        begins="The insurer takes a cover back.",
        ends="A better decision comes.",
        title=Words("The insurer has withdrawn cover", "De verzekeraar heeft de dekking ingetrokken"),
        todo=COVER,
    ),
    AlertKind(
        "cover_unknown",
        ("urgent",),
        begins="The insurer does not know a cover any more, so that nobody can say whether it stands.",
        ends="It is read again, or another decision, request or withdrawal replaces it.",
        title=Words("The insurer does not know a cover any more", "De verzekeraar kent een dekking niet meer"),
        todo=Words(
            "Ask the insurer whether the cover stands, and record its decision.",
            "Vraag de verzekeraar of de dekking nog geldt en leg het besluit vast.",
        ),
    ),
    AlertKind(
        "sanctions_hit",
        ("urgent",),
        begins="A sanctions list names the debtor.",
        ends="It does not any more.",
        title=Words("A debtor stands on a sanctions list", "Een debiteur staat op een sanctielijst"),
        todo=Words("Deliver nothing and take nothing.", "Lever niets en neem niets aan."),
    ),
    AlertKind(
        "sanctions_possible",
        ("warning",),
        begins="A sanctions list may name the debtor.",
        ends="A person clears it.",
        title=Words(
            "A debtor resembles somebody on a sanctions list", "Een debiteur lijkt op iemand op een sanctielijst"
        ),
        todo=Words(
            "Compare with the list, and record why it is or is not the same.",
            "Vergelijk met de lijst en leg vast waarom het al dan niet dezelfde is.",
        ),
    ),
)
