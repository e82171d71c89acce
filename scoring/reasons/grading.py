"""Reasons behind the grade: caps, the heaviest factors, and how far the evidence can be trusted."""

from scoring.reasons.registry import Audience, Category, Owner, ReasonKind, Words


def _cap(
    category: Category, owner: Owner, cause: Words, remedy: Words | None = None, audience: Audience = "sales"
) -> ReasonKind:
    """A fact that limits the grade whatever the score says: `grade_before` became `grade_after`."""
    return ReasonKind(
        category,
        owner,
        audience,
        Words(
            cause.en + " Grade {grade_before} became {grade_after}.",
            cause.nl + " Klasse {grade_before} werd {grade_after}.",
        ),
        remedy,
    )


def _factor(category: Category, cause: Words, target: Words, remedy: Words, audience: Audience = "sales") -> ReasonKind:
    """A part of the score with its marginal effect: at `target` the grade would be `grade_would_be`."""
    return ReasonKind(
        category,
        "debtor",
        audience,
        Words(
            f"{cause.en}. With {target.en} the grade would be {{grade_would_be}} (now {{grade}}).",
            f"{cause.nl}. Met {target.nl} zou de klasse {{grade_would_be}} zijn (nu {{grade}}).",
        ),
        remedy,
    )


_PAY_IN_TIME = Words("Pay invoices by their due date.", "Betaal facturen uiterlijk op de vervaldag.")

GRADING: dict[str, ReasonKind] = {
    "unresolved_write_off": _cap(
        "behaviour",
        "debtor",
        Words(
            "An earlier claim was written off and never settled.",
            "Een eerdere vordering is afgeboekt en nooit voldaan.",
        ),
        Words("Settle the claim that was written off.", "Voldoe de afgeboekte vordering."),
    ),
    "cover_withdrawn": _cap(
        "cover",
        "finance",
        Words(
            "The credit insurer withdrew its limit or set it to zero.",
            "De kredietverzekeraar heeft zijn limiet ingetrokken of op nul gezet.",
        ),
        Words("Ask the insurer what would restore cover.", "Vraag de verzekeraar wat de dekking kan herstellen."),
        "finance",
    ),
    "oldest_overdue": _cap(
        "behaviour",
        "debtor",
        Words(
            "The oldest invoice is {overdue_days} days overdue.", "De oudste factuur is {overdue_days} dagen te laat."
        ),
        Words("Pay what is overdue.", "Betaal wat vervallen is."),
    ),
    "young_company": _cap(
        "external",
        "debtor",
        Words(
            "The company exists since {incorporated_on} and has no history with us.",
            "De onderneming bestaat sinds {incorporated_on} en heeft geen historie bij ons.",
        ),
    ),
    "past_insolvency": _cap(
        "insolvency",
        "finance",
        Words(
            "An insolvency procedure ended on {ended_on}: {event}.",
            "Een insolventieprocedure eindigde op {ended_on}: {event}.",
        ),
    ),
    "external_risk": _factor(
        "external",
        Words(
            "The credit report puts the chance of default at {external_pd}",
            "Het kredietrapport stelt de kans op wanbetaling op {external_pd}",
        ),
        Words("{target_pd}", "{target_pd}"),
        Words(
            "Ask the debtor for newer annual figures, or to have the report corrected.",
            "Vraag de debiteur om nieuwere jaarcijfers of om het rapport te laten verbeteren.",
        ),
        "finance",
    ),
    "pays_late": _factor(
        "behaviour",
        Words(
            "Invoices are paid {dbt_days} days late on average",
            "Facturen worden gemiddeld {dbt_days} dagen te laat betaald",
        ),
        Words("at most {target_days} days", "hoogstens {target_days} dagen"),
        _PAY_IN_TIME,
    ),
    "much_paid_late": _factor(
        "behaviour",
        Words("{late_share} of the amount is paid late", "{late_share} van het bedrag wordt te laat betaald"),
        Words("at most {target_share}", "hoogstens {target_share}"),
        _PAY_IN_TIME,
    ),
    "pays_later_than_before": _factor(
        "behaviour",
        Words(
            "Invoices are lately paid {trend_days} days later than before",
            "Facturen worden de laatste tijd {trend_days} dagen later betaald dan eerder",
        ),
        Words("at most {target_days} days", "hoogstens {target_days} dagen"),
        _PAY_IN_TIME,
    ),
    "promises_broken": _factor(
        "behaviour",
        Words("{kept_share} of the promises to pay is kept", "{kept_share} van de betaaltoezeggingen wordt nagekomen"),
        Words("{target_share}", "{target_share}"),
        Words("Keep promises to pay.", "Kom betaaltoezeggingen na."),
    ),
    "limit_stretched": _factor(
        "behaviour",
        Words(
            "At its peak {peak_share} of the limit was in use",
            "Op het hoogtepunt was {peak_share} van de limiet in gebruik",
        ),
        Words("at most {target_share}", "hoogstens {target_share}"),
        Words("Stay further below the limit.", "Blijf verder onder de limiet."),
    ),
    "short_relation": _factor(
        "behaviour",
        Words("The relation is {tenure_years} years old", "De relatie bestaat {tenure_years} jaar"),
        Words("{target_years} years", "{target_years} jaar"),
        Words("Time and payment in time make this better.", "Tijd en op tijd betalen maken dit beter."),
    ),
    "disputes_lost": _factor(
        "behaviour",
        Words(
            "{dispute_share} of the invoices was disputed without ground",
            "{dispute_share} van de facturen is onterecht betwist",
        ),
        Words("none", "geen"),
        Words("Dispute only what is wrong, and soon.", "Betwist alleen wat onjuist is, en snel."),
    ),
    "report_stale": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "The credit report is {report_age_days} days old or was overtaken by an event; that lowers confidence.",
            "Het kredietrapport is {report_age_days} dagen oud of door iets ingehaald; dat verlaagt de zekerheid.",
        ),
        Words("Obtain a fresh credit report.", "Vraag een actueel kredietrapport op."),
    ),
    "report_too_old": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "The credit report is {report_age_days} days old and no longer counts.",
            "Het kredietrapport is {report_age_days} dagen oud en telt niet meer mee.",
        ),
        Words("Obtain a fresh credit report.", "Vraag een actueel kredietrapport op."),
    ),
    "score_missing": ReasonKind(
        "data",
        "finance",
        "finance",
        Words("The credit report gives no score.", "Het kredietrapport geeft geen score."),
    ),
    "score_scale_unknown": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "The policy does not say what a score on the scale {scale} means.",
            "Het beleid zegt niet wat een score op de schaal {scale} betekent.",
        ),
        Words("Add the scale to the policy.", "Voeg de schaal toe aan het beleid."),
    ),
}
