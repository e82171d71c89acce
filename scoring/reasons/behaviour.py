"""Reasons from how the debtor paid us: figures and grades for finance, the plain cause for sales."""

from scoring.reasons.registry import ReasonKind, Words

_PAY_IN_TIME = Words("Pay invoices by their due date.", "Betaal facturen uiterlijk op de vervaldag.")


def _factor(cause: Words, condition: Words, remedy: Words, sales_text: Words) -> ReasonKind:
    """A part of the payment index with its marginal effect: under `condition` the grade would be `grade_would_be`."""
    return ReasonKind(
        "behaviour",
        "debtor",
        "sales",
        Words(
            f"{cause.en}. {condition.en} the grade would be {{grade_would_be}} (now {{grade}}).",
            f"{cause.nl}. {condition.nl} zou de rating {{grade_would_be}} zijn (nu {{grade}}).",
        ),
        remedy,
        sales_text,
        Words(
            f"{cause.en}. {condition.en} the grade would stay {{grade}}.",
            f"{cause.nl}. {condition.nl} zou de rating {{grade}} blijven.",
        ),
    )


BEHAVIOUR: dict[str, ReasonKind] = {
    "items_overdue": ReasonKind(
        "behaviour",
        "debtor",
        "sales",
        Words(
            "{overdue_amount} is overdue; the oldest item is {overdue_days} late.",
            "{overdue_amount} is achterstallig; de oudste post is {overdue_days} te laat.",
        ),
        Words("Have what is overdue paid.", "Zorg dat de achterstand wordt betaald."),
        Words("The debtor has invoices overdue.", "De debiteur heeft facturen te laat openstaan."),
    ),
    "often_late": _factor(
        Words(
            "An invoice is likely to be paid late: the late share is {late_share}",
            "Een factuur wordt waarschijnlijk te laat betaald: het aandeel te laat is {late_share}",
        ),
        Words("With at most {target_share}", "Met hoogstens {target_share}"),
        _PAY_IN_TIME,
        Words("The debtor often pays late.", "De debiteur betaalt vaak te laat."),
    ),
    "figure_misses": _factor(
        Words("{figure}: {value}", "{figure}: {value}"),
        Words("With {target}", "Met {target}"),
        Words("Improve this figure.", "Verbeter dit cijfer."),
        Words(
            "A figure of the debtor is weaker than asked for.", "Een cijfer van de debiteur is zwakker dan gevraagd."
        ),
    ),
    "pays_late": _factor(
        Words(
            "Invoices are paid {dbt_days} late on average",
            "Facturen worden gemiddeld {dbt_days} te laat betaald",
        ),
        Words("With at most {target_days}", "Met hoogstens {target_days}"),
        _PAY_IN_TIME,
        Words("The debtor pays its invoices late.", "De debiteur betaalt zijn facturen te laat."),
    ),
    "much_paid_late": _factor(
        Words("{late_share} of the amount is paid late", "{late_share} van het bedrag wordt te laat betaald"),
        Words("With at most {target_share}", "Met hoogstens {target_share}"),
        _PAY_IN_TIME,
        Words(
            "The debtor pays much of what it owes late.",
            "De debiteur betaalt veel van wat hij verschuldigd is te laat.",
        ),
    ),
    "pays_later_than_before": _factor(
        Words(
            "Invoices are lately paid {trend_days} later than before",
            "Facturen worden de laatste tijd {trend_days} later betaald dan eerder",
        ),
        Words("With at most {target_days}", "Met hoogstens {target_days}"),
        _PAY_IN_TIME,
        Words("The debtor lately pays later than before.", "De debiteur betaalt de laatste tijd later dan eerder."),
    ),
    "promises_broken": _factor(
        Words(
            "{kept_share} of the promises to pay is kept",
            "{kept_share} van de betaaltoezeggingen wordt nagekomen",
        ),
        Words("With {target_share}", "Bij {target_share}"),
        Words("Keep promises to pay.", "Kom betaaltoezeggingen na."),
        Words(
            "The debtor does not keep all its promises to pay.",
            "De debiteur komt niet al zijn betaaltoezeggingen na.",
        ),
    ),
    "limit_stretched": _factor(
        Words(
            "At its peak {peak_share} of the limit was in use",
            "Op het hoogtepunt was {peak_share} van de limiet in gebruik",
        ),
        Words("With at most {target_share}", "Met hoogstens {target_share}"),
        Words("Stay further below the limit.", "Blijf verder onder de limiet."),
        Words("The debtor uses much of its limit.", "De debiteur gebruikt veel van zijn limiet."),
    ),
    "short_relation": _factor(
        Words("The relation is {tenure_years} old", "De relatie bestaat {tenure_years}"),
        Words("With {target_years}", "Met {target_years}"),
        Words("Time and payment in time make this better.", "Tijd en op tijd betalen maken dit beter."),
        Words("The debtor has not been a customer for long.", "De debiteur is nog niet lang klant."),
    ),
    "disputes_lost": _factor(
        Words(
            "{dispute_share} of the invoices was disputed without ground",
            "{dispute_share} van de facturen is ten onrechte betwist",
        ),
        Words("Without such disputes", "Zonder zulke betwistingen"),
        Words("Dispute only what is wrong, and soon.", "Betwist alleen wat onjuist is, en snel."),
        Words(
            "The debtor disputed invoices without ground.",
            "De debiteur heeft facturen ten onrechte betwist.",
        ),
    ),
}
