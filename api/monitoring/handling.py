"""What people do about alerts: read one, acknowledge it, or put it off to a day."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.monitoring.answers import whole_answer
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import alert_handling
from api.records.alert_handling import Done
from api.records.alerts import AlertRecord
from api.wiring import Wiring, answer_bytes
from scoring.monitoring.kinds import OF_SALES

SNOOZED_DAYS_MAX = 366  # What is put off for longer is not put off: nobody would see it again.


def kinds_shown(role: str) -> tuple[str, ...] | None:
    """Give the kinds of alerts that a role sees; None: all. Sales sees its own, and nothing of what is owed."""
    return OF_SALES if role == "sales" else None


def find(session: Session, alert_id: UUID, given: Wiring, *, locks: bool = False) -> AlertRecord:
    """Find an alert that the caller may see. Raises NotFound."""
    record = alert_handling.get(session, alert_id, locks=locks)
    shown = kinds_shown(given.caller.role)
    if record is None or (shown is not None and record.kind not in shown):
        raise NotFound("There is no such alert.", code="alert_not_found")
    return record


def read(alert_id: UUID, given: Wiring) -> dict[str, Any]:
    """Give an alert with its history. Raises NotFound."""
    with given.transaction() as session:
        return whole_answer(session, find(session, alert_id, given), given.today)


def acknowledge(alert_id: UUID, note: str | None, given: Wiring) -> bytes:
    """Keep that a person took note of an alert; gives it as it is sent.

    Raises NotFound, NotAllowed for a machine, and Conflict for an alert that is over.
    """
    person = require_person(given, "acknowledge an alert")
    return _handled(alert_id, Done("acknowledged", person.subject, note), given)


def snooze(alert_id: UUID, until_on: date, note: str | None, given: Wiring) -> bytes:
    """Put an alert off to the end of a day; gives it as it is sent.

    Raises NotFound, NotAllowed for a machine, BadInput for a day that is past or too far ahead, and Conflict for an
    alert that is over.
    """
    person = require_person(given, "snooze an alert")
    if until_on < given.today:
        fault = Fault("/until_on", "in_the_past", "The alert would be back before it was away.")
        raise BadInput("The alert cannot be snoozed.", faults=[fault])
    if until_on > given.today + timedelta(days=SNOOZED_DAYS_MAX):
        fault = Fault("/until_on", "too_far_ahead", f"The day is more than {SNOOZED_DAYS_MAX} days away.")
        raise BadInput("The alert cannot be snoozed.", faults=[fault])
    return _handled(alert_id, Done("snoozed", person.subject, note, until_on), given)


def _handled(alert_id: UUID, done: Done, given: Wiring) -> bytes:
    with given.transaction() as session:
        given.once.claim(session)
        record = find(session, alert_id, given, locks=True)
        if record.ended_at is not None:
            raise Conflict("The alert is over.", code="alert_ended")
        alert_handling.handle(session, record, done, given.now)
        session.flush()
        answer = answer_bytes(whole_answer(session, record, given.today))
        given.once.keep(session, 201, answer)
        return answer
