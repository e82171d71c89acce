"""Reads MT940 statements, one at a time, on the library mt-940 for the fields that SWIFT defines."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

import mt940

from api.ledger.formats.documents import Balance, BankEntry, BankItem, Refused, StatementEnd, StatementHead
from api.ledger.formats.drafts import decimals_of, short
from api.ledger.formats.identities import Identities
from api.ledger.formats.mt940_details import Details, read_details
from api.ledger.formats.references import given, structured
from api.ledger.formats.streams import lines
from api.ledger.reading import BOM, FileUnreadable
from api.ledger.values import AMOUNT_MAX
from api.web.money import EXPONENTS

LINE_BYTES_MAX = 2_000
FIELD_LENGTH_MAX = 10_000
FIELDS_MAX = 200_000  # In one statement.
TAG = re.compile(r":(13D?|20|21|25P?|28C?|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS):")
NEEDED = {"20": "its reference (:20:)", "25": "the account (:25:)", "60": "the opening balance (:60F:)"}
NEEDED["62"] = "the closing balance (:62F:)"
REVERSALS = ("RC", "RD")
# The reference of a return transaction, where :86: does not tell why: SEPA codes of German banks.
OPTIONS = mt940.Options.all()
# Banks write longer references than the standard allows; the first that fits is taken.
LINES = (mt940.tags.Statement(), mt940.tags.StatementGLS(), mt940.tags.StatementASNB())
BALANCE = mt940.tags.BalanceBase()
# What the library raises for a field it cannot read.
UNREADABLE = (RuntimeError, ValueError, ArithmeticError)
# It logs what it cannot read; what stands on bank statements is not for a log.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)


@dataclass(slots=True)
class _Field:
    tag: str
    line: int
    text: str


@dataclass(slots=True)
class _Statement:
    """The fields of one statement, in their order."""

    line: int
    fields: list[_Field] = field(default_factory=list)

    def first(self, tag: str) -> _Field | None:
        return next((each for each in self.fields if each.tag[:2] == tag), None)


def read_mt940(stream: BinaryIO) -> Iterator[BankItem]:
    """Give each statement's head, entries and end, in the order of the file, with what is refused between them.

    A statement that lacks a field it must have is refused as a whole (`statement_incomplete`): it may have been cut
    off. Raises FileUnreadable, with code `statement_missing` for a file without any MT940 field.
    """
    found = False
    for statement in _statements(stream):
        found = True
        yield from _items(statement)
    if not found:
        raise FileUnreadable("The file holds no MT940 statement.", code="statement_missing")


def _statements(stream: BinaryIO) -> Iterator[_Statement]:
    """Split a file into statements: at :20:, at a line `-` or `-}`, and at the next SWIFT block."""
    current: _Statement | None = None
    is_in_field = False
    for number, raw, is_cut in lines(stream, LINE_BYTES_MAX):
        text = _decoded(raw.removeprefix(BOM) if number == 1 else raw)
        if is_cut:
            raise FileUnreadable(f"Line {number} is too long for MT940.", code="line_too_long")
        if text.startswith("{"):  # A SWIFT block; the first field may stand behind its head.
            if current is not None:
                yield current
            current, is_in_field = None, False
            text = text.rpartition("{4:")[2] if "{4:" in text else ""
        match = TAG.match(text)
        if match is not None:
            if current is not None and match[1] == "20":
                yield current
                current = None
            current = current or _Statement(number)
            current.fields.append(_Field(match[1], number, text[match.end() :]))
            is_in_field = True
            if len(current.fields) > FIELDS_MAX:
                raise FileUnreadable(f"Line {number}: the statement does not end.", code="statement_too_large")
        elif current is None:
            continue
        elif re.match(r"-(\}|XXX|$)", text.strip()):
            yield current
            current, is_in_field = None, False
        elif is_in_field:
            last = current.fields[-1]
            if len(last.text) + len(text) > FIELD_LENGTH_MAX:
                is_in_field = False  # What is more than any bank sends is left out.
            else:
                last.text += "\n" + text
    if current is not None:
        yield current


def _decoded(raw: bytes) -> str:
    raw = raw.rstrip(b"\r\n")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("windows-1252", "replace")


def _items(statement: _Statement) -> Iterator[BankItem]:
    lacking = [words for tag, words in NEEDED.items() if statement.first(tag) is None]
    shown = short(statement.fields[0].text, 100) or ""
    if lacking:
        detail = f"the statement lacks {', '.join(lacking)}; it is a fragment, or was cut off: export it again"
        yield Refused(statement.line, "statement_incomplete", detail, shown, _names(statement))
        return
    try:
        head = _head(statement)
        closing = _balance(statement, "62")
    except UNREADABLE:
        detail = "the statement's balances cannot be read, so none of it is taken"
        yield Refused(statement.line, "statement_unreadable", detail, shown, ":60F:, :62F:")
        return
    yield head
    assert head.opening_balance is not None, "a statement without one is refused"
    reading = _Reading(statement, head, head.opening_balance)
    yield from reading.entries()
    difference = None
    if not reading.refused_count and closing.currency == head.opening_balance.currency:
        difference = closing.amount - head.opening_balance.amount - reading.total
    yield StatementEnd(
        line=statement.line,
        closing_balance=closing,
        entries_count=reading.entries_count,
        refused_count=reading.refused_count,
        difference=difference,
    )


def _names(statement: _Statement) -> str:
    return ", ".join(dict.fromkeys(f":{each.tag}:" for each in statement.fields[:20]))


def _head(statement: _Statement) -> StatementHead:
    """Make the head. Numbers of statements start again, or stay at nought, so the day of the balance goes with it."""
    account, number, opening = statement.first("25"), statement.first("28"), _balance(statement, "60")
    stated = short(account.text if account else None, 50)
    if stated is None:
        raise ValueError("no account")
    sequence = short(number.text, 20) if number else None
    return StatementHead(
        line=statement.line,
        kind="statement",
        account=stated.removesuffix(opening.currency).rstrip(),
        reference=f"{sequence or '0'} of {opening.on}",
        currency=opening.currency,
        sequence_number=sequence,
        from_on=opening.on,
        opening_balance=opening,
    )


def _balance(statement: _Statement, tag: str) -> Balance:
    stated = statement.first(tag)
    assert stated is not None, "a statement without one is refused"
    values = BALANCE.parse(mt940.models.Transactions(options=OPTIONS), stated.text.strip())
    found = mt940.models.Balance(
        status=values["status"],
        amount=mt940.models.Amount(**values, options=OPTIONS),  # type: ignore[arg-type]
        date=mt940.models.Date(**values),  # type: ignore[arg-type]
        options=OPTIONS,
    )
    amount = Decimal(str(found.amount.amount))  # type: ignore[union-attr]
    currency = str(values["currency"])
    if currency not in EXPONENTS or not amount.is_finite():
        if currency != "DEM":
            raise ValueError(currency)
    on = found.date
    return Balance(amount, currency, date(on.year, on.month, on.day) if on else None)


class _Reading:
    """The entries of one statement while they are being read."""

    def __init__(self, statement: _Statement, head: StatementHead, opening: Balance) -> None:
        self.statement = statement
        self.currency = opening.currency
        self.account = head.account
        self.identities = Identities(head.account, f"statement {head.reference}")
        self.context = mt940.models.Transactions(options=OPTIONS)
        self.entries_count = 0
        self.refused_count = 0
        self.total = Decimal(0)

    def entries(self) -> Iterator[BankEntry | Refused]:
        place = 0
        for line, details in self._bookings():
            place += 1
            found = self._entry(line, details, place)
            if isinstance(found, BankEntry):
                self.entries_count += 1
                self.total += found.amount
            else:
                self.refused_count += 1
            yield found

    def _bookings(self) -> Iterator[tuple[_Field, str]]:
        """Give each statement line with all the details below it; those behind the balance are of the statement."""
        line: _Field | None = None
        details: list[str] = []
        for each in self.statement.fields:
            if each.tag == "86" and line is not None:
                details.append(each.text)
            elif each.tag == "61" or each.tag[:2] in ("62", "64", "65"):
                if line is not None:
                    yield line, "\n".join(details)
                line, details = (each if each.tag == "61" else None), []
        if line is not None:
            yield line, "\n".join(details)

    def _entry(self, line: _Field, text: str, place: int) -> BankEntry | Refused:
        values = self._values(line.text)
        shown = short(line.text, 100) or ""
        if values is None:
            return Refused(line.line, "entry_unreadable", "the statement line cannot be read", shown, ":61:", place)
        amount = Decimal(str(values["amount"].amount))
        fault = self._fault(amount)
        if fault is not None:
            return Refused(line.line, *fault, shown, ":61:", place)
        booked, value = values.get("entry_date") or values["date"], values["date"]
        booked_on, value_on = (date(day.year, day.month, day.day) for day in (booked, value))
        details = read_details(text, values.get("customer_reference"), values.get("extra_details"), amount > 0)
        reference = given(values.get("bank_reference"))
        if reference is not None:
            identity = self.identities.by_reference(reference)
        else:
            identity = self.identities.by_content(
                booked_on, amount, self.currency, details.account, details.remittance_text
            )
        codes = (short(values.get("id"), 4), details.transaction_code)
        return BankEntry(
            line=line.line,
            identity=identity,
            booked_on=booked_on,
            value_on=value_on,
            amount=amount,
            currency=self.currency,
            counterparty_name=details.name,
            counterparty_account=details.account if details.account != self.account else None,
            end_to_end_id=given(details.end_to_end_id),
            instruction_id=_instruction(values.get("customer_reference"), details),
            mandate_reference=given(details.mandate_reference),
            structured_reference=structured(details.reference, details.reference_issuer),
            remittance_text=details.remittance_text,
            return_reason=details.return_reason,
            is_reversal=str(values["status"]).upper() in REVERSALS,
            transaction_code="-".join(filter(None, codes)) or None,
            entry_reference=reference,
            is_batch=details.transactions_count is not None,
            transactions_count=details.transactions_count,
        )

    def _values(self, text: str) -> dict[str, Any] | None:
        text = "\n".join(part.rstrip() for part in text.strip().split("\n"))
        for tag in LINES:
            try:
                found = tag.parse(self.context, text)
                return tag(self.context, mt940.processors.date_fixup_pre_processor(self.context, tag, found))
            except UNREADABLE:
                continue
        return None

    def _fault(self, amount: Decimal) -> tuple[str, str] | None:
        if self.currency not in EXPONENTS:
            return "not_a_currency", f"'{self.currency[:10]}' is not a currency of ISO 4217 in use"
        if not amount.is_finite() or abs(amount) >= AMOUNT_MAX:
            return "amount_too_large", f"must be below {AMOUNT_MAX:,}"
        if amount == 0:
            return "amount_zero", "an entry of zero moves no money"
        if decimals_of(amount) > EXPONENTS[self.currency]:
            return "too_many_decimals", f"{self.currency} has {EXPONENTS[self.currency]} decimals"
        return None


def _instruction(customer_reference: str | None, details: Details) -> str | None:
    """Give the payer's bank's reference, where the field holds one and not the account or a mere word."""
    found = given(customer_reference)
    if found is None or (details.account and found in details.account):
        return None
    return found
