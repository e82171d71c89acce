"""Reads payment terms: the days a text plainly gives, and the early-payment discount of its structured form."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from api.web.money import EXPONENTS
from scoring.money import quantised

STATUTORY_DAYS = 30  # What holds where nothing was agreed (Directive 2011/7/EU).
DAYS_MAX = 365
TEXT_READ = 1_000
_DAYS = re.compile(r"\b([0-9]{1,3})\s*(?:days?|dagen|dag|dgn|tagen?|tage|jours?)\b|\bnet(?:to)?\s+([0-9]{1,3})\b", re.I)
# Words that make a number of days something else than the time between invoice date and due date.
_OTHERWISE = re.compile(
    r"%|discount|korting|skonto|escompte|procent|percent|eind|end\b|eom|monat|maand|month|mois|fin\b"
    r"|deliver|lever|liefer|livraison|receipt|receiv|ontvang|erhalt|accept|order|bestel|werkdag|working|business",
    re.I,
)
# The form that German CIUS documents use within the text: #SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=357.93#
_SKONTO = re.compile(
    r"#SKONTO#TAGE=([0-9]{1,3})#PROZENT=([0-9]{1,2}(?:\.[0-9]{1,4})?)#(?:BASISBETRAG=([0-9]{1,12}(?:\.[0-9]{1,4})?)#)?"
)


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount for early payment: so much less when it is paid until that day."""

    amount: Decimal
    until: date


def days_in(text: str | None) -> int | None:
    """Give the number of days a text plainly says, as `30 dagen netto` does; None for anything less plain."""
    if not text or len(text) > TEXT_READ or _OTHERWISE.search(text):
        return None
    found = {int(match[1] or match[2]) for match in _DAYS.finditer(text)}
    numbers = {int(each) for each in re.findall(r"[0-9]{1,6}", text, re.ASCII)}
    if len(found) != 1 or numbers != found or not 0 <= (days := found.pop()) <= DAYS_MAX:
        return None
    return days


def derived_due_on(invoiced_on: date, text: str | None) -> date:
    """Give the due date of a document that names none: by the days in its terms, else by the statutory term."""
    days = days_in(text)
    return later(invoiced_on, STATUTORY_DAYS if days is None else days)


def later(day: date, days: int) -> date:
    """Give the day so many days later, or the last day there is."""
    return day + min(timedelta(days=days), date.max - day)


def discount_in(text: str | None, invoiced_on: date, amount: Decimal, currency: str) -> Discount | None:
    """Give the discount that a text names in structured form; of several, the one that can be had longest."""
    if not text or currency not in EXPONENTS:
        return None
    found = []
    for match in _SKONTO.finditer(text[:TEXT_READ]):
        base = Decimal(match[3]) if match[3] else amount
        found.append(discount_of(invoiced_on, int(match[1]), Decimal(match[2]), base, currency))
    return max(found, key=lambda each: each.until) if found else None


def discount_of(start: date, days: int, percentage: Decimal, base: Decimal, currency: str) -> Discount:
    """Make a discount of a percentage over `base`, rounded half to even, until so many days after `start`."""
    return Discount(quantised(base * percentage / 100, currency), later(start, days))
