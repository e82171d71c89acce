"""Books a bank entry as a person chose from its proposals, as long as all that it settles is still open."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.bank_lines import Writing
from api.ledger.banking import give_back
from api.ledger.payment_decisions import (
    ACT,
    BY_PERSON,
    decide,
    learn_account,
    refuse_decided,
    take_back_wrong,
    take_lines,
)
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import bank_entries, bank_matching, debtor_locks, order_moves, order_rows, payment_parts
from api.records.allocating import allocate
from api.records.bank_entries import Decided, Entry, Outcome
from api.records.bank_returns import Taken
from api.wiring import Wiring
from scoring.matching import Allocation, Booking


def accept(entry_id: UUID, place: int, given: Wiring) -> bytes:
    """Book an entry as one of its proposals says. Raises Conflict when that cannot be done any more, saying why."""
    by = require_person(given, ACT).subject
    with given.transaction() as session:
        given.once.claim(session)
        entry, decided = _proposed(session, entry_id)
        if place > len(decided.proposals):
            fault = Fault("/proposal", "not_a_choice", f"There are {len(decided.proposals)} proposals.")
            raise BadInput("There is no such proposal.", faults=[fault])
        proposal = decided.proposals[place - 1]
        debtor_id = UUID(proposal["debtor_id"])
        if proposal["rule"] == "return":
            parts = [(UUID(each["id"]), Decimal(each["amount"])) for each in proposal["allocations"]]
            taken = Taken(tuple(each[0] for each in parts), tuple(each[1] for each in parts), (debtor_id,) * len(parts))
            give_back(session, entry, taken, given.now)
            state = "returned"
        else:
            _book_proposal(session, entry, proposal, given)
            learn_account(session, entry, [debtor_id], given)
            state = "booked"
        return decide(session, entry, Outcome(state, debtor_id), by, given)


def _proposed(session: Session, entry_id: UUID) -> tuple[Entry, Decided]:
    found = bank_entries.locked(session, entry_id)
    if found is None:
        raise NotFound("There is no such bank entry.")
    entry, decided = found
    refuse_decided(entry, decided)
    if entry.state != "proposed":
        raise Conflict(f"It is not proposed, but {entry.state}.", code="wrong_state")
    return found


def _book_proposal(session: Session, entry: Entry, proposal: dict[str, Any], given: Wiring) -> None:
    """Book what a proposal says, as long as all of it is still open."""
    debtor_id = UUID(proposal["debtor_id"])
    payments = payment_parts.payments_of_entry(session, entry.id)
    debtor_locks.lock(session, {debtor_id, *(each.debtor_id for each in payments)})
    parts = {
        kind: tuple(Allocation(UUID(each["id"]), Decimal(each["amount"])) for each in proposal[kind])
        for kind in ("allocations", "discounts", "differences")
    }
    items = bank_matching.items_by_id(session, {each.item_id for some in parts.values() for each in some})
    _refuse_changed(proposal, parts, {item_id: each.item.open_amount for item_id, each in items.items()})
    held = [each for each in payments if each.left_amount > 0]
    if any(each.bound_amount for each in held):
        raise Conflict("It is bound to an order: let it go first.", code="prepayment_bound")
    known = [each for each in held if each.debtor_id == debtor_id and not payment_parts.settled(session, each.id)]
    for each in held:
        if each not in known:
            take_back_wrong(session, each, "wrong_debtor", given)
    anew = bool(payments) and not known
    writing = Writing([entry.id] if known else [], len(payments) if anew else 0)
    booking = Booking(
        rule="none",
        debtor_id=debtor_id,
        allocations=parts["allocations"],
        rest_amount=Decimal(0),
        discounts=parts["discounts"],
        differences=parts["differences"],
    )
    writing.book(entry, booking, items, BY_PERSON, _order_references(session, proposal))
    if writing.uses:
        allocate(session, writing.uses, given.now)
    take_lines(session, writing.lines, given)


def _order_references(session: Session, proposal: dict[str, Any]) -> list[str]:
    """Give the reference of the order that a proposal prepays, as long as it is worth so much."""
    # What was proposed before orders were has none.
    references = []
    for part in proposal.get("prepayments", ()):
        order = order_rows.get(session, UUID(part["id"]))
        if order is None or order_moves.bindable(order) < Decimal(part["amount"]):
            detail = f"order {part['number']} is not worth {part['amount']} any more"
            fault = Fault("/prepayments/0", "items_changed", detail)
            raise Conflict("What it prepays has changed since: look again.", code="items_changed", faults=[fault])
        references.append(order.order_reference)
    return references


def _refuse_changed(
    proposal: dict[str, Any], parts: dict[str, tuple[Allocation, ...]], open_amounts: dict[UUID, Decimal]
) -> None:
    """Refuse a proposal that asks more of an item than is open of it by now, naming each."""
    asked: dict[UUID, Decimal] = {}
    for some in parts.values():
        for part in some:
            asked[part.item_id] = asked.get(part.item_id, Decimal(0)) + part.amount
    faults = []
    for place, each in enumerate(proposal["allocations"]):
        item_id = UUID(each["id"])
        left, wanted = open_amounts.get(item_id, Decimal(0)), asked[item_id]
        if abs(wanted) > abs(left) or wanted * left <= 0:
            detail = f"{each['kind']} {each['number']}: {abs(left)} is open, and {abs(wanted)} is asked"
            faults.append(Fault(f"/allocations/{place}", "items_changed", detail))
    if faults:
        raise Conflict("What it settles has changed since: look again.", code="items_changed", faults=faults)
