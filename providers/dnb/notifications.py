"""What D&B's monitoring tells, read from files and from pulled answers alike: one change for each element."""

import io
import zipfile
from datetime import datetime
from typing import Any

import orjson

from providers.dnb.searching import DUNS, DUNS_COUNTRY, PROVIDER, duns_of
from providers.errors import NotUnderstood
from providers.payload import Payload
from providers.ports import Change, Identifier

FILE_BYTES_MAX = 200_000_000
WHOLE_RECORD = "SEED"  # What is known when the watch begins; nothing has changed.
UPDATE = "UPDATE"
OTHER_KIND = "other"
# What an element is about, by the first of these that it begins with.
KINDS = (
    ("organization.primaryName", "name"),
    ("organization.registeredName", "name"),
    ("organization.tradeStyleNames", "name"),
    ("organization.dunsControlStatus", "status"),
    ("organization.legalEvents.hasBankruptcy", "insolvency"),
    ("organization.legalEvents.hasOpenBankruptcy", "insolvency"),
    ("organization.legalEvents.hasInsolvency", "insolvency"),
    ("organization.legalEvents.hasLiquidation", "insolvency"),
    ("organization.legalEvents.hasSuspensionOfPayments", "insolvency"),
    ("organization.legalEvents", "negative_event"),
    ("organization.dnbAssessment.hasSevereNegativeEvents", "negative_event"),
    ("organization.dnbAssessment.creditLimitRecommendation", "limit"),
    ("organization.dnbAssessment", "score"),
    ("organization.businessTrading", "payment_behaviour"),
    ("organization.primaryAddress", "address"),
    ("organization.registeredAddress", "address"),
    ("organization.mailingAddress", "address"),
    ("organization.corporateLinkage", "group"),
    ("organization.mostSeniorPrincipals", "directors"),
    ("organization.currentPrincipals", "directors"),
    ("organization.financials", "accounts"),
    ("organization.latestFiscalFinancials", "accounts"),
)
# Other kinds of notification are about the watch itself: the record was merged, removed, or is no longer watched.
WATCH_KIND = "watch"


def read_file(content: bytes) -> tuple[Change, ...]:
    """The changes in a delivered file, plain or a zip with one text in it; one JSON object a line.

    Raises NotUnderstood, naming the line, since a line passed over might be a bankruptcy.
    """
    found: dict[str, Change] = {}
    for number, line in enumerate(_text(content).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError as unreadable:
            raise NotUnderstood(PROVIDER, f"line {number} is no JSON") from unreadable
        found |= {each.id: each for each in changes_of(Payload(PROVIDER, document, f"line {number}"))}
    return oldest_first(found)


class Files:
    """The files that D&B delivers, passed on to the seller's address as they are."""

    def read(self, content: bytes) -> tuple[Change, ...]:
        """The changes in a file, as `read_file` gives them. Raises NotUnderstood."""
        return read_file(content)


def oldest_first(found: dict[str, Change]) -> tuple[Change, ...]:
    """Changes in the order in which they happened."""
    return tuple(sorted(found.values(), key=lambda each: (each.changed_at, each.id)))


def changes_of(notification: Payload) -> list[Change]:
    """The changes of one notification; none for a whole record. Raises NotUnderstood."""
    kind = notification.text("type")
    if kind is None:
        raise notification.not_understood("type", "is missing")
    if kind == WHOLE_RECORD:
        return []
    company = Identifier(DUNS, DUNS_COUNTRY, duns_of(notification.section("organization")))
    if kind == UPDATE:
        return [_change(each, company) for each in notification.items("elements")]
    told_at = _time(notification, "timestamp") or _time(notification, "deliveryTimeStamp")
    if told_at is None:
        raise notification.not_understood("timestamp", "is missing")
    return [Change(f"{company.value}:{kind}:{told_at.isoformat()}", company, WATCH_KIND, told_at, None, kind)]


def _change(element: Payload, company: Identifier) -> Change:
    name, changed_at = element.text("element"), _time(element, "timestamp")
    if name is None or changed_at is None:
        raise element.not_understood("element", "has no name or no time")
    return Change(
        id=f"{company.value}:{name}:{changed_at.isoformat()}",  # D&B numbers none; this tells a repeat as well.
        company=company,
        kind=next((kind for beginning, kind in KINDS if name.startswith(beginning)), OTHER_KIND),
        changed_at=changed_at,
        old=_words(element.plain("previous")),
        new=_words(element.plain("current")),
    )


def _words(value: Any) -> str | None:
    """A value as D&B has it: a text as it is, anything else as JSON; None for nothing."""
    if value in (None, ""):
        return None
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _time(answer: Payload, name: str) -> datetime | None:
    text = answer.text(name)
    if text is None:
        return None
    try:
        told = datetime.fromisoformat(text)
    except ValueError as unreadable:
        raise answer.not_understood(name, "is no time") from unreadable
    if told.tzinfo is None:
        raise answer.not_understood(name, "has no zone")
    return told


def _text(content: bytes) -> str:
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            content = _unzipped(content)
        return content.decode("utf-8-sig")
    except (UnicodeDecodeError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as broken:
        raise NotUnderstood(PROVIDER, f"the file cannot be read: {type(broken).__name__}") from broken


def _unzipped(content: bytes) -> bytes:
    """The one text in a zip, up to a size that no honest file has."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [each for each in archive.namelist() if each.endswith(".txt")]
        if len(names) != 1:
            raise NotUnderstood(PROVIDER, "the zip has not one text in it")
        with archive.open(names[0]) as text:
            unpacked = text.read(FILE_BYTES_MAX + 1)
    if len(unpacked) > FILE_BYTES_MAX:
        raise NotUnderstood(PROVIDER, "the file is too large")
    return unpacked
