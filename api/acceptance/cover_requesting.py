"""Keeps requests for cover as callers make them: new ones, changes of what stands, and what is given back."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.cover_asking import chosen_buyer
from api.acceptance.cover_contract import contract_to_ask
from api.acceptance.cover_keeping import Asker, add_request, add_withdrawal, is_not_asked, old_key, take_back
from api.acceptance.cover_shown import request_answer
from api.acceptance.insurance_policies import get_policy
from api.identity.debtors import locked_debtor
from api.identity.identifying import find
from api.identity.schemas import debtor_named
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import cover_requests, cover_versions
from api.records.covers import CoverRequestRecord
from api.records.debtors import DebtorRecord
from api.records.insurance_policies import InsurancePolicyRecord
from api.wiring import Wiring, answer_bytes
from scoring.cover import CoverVersion
from scoring.money import Money

GIVES = frozenset({"granted", "granted_in_part", "conditional", "reduced"})


def ask_cover(data: dict[str, Any], given: Wiring) -> tuple[bytes, int]:
    """Keep a request for cover and have it asked; gives the answer and its status.

    202 where a job asks the insurer, 201 where people do, of an insurer without a connection. Raises Problems.
    """
    named = debtor_named(data)
    with given.transaction() as session:
        given.once.claim(session)
        found = find(session, named)
        if found is None:
            raise NotFound("There is no such debtor.", code="debtor_not_found")
        debtor = locked_debtor(session, found)
        policy = contract_to_ask(session, data["insurance_policy_id"], data["application_id"], debtor, given.today)
        _check_amount(data["amount"], policy)
        _check_runs(policy, given)
        _refuse_second(session, debtor.id, policy.id)
        key = None if data["buyer"] is None else chosen_buyer(data["buyer"])
        values = {"kind": "new", "replaces_id": None, "key": key, "application_id": data["application_id"]}
        record = add_request(session, policy, data["amount"], {**values, "debtor_id": debtor.id}, _asker(given))
        return _kept(session, record, policy, given)


def change_cover(request_id: UUID, amount: Money, given: Wiring) -> tuple[bytes, int]:
    """Ask for another amount of a cover that stands. Raises Problems."""
    with given.transaction() as session:
        given.once.claim(session)
        before, debtor, policy = _locked(session, request_id)
        _check_amount(amount, policy)
        _check_runs(policy, given)
        newest = _newest_of_insurer(session, debtor.id, policy.id)
        if before.state != "decided" or before.kind == "withdrawal" or newest is None or newest.state not in GIVES:
            raise Conflict("There is no cover of this request that could be changed.", code="no_cover_stands")
        values = {"kind": "change", "replaces_id": before.id, "key": old_key(before), "debtor_id": debtor.id}
        values |= {"application_id": before.application_id}
        return _kept(session, add_request(session, policy, amount, values, _asker(given)), policy, given)


def withdraw_cover(request_id: UUID, given: Wiring) -> tuple[bytes, int]:
    """Give a cover back, or take back a request that nobody has decided on. Raises Problems."""
    with given.transaction() as session:
        given.once.claim(session)
        before, _, policy = _locked(session, request_id)
        if before.kind == "withdrawal" or before.state in cover_requests.OVER:
            raise Conflict("This request is over.", code="request_over")
        if before.state == "sent":
            raise Conflict("Whether it arrived is not known yet: wait for its state.", code="cover_request_in_doubt")
        if is_not_asked(before, policy):
            take_back(session, before, given.now)
            answer = answer_bytes(request_answer(before))
            given.once.keep(session, 200, answer)
            return answer, 200
        if policy.provider is None:
            raise Conflict("Record the insurer's confirmation with POST /v1/cover-decisions.", code="not_connected")
        if before.state == "decided":
            # With the cover goes what its end would have held.
            require_person(given, "give back a cover that stands")
        return _kept(session, add_withdrawal(session, before, policy, _asker(given)), policy, given)


def get_request(session: Session, request_id: UUID) -> CoverRequestRecord:
    """Find a request. Raises NotFound."""
    record = cover_requests.get(session, request_id)
    if record is None:
        raise NotFound("There is no such request for cover.", code="cover_request_not_found")
    return record


def _asker(given: Wiring) -> Asker:
    return Asker(given.caller.name, given.now, given.today)


def _kept(
    session: Session, record: CoverRequestRecord, policy: InsurancePolicyRecord, given: Wiring
) -> tuple[bytes, int]:
    answer, status = answer_bytes(request_answer(record)), 201 if policy.provider is None else 202
    given.once.keep(session, status, answer)
    return answer, status


def _locked(session: Session, request_id: UUID) -> tuple[CoverRequestRecord, DebtorRecord, InsurancePolicyRecord]:
    """Lock the debtor of a request that none has followed yet. Raises Problems."""
    debtor = locked_debtor(session, get_request(session, request_id).debtor_id)
    record = cover_requests.get(session, request_id, lock=True)
    assert record is not None
    later = cover_requests.successor(session, request_id)
    if later is not None:
        raise Conflict(f"Request {later.id} has followed it: go on from that one.", code="request_followed")
    return record, debtor, get_policy(session, record.insurance_policy_id)


def _check_amount(amount: Money, policy: InsurancePolicyRecord) -> None:
    if amount.currency != policy.currency:
        fault = Fault("/amount/currency", "other_currency", f"The contract is in {policy.currency}.")
    elif amount.amount <= 0:
        fault = Fault("/amount/amount", "out_of_range", "Must be above zero.")
    else:
        return
    raise BadInput("No cover can be asked of this amount.", faults=[fault])


def _check_runs(policy: InsurancePolicyRecord, given: Wiring) -> None:
    day = given.today
    if not (policy.valid_from <= day and (policy.valid_until is None or day <= policy.valid_until)):
        raise Conflict("The contract is not in force today.", code="insurance_policy_not_in_force")


def _refuse_second(session: Session, debtor_id: UUID, policy_id: UUID) -> None:
    """Refuse what is asked already, and a second cover beside one that stands."""
    waiting = cover_requests.open_one(session, debtor_id, policy_id)
    if waiting is not None:
        raise Conflict(f"Request {waiting.id} about this debtor has no answer yet.", code="cover_request_open")
    newest = _newest_of_insurer(session, debtor_id, policy_id)
    standing = cover_requests.heads(session, debtor_id, policy_id)
    if standing and newest is not None and newest.state in GIVES:
        where = f"POST /v1/cover-requests/{standing[0].id}/changes"
        raise Conflict(f"Cover stands: ask for another amount with {where}.", code="cover_stands")


def _newest_of_insurer(session: Session, debtor_id: UUID, policy_id: UUID) -> CoverVersion | None:
    newest = cover_versions.newest_of_insurer(cover_versions.of_debtor(session, debtor_id, policy_id))
    return None if newest is None else newest.version
