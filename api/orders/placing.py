"""Places an order: locked, judged, and reserved, held or refused, in one transaction; or only previewed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import Entered, enter, in_one_transaction
from api.orders.answers import order_answer
from api.orders.gate import resolved
from api.orders.rejudging import judged_in_turn
from api.problems import Conflict
from api.records import order_rows
from api.records.base import new_id
from api.records.identities import Reference
from api.records.order_rows import Order
from api.wiring import Wiring, answer_bytes
from scoring.money import Money


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as it is sent. Amounts include VAT, in one currency; `call_offs` are its parts by day, or None."""

    debtor_id: UUID | None
    debtor_reference: Reference | None
    order_reference: str
    amount: Money
    vat_amount: Money | None
    delivery_on: date | None
    call_offs: list[list[str]] | None
    prepayment_reference: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer to an order that was placed, `is_new` unless it was placed before."""

    answer: bytes
    is_new: bool


def place_order(asked: NewOrder, given: Wiring) -> Placed:
    """Judge an order and keep it. The same reference with the same content gives the order that is there.

    Raises Conflict for another content under the reference, NotFound for an unknown debtor.
    """
    return in_one_transaction(given, lambda session: _place(session, asked, given))


def preview_order(asked: NewOrder, given: Wiring) -> bytes:
    """Give the answer that `place_order` would give now, without any effect."""
    return in_one_transaction(given, lambda session: _preview(session, asked, given))


def _place(session: Session, asked: NewOrder, given: Wiring) -> Placed:
    given.once.claim(session)
    entered = enter(session, given, asked.debtor_id, asked.debtor_reference, asked.order_reference)
    if entered.order_id is not None:
        answer = _known(session, entered.order_id, asked, entered, given)
        given.once.keep(session, 200, answer)
        return Placed(answer, is_new=False)
    order = _new(asked, entered, given)
    entered, found = judged_in_turn(session, entered, order, "placed", given)
    order = resolved(entered, order, found, given)
    order_rows.write(
        session,
        None,
        order,
        event=f"order.{order.state}.v1",
        today=given.today,
        known_at=given.now,
        decision=found.decision,
    )
    answer = answer_bytes(order_answer(order, found.decision.judgement, given))
    given.once.keep(session, 201, answer)
    return Placed(answer, is_new=True)


def _preview(session: Session, asked: NewOrder, given: Wiring) -> bytes:
    entered = enter(session, given, asked.debtor_id, asked.debtor_reference, asked.order_reference)
    with session.begin_nested() as nothing:
        order = _new(asked, entered, given)
        entered, found = judged_in_turn(session, entered, order, "previewed", given)
        order = resolved(entered, order, found, given)
        nothing.rollback()
    answer = order_answer(order, found.decision.judgement, given)
    # Nothing was kept, so there is nothing that could be asked for by an id.
    return answer_bytes({**answer, "id": None, "decision_id": None, "placed_at": None})


def _new(asked: NewOrder, entered: Entered, given: Wiring) -> Order:
    now = given.now
    return Order(
        id=new_id(),
        debtor_id=entered.gate.way.debtor_id,
        order_reference=asked.order_reference,
        amount=asked.amount.amount,
        vat_amount=None if asked.vat_amount is None else asked.vat_amount.amount,
        currency=asked.amount.currency,
        delivery_on=asked.delivery_on,
        call_offs=asked.call_offs,
        prepayment_reference=asked.prepayment_reference,
        state="held",
        outcome="refer",
        decision_id=new_id(),
        placed_by=given.caller.name,
        actor=given.caller.actor,
        placed_at=now,
        judged_at=now,
        changed_at=now,
    )


def _known(session: Session, order_id: UUID, asked: NewOrder, entered: Entered, given: Wiring) -> bytes:
    """Give the order that has this reference, if its content is the same as when it was placed."""
    order = order_rows.get(session, order_id)
    assert order is not None
    placed = order_rows.as_placed(session, order)
    new = _new(asked, entered, given)
    names = ("debtor_id", "amount", "vat_amount", "currency", "delivery_on", "call_offs", "prepayment_reference")
    if any(getattr(new, name) != getattr(placed, name) for name in names):
        raise Conflict(f"Order {asked.order_reference} is there with another content.", code="reference_taken")
    return answer_bytes(order_answer(order, order_rows.judgement_of(session, order), given))
