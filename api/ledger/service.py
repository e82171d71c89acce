"""Takes invoices, credit notes and payments that are sent one by one or as a list: all of them, or none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from api.ledger.schemas import (
    NewCreditNoteSchema,
    NewCreditNotesSchema,
    NewInvoiceSchema,
    NewInvoicesSchema,
    NewPaymentSchema,
    NewPaymentsSchema,
    order_references,
    paying_values,
)
from api.problems import BadInput, Conflict, Fault
from api.records import debtors
from api.records.identities import Reference
from api.records.ledger_batch import take
from api.records.ledger_debtors import LedgerDebtor, find_or_add
from api.records.ledger_lines import LedgerLine, LineResult, numbered
from api.web.faults import faults_of
from api.web.schemas import Schema
from api.wiring import Wiring, answer_bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is sent: its schemas, its day, and how it becomes a ledger line."""

    one: type[Schema]
    many: type[Schema]
    day: str
    line: Callable[[int, UUID, dict[str, Any]], LedgerLine]


def _invoice(place: int, debtor_id: UUID, data: dict[str, Any]) -> LedgerLine:
    number, money = data["invoice_number"], data["amount"]
    return LedgerLine(
        line=place,
        kind="invoice",
        debtor_id=debtor_id,
        identity=numbered(number),
        number=number,
        dated_on=data["invoiced_on"],
        amount=money.amount,
        currency=money.currency,
        due_on=data["due_on"],
        vat_amount=data["vat_amount"].amount if "vat_amount" in data else None,
        disputed=data["disputed"],
        order_references=order_references(data),
        **paying_values(data),
    )


def _credit_note(place: int, debtor_id: UUID, data: dict[str, Any]) -> LedgerLine:
    number, money = data["credit_note_number"], data["amount"]
    return LedgerLine(
        line=place,
        kind="credit_note",
        debtor_id=debtor_id,
        identity=numbered(number),
        number=number,
        dated_on=data["credited_on"],
        amount=money.amount,
        currency=money.currency,
        vat_amount=data["vat_amount"].amount if "vat_amount" in data else None,
        settles=((numbered(data["invoice_number"]), money.amount),) if "invoice_number" in data else (),
    )


def _payment(place: int, debtor_id: UUID, data: dict[str, Any]) -> LedgerLine:
    reference, money = data["payment_reference"], data["amount"]
    return LedgerLine(
        line=place,
        kind="payment",
        debtor_id=debtor_id,
        identity=numbered(reference),
        number=reference,
        dated_on=data["paid_on"],
        amount=money.amount,
        currency=money.currency,
        settles=tuple((numbered(part["invoice_number"]), part["amount"].amount) for part in data["allocations"]),
        order_references=order_references(data),
    )


INVOICES = Kind(NewInvoiceSchema, NewInvoicesSchema, "invoiced_on", _invoice)
CREDIT_NOTES = Kind(NewCreditNoteSchema, NewCreditNotesSchema, "credited_on", _credit_note)
PAYMENTS = Kind(NewPaymentSchema, NewPaymentsSchema, "paid_on", _payment)


def take_sent(kind: Kind, body: Any, given: Wiring) -> tuple[bytes, int]:
    """Take what a body holds, one thing or `items`; gives the answer and 201, or 200 when all of it was known.

    Raises BadInput naming every fault, and Conflict `reference_taken` for numbers that are known with other content.
    """
    is_list = isinstance(body, dict) and "items" in body
    items = _read(kind, body, is_list)
    pointers = [f"/items/{place}" if is_list else "" for place in range(len(items))]
    _refuse_ahead(kind, items, pointers, given.today)
    with given.transaction() as session:
        given.once.claim(session)
        debtor_ids = debtor_ids_of(session, items, pointers, given.now)
        lines = [kind.line(place, debtor_ids[place], data) for place, data in enumerate(items)]
        results = take(session, lines, given.now)
        _refuse_refused(results, pointers)
        taken = [_taken(result) for result in results]
        status = 201 if any(result.state == "taken" for result in results) else 200
        answer = answer_bytes({"items": taken} if is_list else taken[0])
        given.once.keep(session, status, answer)
    return answer, status


def _taken(result: LineResult) -> dict[str, Any]:
    answer = {"id": result.id, "state": result.state}
    return answer if result.order_id is None else answer | {"order_id": result.order_id}


def _read(kind: Kind, body: Any, is_list: bool) -> list[dict[str, Any]]:
    try:
        read = (kind.many if is_list else kind.one)().load(body)
    except ValidationError as error:
        faults = list(faults_of(error.messages))
        raise BadInput("What was sent breaks a rule; `errors` names every fault.", faults=faults) from error
    return list(read["items"]) if is_list else [read]


def _refuse_ahead(kind: Kind, items: Sequence[dict[str, Any]], pointers: Sequence[str], today: date) -> None:
    faults = [
        Fault(f"{pointer}/{kind.day}", "date_ahead", f"Must not be after today, {today}.")
        for data, pointer in zip(items, pointers, strict=True)
        if data[kind.day] > today
    ]
    if faults:
        raise BadInput("What was sent has not happened yet.", faults=faults)


def debtor_ids_of(
    session: Session, items: Sequence[dict[str, Any]], pointers: Sequence[str], now: datetime
) -> list[UUID]:
    """Find the debtor of each item. Nobody is added here: an unknown name is a fault."""
    named = {_reference(data): LedgerDebtor(_reference(data)) for data in items if "debtor_reference" in data}
    found = find_or_add(session, named.values(), now)
    known = {
        given: debtors.get(session, given) for given in {each["debtor_id"] for each in items if "debtor_id" in each}
    }
    ids, faults = [], []
    for data, pointer in zip(items, pointers, strict=True):
        if "debtor_id" in data:
            record = known[data["debtor_id"]]
            debtor_id, field = (record.id if record else None), "debtor_id"
        else:
            debtor_id, field = found[named[_reference(data)]].debtor_id, "debtor_reference"
        if debtor_id is None:
            faults.append(Fault(f"{pointer}/{field}", "debtor_unknown", "There is no such debtor."))
        else:
            ids.append(debtor_id)
    if faults:
        raise BadInput("A debtor is not known.", faults=faults)
    return ids


def _reference(data: dict[str, Any]) -> Reference:
    return Reference(**data["debtor_reference"])


def _refuse_refused(results: Iterable[LineResult], pointers: Sequence[str]) -> None:
    refused = [result for result in results if result.state == "refused"]
    faults = [Fault(pointers[result.line], result.code or "refused", result.detail or "") for result in refused]
    if not faults:
        return
    if all(fault.code == "reference_taken" for fault in faults):
        raise Conflict("A number is known with other content.", code="reference_taken", faults=faults)
    raise BadInput("Something that was sent cannot be taken; nothing was.", faults=faults)
