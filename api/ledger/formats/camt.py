"""Reads camt statements (053), intraday reports (052) and notifications (054) of any version, as a stream."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from api.ledger.formats.camt_amounts import EntryRefused, signed_amount
from api.ledger.formats.camt_entries import entries_of, status_of
from api.ledger.formats.camt_parties import account_of
from api.ledger.formats.documents import (
    Balance,
    BankEntry,
    BankItem,
    Refused,
    StatementEnd,
    StatementHead,
    StatementKind,
)
from api.ledger.formats.identities import Identities
from api.ledger.formats.values import read_day, short
from api.ledger.formats.xml import Element, Event, Shape, read_events
from api.ledger.reading import FileUnreadable

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.(05[234])\.001\.[0-9]{2}")
KINDS: dict[str, StatementKind] = {"Stmt": "statement", "Rpt": "intraday_report", "Ntfctn": "notification"}
NAMES = {"052": "intraday report (Rpt)", "053": "statement (Stmt)", "054": "notification (Ntfctn)"}
# Document / message / statement / its parts.
STATEMENT_DEPTH, PART_DEPTH = 2, 3
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
NOT_BOOKED = {"PDNG": "pending", "FUTR": "pending", "INFO": "information"}


def read_camt(stream: BinaryIO) -> Iterator[BankItem]:
    """Give each statement's head, entries and end, in the order of the file, with what is refused between them.

    Raises FileUnreadable, with code `statement_missing` for a file without any statement.
    """
    versions: set[str] = set()

    def is_camt(namespace: str) -> bool:
        match = NAMESPACE.fullmatch(namespace)
        if match:
            versions.add(match[1])
        return match is not None

    found = 0
    current: _Statement | None = None
    depth = 0
    for event in read_events(stream, Shape(PART_DEPTH, is_camt)):
        if event.kind == "record":
            if current is not None:
                yield from current.part(event.element)
            continue
        depth += 1 if event.kind == "start" else -1
        if event.element.name not in KINDS:
            continue
        if event.kind == "start" and depth == STATEMENT_DEPTH + 1:
            current = _Statement(event)
            found += 1
        elif event.kind == "end" and current is not None:
            yield from current.end()
            current = None
    if not found:
        version = min(versions, default="053")
        detail = (
            f"The file says it is a camt.{version} message of a bank, but there is no {NAMES[version]} in it: "
            "download it from the bank again."
        )
        raise FileUnreadable(detail, code="statement_missing")


class _Statement:
    """One statement while its parts come by."""

    def __init__(self, event: Event) -> None:
        self.line = event.element.line
        self.kind = KINDS[event.element.name]
        self.parts: list[Element] = []  # What stands before the first entry.
        self.balances: list[Element] = []
        self.head: StatementHead | None = None
        self.identities: Identities | None = None
        self.is_open = False  # Whether the head was judged.
        self.place = 0
        self.counts = {"entries": 0, "refused": 0, "pending": 0, "information": 0}
        self.total = Decimal(0)

    def part(self, element: Element) -> Iterator[BankItem]:
        """Take the next part; gives the head before the first entry."""
        if element.name == "Ntry":
            if not self.is_open:
                yield self._opened()
            yield from self._entry(element)
        elif element.name == "Bal":
            self.balances.append(element)
        elif not self.is_open:
            self.parts.append(element)

    def end(self) -> Iterator[BankItem]:
        """Give the end, and the head before it where no entry came."""
        if not self.is_open:
            yield self._opened()
        if self.head is None:
            return
        closing = self._balance(CLOSING)
        opening = self.head.opening_balance
        difference = None
        if closing and opening and closing.currency == opening.currency and not self.counts["refused"]:
            difference = closing.amount - opening.amount - self.total
        yield StatementEnd(
            line=self.line,
            closing_balance=closing,
            entries_count=self.counts["entries"],
            refused_count=self.counts["refused"],
            pending_count=self.counts["pending"],
            information_count=self.counts["information"],
            difference=difference,
        )

    def _opened(self) -> BankItem:
        self.is_open = True
        root = Element("", {}, self.line)
        root.children = self.parts
        self.parts = []
        account = account_of(root.first("Acct"))
        if account is None:
            detail = "the statement does not say of which account it is, so none of it can be taken"
            return Refused(self.line, "account_missing", detail, short(root.value("Id"), 100) or "", "Acct")
        reference = short(root.value("Id"), 100)
        self.head = StatementHead(
            line=self.line,
            kind=self.kind,
            account=account,
            reference=reference,
            currency=short(root.value("Acct", "Ccy"), 3),
            sequence_number=short(root.value("ElctrncSeqNb") or root.value("LglSeqNb"), 40),
            from_on=_moment(root.first("FrToDt"), "FrDtTm", "FrDt"),
            to_on=_moment(root.first("FrToDt"), "ToDtTm", "ToDt"),
            opening_balance=self._balance(OPENING),
        )
        self.identities = Identities(account, f"{self.kind} {reference or ''}")
        return self.head

    def _entry(self, element: Element) -> Iterator[BankEntry | Refused]:
        if self.head is None or self.identities is None:
            return
        self.place += 1
        status = status_of(element)
        if (skipped := NOT_BOOKED.get(status or "")) is not None:
            self.counts[skipped] += 1
            return
        try:
            if status != "BOOK":
                detail = "the entry does not say whether it is booked" if status is None else f"status {status[:10]}"
                raise EntryRefused("status_unknown", detail, "Sts")
            entries = entries_of(element, self.head.account, self.identities)
        except EntryRefused as refused:
            self.counts["refused"] += 1
            text = short(element.value("AcctSvcrRef") or element.value("NtryRef") or element.value("Amt"), 100) or ""
            yield Refused(element.line, refused.code, refused.detail, text, refused.field, self.place)
            return
        self.counts["entries"] += len(entries)
        self.total += sum(entry.amount for entry in entries)
        yield from entries

    def _balance(self, codes: tuple[str, ...]) -> Balance | None:
        for wanted in codes:
            for element in self.balances:
                if (element.value("Tp", "CdOrPrtry", "Cd") or element.value("Tp", "Cd")) != wanted:
                    continue
                try:
                    amount, currency = signed_amount(element)
                except EntryRefused:
                    return None
                return Balance(amount, currency, _day(element.first("Dt")))
        return None


def _day(element: Element | None) -> date | None:
    if element is None:
        return None
    return read_day(element.value("Dt") or element.value("DtTm") or element.text)


def _moment(element: Element | None, *names: str) -> date | None:
    if element is None:
        return None
    return next((read_day(text) for name in names if (text := element.value(name))), None)
