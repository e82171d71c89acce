"""What a person decides of a bank entry or payment: which proposal it is, or whose it is and what it settles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.bank_lines import Writing, payment_identity
from api.ledger.bank_meaning import returnable_until
from api.ledger.banking import give_back
from api.ledger.payment_answers import payments_of
from api.ledger.payment_parts import Part, checked_parts, replaced
from api.problems import BadInput, Conflict, Fault, NotAllowed, NotFound
from api.records import bank_entries, bank_matching, debtors, payment_parts
from api.records.allocating import allocate
from api.records.bank_entries import Decided, Entry, Outcome
from api.records.bank_returns import Taken
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine
from api.records.payment_parts import Paid
from api.records.payment_returns import Return, take_back
from api.records.payments import PaymentRecord
from api.wiring import Wiring, answer_bytes
from scoring.matching import Allocation, Booking

BY_PERSON = "person"


def accept(entry_id: UUID, place: int, given: Wiring) -> bytes:
    """Book an entry as one of its proposals says. Raises Conflict when that cannot be done any more, saying why."""
    by = _person(given)
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
            _learn(session, entry, [debtor_id], given)
            state = "booked"
        return _decided(session, entry, Outcome(state, debtor_id), by, given)


def _proposed(session: Session, entry_id: UUID) -> tuple[Entry, Decided]:
    found = bank_entries.locked(session, entry_id)
    if found is None:
        raise NotFound("There is no such bank entry.")
    entry, decided = found
    if entry.state != "proposed":
        who = f": {decided.by} decided it at {decided.at:%Y-%m-%d %H:%M} UTC" if decided.by and decided.at else ""
        raise Conflict(f"It is not proposed any more, but {entry.state}{who}.", code="decided_before")
    return found


def _book_proposal(session: Session, entry: Entry, proposal: dict[str, Any], given: Wiring) -> None:
    """Book what a proposal says, as long as all of it is still open."""
    debtor_id = UUID(proposal["debtor_id"])
    payments = payment_parts.payments_of_entry(session, entry.id)
    debtors.lock(session, {debtor_id, *(each.debtor_id for each in payments)})
    parts = {
        kind: tuple(Allocation(UUID(each["id"]), Decimal(each["amount"])) for each in proposal[kind])
        for kind in ("allocations", "discounts", "differences")
    }
    items = bank_matching.items_by_id(session, {each.item_id for some in parts.values() for each in some})
    _refuse_changed(proposal, parts, {item_id: each.item.open_amount for item_id, each in items.items()})
    held = [each for each in payments if each.left_amount > 0]
    known = [each for each in held if each.debtor_id == debtor_id and not payment_parts.settled(session, each.id)]
    for each in held:
        if each not in known:
            _take_back_wrong(session, each, "wrong_debtor", given)
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
    writing.book(entry, booking, items, BY_PERSON)
    if writing.uses:
        allocate(session, writing.uses, given.now)
    _taken(session, writing.lines, given)


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


# --- Corrections -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Target:
    """What is corrected: a bank entry that is no payment yet, or a payment. `amount` is what there is to divide."""

    entry: Entry | None
    payment: Paid | None
    payments_count: int

    @property
    def amount(self) -> Decimal:
        """What the parts together must be."""
        if self.payment is not None:
            return self.payment.left_amount
        assert self.entry is not None
        return self.entry.amount

    @property
    def currency(self) -> str:
        """The currency of the money."""
        found = self.payment or self.entry
        assert found is not None
        return found.currency


def correct(payment_id: UUID, data: Sequence[dict[str, Any]], given: Wiring) -> bytes:
    """Say what an entry or payment is instead. Raises BadInput or Conflict naming every fault."""
    by = _person(given)
    with given.transaction() as session:
        given.once.claim(session)
        target = _target(session, payment_id)
        parts = checked_parts(session, data, (target.amount, target.currency), target.payment, given.now)
        if not parts:
            state = _pass_over(session, target, given)
        elif target.payment is not None and [each.debtor_id for each in parts] == [target.payment.debtor_id]:
            state = "booked"
            allocate(session, replaced(session, target.payment, parts[0], BY_PERSON), given.now)
        else:
            state = "booked"
            if target.payment is not None:
                _take_back_wrong(session, target.payment, "wrong_debtor", given)
            _taken(session, _lines(target, parts), given)
        if target.entry is None:
            return _answered(session, payment_id, state, PaymentRecord.id == payment_id, given)
        _learn(session, target.entry, [each.debtor_id for each in parts], given)
        debtor_ids = {each.debtor_id for each in parts}
        outcome = Outcome(state, debtor_ids.pop() if len(debtor_ids) == 1 else None)
        return _decided(session, target.entry, outcome, by, given)


def _target(session: Session, payment_id: UUID) -> _Target:
    payment = payment_parts.payment(session, payment_id)
    entry_id = payment.bank_entry_id if payment is not None else payment_id
    found = bank_entries.locked(session, entry_id) if entry_id is not None else None
    entry = found[0] if found else None
    if payment is None and entry is None:
        raise NotFound("There is no such payment.")
    if payment is not None:
        debtors.lock(session, [payment.debtor_id])
        payment = payment_parts.payment(session, payment_id)
        assert payment is not None
        if payment.left_amount <= 0:
            raise Conflict("The payment was taken back.", code="payment_returned")
    elif entry is not None and entry.state not in ("proposed", "passed_over"):
        raise Conflict(f"It is {entry.state}: there is nothing to correct.", code="wrong_state")
    count = len(payment_parts.payments_of_entry(session, entry.id)) if entry else 1
    return _Target(entry, payment, count)


def _pass_over(session: Session, target: _Target, given: Wiring) -> str:
    if target.entry is None:
        raise Conflict("Only what the bank told of can turn out to be no payment.", code="wrong_state")
    if target.payment is not None:
        _take_back_wrong(session, target.payment, "no_payment", given)
    return "passed_over"


def _take_back_wrong(session: Session, payment: Paid, reason: str, given: Wiring) -> None:
    """Take all of a payment back on its own day, as if it had never been."""
    told = Return(
        payment_id=payment.id,
        identity=f"correction:{payment.id}",
        amount=payment.left_amount,
        returned_on=payment.paid_on,
        reason=reason,
        bank_entry_id=payment.bank_entry_id,
    )
    take_back(session, told, given.now)


def _lines(target: _Target, parts: Sequence[Part]) -> list[LedgerLine]:
    """Write parts as payments; only the first one of an entry bears its name."""
    entry, old = target.entry, target.payment
    lines = []
    for place, part in enumerate(parts):
        if entry is not None:
            number = target.payments_count + place
            name = payment_identity(entry, number)
            row_id, until = (entry.id if not number else None), returnable_until(entry, BY_PERSON)
            dated_on = entry.booked_on
        else:
            assert old is not None, "without an entry it is a payment that is corrected"
            name, row_id, until, dated_on = f"correction:{old.id}:{place + 1}", None, None, old.paid_on
        lines.append(
            LedgerLine(
                line=place,
                kind="payment",
                debtor_id=part.debtor_id,
                identity=name,
                number=None,
                dated_on=dated_on,
                amount=part.amount,
                currency=target.currency,
                settles=part.settles,
                rule=BY_PERSON,
                id=row_id,
                bank_entry_id=entry.id if entry else None,
                returnable_until=until,
            )
        )
    return lines


# --- What both end with ----------------------------------------------------------------------------------------------


def _person(given: Wiring) -> str:
    if given.caller.subject is None:
        raise NotAllowed("Only a person may decide what a payment is, and this credential is a machine's.")
    return given.caller.subject


def _taken(session: Session, lines: Sequence[LedgerLine], given: Wiring) -> None:
    refused = [each for each in take(session, lines, given.now) if each.state == "refused"]
    if refused:
        faults = [Fault("", each.code or "refused", each.detail or "") for each in refused]
        raise Conflict("It cannot be booked so.", code="items_changed", faults=faults)


def _learn(session: Session, entry: Entry, debtor_ids: Iterable[UUID], given: Wiring) -> None:
    """Remember whose account it is that the money came from."""
    account = entry.counterparty_account
    if entry.amount > 0 and account and account not in bank_entries.own_accounts(session):
        bank_entries.learn(session, [(account, debtor_id) for debtor_id in debtor_ids], given.now)


def _decided(session: Session, entry: Entry, outcome: Outcome, by: str, given: Wiring) -> bytes:
    bank_entries.settle(session, {entry.id: outcome})
    bank_entries.decided(session, entry.id, by, given.now)
    condition = PaymentRecord.bank_entry_id == entry.id
    return _answered(session, entry.id, outcome.state, condition, given)


def _answered(session: Session, row_id: UUID, state: str, condition: Any, given: Wiring) -> bytes:
    answer = answer_bytes({"id": row_id, "state": state, "payments": payments_of(session, condition)})
    given.once.keep(session, 201, answer)
    return answer
