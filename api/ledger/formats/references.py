"""Tells what a payment reference is, by the list it says it is from and by its check digits."""

from api.ledger.formats.documents import StructuredReference
from api.ledger.formats.values import short
from scoring.identifiers import compact, is_payment_reference, is_rf_reference

LENGTH_MAX = 100
# What banks write where the payer gave nothing.
NOTHING = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "EREF", "PREF", "MARF"})


def structured(value: str | None, issuer: str | None = None) -> StructuredReference | None:
    """Give a structured reference; `issuer` is ISO, CUR (Dutch), another list, or None. None for an empty one."""
    value = given(value)
    if value is None:
        return None
    text = compact(value)
    if issuer in (None, "ISO") and is_rf_reference(text):
        return StructuredReference("rf", text)
    if issuer == "CUR" and is_payment_reference(text):
        return StructuredReference("nl_betalingskenmerk", text)
    return StructuredReference("other", value)


def given(value: str | None) -> str | None:
    """Give a reference, or None for the words that stand where there is none."""
    value = short(value, LENGTH_MAX)
    return None if value is None or value.upper() in NOTHING else value
