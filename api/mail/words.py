"""What a mail says besides its alerts, in both languages."""

from scoring.reasons.registry import Words

WORDS: dict[str, Words] = {
    "urgent_subject": Words("Urgent", "Dringend"),
    "flood_subject": Words("{count} urgent alerts", "{count} dringende meldingen"),
    "digest_subject": Words(
        "Credit alerts of {day}: {new} new, {open} open, {ended} ended",
        "Kredietmeldingen van {day}: {new} nieuw, {open} open, {ended} afgelopen",
    ),
    "test_subject": Words("Mail of creditgate arrives", "Mail van creditgate komt aan"),
    "test_text": Words(
        "This is a test. Who receives it can be told of alerts.",
        "Dit is een test. Wie dit ontvangt kan meldingen krijgen.",
    ),
    "new": Words("New", "Nieuw"),
    "open": Words("Still open", "Nog open"),
    "ended": Words("Ended", "Afgelopen"),
    "more": Words("And {count} more.", "En nog {count}."),
    "debtor": Words("Debtor", "Debiteur"),
    "debtor_without_name": Words("A debtor without a name", "Een debiteur zonder naam"),
    "since": Words("Since", "Sinds"),
    "until": Words("Ended", "Afgelopen"),
    "todo": Words("What to do", "Wat te doen"),
    "alert": Words("Alert", "Melding"),
    "severity_notice": Words("Notice", "Ter informatie"),
    "severity_warning": Words("Warning", "Waarschuwing"),
    "severity_urgent": Words("Urgent", "Dringend"),
    "test_seller": Words("test", "test"),
    "why": Words(
        "You get this from creditgate for {seller}, as the owner of a debtor or because you asked for it.",
        "U ontvangt dit van creditgate voor {seller}, als eigenaar van een debiteur of omdat u erom vroeg.",
    ),
    "why_finance": Words(
        "You get this from creditgate as the finance address of {seller}, which an administrator can change.",
        "U ontvangt dit van creditgate als het financiële adres van {seller}, dat een beheerder kan wijzigen.",
    ),
    "unsubscribe_urgent": Words("No urgent mails any more", "Geen dringende mails meer"),
    "unsubscribe_digest": Words("No digest any more", "Geen overzicht meer"),
    "ask_urgent": Words(
        "Stop urgent mails to {address}? Alerts then stand in your digest, and urgent ones also go to finance.",
        "Dringende mails aan {address} stoppen? Meldingen staan dan in uw overzicht; dringende gaan ook naar finance.",
    ),
    "ask_digest": Words("Stop the digest to {address}?", "Het overzicht aan {address} stoppen?"),
    "done_urgent": Words("{address} gets no urgent mails any more.", "{address} ontvangt geen dringende mails meer."),
    "done_digest": Words("{address} gets no digest any more.", "{address} ontvangt geen overzicht meer."),
    "stop": Words("Stop", "Stoppen"),
}
