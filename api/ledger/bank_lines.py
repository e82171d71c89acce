"""Writes what was judged of a payment as ledger lines, and as proposals for a person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from api.ledger.bank_meaning import returnable_until
from api.ledger.bank_world import split_allocations
from api.records.allocating import Change
from api.records.bank_entries import Entry
from api.records.bank_matching import OpenItem, OpenOrder
from api.records.base import new_id
from api.records.ledger_lines import LedgerLine
from api.records.payment_returns import grant_identity
from api.web.money import amount_answer
from scoring.matching import Allocation, Booking, Proposal

# What points to a debtor so surely that his account is remembered. An account never confirms itself.
LEARNT_BY = frozenset({"prepayment", "reference", "collection", "number", "numbers"})


def payment_identity(entry: Entry, before_count: int = 0) -> str:
    """Name the payment that an entry is, or one that came after others of the same entry."""
    return f"bank:{entry.account}:{entry.identity}" + (f":{before_count + 1}" if before_count else "")


@dataclass(slots=True)
class Writing:
    """What some judged payments leave to be written.

    `known` are entries whose payment is there already. An entry of which `before_count` payments were taken back is
    booked under a name of its own.
    """

    known: Collection[UUID] = ()
    before_count: int = 0
    lines: list[LedgerLine] = field(default_factory=list)
    uses: list[Change] = field(default_factory=list)  # Of credit notes that are there.
    learnt: set[tuple[str, UUID]] = field(default_factory=set)

    def book(
        self,
        entry: Entry,
        booking: Booking,
        items: Mapping[UUID, OpenItem],
        rule: str | None = None,
        order_references: Sequence[str] = (),
    ) -> None:
        """Add the payment that an entry is, what it settles, the order it prepays, and what is given up with it."""
        rule = rule or booking.rule
        paid, credited = split_allocations(booking)
        settles = [(items[each.item_id].identity, each.amount) for each in paid]
        payment_id = self.pay(entry, booking.debtor_id, rule, settles, order_references)
        for credit_note_id, each in credited:
            change = Change(each.item_id, each.amount, entry.booked_on, credit_note_id=credit_note_id, rule=rule)
            self.uses.append(change)
        for kind, given_up in (("settlement_discount", booking.discounts), ("payment_difference", booking.differences)):
            for each in given_up:
                self._give_up(entry, payment_id, kind, each, items[each.item_id])
        if rule in LEARNT_BY and entry.counterparty_account:
            self.learnt.add((entry.counterparty_account, booking.debtor_id))

    def pay(
        self,
        entry: Entry,
        debtor_id: UUID,
        rule: str,
        settles: Iterable[tuple[str, Decimal]],
        order_references: Sequence[str] = (),
    ) -> UUID:
        """Add the payment that an entry is; gives its id."""
        payment_id = new_id() if self.before_count else entry.id
        line = LedgerLine(
            line=len(self.lines),
            kind="payment",
            debtor_id=debtor_id,
            identity=payment_identity(entry, self.before_count),
            number=None,
            dated_on=entry.booked_on,
            amount=entry.amount,
            currency=entry.currency,
            settles=tuple(settles),
            rule=rule,
            id=None if payment_id in self.known else payment_id,
            bank_entry_id=entry.id,
            returnable_until=returnable_until(entry, rule),
            order_references=tuple(order_references),
        )
        self.lines.append(line)
        return payment_id

    def _give_up(self, entry: Entry, payment_id: UUID, kind: str, given: Allocation, found: OpenItem) -> None:
        line = LedgerLine(
            line=len(self.lines),
            kind="credit_note",
            debtor_id=found.item.debtor_id,
            identity=grant_identity(kind, payment_id, given.item_id),
            number=None,
            dated_on=entry.booked_on,
            amount=given.amount,
            currency=entry.currency,
            settles=((found.identity, given.amount),),
            credit_kind=kind,
            rule=self.lines[-1].rule,
        )
        self.lines.append(line)


def proposal_document(
    proposal: Proposal, currency: str, items: Mapping[UUID, OpenItem], orders: Mapping[UUID, OpenOrder]
) -> dict[str, Any]:
    """Give a proposal as it is kept and shown."""

    def parts(allocations: Iterable[Allocation]) -> list[dict[str, Any]]:
        return [
            {
                "kind": "credit_note" if items[each.item_id].is_credit_note else "invoice",
                "id": str(each.item_id),
                "number": items[each.item_id].item.number,
                "amount": amount_answer(each.amount, currency),
            }
            for each in allocations
        ]

    return {
        "rule": proposal.rule,
        "why": proposal.why,
        "debtor_id": str(proposal.debtor_id),
        "currency": currency,
        "allocations": parts(proposal.allocations),
        "discounts": parts(proposal.discounts),
        "differences": parts(proposal.differences),
        "prepayments": [
            {
                "kind": "order",
                "id": str(each.item_id),
                "number": orders[each.item_id].order.order_reference,
                "amount": amount_answer(each.amount, currency),
            }
            for each in proposal.prepayments
        ],
        "unallocated_amount": amount_answer(proposal.rest_amount, currency),
    }
