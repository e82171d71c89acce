"""Finds who stands on the other side of a transaction of a camt message."""

from decimal import Decimal

from api.ledger.formats.values import short
from api.ledger.formats.xml import Element

PAYER, PAYEE = "Dbtr", "Cdtr"


def counterparty(
    detail: Element, own_account: str, amount: Decimal, is_reversal: bool
) -> tuple[str | None, str | None]:
    """Give name and account of the other side: who paid us, or whom we paid. Banks and agents are not it.

    A reversal keeps the sides of what it undoes. Where the side we look at is ourselves or empty, the other counts,
    if its account is another than ours.
    """
    parties = detail.first("RltdPties")
    if parties is None:
        return None, None
    sides = (PAYER, PAYEE) if (amount > 0) != is_reversal else (PAYEE, PAYER)
    for is_first, side in zip((True, False), sides, strict=True):
        name, account = _name(parties, side), account_of(parties.first(f"{side}Acct"))
        if account == own_account or not (name or account):
            continue
        if is_first or account:
            return name, account
    return None, None


def _name(parties: Element, side: str) -> str | None:
    """Give a side's name; that of the ultimate party where the direct one has none."""
    for each in (side, f"Ultmt{side}"):
        name = parties.value(each, "Nm") or parties.value(each, "Pty", "Nm")
        if name:
            return short(name, 200)
    return short(parties.value(side, "Agt", "FinInstnId", "Nm"), 200)


def account_of(element: Element | None) -> str | None:
    """Give the number of an account, whatever kind of number it is, or None."""
    if element is None:
        return None
    iban = element.value("Id", "IBAN")
    if iban:
        return short(iban.replace(" ", "").upper(), 50)
    others = (("Id", "Othr", "Id"), ("Id", "PrtryAcct", "Id"), ("Id", "BBAN"), ("Id", "UPIC"))
    return short(next((text for path in others if (text := element.value(*path))), None), 50)
