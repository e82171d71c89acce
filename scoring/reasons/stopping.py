"""Reasons that decline, or that leave the answer to a person."""

from scoring.reasons.registry import ReasonKind, Words

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
            "The debtor may be somebody on a sanctions list ({provider}, {retrieved_on}).",
            "De debiteur is mogelijk iemand van een sanctielijst ({provider}, {retrieved_on}).",
        ),
        Words(
            "Compare names, dates of birth and owners with the list, and clear the hit with a reason.",
            "Vergelijk namen, geboortedata en eigenaren met de lijst en sluit de treffer met een reden af.",
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
    ),
    "account_on_hold": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words("The account is on hold: {cause}.", "De rekening is geblokkeerd: {cause}."),
        Words(
            "Ask finance what must happen before the hold ends.",
            "Vraag finance wat er moet gebeuren voor de blokkade eraf gaat.",
        ),
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
    "currency_not_converted": ReasonKind(
        "data",
        "finance",
        "sales",
        Words(
            "Part of the exposure is in a currency without a rate: {currencies}.",
            "Een deel van het uitstaande risico is in een valuta zonder koers: {currencies}.",
        ),
        Words("Load the exchange rate.", "Laad de wisselkoers."),
    ),
    "no_pd": ReasonKind(
        "data",
        "finance",
        "sales",
        Words(
            "Nobody has rated the debtor and it has no payment history with us, so no grade can be given.",
            "De debiteur heeft nergens een score en nog geen betaalhistorie bij ons; een klasse is niet te geven.",
        ),
        Words("Obtain a credit report or annual figures.", "Vraag een kredietrapport of jaarcijfers op."),
    ),
    "confidence_low": ReasonKind(
        "data",
        "finance",
        "sales",
        Words(
            "Too little is known to rely on the grade: confidence {confidence_share}, needed {minimum_share}.",
            "Er is te weinig bekend om de klasse te vertrouwen: zekerheid {confidence_share}, nodig {minimum_share}.",
        ),
        Words("Obtain a fresh credit report.", "Vraag een actueel kredietrapport op."),
    ),
    "natural_person_review": ReasonKind(
        "policy",
        "finance",
        "sales",
        Words(
            "The debtor is a natural person, so a person looks at this before it takes effect.",
            "De debiteur is een natuurlijk persoon; een mens beoordeelt dit voordat het gevolg krijgt.",
        ),
        Words(
            "Finance reviews the grounds and decides; the debtor may give its view.",
            "Finance beoordeelt de gronden en beslist; de debiteur mag zijn zienswijze geven.",
        ),
    ),
}
