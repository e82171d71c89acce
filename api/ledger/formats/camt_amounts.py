"""Reads the amounts of a camt entry: signed, in the currency of the account, and what the bank kept of them."""

from collections.abc import Sequence
from decimal import Decimal

from api.ledger.formats.values import decimals_of, read_decimal
from api.ledger.formats.xml import Element
from api.ledger.values import AMOUNT_MAX
from api.web.money import EXPONENTS

SIGNS = {"CRDT": 1, "DBIT": -1}
# Where a transaction's amount stands, the account's currency deciding which of them is meant.
AMOUNT_PATHS = (
    ("Amt",),
    ("AmtDtls", "TxAmt", "Amt"),
    ("AmtDtls", "CntrValAmt", "Amt"),
    ("AmtDtls", "InstdAmt", "Amt"),
)


class EntryRefused(Exception):
    """An entry cannot be taken."""

    def __init__(self, code: str, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field


def signed_amount(element: Element) -> tuple[Decimal, str]:
    """Give amount and currency of an entry or balance, below zero for a debit. Raises EntryRefused."""
    stated = element.first("Amt")
    if stated is None:
        raise EntryRefused("amount_missing", "there is no amount", "Amt")
    amount, currency = _amount(stated)
    sign = SIGNS.get(element.value("CdtDbtInd") or "")
    if sign is None:
        raise EntryRefused("sign_unknown", "the entry does not say whether it is credit or debit", "CdtDbtInd")
    return sign * amount, currency


def detail_amount(detail: Element, currency: str, sign: int) -> Decimal | None:
    """Give a transaction's amount in the currency of its entry, or None. `sign`, that of the entry, stands in."""
    sign = SIGNS.get(detail.value("CdtDbtInd") or "", sign)
    for path in AMOUNT_PATHS:
        stated = detail.first(*path)
        if stated is not None and stated.attributes.get("Ccy", currency) == currency:
            try:
                return sign * _amount(stated, currency)[0]
            except EntryRefused:
                return None
    return None


def charges_of(entry: Element, details: Sequence[Element], currency: str) -> Decimal:
    """Give what the bank says it kept, in the currency of the entry: at the entry, else at its transactions."""
    total = _charges(entry, currency)
    return total or sum((_charges(detail, currency) for detail in details), Decimal(0))


def _charges(element: Element, currency: str) -> Decimal:
    total = Decimal(0)
    for charges in element.every("Chrgs"):
        stated = [charges.first("TtlChrgsAndTaxAmt") or charges.first("Amt")]
        if stated == [None]:
            stated = [each.first("Amt") for each in charges.every("Rcrd")]
        for amount in stated:
            if amount is not None and amount.attributes.get("Ccy", currency) == currency:
                total += abs(read_decimal(amount.text) or Decimal(0))
    return total


def _amount(stated: Element, currency: str | None = None) -> tuple[Decimal, str]:
    currency = stated.attributes.get("Ccy", currency or "")
    if currency not in EXPONENTS:
        raise EntryRefused("not_a_currency", f"'{currency[:40]}' is not a currency of ISO 4217 in use", "Amt")
    amount = read_decimal(stated.text)
    if amount is None or amount < 0:
        raise EntryRefused("not_an_amount", f"'{stated.text[:40]}' is not an amount", "Amt")
    if amount >= AMOUNT_MAX:
        raise EntryRefused("amount_too_large", f"must be below {AMOUNT_MAX:,}", "Amt")
    if decimals_of(amount) > EXPONENTS[currency]:
        detail = f"{stated.text[:40]} has more decimals than {currency}, which has {EXPONENTS[currency]}"
        raise EntryRefused("too_many_decimals", detail, "Amt")
    return amount, currency
