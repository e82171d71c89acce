"""Reads one entry (Ntry) of a camt message, with the transactions it holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from api.ledger.formats.camt_amounts import EntryRefused, charges_of, detail_amount, signed_amount
from api.ledger.formats.camt_parties import counterparty
from api.ledger.formats.documents import BankEntry, StructuredReference
from api.ledger.formats.identities import Identities, part_of
from api.ledger.formats.references import given, structured
from api.ledger.formats.values import read_day, short
from api.ledger.formats.xml import Element

TEXT_LENGTH_MAX = 2_000
NUMBERS_MAX = 100


@dataclass(frozen=True, slots=True)
class _Booking:
    """What holds for all transactions of an entry."""

    element: Element
    account: str
    booked_on: date
    value_on: date | None
    amount: Decimal
    currency: str
    is_reversal: bool
    reference: str | None


def status_of(entry: Element) -> str | None:
    """Give an entry's status code, which older versions write as text and newer ones in `Cd`."""
    return entry.value("Sts", "Cd") or entry.value("Sts")


def entries_of(entry: Element, account: str, identities: Identities) -> list[BankEntry]:
    """Give the transactions of a booked entry; together they are its amount. Raises EntryRefused."""
    amount, currency = signed_amount(entry)
    if amount == 0:
        raise EntryRefused("amount_zero", "an entry of zero moves no money", "Amt")
    value_on = _day(entry, "ValDt")
    booked_on = _day(entry, "BookgDt") or value_on
    if booked_on is None:
        raise EntryRefused("date_missing", "the entry has neither a booking date nor a value date", "BookgDt")
    is_reversal = (entry.value("RvslInd") or "").lower() in ("true", "1")
    reference = given(entry.value("AcctSvcrRef"))
    booking = _Booking(entry, account, booked_on, value_on, amount, currency, is_reversal, reference)
    details = [*entry.every("NtryDtls", "TxDtls"), *entry.every("TxDtls")]
    parts = _parts(booking, details)
    identity = _identity(booking, parts, identities)
    if len(parts) == 1:
        return [_entry(booking, identity, *parts[0])]
    positions = [0 if detail is None else place for place, (detail, _) in enumerate(parts, 1)]
    return [
        _entry(booking, part_of(identity, position), *part) for position, part in zip(positions, parts, strict=True)
    ]


_Part = tuple[Element | None, Decimal]


def _parts(booking: _Booking, details: Sequence[Element]) -> list[_Part]:
    """Split an entry into its transactions, and what charges took of them; whole where they do not add up to it."""
    if not details:
        return [(None, booking.amount)]
    sign = 1 if booking.amount > 0 else -1
    amounts = [detail_amount(detail, booking.currency, sign) for detail in details]
    known = [amount for amount in amounts if amount]
    if len(known) == len(amounts):
        charges = booking.amount - sum(known)
        parts: list[_Part] = list(zip(details, known, strict=True))
        if charges == 0:
            return parts
        if -charges == charges_of(booking.element, details, booking.currency):
            return [*parts, (None, charges)]
    # One transaction is the entry, whatever currency it was ordered in. Several cannot be told apart.
    is_one = len(details) == 1 and (not known or (_batch_count(booking.element) or 1) == 1)
    return [(details[0] if is_one else None, booking.amount)]


def _identity(booking: _Booking, parts: Sequence[_Part], identities: Identities) -> str:
    if booking.reference is not None:
        return identities.by_reference(booking.reference)
    first = parts[0][0]
    account = counterparty(first, booking.account, booking.amount, booking.is_reversal)[1] if first else None
    text = _text(booking.element, first)
    return identities.by_content(booking.booked_on, booking.amount, booking.currency, account, text)


