"""Who is critical: a person spares a debtor the first-payment hold, or takes that back, with grounds."""

from typing import Any
from uuid import UUID

from api.acceptance.persons import refuse_applicant
from api.identity.debtors import locked_debtor
from api.persons import require_person
from api.problems import Conflict
from api.records import debtors, held_orders
from api.records.critical_marks import CriticalMarkRecord
from api.wiring import Wiring, answer_bytes


def mark(debtor_id: UUID, critical: bool, grounds: str, given: Wiring) -> bytes:
    """Mark a debtor critical, or no more; gives the mark as it is sent.

    Raises NotAllowed for a machine, and for who asked for the debtor's credit and would lift its hold himself; Conflict
    where the debtor is marked so already.
    """
    person = require_person(given, "say who is critical")
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        if debtor.critical == critical:
            raise Conflict(f"The debtor is {'' if critical else 'not '}critical already.", code="marked_already")
        if critical:
            refuse_applicant(session, debtor.id, person)
        record = CriticalMarkRecord(
            debtor_id=debtor.id, critical=critical, grounds=grounds, given_by=person.subject, given_at=given.now
        )
        session.add(record)
        debtor.critical, debtor.version, debtor.changed_at = critical, debtor.version + 1, given.now
        session.flush()
        told = {"critical_mark_id": str(record.id), "critical": critical, "by": person.subject}
        debtors.tell(session, "debtor.critical_changed.v1", debtor.id, told, given.now)
        held_orders.look_again(session, [debtor.id])
        answer = answer_bytes(mark_answer(record))
        given.once.keep(session, 201, answer)
        return answer


def mark_answer(record: CriticalMarkRecord) -> dict[str, Any]:
    """Give a mark as it is sent."""
    names = ("id", "debtor_id", "critical", "grounds", "given_by", "given_at")
    return {name: getattr(record, name) for name in names}
