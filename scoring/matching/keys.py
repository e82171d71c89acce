"""The keys that payments and invoices are compared by, so that spaces, dashes and capitals make no difference."""

import re
import unicodedata
from collections.abc import Iterator

from scoring.identifiers import compact, is_rf_reference

KEY_LENGTHS = range(3, 41)
NEIGHBOURS_MAX = 4
KEYS_MAX = 200
_TEXT_LENGTH_MAX = 2_000  # SEPA gives 140 characters; some banks join several details.
_WORD = re.compile(r"[A-Z0-9]+")
_LEADING_LETTERS = re.compile(r"\A[A-Z]+(?=[0-9])")
_RF_FORM = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NONREF", "NOREF"})


def number_key(number: str | None) -> str | None:
    """The capitals and digits of an invoice number; None when that names nothing: under 3, over 40, or no digit."""
    number = number or ""
    # Most numbers are plain, and an import has millions of them.
    key = number.upper() if number.isascii() and number.isalnum() else "".join(_words(number))
    return key if _names_something(key) else None


def number_keys(text: str) -> frozenset[str]:
    """The keys of everything in a remittance text that could be an invoice number, at most 200 of them.

    That is each word, without its leading letters too (`INV20260042` also names 20260042), and each join of up to four
    neighbours (`2026 0042`, also where the bank broke the line). Short joins come before long ones when it is too many.
    """
    keys: set[str] = set()
    for key in _joins(_words(text[:_TEXT_LENGTH_MAX])):
        if _names_something(key):
            keys.add(key)
            if len(keys) == KEYS_MAX:
                break
    return frozenset(keys)


def reference_key(reference: str | None) -> str | None:
    """A structured reference as it is compared; None when there is none, or it has the form of ISO 11649 and fails.

    A Dutch betalingskenmerk is compared as it is, for its digits may as well be a reference of another scheme (Belgian,
    Swedish): what stands on our own open item letter for letter is ours, whatever its check digit says.
    """
    key = compact(reference or "")
    if key in _NO_REFERENCE or (_RF_FORM.fullmatch(key) and not is_rf_reference(key)):
        return None
    return key


def collection_key(end_to_end_id: str | None) -> str | None:
    """An end-to-end identification as it is compared; None when there is none (`NOTPROVIDED`)."""
    key = compact(end_to_end_id or "")
    return None if key in _NO_REFERENCE else key


def _words(text: str) -> list[str]:
    """The runs of plain capitals and digits of a text."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).upper())


def _joins(words: list[str]) -> Iterator[str]:
    """Each word, then each pair of neighbours and so on; each also without the letters it begins with."""
    for count in range(1, NEIGHBOURS_MAX + 1):
        for start in range(len(words) - count + 1):
            joined = "".join(words[start : start + count])
            yield joined
            yield _LEADING_LETTERS.sub("", joined, count=1)


def _names_something(key: str) -> bool:
    """Whether a key can be an invoice number at all."""
    return len(key) in KEY_LENGTHS and any(each.isdigit() for each in key)
