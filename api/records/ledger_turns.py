"""Who settles what where several payments want one invoice, or one payment several: each in its turn."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a payment or credit note (its origin) that is to settle an invoice; all in one currency.

    `asked_amount` goes to the invoice in all, and `known_amount` of it did before this batch. `rest_amount` of the
    origin and `room_amount` of the invoice were free before it. `is_met`: the origin is told of again.
    """

    id: UUID
    line: int
    is_met: bool
    origin_id: UUID
    invoice_id: UUID
    asked_amount: Decimal
    known_amount: Decimal | None
    room_amount: Decimal
    rest_amount: Decimal


@dataclass(frozen=True, slots=True)
class Filled:
    """What each part settles, where that is above zero, and the lines that ask more of a payment that is used up."""

    amounts: dict[UUID, Decimal]
    spent_lines: list[int]


def fill(parts: Iterable[Part]) -> Filled:
    """Let parts settle their invoices in their turn, as far as the origin and the invoice reach."""
    rests: dict[UUID, Decimal] = {}
    rooms: dict[UUID, Decimal] = {}
    given: dict[tuple[UUID, UUID], Decimal] = defaultdict(Decimal)  # Since the batch began, by origin and invoice.
    filled = Filled({}, [])
    for line, of_line in groupby(parts, key=lambda part: part.line):
        is_spent = takes = False
        for part in of_line:
            pair = (part.origin_id, part.invoice_id)
            rest = rests.setdefault(part.origin_id, part.rest_amount)
            room = rooms.setdefault(part.invoice_id, part.room_amount)
            known = (part.known_amount or Decimal(0)) + given[pair]
            amount = min(part.asked_amount - known, rest, room)
            is_spent |= part.is_met and not rest and not known and room > 0
            if amount > 0:
                filled.amounts[part.id] = amount
                rests[part.origin_id], rooms[part.invoice_id] = rest - amount, room - amount
                given[pair] += amount
                takes = True
        if is_spent and not takes:
            filled.spent_lines.append(line)
    return filled
