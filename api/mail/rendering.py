"""Writes a mail's subject, text and HTML from what it tells; whatever a name holds is shown as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.mail.words import WORDS
from api.records.sellers import Seller
from scoring.monitoring.kinds import alert_kind
from scoring.reasons.alert_fields import alert_lines
from scoring.reasons.registry import Language
from scoring.reasons.rendering import readable

SUBJECT_LENGTH_MAX = 150
LINES = {"loader": PackageLoader("api.mail"), "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
HTML = Environment(autoescape=True, **LINES)  # type: ignore[arg-type]
PLAIN = Environment(autoescape=False, **LINES)  # type: ignore[arg-type]  # noqa: S701  Nothing reads plain text as markup.


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as its reader sees it."""

    subject: str
    text: str
    html: str


def write_mail(
    content: Mapping[str, Any],
    digest_on: date | None,
    language: Language,
    seller: Seller,
    unsubscribe_url: str | None,
) -> Written:
    """Write a mail of a content as `contents.content` makes it; with no `unsubscribe_url` its reader cannot end it.

    `digest_on` is the seller's day that a digest is of, None for a mail of what is urgent.
    """
    kind = "urgent" if digest_on is None else "digest"
    words = {name: each.of(language) for name, each in WORDS.items()}
    subject = _subject(content, digest_on, language, words, seller)
    told: dict[str, Any] = {
        "language": language,
        "words": words,
        "subject": subject,
        "parts": [
            _part(name, content, kind, language, seller) for name in ("new", "open", "ended") if content.get(name)
        ],
        "why": words["why" if unsubscribe_url else "why_finance"].format(seller=seller.name),
        "unsubscribe": {"link": unsubscribe_url, "text": words[f"unsubscribe_{kind}"]} if unsubscribe_url else None,
    }
    text, html = PLAIN.get_template("mail.txt").render(told), HTML.get_template("mail.html").render(told)
    return Written(subject, text, html)


def write_page(text: str, button: str | None, language: Language) -> str:
    """Write the page that ends mail: what it asks or did, and the button, None once it is done."""
    return HTML.get_template("unsubscribe.html").render(text=text, button=button, language=language)


def _subject(
    content: Mapping[str, Any], digest_on: date | None, language: Language, words: Mapping[str, str], seller: Seller
) -> str:
    counts = {name: len(content.get(name, ())) + content["more"].get(name, 0) for name in ("new", "open", "ended")}
    if digest_on is not None:
        subject = words["digest_subject"].format(day=readable("_on", digest_on, "", language), **counts)
    elif counts["new"] > 1:
        subject = words["flood_subject"].format(count=counts["new"])
    else:
        fact = content["new"][0]
        about = f" - {fact['debtor']}" if fact["debtor"] else ""
        subject = f"{words['urgent_subject']}: {alert_kind(fact['kind']).title.of(language)}{about}"
    mark = f"[{words['test_seller']}] " if seller.mode == "test" else ""
    return (mark + subject)[:SUBJECT_LENGTH_MAX]


def _part(name: str, content: Mapping[str, Any], kind: str, language: Language, seller: Seller) -> dict[str, Any]:
    more = content["more"].get(name, 0)
    return {
        "heading": WORDS[name].of(language) if kind == "digest" else None,
        "alerts": [_alert(fact, name, language, seller) for fact in content[name]],
        "more": WORDS["more"].of(language).format(count=more) if more else None,
    }


def _alert(fact: Mapping[str, Any], part: str, language: Language, seller: Seller) -> dict[str, Any]:
    """Tell one alert. It is named, and not linked to: nothing stands at an address that a person without a key could
    read.
    """
    kind = alert_kind(fact["kind"])
    lines = []
    if fact["debtor_id"]:
        lines.append(("debtor", fact["debtor"] or WORDS["debtor_without_name"].of(language)))
    lines.append(("since", _day(fact["since"], language, seller)))
    if fact["ended_at"]:
        lines.append(("until", _day(fact["ended_at"], language, seller)))
    named = [(WORDS[name].of(language), value) for name, value in lines]
    named += alert_lines(fact["data"], language, seller.time_zone)
    if part != "ended" and not fact["ended_at"]:
        named.append((WORDS["todo"].of(language), kind.todo.of(language)))
    named.append((WORDS["alert"].of(language), fact["alert_id"]))
    return {
        "severity": WORDS[f"severity_{fact['severity']}"].of(language),
        "title": kind.title.of(language),
        "lines": named,
    }


def _day(moment: str, language: Language, seller: Seller) -> str:
    ((_, day),) = alert_lines({"due_at": moment}, language, seller.time_zone)
    return day
