"""Which company a request is about, in whoever's protocol: that of which it names a number or the name."""

import re
from functools import cache

from providers.sandbox.company import Company, companies

BUYERS_BEGIN = 52_000_000  # An insurer's number of a company is its KVK number less this; it needs one of its own.
DUNS_BEGINS = "9"  # A DUNS number has nine digits: this one and the KVK number.
ESTABLISHMENT_BEGINS = "0000"  # The number of the main establishment has twelve digits: these and the KVK number.


def buyer_number(company: Company) -> int | None:
    """The credit insurer's number of a Dutch company."""
    kvk = company.numbers.get("kvk")
    return int(kvk) - BUYERS_BEGIN if kvk else None


def duns(company: Company) -> str | None:
    """The DUNS number of a Dutch company."""
    kvk = company.numbers.get("kvk")
    return f"{DUNS_BEGINS}{kvk}" if kvk else None


def mentioned(text: str) -> Company | None:
    """The first company that a text names; None where it names none."""
    # Whole runs of digits, so that no number is found inside a longer one.
    digits = set(re.findall(r"[0-9]{8,}", text))
    return next(
        (
            company
            for company, numbers, words in _marks()
            if not digits.isdisjoint(numbers) or any(each in text for each in words)
        ),
        None,
    )


def marks(company: Company) -> tuple[str, ...]:
    """All by which somebody may name a company: official numbers, those of vendors, and its names."""
    kvk, vat = company.numbers.get("kvk"), company.numbers.get("vat", "")
    own = [*company.numbers.values(), company.rsin, vat[2:], company.credit.connect_id if company.credit else None]
    derived = [duns(company), buyer_number(company), *((f"{kvk}0000", f"{ESTABLISHMENT_BEGINS}{kvk}") if kvk else ())]
    return (*(str(each) for each in [*own, *derived] if each), *company.names)


@cache
def _marks() -> tuple[tuple[Company, frozenset[str], tuple[str, ...]], ...]:
    return tuple(
        (
            company,
            frozenset(each for each in marks(company) if each.isdigit()),
            tuple(each for each in marks(company) if not each.isdigit()),
        )
        for company in companies()
    )
