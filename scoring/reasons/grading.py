"""Reasons behind the grade: caps, what the bureau says, and how far the evidence can be trusted."""

from scoring.reasons.registry import Category, Owner, ReasonKind, Words


def _cap(
    category: Category, owner: Owner, cause: Words, remedy: Words | None = None, sales_text: Words | None = None
) -> ReasonKind:
    """A fact that limits the grade whatever the score says: `grade_before` became `grade_after`.

    Without a text for sales it is for finance alone.
    """
    text = Words(
        f"{cause.en} Grade {{grade_before}} became {{grade_after}}.",
        f"{cause.nl} Rating {{grade_before}} werd {{grade_after}}.",
    )
    return ReasonKind(category, owner, "finance" if sales_text is None else "sales", text, remedy, sales_text, cause)


_WRITTEN_OFF = Words(
    "An earlier claim was written off and never settled.", "Een eerdere vordering is afgeboekt en nooit voldaan."
)
_YOUNG = Words(
    "The company exists since {incorporated_on} and has no history with us.",
    "De onderneming bestaat sinds {incorporated_on} en heeft geen historie bij ons.",
)
_CORRECT_REPORT = Words(
    "Ask the debtor for newer annual figures, or to have the report corrected.",
    "Vraag de debiteur om nieuwere jaarcijfers of om het rapport te laten verbeteren.",
)

_BY_RULE = Words("By the policy: {why}", "Volgens het beleid: {why}")

GRADING: dict[str, ReasonKind] = {
    "policy_rule": ReasonKind("policy", "finance", "sales", _BY_RULE),
    "policy_rule_grade": _cap("policy", "finance", _BY_RULE, sales_text=_BY_RULE),
    "policy_rule_limit": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words(
            "By the policy: {why} The limit is at most {limit_amount}.",
            "Volgens het beleid: {why} De limiet is hoogstens {limit_amount}.",
        ),
        sales_text=_BY_RULE,
    ),
    "financials_scored": ReasonKind(
        "external",
        "finance",
        "finance",
        Words(
            "No vendor gives a probability; the annual figures of {year_end_on} were scored instead.",
            "Geen bureau geeft een kans; in plaats daarvan zijn de jaarcijfers van {year_end_on} gescoord.",
        ),
    ),
    "bureau_in_default": _cap(
        "external",
        "debtor",
        Words(
            "The credit bureau says that the debtor is in default.",
            "Het kredietinformatiebureau meldt wanbetaling van de debiteur.",
        ),
        _CORRECT_REPORT,
    ),
    "unresolved_write_off": _cap(
        "behaviour",
        "debtor",
        _WRITTEN_OFF,
        Words("Settle the claim that was written off.", "Voldoe de afgeboekte vordering."),
        _WRITTEN_OFF,
    ),
    "cover_withdrawn": _cap(
        "cover",
        "finance",
        Words(
            "The credit insurer withdrew its limit or set it to zero.",
            "De kredietverzekeraar heeft zijn limiet ingetrokken of op nul gezet.",
        ),
        Words("Ask the insurer what would restore cover.", "Vraag de verzekeraar wat de dekking kan herstellen."),
    ),
    "oldest_overdue": _cap(
        "behaviour",
        "debtor",
        Words("The oldest open invoice is {overdue_days} late.", "De oudste open factuur is {overdue_days} te laat."),
        Words("Have what is overdue paid.", "Zorg dat de achterstand wordt betaald."),
        Words("An invoice has been overdue for long.", "Er staat een factuur al lang te laat open."),
    ),
    "young_company": _cap("external", "debtor", _YOUNG, None, _YOUNG),
    "past_insolvency": _cap(
        "insolvency",
        "finance",
        Words(
            "An insolvency procedure ended on {ended_on}: {event}.",
            "Een insolventieprocedure eindigde op {ended_on}: {event}.",
        ),
    ),
    "external_risk": ReasonKind(
        "external",
        "debtor",
        "finance",
        Words(
            "The credit report puts the chance of default at {external_pd}. "
            "At {target_pd} the grade would be {grade_would_be} (now {grade}).",
            "Het kredietrapport stelt de kans op wanbetaling op {external_pd}. "
            "Bij {target_pd} zou de rating {grade_would_be} zijn (nu {grade}).",
        ),
        _CORRECT_REPORT,
        unchanged=Words(
            "The credit report puts the chance of default at {external_pd}. "
            "At {target_pd} the grade would stay {grade}.",
            "Het kredietrapport stelt de kans op wanbetaling op {external_pd}. "
            "Bij {target_pd} zou de rating {grade} blijven.",
        ),
    ),
    "horizon_assumed": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "The credit report does not say over how long its chance of default is; {horizon_months} are assumed.",
            "Het kredietrapport zegt niet over welke termijn de kans op wanbetaling geldt; "
            "aangenomen is {horizon_months}.",
        ),
        Words("Ask the credit bureau for the horizon.", "Vraag het kredietinformatiebureau naar de termijn."),
    ),
    "report_stale": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "The credit report is {report_age_days} old or was overtaken by an event; that lowers confidence.",
            "Het kredietrapport is {report_age_days} oud of door iets ingehaald; dat verlaagt de zekerheid.",
        ),
        Words("Obtain a fresh credit report.", "Vraag een actueel kredietrapport op."),
    ),
    "report_too_old": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "The credit report is {report_age_days} old and no longer counts.",
            "Het kredietrapport is {report_age_days} oud en telt niet meer mee.",
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
    "score_below_table": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "The table of the policy says nothing of scores below {lowest_score} on the scale {scale}, so the score "
            "gives nothing.",
            "De tabel van het beleid zegt niets over scores onder {lowest_score} op de schaal {scale}; de score geeft "
            "dus niets.",
        ),
        Words(
            "Give the table a band from the lowest score of the scale on.",
            "Geef de tabel een band vanaf de laagste score van de schaal.",
        ),
    ),
    "score_table_not_in_force": ReasonKind(
        "data",
        "finance",
        "finance",
        Words(
            "No table of the policy was in force for a score on the scale {scale} of {scored_on}, so the score gives "
            "nothing.",
            "Geen tabel van het beleid gold voor een score op de schaal {scale} van {scored_on}; de score geeft dus "
            "niets.",
        ),
        Words(
            "Add the table that was in force on that day to the policy.",
            "Voeg de tabel die op die dag gold toe aan het beleid.",
        ),
    ),
    "sources_disagree": ReasonKind(
        "data",
        "finance",
        "sales",
        Words(
            "Sources contradict each other on {kind}: {one_source} says {one_says}, {other_source} says {other_says}. "
            "By the policy {resolution}.",
            "Bronnen spreken elkaar tegen over {kind}: {one_source} zegt {one_says}, {other_source} zegt "
            "{other_says}. Volgens het beleid: {resolution}.",
        ),
        Words(
            "Find out which source is right, and have the other one corrected.",
            "Zoek uit welke bron gelijk heeft en laat de andere verbeteren.",
        ),
        Words("Sources contradict each other about the debtor.", "Bronnen spreken elkaar tegen over de debiteur."),
    ),
}
