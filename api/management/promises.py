"""Notes what debtors promised to pay, or takes it back; what came of it is judged when they are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.identity.debtors import locked_debtor
from api.management.promise_answers import promise_answers
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import cover_facts, debtor_signals, debtors, looks, promises
from api.records.promises import PromiseRecord, PromiseStepRecord
from api.web.money import money_answer
from api.wiring import Wiring, answer_bytes
from scoring.money import Money
from scoring.promises import NewPromise, Promise, PromisedItem, faults_of_promise, state_of

ITEMS_MAX = 100


@dataclass(frozen=True, slots=True)
class PromiseRequest:
    """What was promised, by whom and how; `invoice_ids` are those besides the one that the path names."""

    amount: Money
    promised_on: date
    promised_by: str
    channel: str
    note: str | None = None
    insurer_consent: str | None = None
    invoice_ids: tuple[UUID, ...] = ()


def make(invoice_id: UUID, request: PromiseRequest, given: Wiring) -> bytes:
    """Note a promise; gives it as it is sent. Raises NotFound, and BadInput with all that stands against it."""
    with given.transaction() as session:
        given.once.claim(session)
        named = promises.invoices(session, [invoice_id]).get(invoice_id)
        if named is None:
            raise NotFound("There is no such invoice.", code="invoice_not_found")
        debtor_id = locked_debtor(session, named.debtor_id).id
        # Read again: whatever is paid, credited or disputed from now on waits for this transaction.
        found = promises.invoices(session, [invoice_id, *request.invoice_ids])
        refused = _refused(invoice_id, debtor_id, request, found)
        items = _items(session, invoice_id, request, found, given.today)
        new = NewPromise(
            request.amount,
            request.promised_on,
            tuple(items.values()),
            _covered_until(session, debtor_id, given.today),
            request.insurer_consent is not None,
        )
        refused += [Fault(each.pointer, each.code, each.detail) for each in faults_of_promise(new, given.today)]
        if refused:
            raise BadInput("The promise cannot be noted.", faults=refused)
        grace = timedelta(given.house.policies.active(session).policy.alerts.promise_grace_days)
        record = _record(debtor_id, request, grace, given)
        promises.add(session, record, {each: found[each].paid_amount for each in items})
        told = _told(record, items) | {"promised_on": str(record.promised_on), "channel": record.channel}
        debtors.tell(session, "promise.made.v1", debtor_id, told | {"by": record.made_by}, given.now)
        looks.mark(session, [debtor_id])
        return _kept(session, record, given)


def _refused(invoice_id: UUID, debtor_id: UUID, request: PromiseRequest, found: Mapping[UUID, Any]) -> list[Fault]:
    """Give what is wrong with the invoices that are named besides that of the path."""
    faults = []
    for place, each in enumerate(request.invoice_ids):
        pointer = f"/invoice_ids/{place}"
        if each == invoice_id or each in request.invoice_ids[:place]:
            faults.append(Fault(pointer, "repeated", "This invoice is named already."))
        elif each not in found:
            faults.append(Fault(pointer, "invoice_not_found", "There is no such invoice."))
        elif found[each].debtor_id != debtor_id:
            faults.append(Fault(pointer, "other_debtor", "This invoice is another debtor's."))
    return faults


def _items(
    session: Session, invoice_id: UUID, request: PromiseRequest, found: Mapping[UUID, Any], today: date
) -> dict[UUID, PromisedItem]:
    """Give the invoices of the promise that are the debtor's, each once; the one of the path stands first."""
    pointers = {each: f"/invoice_ids/{place}" for place, each in reversed(list(enumerate(request.invoice_ids)))}
    ids = [invoice_id, *dict.fromkeys(each for each in request.invoice_ids if each != invoice_id)]
    debtor_id = found[invoice_id].debtor_id
    own = [each for each in ids if each in found and found[each].debtor_id == debtor_id]
    before = promises.of_invoices(session, own)
    return {each: _item("" if each == invoice_id else pointers[each], found[each], before[each], today) for each in own}


def _item(pointer: str, invoice: Any, before: Sequence[Promise], today: date) -> PromisedItem:
    return PromisedItem(
        pointer,
        Money(invoice.open_amount, invoice.currency),
        invoice.disputed,
        len(before),
        any(state_of(each, today) == "open" for each in before),
    )


def _covered_until(session: Session, debtor_id: UUID, today: date) -> date | None:
    """Give the last day on which deliveries are covered, which the oldest unpaid invoice drives (domain 6.2)."""
    oldest_on = promises.oldest_unpaid_on(session, debtor_id)
    days = cover_facts.max_extension_days(session, debtor_id, today)
    return None if oldest_on is None or days is None else oldest_on + timedelta(days)


def _record(debtor_id: UUID, request: PromiseRequest, grace: timedelta, given: Wiring) -> PromiseRecord:
    return PromiseRecord(
        debtor_id=debtor_id,
        amount=request.amount.amount,
        currency=request.amount.currency,
        promised_on=request.promised_on,
        last_on=request.promised_on + grace,
        promised_by=request.promised_by,
        channel=request.channel,
        note=request.note,
        insurer_consent=request.insurer_consent,
        made_by=given.caller.name,
        actor=given.caller.actor,
        made_at=given.now,
    )


def withdraw(promise_id: UUID, grounds: str, given: Wiring) -> bytes:
    """Take an open promise back; gives it as it is sent.

    Raises NotFound, NotAllowed for a machine, and Conflict for one that was kept, broken or withdrawn.
    """
    person = require_person(given, "withdraw a promise")
    with given.transaction() as session:
        given.once.claim(session)
        record = find(session, promise_id)
        locked_debtor(session, record.debtor_id)
        # Nobody else finds it kept or broken at the same moment.
        debtor_signals.look_alone(session)
        promise = promises.by_ids(session, [record.id]).get(record.id)
        if promise is None or state_of(promise, given.today) != "open":
            raise Conflict("The promise was kept, broken or withdrawn already.", code="promise_over")
        step = PromiseStepRecord(
            promise_id=record.id,
            state="withdrawn",
            booked_amount=promise.booked_amount,
            done_by=person.subject,
            grounds=grounds,
            happened_at=given.now,
        )
        session.add(step)
        session.flush()
        items = promises.items_of(session, [record.id])[record.id]
        told = _told(record, items) | {"by": person.subject}
        debtors.tell(session, "promise.withdrawn.v1", record.debtor_id, told, given.now)
        looks.mark(session, [record.debtor_id])
        return _kept(session, record, given)


def find(session: Session, promise_id: UUID) -> PromiseRecord:
    """Find a promise. Raises NotFound."""
    record = promises.get(session, promise_id)
    if record is None:
        raise NotFound("There is no such promise.", code="promise_not_found")
    return record


def _told(record: PromiseRecord, invoice_ids: Mapping[UUID, Any] | Sequence[UUID]) -> dict[str, Any]:
    """What events tell of a promise: not who made it, which is a person's name."""
    return {
        "promise_id": str(record.id),
        "invoice_ids": [str(each) for each in invoice_ids],
        "amount": money_answer(record.amount, record.currency),
    }


def _kept(session: Session, record: PromiseRecord, given: Wiring) -> bytes:
    (told,) = promise_answers(session, [record])
    answer = answer_bytes(told)
    given.once.keep(session, 201, answer)
    return answer
