"""Holds: a person keeps a debtor's orders waiting, or stops supply, and ends it again; each with grounds."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.identity.debtors import locked_debtor
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import debtors, held_orders, holds
from api.records.holds import HoldRecord
from api.wiring import Wiring, answer_bytes


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A hold as a person places it; without `ends_on` it lasts until somebody ends it."""

    kind: str
    grounds: str
    scope: str = "own"
    ends_on: date | None = None


def place(debtor_id: UUID, request: HoldRequest, given: Wiring) -> bytes:
    """Place a hold; gives it as it is sent. Raises Conflict where one of this kind and scope is in force."""
    person = require_person(given, "place a hold")
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        if request.ends_on is not None and request.ends_on < given.today:
            fault = Fault("/ends_on", "in_the_past", "The hold would be over before it begins.")
            raise BadInput("The hold cannot be placed.", faults=[fault])
        there = [(each.kind, each.scope) for each in holds.in_force(session, debtor.id, given.today)]
        if (request.kind, request.scope) in there:
            raise Conflict("Such a hold is in force already; end that one first.", code="held_already")
        record = HoldRecord(
            debtor_id=debtor.id,
            kind=request.kind,
            scope=request.scope,
            grounds=request.grounds,
            placed_by=person.subject,
            placed_at=given.now,
            ends_on=request.ends_on,
        )
        session.add(record)
        session.flush()
        _tell(session, "debtor.hold_placed.v1", record, person.subject, given)
        return _kept(session, record, given)


def end(debtor_id: UUID, hold_id: UUID, grounds: str, given: Wiring) -> bytes:
    """End a hold; gives it as it is sent. Raises NotFound, and Conflict for one that is over."""
    person = require_person(given, "end a hold")
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        record = holds.get(session, debtor.id, hold_id)
        if record is None:
            raise NotFound("There is no such hold of this debtor.", code="hold_not_found")
        if not is_in_force(record, given.today):
            raise Conflict("The hold is over already.", code="hold_over")
        record.ended_by, record.ended_at, record.end_grounds = person.subject, given.now, grounds
        session.flush()
        _tell(session, "debtor.hold_ended.v1", record, person.subject, given)
        return _kept(session, record, given)


def is_in_force(record: HoldRecord, on: date) -> bool:
    """Whether a hold is in force on a day."""
    return record.ended_at is None and (record.ends_on is None or record.ends_on >= on)


def hold_answer(record: HoldRecord, on: date, *, full: bool) -> dict[str, Any]:
    """Give a hold; why it was placed and ended is for those who decide."""
    names = ("id", "debtor_id", "kind", "scope", "placed_by", "placed_at", "ends_on", "ended_by", "ended_at")
    shown = {name: getattr(record, name) for name in names} | {"in_force": is_in_force(record, on)}
    return shown | ({"grounds": record.grounds, "end_grounds": record.end_grounds} if full else {})


def _tell(session: Session, type: str, record: HoldRecord, by: str, given: Wiring) -> None:
    told = {"hold_id": str(record.id), "kind": record.kind, "scope": record.scope, "by": by}
    debtors.tell(session, type, record.debtor_id, told, given.now)
    held_orders.look_again(session, [record.debtor_id])


def _kept(session: Session, record: HoldRecord, given: Wiring) -> bytes:
    answer = answer_bytes(hold_answer(record, given.today, full=True))
    given.once.keep(session, 201, answer)
    return answer
