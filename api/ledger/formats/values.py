"""Reads single values as invoices and statements write them, and keeps texts to one line."""

import re
from datetime import date
from decimal import Decimal

REFERENCE_LENGTH_MAX = 200
AMOUNT = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,10})?")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read_decimal(text: str) -> Decimal | None:
    """Read an amount as XML writes it, with a point; None when it is none."""
    text = text.strip()
    return Decimal(text) if AMOUNT.fullmatch(text) else None


def decimals_of(amount: Decimal) -> int:
    """Say how many decimals an amount needs; `8.850` needs two."""
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def read_day(text: str) -> date | None:
    """Read a date as XML writes it, `2026-03-01` with perhaps a time or a zone behind it; None when it is none."""
    match = re.match(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:$|[TZ+\-])", text.strip(), re.ASCII)
    if match is None:
        return None
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        return None


def short(text: str | None, length: int = REFERENCE_LENGTH_MAX) -> str | None:
    """Give a text in one line, without control characters and of a length we keep, or None."""
    if not text:
        return None
    if not text.isprintable():
        text = CONTROL.sub(" ", text)
    return " ".join(text.split())[:length] or None
