"""What sources told that led to an alert: procedures and changes, one line each, in both languages."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scoring.reasons.plain import one_line
from scoring.reasons.registry import Audience, Language, Words
from scoring.reasons.rendering import readable
from scoring.reasons.words import WORDS

SHOWN_MAX = 10  # Of procedures and of changes each; how many changes there are is told beside them.
VALUE_LENGTH_MAX = 100
# What is told of each to whom: that something happened and when is no figure of a bureau, and sales may read it.
PARTS: dict[str, dict[Audience, tuple[str, ...]]] = {
    "events": {"finance": ("code", "occurred_on", "provider"), "sales": ("code", "occurred_on")},
    "changes": {"finance": ("kind", "old", "new", "changed_at", "provider"), "sales": ("changed_at",)},
}
PROCEDURE = Words("Procedure", "Procedure")
TOLD_ON = Words("Reported on", "Gemeld op")
CHANGE_KINDS: dict[str, Words] = {
    "insolvency": Words("Insolvency", "Insolventie"),
    "status": Words("Status", "Status"),
    "score": Words("Score", "Score"),
    "limit": Words("Limit by the bureau", "Limiet volgens het bureau"),
    "judgment": Words("Court judgment", "Rechterlijke uitspraak"),
    "negative_event": Words("Negative event", "Negatieve gebeurtenis"),
    "payment_behaviour": Words("Payment behaviour", "Betaalgedrag"),
    "name": Words("Name", "Naam"),
    "legal_form": Words("Legal form", "Rechtsvorm"),
    "address": Words("Address", "Adres"),
    "directors": Words("Directors", "Bestuurders"),
    "owners": Words("Owners", "Eigenaren"),
    "group": Words("Group", "Concern"),
    "accounts": Words("Annual accounts", "Jaarrekening"),
    "charges": Words("Charges on assets", "Zekerheidsrechten"),
    "watch": Words("Monitoring by the source", "Bewaking door de bron"),
    "other": Words("Other change", "Andere wijziging"),
}
FROM_TO = Words("from {old} to {new}", "van {old} naar {new}")
WAS = Words("was {old}", "was {old}")
CHANGED = Words("changed", "gewijzigd")
# Where nothing more than the kind is told of an insolvency, it has begun.
TOLD = Words("reported", "gemeld")


def told_happenings(data: Mapping[str, Any], audience: Audience) -> dict[str, list[dict[str, str]]]:
    """Give of an alert's `events` and `changes` what an audience may read, as many as a mail shows; else nothing."""
    told = {}
    for name, names in PARTS.items():
        entries = data.get(name)
        kept = [_kept(each, names[audience]) for each in entries] if isinstance(entries, list) else []
        if any(kept):
            told[name] = [each for each in kept if each][:SHOWN_MAX]
    return told


def _kept(entry: Any, names: Sequence[str]) -> dict[str, str]:
    """Give those parts of an entry that are texts; of what is no entry, none."""
    if not isinstance(entry, dict):
        return {}
    return {name: entry[name] for name in names if isinstance(entry.get(name), str) and entry[name]}


def happening_lines(data: Mapping[str, Any], language: Language, time_zone: str) -> list[tuple[str, str]]:
    """Give label and text of each that `told_happenings` gave; times as a day in the seller's time zone.

    The same line, of two who told the same, stands once.
    """
    lines = [*_procedures(data.get("events", ()), language), *_changes(data.get("changes", ()), language, time_zone)]
    return list(dict.fromkeys(lines))


def _procedures(events: Sequence[Mapping[str, str]], language: Language) -> Iterator[tuple[str, str]]:
    """Tell each event: which procedure, since when, and who told it."""
    for each in events:
        code = each.get("code", "")
        said = _in_words(code, language) if code else TOLD.of(language)
        yield PROCEDURE.of(language), said + _beside(_day(each.get("occurred_on"), language), each.get("provider"))


def _changes(changes: Sequence[Mapping[str, str]], language: Language, time_zone: str) -> Iterator[tuple[str, str]]:
    """Tell each change: what became of what, when, and who told it; to sales the day alone."""
    for each in changes:
        day = _day_of_time(each.get("changed_at"), language, time_zone)
        if "kind" not in each:
            yield TOLD_ON.of(language), day
            continue
        unnamed = one_line(each["kind"].replace("_", " ").capitalize(), VALUE_LENGTH_MAX)
        kind = CHANGE_KINDS.get(each["kind"], Words(unnamed, unnamed))
        yield kind.of(language), _what(each, language) + _beside(day, each.get("provider"))


def _what(change: Mapping[str, str], language: Language) -> str:
    """What became of what, in the source's words where we have none of ours."""
    sides = {side: _in_words(change[side], language) for side in ("old", "new") if side in change}
    if len(sides) == 2:
        return FROM_TO.of(language).format(**sides)
    if "new" in sides:
        return sides["new"]
    if "old" in sides:
        return WAS.of(language).format(**sides)
    return (TOLD if change["kind"] == "insolvency" else CHANGED).of(language)


def _in_words(said: str, language: Language) -> str:
    """Give our words for a code, else what the source said, on one line."""
    words = WORDS.get(said)
    return one_line(said, VALUE_LENGTH_MAX) if words is None else words.of(language)


def _beside(day: str, provider: str | None) -> str:
    """The day and the source in brackets, as far as they are told."""
    told = ", ".join(filter(None, (day, one_line(provider or "", VALUE_LENGTH_MAX))))
    return f" ({told})" if told else ""


def _day(said: str | None, language: Language) -> str:
    """A day as it reads; what is none is shown as it stands."""
    try:
        return readable("_on", date.fromisoformat(said or ""), "", language)
    except ValueError:
        return one_line(said or "", VALUE_LENGTH_MAX)


def _day_of_time(said: str | None, language: Language, time_zone: str) -> str:
    """The day of a moment where the seller is; what is none is shown as it stands."""
    try:
        at = datetime.fromisoformat(said or "").astimezone(ZoneInfo(time_zone))
    except (ValueError, OverflowError):
        return one_line(said or "", VALUE_LENGTH_MAX)
    return readable("_on", at.date(), "", language)
