"""Reasons that decline, or that leave the answer to a person."""

from scoring.reasons.registry import ReasonKind, Words

_ASK_ABOUT_HOLD = Words(
    "Ask finance what must happen before the hold ends.",
    "Vraag finance wat er moet gebeuren voordat de blokkade wordt opgeheven.",
)

# Of an event of which no source tells since when.
UNDATED: dict[str, Words] = {
    "insolvency_event": Words(
        "An insolvency procedure is in force: {event}, as told on {told_on}; since when is not known.",
        "Er loopt een insolventieprocedure: {event}, volgens opgave van {told_on}; sinds wanneer is niet bekend.",
    ),
    "held_by_procedure": Words(
        "The account is on hold because of a procedure: {event}, as told on {told_on}; since when is not known.",
        "De debiteur is geblokkeerd vanwege een procedure: {event}, volgens opgave van {told_on}; sinds wanneer is "
        "niet bekend.",
    ),
    "event_unknown": Words(
        "A source reports an event the policy does not name: {event}, as told on {told_on}.",
        "Een bron meldt een gebeurtenis die het beleid niet kent: {event}, volgens opgave van {told_on}.",
    ),
}

STOPPING: dict[str, ReasonKind] = {
    "sanctions_hit": ReasonKind(
        "compliance",
        "finance",
        "finance",
        Words(
            "The debtor or an owner stands on a sanctions list ({provider}, {retrieved_on}).",
            "De debiteur of een eigenaar staat op een sanctielijst ({provider}, {retrieved_on}).",
        ),
    ),
    "sanctions_possible": ReasonKind(
        "compliance",
        "finance",
        "finance",
        Words(
            "The debtor or an owner resembles somebody on a sanctions list ({provider}, {retrieved_on}).",
            "De debiteur of een eigenaar lijkt op iemand die op een sanctielijst staat ({provider}, {retrieved_on}).",
        ),
        Words(
            "Compare names, dates of birth and owners with the list, and record why it is or is not the same.",
            "Vergelijk namen, geboortedata en eigenaren met de lijst en leg vast waarom het al dan niet dezelfde is.",
        ),
    ),
    "sanctions_cleared": ReasonKind(
        "compliance",
        "finance",
        "finance",
        Words(
            "A person found that entries of a sanctions list are not the debtor: {matches_count}, last on "
            "{cleared_on}.",
            "Iemand stelde vast dat vermeldingen op een sanctielijst niet de debiteur zijn: {matches_count}, laatst op "
            "{cleared_on}.",
        ),
    ),
    "insolvency_event": ReasonKind(
        "insolvency",
        "finance",
        "sales",
        Words(
            "An insolvency procedure is in force: {event} since {occurred_on}.",
            "Er loopt een insolventieprocedure: {event} sinds {occurred_on}.",
        ),
        sales_text=Words("An insolvency procedure is in force.", "Er loopt een insolventieprocedure."),
    ),
    "debtor_not_active": ReasonKind(
        "identity",
        "finance",
        "sales",
        Words(
            "The company is not active in the company register: {status}.",
            "De onderneming is niet actief in het handelsregister: {status}.",
        ),
        Words(
            "Ask the debtor which company orders now, and check that one.",
            "Vraag de debiteur welke onderneming nu bestelt en toets die.",
        ),
        Words("The company is no longer active.", "De onderneming is niet meer actief."),
    ),
    "account_on_hold": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words("The account was put on hold by hand.", "De debiteur is handmatig geblokkeerd."),
        _ASK_ABOUT_HOLD,
    ),
    "held_by_procedure": ReasonKind(
        "insolvency",
        "finance",
        "sales",
        Words(
            "The account is on hold because of a procedure: {event} since {occurred_on}.",
            "De debiteur is geblokkeerd vanwege een procedure: {event} sinds {occurred_on}.",
        ),
        _ASK_ABOUT_HOLD,
        Words("The account is on hold.", "De debiteur is geblokkeerd."),
    ),
    "parent_insolvent": ReasonKind(
        "insolvency",
        "finance",
        "sales",
        Words(
            "A parent company is in an insolvency procedure.", "Een moedermaatschappij is in een insolventieprocedure."
        ),
    ),
    "identity_mismatch": ReasonKind(
        "identity",
        "sales",
        "sales",
        Words(
            "What we were told differs from the register: {fields}.",
            "Wat ons is opgegeven wijkt af van het register: {fields}.",
        ),
        Words(
            "Confirm with the debtor which company it is, and correct the data.",
            "Ga bij de debiteur na om welke onderneming het gaat en verbeter de gegevens.",
        ),
    ),
    "source_unavailable": ReasonKind(
        "data",
        "finance",
        "sales",
        Words("A source does not answer: {source}.", "Een bron antwoordt niet: {source}."),
        Words("Ask again later, or let finance decide.", "Vraag later opnieuw of laat finance beslissen."),
    ),
    "source_not_asked": ReasonKind(
        "data",
        "finance",
        "sales",
        Words("A source was not asked: {source}.", "Een bron is niet geraadpleegd: {source}."),
        Words(
            "Set up the source, give the company's number, or let finance decide.",
            "Richt de bron in, geef het nummer van de onderneming of laat finance beslissen.",
        ),
    ),
    "source_not_found": ReasonKind(
        "identity",
        "sales",
        "sales",
        Words(
            "A source does not know the company: {source}.",
            "Een bron kent de onderneming niet: {source}.",
        ),
        Words("Check number and country of the company.", "Controleer nummer en land van de onderneming."),
    ),
    "event_unknown": ReasonKind(
        "external",
        "finance",
        "finance",
        Words(
            "A source reports an event the policy does not name: {event} on {occurred_on}.",
            "Een bron meldt een gebeurtenis die het beleid niet kent: {event} op {occurred_on}.",
        ),
        Words("Give the event a meaning in the policy.", "Geef de gebeurtenis een betekenis in het beleid."),
    ),
    "adverse_event": ReasonKind(
        "external",
        "debtor",
        "finance",
        Words(
            "Reported against the debtor: {event}, {events_count} in force, the last of {occurred_on}.",
            "Gemeld over de debiteur: {event}, {events_count} van kracht, de laatste van {occurred_on}.",
        ),
        Words("Ask the debtor what became of it.", "Vraag de debiteur hoe het daarmee staat."),
    ),
    "currency_not_converted": ReasonKind(
        "data",
        "finance",
        "sales",
        Words(
            "Part of the exposure cannot be converted without a recent exchange rate: {currencies}.",
            "Een deel van het uitstaande risico is zonder recente wisselkoers niet om te rekenen: {currencies}.",
        ),
        Words("Load the exchange rates of today.", "Laad de wisselkoersen van vandaag."),
    ),
    "currency_converted": ReasonKind(
        "data",
        "finance",
        "sales",
        Words(
            "Amounts in {currencies} were converted at exchange rates of {rate_on} or later.",
            "Bedragen in {currencies} zijn omgerekend tegen wisselkoersen van {rate_on} of later.",
        ),
    ),
    "no_pd": ReasonKind(
        "data",
        "finance",
        "sales",
        Words(
            "There is nothing to judge the debtor on yet.",
            "Er is nog niets om de debiteur op te beoordelen.",
        ),
        Words("Obtain a credit report with a score.", "Vraag een kredietrapport met een score op."),
    ),
    "confidence_low": ReasonKind(
        "data",
        "finance",
        "sales",
        Words(
            "Too little is known to rely on the grade: confidence {confidence_share}, needed {minimum_share}.",
            "Er is te weinig bekend om op de rating te vertrouwen: zekerheid {confidence_share}, "
            "nodig {minimum_share}.",
        ),
        Words("Obtain a fresh credit report.", "Vraag een actueel kredietrapport op."),
        Words(
            "Too little is known to judge the debtor reliably.",
            "Er is te weinig bekend om de debiteur betrouwbaar te beoordelen.",
        ),
    ),
    "natural_person_review": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words(
            "The debtor is or may be a natural person, so a person looks at this before it takes effect.",
            "De debiteur is een natuurlijk persoon of kan dat zijn; een mens beoordeelt dit voordat het ingaat.",
        ),
        Words(
            "Finance reviews the grounds and decides; the debtor may give its view.",
            "Finance beoordeelt de gronden en beslist; de debiteur mag zijn zienswijze geven.",
        ),
    ),
    "score_is_only_ground": ReasonKind(
        "policy",
        "finance",
        "finance",
        Words(
            "The score is the only ground against a debtor that is or may be a natural person; nobody is refused for "
            "a score alone.",
            "De score is de enige grond tegen een debiteur die een natuurlijk persoon is of kan zijn; niemand wordt "
            "alleen om een score afgewezen.",
        ),
        Words(
            "Look for facts that bear it out or speak against it before you decide, and record them.",
            "Zoek voordat u beslist naar feiten die de score staven of tegenspreken en leg die vast.",
        ),
    ),
}