def _entry(booking: _Booking, identity: str, detail: Element | None, amount: Decimal) -> BankEntry:
    name, account = counterparty(detail, booking.account, amount, booking.is_reversal) if detail else (None, None)
    is_charge = detail is None and amount != booking.amount
    source = detail if detail is not None else booking.element
    count = _batch_count(booking.element)
    if count is None and detail is None and not is_charge:
        count = sum(1 for _ in booking.element.every("NtryDtls", "TxDtls")) or None
    is_batch = detail is None and not is_charge and count is not None and count > 0
    return BankEntry(
        line=source.line,
        identity=identity,
        booked_on=booking.booked_on,
        value_on=booking.value_on,
        amount=amount,
        currency=booking.currency,
        counterparty_name=name,
        counterparty_account=account,
        end_to_end_id=given(detail.value("Refs", "EndToEndId")) if detail else None,
        instruction_id=given(detail.value("Refs", "InstrId")) if detail else None,
        mandate_reference=given(detail.value("Refs", "MndtId")) if detail else None,
        structured_reference=_structured(detail) if detail else None,
        remittance_text=None if is_charge else _text(booking.element, detail),
        referred_numbers=_referred(detail) if detail else (),
        return_reason=short(_return_reason(booking.element, detail), 40),
        is_reversal=booking.is_reversal,
        is_charge=is_charge,
        transaction_code=_code(detail) or _code(booking.element),
        entry_reference=booking.reference,
        is_batch=is_batch,
        transactions_count=count if is_batch else None,
    )


def _batch_count(entry: Element) -> int | None:
    stated = entry.value("NtryDtls", "Btch", "NbOfTxs") or entry.value("Btch", "NbOfTxs") or ""
    return int(stated) if re.fullmatch("[0-9]{1,9}", stated) else None


def _day(entry: Element, name: str) -> date | None:
    stated = entry.value(name, "Dt") or entry.value(name, "DtTm")
    if stated is None:
        return None
    found = read_day(stated)
    if found is None:
        raise EntryRefused("not_a_date", f"'{stated[:40]}' is not a date", name)
    return found


def _structured(detail: Element) -> StructuredReference | None:
    for stated in detail.every("RmtInf", "Strd", "CdtrRefInf"):
        value = stated.value("Ref") or stated.value("CdtrRef")
        kind = stated.value("Tp", "CdOrPrtry", "Cd") or stated.value("CdtrRefTp", "Cd")
        issuer = stated.value("Tp", "Issr") or stated.value("CdtrRefTp", "Issr")
        found = structured(value, issuer if kind in (None, "SCOR") or issuer else None)
        if found is not None:
            return found
    return None


def _text(entry: Element, detail: Element | None) -> str | None:
    """Give what the payer wrote, else what the bank adds."""
    lines: list[str] = []
    if detail is not None:
        lines = [each.text for each in detail.every("RmtInf", "Ustrd")]
        lines += [each.text for each in detail.every("RmtInf", "Strd", "AddtlRmtInf")]
        lines = list(filter(None, lines)) or [detail.value("AddtlTxInf") or ""]
    return short(" ".join(filter(None, lines)) or entry.value("AddtlNtryInf"), TEXT_LENGTH_MAX)


def _referred(detail: Element) -> tuple[str, ...]:
    paths = (("RmtInf", "Strd", "RfrdDocInf", "Nb"), ("RmtInf", "Strd", "RfrdDocInf", "RfrdDocNb"))
    found = [number for path in paths for each in detail.every(*path) if (number := short(each.text, 100))]
    return tuple(dict.fromkeys(found))[:NUMBERS_MAX]


def _return_reason(entry: Element, detail: Element | None) -> str | None:
    for element in (detail, entry):
        if element is not None:
            reason = element.value("RtrInf", "Rsn", "Cd") or element.value("RtrInf", "Rsn", "Prtry")
            reason = reason or element.value("RtrInf", "RtrRsn", "Cd") or element.value("RtrInf", "RtrRsn", "Prtry")
            if reason:
                return reason
    return None


def _code(element: Element | None) -> str | None:
    """Give the bank's code of what was done: its domain as `PMNT-RCDT-ESCT`, else the bank's own."""
    if element is None:
        return None
    domain = element.first("BkTxCd", "Domn")
    if domain is not None:
        words = (domain.value("Cd"), domain.value("Fmly", "Cd"), domain.value("Fmly", "SubFmlyCd"))
        return short("-".join(filter(None, words)), 40)
    return short(element.value("BkTxCd", "Prtry", "Cd"), 40)
