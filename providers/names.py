"""Comparing names of companies, whatever their case, accents, legal form and order of words (domain 5.9)."""

import unicodedata
from decimal import ROUND_DOWN, Decimal

from rapidfuzz import fuzz

SAME_NAME_MIN = Decimal("0.92")  # Domain 5.9: from here on two names may be one company.

_LEGAL_FORMS = """
bv nv vof cv eenmanszaak maatschap stichting vereniging cooperatie ua ba wa bvba sprl srl sa sas sarl
gmbh ag kg ohg ug mbh ltd limited plc llp llc inc corp se spa
"""
_LEGAL_FORM_WORDS = frozenset(_LEGAL_FORMS.split())
_LETTERS_WITHOUT_ACCENT = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})


def normalised(name: str) -> str:
    """The name in small letters without accents, punctuation and legal-form words, its words in alphabetical order."""
    # Once more after casefold: the plain form of a fancy letter may be a capital.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = plain.translate(_LETTERS_WITHOUT_ACCENT)
    # Dots go without a trace, so that B.V. is the word bv; other signs part words.
    letters = "".join(
        each if each.isalnum() else " " for each in plain if each != "." and not unicodedata.combining(each)
    )
    words = letters.split()
    return " ".join(sorted([word for word in words if word not in _LEGAL_FORM_WORDS] or words))


def similarity(one: str, other: str) -> Decimal:
    """How alike two names are, from 0 to 1 in hundredths rounded down; 1 when nothing but spelling habits differs.

    A name without a letter or digit is like no other.
    """
    first, second = normalised(one), normalised(other)
    ratio = Decimal(fuzz.ratio(first, second)) / 100 if first and second else Decimal(0)
    return ratio.quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def best_similarity(name: str, others: tuple[str, ...]) -> Decimal:
    """The likeness to the name that fits best; 0 without names."""
    return max((similarity(name, other) for other in others), default=Decimal(0))


def may_be_named(name: str, others: tuple[str, ...]) -> bool:
    """Whether a company that has the other names may be called so; not without any."""
    return best_similarity(name, others) >= SAME_NAME_MIN


def begins_words(text: str, name: str) -> bool:
    """Whether every word of `text` begins a word of `name`: how people type what they look for."""
    words, parts = normalised(name).split(), normalised(text).split()
    return bool(parts) and all(any(word.startswith(part) for word in words) for part in parts)
