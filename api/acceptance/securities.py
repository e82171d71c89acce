"""Securities: what stands behind a debtor's debt; one that raises the limit is credit, and takes authority as such."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.limit_answers import class_to_weigh, in_force_from
from api.acceptance.persons import Credit, credit_to_weigh, refuse_applicant
from api.identity.debtors import locked_debtor
from api.persons import beyond_authority, require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import debtors, documents, held_orders, jobs, limits, securities
from api.records.debtors import DebtorRecord
from api.records.securities import SecurityRecord
from api.sanctions_clearing import refuse_listed
from api.web.money import money_or_none
from api.wiring import Wiring, answer_bytes
from scoring.acceptance import Decider, within_authority
from scoring.facts import NO_LIMIT_GIVEN
from scoring.money import Money

RAISING = ("parent_guarantee", "bank_guarantee", "deposit")


@dataclass(frozen=True, slots=True)
class SecurityRequest:
    """A security as it is recorded. A guarantor is a debtor of ours, or has a name."""

    kind: str
    raises_limit: bool = False
    amount: Money | None = None
    guarantor_id: UUID | None = None
    guarantor_name: str | None = None
    document_id: UUID | None = None
    valid_from: date | None = None
    valid_until: date | None = None


def record_security(debtor_id: UUID, request: SecurityRequest, given: Wiring) -> bytes:
    """Record a security; gives it as it is sent. Raises BadInput naming every fault, NotAllowed beyond authority."""
    person = require_person(given, "record a security")
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        faults = _faults(session, debtor, request, given)
        if faults:
            raise BadInput("The security cannot be recorded.", faults=faults)
        if request.raises_limit and request.amount is not None:
            refuse_applicant(session, debtor.id, person)
            refuse_listed(session, debtor)
            _require_authority(session, debtor, request.amount, person, given)
        record = _record(debtor, request, person, given)
        session.add(record)
        session.flush()
        _tell(session, "debtor.security_recorded.v1", record, given)
        return _kept(session, record, given)


def end_security(debtor_id: UUID, security_id: UUID, given: Wiring) -> bytes:
    """End a security; gives it as it is sent. Raises NotFound, and Conflict for one that ended."""
    person = require_person(given, "end a security")
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        record = securities.get(session, debtor.id, security_id)
        if record is None:
            raise NotFound("There is no such security of this debtor.", code="security_not_found")
        if record.ended_at is not None:
            raise Conflict("The security has ended already.", code="security_ended")
        record.ended_by, record.ended_at = person.subject, given.now
        session.flush()
        _tell(session, "debtor.security_ended.v1", record, given)
        if record.raises_limit:
            jobs.defer(session, "tell_over_limit", debtor_id=debtor.id)
        return _kept(session, record, given)


def security_answer(record: SecurityRecord, on: date) -> dict[str, Any]:
    """Give a security, and whether it stands on a day."""
    names = (
        *("id", "debtor_id", "kind", "raises_limit", "guarantor_id", "guarantor_name", "document_id"),
        *("valid_from", "valid_until", "recorded_by", "known_at", "ended_by", "ended_at"),
    )
    begun = record.ended_at is None and record.valid_from <= on
    return {
        **{name: getattr(record, name) for name in names},
        "amount": money_or_none(record.amount, record.currency),
        "in_force": begun and (record.valid_until is None or record.valid_until >= on),
    }


def _faults(session: Session, debtor: DebtorRecord, request: SecurityRequest, given: Wiring) -> list[Fault]:
    told = {name: getattr(request, name) for name in ("kind", "raises_limit", "amount", "document_id")}
    told |= {"valid_from": request.valid_from or given.today, "valid_until": request.valid_until}
    faults = list(faults_of_security(told))
    if request.kind == "parent_guarantee" and not (request.guarantor_id or request.guarantor_name):
        faults.append(
            Fault("/guarantor_id", "required", "Say which parent guarantees: guarantor_id or guarantor_name.")
        )
    if request.guarantor_id is not None:
        faults += _faults_of_guarantor(session, debtor, request)
    document_id = request.document_id
    if document_id is not None and documents.of_debtor(session, document_id, debtor.id) is None:
        faults.append(Fault("/document_id", "document_not_found", "There is no such document of this debtor."))
    return faults


def faults_of_security(told: Mapping[str, Any], refused: Collection[str] = ()) -> Iterator[Fault]:
    """Name what parts of a security contradict, as far as they are told; those in `refused` are at fault themselves."""
    begins_on, ends_on = told.get("valid_from"), told.get("valid_until")
    if begins_on is not None and ends_on is not None and ends_on < begins_on:
        yield Fault("/valid_until", "ends_before_it_begins", "It would end before it begins.")
    amount, kind = told.get("amount"), told.get("kind")
    if amount is not None and amount.amount == 0:
        yield Fault("/amount", "out_of_range", "A security of nothing is none; leave the amount out.")
    if not told.get("raises_limit"):
        return
    # What raises the limit is an amount that somebody can be held to, on paper.
    if kind is not None and kind not in RAISING:
        yield Fault("/raises_limit", "raises_nothing", f"Only {', '.join(RAISING)} can raise a limit.")
    if amount is None and "amount" not in refused:
        yield Fault("/amount", "required", "What raises the limit has an amount.")
    if told.get("document_id") is None and "document_id" not in refused:
        yield Fault("/document_id", "required", "What raises the limit rests on a stored document.")


def _faults_of_guarantor(session: Session, debtor: DebtorRecord, request: SecurityRequest) -> list[Fault]:
    assert request.guarantor_id is not None
    guarantor = debtors.get(session, request.guarantor_id)
    if guarantor is None:
        return [Fault("/guarantor_id", "debtor_not_found", "There is no such debtor.")]
    if guarantor.id == debtor.id:
        return [Fault("/guarantor_id", "own_guarantor", "Nobody guarantees for himself.")]
    if request.kind == "parent_guarantee" and guarantor.id not in debtors.ancestors(session, debtor.id):
        return [Fault("/guarantor_id", "not_a_parent", "This debtor does not stand above it in its group.")]
    return []


def _require_authority(session: Session, debtor: DebtorRecord, amount: Money, person: Decider, given: Wiring) -> None:
    """The highest limit from today on, with all that raises it, must lie within the person's authority."""
    policy = given.house.policies.active(session).policy
    risk_class = class_to_weigh(session, debtor.id)
    standing = in_force_from(limits.versions(session, debtor.id, "own"), given.today)
    for limit, currency in [*standing, (NO_LIMIT_GIVEN, policy.currency)]:
        whole = credit_to_weigh(session, debtor.id, Credit(limit, currency, more=[amount]), policy, given)
        # What has no end is raised by nothing.
        if whole is not None and not within_authority(whole.amount, risk_class, person.role, policy):
            raise beyond_authority(person, whole, risk_class, policy)


def _record(debtor: DebtorRecord, request: SecurityRequest, person: Decider, given: Wiring) -> SecurityRecord:
    return SecurityRecord(
        debtor_id=debtor.id,
        kind=request.kind,
        amount=None if request.amount is None else request.amount.amount,
        currency=given.seller.currency if request.amount is None else request.amount.currency,
        raises_limit=request.raises_limit,
        guarantor_id=request.guarantor_id,
        guarantor_name=request.guarantor_name,
        document_id=request.document_id,
        valid_from=request.valid_from or given.today,
        valid_until=request.valid_until,
        recorded_by=person.subject,
        known_at=given.now,
    )


def _tell(session: Session, type: str, record: SecurityRecord, given: Wiring) -> None:
    told = {"security_id": str(record.id), "kind": record.kind, "by": given.caller.name}
    debtors.tell(session, type, record.debtor_id, told, given.now)
    held_orders.look_again(session, [record.debtor_id])


def _kept(session: Session, record: SecurityRecord, given: Wiring) -> bytes:
    answer = answer_bytes(security_answer(record, given.today))
    given.once.keep(session, 201, answer)
    return answer
