"""The words of an explanation in both languages: headings, labels, notes and rights."""

from scoring.reasons.registry import Words

HEADINGS: dict[str, Words] = {
    "title": Words("Explanation of a credit decision", "Uitleg bij een kredietbesluit"),
    "about": Words("What was decided", "Wat is besloten"),
    "procedure": Words("How the answer was reached", "Hoe het antwoord tot stand kwam"),
    "reasons": Words("Why, the heaviest first", "Waarom, het zwaarste eerst"),
    "changes": Words("What would change the answer", "Wat het antwoord zou veranderen"),
    "to_accept": Words("All of this together leads to acceptance:", "Dit alles samen leidt tot acceptatie:"),
    "remedies": Words("Each of these alone leads to a better answer:", "Elk hiervan alleen geeft een beter antwoord:"),
    "evidence": Words("Which data were used, and from whom", "Welke gegevens zijn gebruikt en van wie"),
    "sources": Words("Sources", "Bronnen"),
    "deciders": Words("Who decided", "Wie besliste"),
    "rights": Words("What you may ask for", "Waar u om kunt vragen"),
}

LABELS: dict[str, Words] = {
    "debtor": Words("Company", "Onderneming"),
    "numbers": Words("Official numbers", "Officiële nummers"),
    "seller": Words("Decided for", "Besloten voor"),
    "decision": Words("Number of the decision", "Nummer van het besluit"),
    "decided_at": Words("Moment of the decision", "Moment van het besluit"),
    "as_of": Words("Judged on the facts of", "Beoordeeld naar de feiten van"),
    "outcome": Words("Answer", "Antwoord"),
    "valid_until": Words("The answer holds until", "Het antwoord geldt tot en met"),
    "policy": Words("By the rules of", "Volgens de regels van"),
    "engine": Words("Version of the calculation", "Versie van de berekening"),
    "fact": Words("Data", "Gegeven"),
    "value": Words("Value", "Waarde"),
    "source": Words("Source", "Bron"),
    "dated_on": Words("Of", "Van"),
    "retrieved_on": Words("Obtained", "Opgehaald"),
    "freshness": Words("Freshness", "Actualiteit"),
    "use": Words("Use", "Gebruik"),
    "effect": Words("Effect", "Gevolg"),
    "nothing": Words("Nothing of this kind was found.", "Niets van die aard is gevonden."),
    "unknown_name": Words("name not known", "naam niet bekend"),
    "policy_named": Words("policy {name}, version {version}", "beleid {name}, versie {version}"),
    "policy_number": Words("policy version {version}", "beleidsversie {version}"),
}

SCHEMES: dict[str, Words] = {
    "kvk": Words("KvK number", "KvK-nummer"),
    "vat": Words("VAT number", "btw-nummer"),
    "lei": Words("LEI code", "LEI-code"),
}

NOTES: dict[str, Words] = {
    "facts_kept": Words(
        "The facts that the decision was made from are still kept.",
        "De feiten waarop het besluit rust zijn nog bewaard.",
    ),
    "facts_erased": Words(
        "The facts that the decision was made from were erased when their time to be kept was over. What follows is "
        "from the decision itself.",
        "De feiten waarop het besluit rust zijn gewist toen hun bewaartermijn was verstreken. Wat volgt komt uit het "
        "besluit zelf.",
    ),
    "chosen_by_people": Words(
        "The points and rules were chosen by people; nothing was fitted to data.",
        "De punten en regels zijn door mensen gekozen; niets is op gegevens getraind.",
    ),
    "trained": Words(
        "Some points were fitted to data (a trained model). Natural persons are never judged by these, only by points "
        "that people chose.",
        "Sommige punten zijn op gegevens getraind (een getraind model). Natuurlijke personen worden daarmee nooit "
        "beoordeeld, alleen met punten die mensen kozen.",
    ),
    "by_machine": Words(
        "This answer was reckoned by a program from the rules of {seller}, without a person.",
        "Dit antwoord is door een programma berekend uit de regels van {seller}, zonder tussenkomst van een mens.",
    ),
    "by_person_next": Words(
        "A program prepared this from the rules of {seller}; a person there decides, sees all grounds and can decide "
        "otherwise.",
        "Een programma bereidde dit voor uit de regels van {seller}; een mens daar beslist, ziet alle gronden en kan "
        "anders beslissen.",
    ),
    "asked_by": Words("Asked by {asked_by}.", "Gevraagd door {asked_by}."),
    "rules_by": Words(
        "The rules were written by {made_by} and approved by {approved_by}.",
        "De regels zijn geschreven door {made_by} en goedgekeurd door {approved_by}.",
    ),
    "rules_by_one": Words("The rules were written by {made_by}.", "De regels zijn geschreven door {made_by}."),
    "bureau_told": Words(
        "{provider} gave a report with what it reckoned itself; you can ask {provider} what it knows of you.",
        "{provider} gaf een rapport met wat het zelf berekende; u kunt bij {provider} vragen wat het van u weet.",
    ),
}

RIGHTS: dict[str, Words] = {
    "review": Words(
        "You can ask that a person looks at this decision again, who can change it.",
        "U kunt vragen dat een mens dit besluit opnieuw bekijkt en het kan wijzigen.",
    ),
    "own_view": Words(
        "You can give your own view, and tell or show what is not known here.",
        "U kunt uw eigen zienswijze geven en vertellen of aantonen wat hier niet bekend is.",
    ),
    "contest": Words("You can contest the decision.", "U kunt het besluit betwisten."),
    "access": Words(
        "You can see your data, have errors corrected, and have erased what may no longer be kept.",
        "U kunt uw gegevens inzien, fouten laten verbeteren en laten wissen wat niet meer mag worden bewaard.",
    ),
    "complain": Words(
        "You can complain to the supervisor; in the Netherlands that is the Autoriteit Persoonsgegevens.",
        "U kunt een klacht indienen bij de toezichthouder; in Nederland is dat de Autoriteit Persoonsgegevens.",
    ),
}
RIGHTS_OF_COMPANY = Words(
    "The company is a legal person. These are rights of natural persons (GDPR 15 and 22), but you can always ask us to "
    "look again.",
    "De onderneming is een rechtspersoon. Dit zijn rechten van natuurlijke personen (AVG 15 en 22), maar u kunt ons "
    "altijd vragen om opnieuw te kijken.",
)
WHOM_TO_ASK = Words("Ask the credit department of {seller}.", "Vraag het aan de kredietafdeling van {seller}.")
WHOM_TO_ASK_BY_NAME = Words(
    "Ask the credit department of {seller}: {credit_owner}.",
    "Vraag het aan de kredietafdeling van {seller}: {credit_owner}.",
)

SOURCE = Words("{source} ({provider}): {status}, {retrieved_on}", "{source} ({provider}): {status}, {retrieved_on}")
SOURCE_WITHOUT_ANSWER = Words("{source}: {status}", "{source}: {status}")
SOURCE_STATUSES: dict[str, Words] = {
    "fresh": Words("asked for this decision", "geraadpleegd voor dit besluit"),
    "cached": Words("used again while fresh", "opnieuw gebruikt zolang actueel"),
    "stale": Words("an older answer was used", "een ouder antwoord is gebruikt"),
    "unavailable": Words("did not answer", "antwoordde niet"),
    "not_asked": Words("not asked", "niet geraadpleegd"),
    "not_found": Words("does not know the company", "kent de onderneming niet"),
}
