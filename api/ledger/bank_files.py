"""Puts what a bank file tells together: whole statements, cut into batches that are a transaction each."""

import hashlib
import pickle
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO

from api.ledger.formats.documents import Balance, BankEntry, BankItem, Refused, StatementEnd, StatementHead
from api.problems import BadInput
from api.records.bank import StatementToStore

BATCH_ENTRIES = 500
MEMORY_BYTES = 8_000_000  # What more a statement holds waits on disk until it is whole.


@dataclass(slots=True)
class BankBatch:
    """Some entries, each with its head and the place of its statement in `statements`; `items_count` is all it read."""

    entries: list[tuple[BankEntry, StatementHead, int | None]] = field(default_factory=list)
    statements: list[StatementToStore] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    items_count: int = 0
    intraday_count: int = 0


class _Waiting:
    """The entries of a statement until its end has come: only then it is known what the statement is."""

    def __init__(self, head: StatementHead) -> None:
        self.head = head
        self._file: IO[bytes] = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - Closed once it is read.
        self._count = 0
        self._digest = hashlib.sha256()
        self._days: tuple[date, date] | None = None
        self._currency = head.currency or (head.opening_balance.currency if head.opening_balance else None)

    def add(self, item: BankEntry | Refused) -> None:
        pickle.dump(item, self._file)
        self._count += 1
        if isinstance(item, BankEntry):
            self._digest.update(f"{item.identity}\x1f{item.booked_on}\x1f{item.amount.normalize():f}\x1e".encode())
            first, last = self._days or (item.booked_on, item.booked_on)
            self._days = (min(first, item.booked_on), max(last, item.booked_on))
            self._currency = self._currency or item.currency

    def items(self) -> Iterator[BankEntry | Refused]:
        self._file.seek(0)
        for _ in range(self._count):
            yield pickle.load(self._file)  # noqa: S301 - Written above, into a file without a name.
        self._file.close()

    def statement(self, end: StatementEnd | None) -> StatementToStore | None:
        """Give the statement, or None for one that says neither a day nor a currency: it holds nothing."""
        head, opening, closing = self.head, self.head.opening_balance, end.closing_balance if end else None
        first, last = self._days or (None, None)
        from_on = head.from_on or (opening.on if opening else None) or first
        until_on = head.to_on or (closing.on if closing else None) or last or from_on
        from_on = from_on or until_on
        if from_on is None or until_on is None or self._currency is None:
            return None
        told = (head.account, head.reference, head.sequence_number, from_on, until_on, _of(opening), _of(closing))
        self._digest.update("\x1f".join(map(str, told)).encode())
        number = re.match("[0-9]{1,18}", head.sequence_number or "")
        return StatementToStore(
            account=head.account,
            currency=self._currency,
            identity=self._digest.hexdigest(),
            from_on=min(from_on, until_on),
            until_on=max(from_on, until_on),
            statement_reference=head.reference,
            sequence_number=int(number[0]) if number else None,
            opening_amount=opening.amount if opening else None,
            closing_amount=closing.amount if closing else None,
        )


def _of(balance: Balance | None) -> str:
    return "" if balance is None else f"{balance.amount.normalize():f}"


def bank_batches(items: Iterable[BankItem]) -> Iterator[BankBatch]:
    """Cut what a file tells into batches. A statement that breaks off is left out; what stood before it is not."""
    batch = BankBatch()
    try:
        for found in _pieces(items):
            if isinstance(found, StatementToStore):
                batch.statements.append(found)
            elif isinstance(found, _Note):
                batch.notes.append((found.code, found.detail))
                batch.intraday_count += found.count
            else:
                batch.items_count += 1
                if isinstance(found, Refused):
                    batch.refused.append(found)
                else:
                    entry, head = found
                    place = len(batch.statements) - 1 if head.kind == "statement" else None
                    batch.entries.append((entry, head, place))
            if batch.items_count >= BATCH_ENTRIES:
                yield batch
                # The statement of the next entries may be this one: it is known by then.
                batch = BankBatch(statements=batch.statements[-1:])
    except BadInput:
        yield batch
        raise
    yield batch


@dataclass(frozen=True, slots=True)
class _Note:
    code: str
    detail: str
    count: int = 0


_Piece = StatementToStore | tuple[BankEntry, StatementHead] | Refused | _Note


def _pieces(items: Iterable[BankItem]) -> Iterator[_Piece]:
    """Give each statement before its entries; those of a notification as they come, and none of an intraday report."""
    head: StatementHead | None = None
    waiting: _Waiting | None = None
    intraday_count = 0
    for item in items:
        if isinstance(item, StatementHead):
            head, intraday_count = item, 0
            waiting = _Waiting(item) if item.kind == "statement" else None
        elif isinstance(item, StatementEnd):
            if waiting is not None:
                yield from _whole(waiting, item)
            elif head is not None and head.kind == "intraday_report":
                yield _Note("intraday_report", f"{head.account}: bookings of the day may still change", intraday_count)
            head = waiting = None
        elif waiting is not None:
            waiting.add(item)
        elif isinstance(item, Refused):
            yield item
        elif head is not None and head.kind == "notification":
            yield item, head
        else:
            intraday_count += 1


def _whole(waiting: _Waiting, end: StatementEnd) -> Iterator[_Piece]:
    statement = waiting.statement(end)
    if statement is None:
        yield _Note("statement_empty", f"{waiting.head.account}: the statement says neither a day nor a currency")
        return
    if end.difference:
        detail = f"{waiting.head.account}, {statement.until_on}: the entries are {end.difference} off the balances"
        yield _Note("statement_differs", detail)
    yield statement
    for item in waiting.items():
        yield item if isinstance(item, Refused) else (item, waiting.head)
