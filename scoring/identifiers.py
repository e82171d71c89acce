"""Numbers that name companies, accounts and payments: strict format first, then the check digits of a library.

The format comes first because the library fills short numbers up with zeros and accepts foreign lengths.
"""

import re
from typing import Literal

from stdnum import iban as stdnum_iban
from stdnum import iso11649, lei
from stdnum.iso7064 import mod_97_10
from stdnum.nl import bsn

VatScheme = Literal["elfproef", "mod97"]

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_RF_REFERENCE = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_BTW_ID = re.compile(r"(?:NL)?([0-9]{9})B([0-9]{2})")
_RSIN = re.compile(r"[0-9]{9}")
_KVK_NUMBER = re.compile(r"[0-9]{8}")
_ESTABLISHMENT_NUMBER = re.compile(r"[0-9]{12}")
_PAYMENT_REFERENCE = re.compile(r"[0-9]{7}|[0-9]{9,14}|[0-9]{16}")
_PAYMENT_REFERENCE_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)


def compact(value: str) -> str:
    """A number as it is compared: without spaces, in capitals."""
    return value.replace(" ", "").upper()


def is_iban(value: str) -> bool:
    """Whether this is a valid IBAN (ISO 13616). Valid is not yet the right one: ask for the holder's name."""
    # Bank codes are left unchecked: the library's list refuses valid Belgian accounts.
    text = compact(value)
    return _IBAN.fullmatch(text) is not None and bool(stdnum_iban.is_valid(text, check_country=False))


def is_rf_reference(value: str) -> bool:
    """Whether this is a creditor reference of ISO 11649 with a right check."""
    text = compact(value)
    return _RF_REFERENCE.fullmatch(text) is not None and bool(iso11649.is_valid(text))


def make_rf_reference(reference: str) -> str:
    """The ISO 11649 reference of 1 to 21 letters and digits; raises ValueError on anything else."""
    text = compact(reference)
    if not re.fullmatch(r"[0-9A-Z]{1,21}", text):
        raise ValueError(f"{reference!r} is not 1 to 21 letters and digits")
    return f"RF{mod_97_10.calc_check_digits(text + 'RF')}{text}"


def is_lei(value: str) -> bool:
    """Whether this is a legal entity identifier (ISO 17442)."""
    text = compact(value)
    return _LEI.fullmatch(text) is not None and bool(lei.is_valid(text))


def vat_scheme_of(value: str) -> VatScheme | None:
    """The check a Dutch VAT number passes: elfproef (legal persons), mod97 (sole traders since 2020), None: invalid.

    A sole trader's number of before 2020 holds the citizen number: mask it wherever it is shown.
    """
    match = _BTW_ID.fullmatch(compact(value))
    if match is None or match[2] == "00":
        return None
    if bsn.is_valid(match[1]):
        return "elfproef"
    return "mod97" if mod_97_10.is_valid(f"NL{match[1]}B{match[2]}") else None


def is_rsin(value: str) -> bool:
    """Whether this is a Dutch RSIN. Citizen numbers pass the same test, so never store one as RSIN."""
    return _RSIN.fullmatch(value) is not None and bool(bsn.is_valid(value))


def is_kvk_number(value: str) -> bool:
    """Whether this has the form of a Dutch Chamber of Commerce number: eight digits, no check digit."""
    return _KVK_NUMBER.fullmatch(value) is not None


def is_establishment_number(value: str) -> bool:
    """Whether this has the form of a Dutch establishment number: twelve digits, no check digit."""
    return _ESTABLISHMENT_NUMBER.fullmatch(value) is not None


def is_payment_reference(value: str) -> bool:
    """Whether this is a Dutch betalingskenmerk: 7 digits unchecked, 9 to 14 with check and length, or 16 with check."""
    text = compact(value)
    if _PAYMENT_REFERENCE.fullmatch(text) is None:
        return False
    if len(text) == 7:
        return True
    if len(text) < 16 and int(text[1]) != (len(text) - 2) % 10:
        return False
    return text[0] == _payment_reference_check(text[1:])


def make_payment_reference(payload: str) -> str:
    """The betalingskenmerk of 7 to 12 digits (check and length added) or 15 (check added); raises ValueError else."""
    if not re.fullmatch(r"[0-9]{7,12}|[0-9]{15}", payload):
        raise ValueError(f"{payload!r} is not 7 to 12 or 15 digits")
    text = payload if len(payload) == 15 else f"{len(payload) % 10}{payload}"
    return _payment_reference_check(text) + text


def _payment_reference_check(digits: str) -> str:
    """The check digit (specifications of Betaalvereniging Nederland): weighted from the right, modulo eleven."""
    weights = _PAYMENT_REFERENCE_WEIGHTS * 2
    total = sum(int(digit) * weight for digit, weight in zip(reversed(digits), weights, strict=False))
    check = 11 - total % 11
    return {10: "1", 11: "0"}.get(check, str(check))
