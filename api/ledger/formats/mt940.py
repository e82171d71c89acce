"""Reads MT940 statements, one at a time, on the library mt-940 for the fields that SWIFT defines."""

import logging
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

import mt940

from api.ledger.formats.documents import Balance, BankEntry, BankItem, Refused, StatementEnd, StatementHead
from api.ledger.formats.identities import Identities
from api.ledger.formats.mt940_details import Details, read_details
from api.ledger.formats.mt940_statements import TaggedField, TaggedStatement, statements
from api.ledger.formats.references import given, structured
from api.ledger.formats.values import decimals_of, short
from api.ledger.reading import FileUnreadable
from api.ledger.values import AMOUNT_MAX
from api.web.money import EXPONENTS

NEEDED = {"20": "its reference (:20:)", "25": "the account (:25:)", "60": "the opening balance (:60F:)"}
NEEDED["62"] = "the closing balance (:62F:)"
REVERSALS = ("RC", "RD")
OPTIONS = mt940.Options.all()
# Banks write longer references than the standard allows; the first that fits is taken.
LINES = (mt940.tags.Statement(), mt940.tags.StatementGLS(), mt940.tags.StatementASNB())
BALANCE = mt940.tags.BalanceBase()
# What the library raises for a field it cannot read.
UNREADABLE = (RuntimeError, ValueError, ArithmeticError)
# It logs what it cannot read; what stands on bank statements is not for a log.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)


def read_mt940(stream: BinaryIO) -> Iterator[BankItem]:
    """Give each statement's head, entries and end, in the order of the file, with what is refused between them.

    A statement that lacks a field it must have is refused as a whole (`statement_incomplete`): it may have been cut
    off. Raises FileUnreadable, with code `statement_missing` for a file without any MT940 field.
    """
    found = False
    for statement in statements(stream):
        found = True
        yield from _items(statement)
    if not found:
        raise FileUnreadable("The file holds no MT940 statement.", code="statement_missing")


def _items(statement: TaggedStatement) -> Iterator[BankItem]:
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


def _names(statement: TaggedStatement) -> str:
    return ", ".join(dict.fromkeys(f":{each.tag}:" for each in statement.fields[:20]))


def _head(statement: TaggedStatement) -> StatementHead:
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


def _balance(statement: TaggedStatement, tag: str) -> Balance:
    stated = statement.first(tag)
    assert stated is not None, "a statement without one is refused"
    values = BALANCE.parse(mt940.models.Transactions(options=OPTIONS), stated.text.strip())
    found = BALANCE(mt940.models.Transactions(options=OPTIONS), values)[BALANCE.slug]
    assert isinstance(found, mt940.models.Balance), "that is what the library makes of it"
    if not isinstance(found.amount, mt940.models.Amount) or found.date is None:
        raise ValueError(stated.text)
    return Balance(
        found.amount.amount, str(values["currency"]), date(found.date.year, found.date.month, found.date.day)
    )


class _Reading:
    """The entries of one statement while they are being read."""

    def __init__(self, statement: TaggedStatement, head: StatementHead, opening: Balance) -> None:
        self.statement = statement
        self.currency = opening.currency
        self.account = head.account
        self.identities = Identities(head.account, f"statement {head.reference}")
        self.context = mt940.models.Transactions(options=OPTIONS)
        self.entries_count = 0
        self.refused_count = 0
        self.total = Decimal(0)

    def entries(self) -> Iterator[BankEntry | Refused]:
        for place, (line, details) in enumerate(self._bookings(), 1):
            found = self._entry(line, details, place)
            if isinstance(found, BankEntry):
                self.entries_count += 1
                self.total += found.amount
            else:
                self.refused_count += 1
            yield found

    def _bookings(self) -> Iterator[tuple[TaggedField, str]]:
        """Give each statement line with all the details below it; those behind the balance are of the statement."""
        line: TaggedField | None = None
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

    def _entry(self, line: TaggedField, text: str, place: int) -> BankEntry | Refused:
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
