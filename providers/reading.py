"""Reading an answer: the error that a status means, how long to wait, and the body as a document that can be kept."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any

import orjson

from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused

CHARGED = frozenset({200, 201})  # What was sold is told, or ordered.
TOO_MANY = 429
NOT_SIGNED_IN = 401
FORBIDDEN = 403
# A source that asks for more is asked again after this all the same: a fault of its must not shut us out for years.
WAIT_SECONDS_MAX = 3600
_PAGE_NAMES_ITSELF_WITHIN = 1000  # Bytes: there may be a comment before it.
_SECONDS = re.compile(r"0*([0-9]+)", re.ASCII)
_DIGITS_MAX = 9  # More are more than the longest wait; of thousands, no number is made at all.


class NotStorable(ValueError):
    """A document has a NUL character, which no database keeps in a text."""


def error_of(status: int) -> type[SourceError]:
    """What a status means that was not expected."""
    if status == TOO_MANY:
        return SourceBusy
    if status in (NOT_SIGNED_IN, FORBIDDEN):
        return SourceRefused
    return SourceDown if status >= 500 else NotUnderstood


def wait_seconds(headers: Mapping[str, str], now: datetime) -> int | None:
    """The seconds that `Retry-After` asks for, as a number or as a time (`now` is UTC); None where it says nothing."""
    told = headers.get("Retry-After", "").strip()
    if number := _SECONDS.fullmatch(told):
        digits = number.group(1)
        return WAIT_SECONDS_MAX if len(digits) > _DIGITS_MAX else min(int(digits), WAIT_SECONDS_MAX)
    try:
        until = parsedate_to_datetime(told)
        until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
        seconds = (until - now).total_seconds()
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return min(max(0, ceil(seconds)), WAIT_SECONDS_MAX)


def is_page(body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether a page for people came in place of an answer, as one that tells of maintenance does."""
    start = body[:_PAGE_NAMES_ITSELF_WITHIN].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start.startswith(b"<"):
        return False
    told = headers.get("Content-Type", "").lower()
    return "html" in told or b"<html" in start or b"<!doctype html" in start


def document_of(body: bytes) -> Any:
    """The document of a JSON body; None for an empty one. Raises ValueError, also for one too deep, and NotStorable."""
    if not body.strip():
        return None
    document = orjson.loads(body)
    try:
        orjson.dumps(document)  # Which goes less deep (254) than reading does, and than whoever walks through it can.
    except TypeError as unwalkable:
        raise ValueError("is nested too deep") from unwalkable
    # A raw NUL is no JSON; the escape may also be a backslash and five letters, so the texts themselves are looked at.
    if b"\\u0000" in body and _has_nul(document):
        raise NotStorable("has a NUL character")
    return document


def _has_nul(document: Any) -> bool:
    if isinstance(document, str):
        return "\0" in document
    if isinstance(document, dict):
        return any("\0" in name or _has_nul(value) for name, value in document.items())
    return isinstance(document, list) and any(_has_nul(each) for each in document)
