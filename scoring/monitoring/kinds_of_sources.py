"""Alerts of what comes from outside and goes there: statements, sources, webhooks."""

from scoring.monitoring.alert_kind import LOOK, AlertKind
from scoring.reasons.registry import Words

OF_SOURCES = (
    AlertKind(
        "statement_missing",
        ("warning",),
        begins="A bank statement is missing.",
        ends="It comes.",
        title=Words("A bank statement is missing", "Een bankafschrift ontbreekt"),
        todo=Words("Import the missing statement.", "Importeer het ontbrekende afschrift."),
    ),
    AlertKind(
        "statement_repeated",
        ("warning",),
        begins="A bank statement came twice with other content.",
        ends="One is taken back.",
        title=Words(
            "A bank statement came twice, with other content", "Een bankafschrift kwam twee keer, met andere inhoud"
        ),
        todo=Words("Find out which one is right.", "Zoek uit welke juist is."),
    ),
    AlertKind(
        "source_refused",
        ("warning",),
        begins="A source refuses our credentials.",
        ends="Other credentials are handed in.",
        title=Words("A source refuses the credentials", "Een bron weigert de inloggegevens"),
        todo=Words(
            "Look at the credentials of the source, and hand in new ones.",
            "Controleer de inloggegevens van de bron en lever nieuwe aan.",
        ),
    ),
    AlertKind(
        "source_down",
        ("warning",),
        begins="A monitoring run or a screening could not ask a source, or an insurer did not answer for two days.",
        ends="It answers.",
        title=Words("A source does not answer", "Een bron antwoordt niet"),
        todo=Words("What waits for it is asked again by itself.", "Wat erop wacht wordt vanzelf opnieuw gevraagd."),
    ),
    AlertKind(
        "bureau_change",
        ("notice", "warning"),
        begins="A source told that something changed.",
        ends="A report of it came later.",
        title=Words("A bureau reports a change of a debtor", "Een bureau meldt een wijziging van een debiteur"),
        todo=LOOK,
    ),
    AlertKind(
        "notice_unreadable",
        ("warning",),
        begins="What a source sent cannot be read.",
        ends="It is read again, and can be.",
        title=Words("What a source sent could not be read", "Wat een bron stuurde was niet te lezen"),
        todo=Words("Look it up at the source.", "Zoek het op bij de bron."),
    ),
    AlertKind(
        "webhook_paused",
        ("urgent",),
        begins="A receiver took nothing for long.",
        ends="A person resumes or removes it.",
        title=Words(
            "A webhook is paused: its receiver takes nothing", "Een webhook is gepauzeerd: de ontvanger neemt niets aan"
        ),
        todo=Words("Mend the receiver, then resume the webhook.", "Herstel de ontvanger en hervat daarna de webhook."),
    ),
)
