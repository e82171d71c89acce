"""Looks at a request for cover: takes it, asks the insurer, and keeps what it says or why it said nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.cover_answers import version_of
from api.acceptance.cover_asking import BuyerNotCertain, Note, Told, ask
from api.acceptance.cover_changes import Change, record
from api.acceptance.cover_ending import give_back
from api.acceptance.cover_keeping import Asker
from api.acceptance.cover_taking import (
    DEADLINE_SECONDS,
    PENDING_AGAIN,
    STANDING_AGAIN,
    Errand,
    as_kept,
    take,
    wait_after,
)
from api.acceptance.insurance_terms import counting
from api.clock import real_now
from api.identity.debtors import locked_debtor
from api.records import cover_requests, cover_versions, insurance_policies
from api.records.cover_requests import Overtaken
from api.records.cover_versions import Decided
from api.records.sellers import Seller
from api.source_access import source_access
from api.wiring import House
from providers.catalog import WrongAddress
from providers.errors import NothingToAskBy, SourceDown, SourceError, SourceRefused
from providers.insurers import STANDING, CoverAnswer, CoverNotFound, CoverNotTaken
from scoring.acceptance import MACHINE

RECORDED_BY = "insurer"
NOT_FOUND = CoverNotFound.code
MISSING = "The insurer cannot be reached for this seller: its credentials are missing, or no sandbox plays it."


def look(house: House, seller: Seller, request_id: UUID) -> str | None:
    """Ask the insurer about a request, once; gives its state then, None where somebody else is at it.

    Safe to repeat and to be killed: what was not kept is found again, and nothing is ordered twice.
    """
    with house.sessions.of(seller.id) as session:
        errand = take(session, request_id, house.clock.now(seller), real_now())
    if errand is None:
        return None
    note = partial(_note, house, seller, errand)
    try:
        # No transaction is open while we wait.
        told = _asked(house, seller, errand)
        with house.sessions.of(seller.id) as session:
            return _keep(session, house, seller, errand, told)
    except Overtaken:
        return None
    except BuyerNotCertain as unsure:
        buyers = [{**as_kept(each.number), "name": each.name, "address": each.address} for each in unsure.buyers]
        return _stop(note, {"code": unsure.code, "detail": unsure.detail, "faults": [], "buyers": buyers})
    except CoverNotFound as lost:
        return _not_found(errand, note, lost, house.clock.now(seller))
    except NothingToAskBy as failed:
        return _stop(note, _fault(failed))
    except (CoverNotTaken, SourceRefused) as failed:
        return _not_taken(errand, note, _fault(failed), house.clock.now(seller))
    except SourceError as failed:
        return _wait(errand, note, failed, house.clock.now(seller))


def _asked(house: House, seller: Seller, errand: Errand) -> Told:
    catalog, access = house.catalog, source_access(house, seller, debtor_id=errand.debtor_id)
    source = catalog.source(errand.provider)
    if source.insurer is None or not catalog.usable(source, access):
        raise SourceRefused(errand.provider, MISSING)
    try:
        line = catalog.line(source, access, deadline_seconds=DEADLINE_SECONDS)
    except WrongAddress as wrong:
        raise SourceRefused(errand.provider, str(wrong)) from wrong
    return ask(errand, source.insurer, line, partial(_note, house, seller, errand), by_number=source.finds_by_number)


def _note(house: House, seller: Seller, errand: Errand, **values: Any) -> None:
    """Write how a request stands now. Raises Overtaken."""
    with house.sessions.of(seller.id) as session:
        changed = {**values, "changed_at": house.clock.now(seller)}
        cover_requests.note(session, errand.id, errand.leased_until, changed)


def _fault(failed: SourceError) -> dict[str, Any]:
    code = failed.code if isinstance(failed, CoverNotFound) else f"source_{failed.code}"
    told = failed.faults if isinstance(failed, CoverNotTaken) else ()
    faults = [{"field": name, "detail": words} for name, words in told]
    return {"code": code, "detail": str(failed), "faults": faults, "buyers": []}


def _since(errand: Errand, fault: Mapping[str, Any], now: datetime) -> datetime:
    """Say since when an errand fails as it does now: a cover that is not found is another matter than a source."""
    is_same = (errand.fault_code == NOT_FOUND) == (fault["code"] == NOT_FOUND)
    return errand.failing_since if is_same and errand.failing_since is not None else now


def _stop(note: Note, fault: Mapping[str, Any]) -> str:
    """Keep why a request goes no further: a person must act, and ask anew."""
    note(state="failed", fault=dict(fault), look_again_at=None, leased_until=None, failing_since=None)
    return "failed"


def _not_taken(errand: Errand, note: Note, fault: dict[str, Any], now: datetime) -> str:
    """Stop where what we ask is refused; where a cover that was given before is only read, look again tomorrow."""
    if errand.state in ("queued", "sent"):
        return _stop(note, fault)
    since = _since(errand, fault, now)
    note(fault=fault, look_again_at=now + STANDING_AGAIN, leased_until=None, failing_since=since)
    return errand.state


def _not_found(errand: Errand, note: Note, lost: CoverNotFound, now: datetime) -> str:
    """Look again later at what the insurer does not know; what it does not know it can change for nobody."""
    fault = _fault(lost)
    if errand.kind == "change" and errand.state in ("queued", "sent"):
        return _stop(note, fault)
    again = STANDING_AGAIN if errand.state == "decided" else PENDING_AGAIN
    note(fault=fault, look_again_at=now + again, leased_until=None, failing_since=_since(errand, fault, now))
    return errand.state


def _wait(errand: Errand, note: Note, failed: SourceError, now: datetime) -> str:
    """Look again later, where the source is down or its answer cannot be read; how often it failed tells when."""
    retry_after = failed.retry_after_seconds if isinstance(failed, SourceDown) else None
    again_at = now + wait_after(errand.tries, retry_after)
    fault = _fault(failed)
    values = {"tries": errand.tries + 1, "fault": fault, "failing_since": _since(errand, fault, now)}
    note(**values, look_again_at=again_at, leased_until=None)
    return "waiting"


def _keep(session: Session, house: House, seller: Seller, errand: Errand, told: Told) -> str:
    """Keep an answer under the debtor's lock: how the request stands, and what it changes of the cover."""
    debtor = locked_debtor(session, errand.debtor_id)
    now, answer = house.clock.now(seller), told.answer
    decided = _decided(session, errand, debtor.id)
    # Closed before anybody decided: that says nothing of what the insurer thinks of the debtor.
    never_decided = answer.state == "cancelled" and not any(each.record.source == "insurer" for each in decided)
    state, again = _state_after(errand, answer, never_decided=never_decided)
    values = {"state": state, "key": told.key, "fault": None, "tries": 0, "changed_at": now, "leased_until": None}
    values |= {"failing_since": None, "look_again_at": None if again is None else now + again}
    cover_requests.note(session, errand.id, errand.leased_until, values)
    if errand.kind == "withdrawal" and state == "decided" and errand.replaces_id is not None:
        given_back = cover_requests.get(session, errand.replaces_id)
        assert given_back is not None
        given_back.state, given_back.look_again_at, given_back.changed_at = "withdrawn", None, now
    if not never_decided:
        change = _change(session, errand, answer, decided, house.clock.today(seller))
        if change is not None:
            record(session, debtor, change, house.policies, now)
    if errand.state in ("queued", "sent") and answer.state in STANDING | {"pending"}:
        give_back(session, errand.id, Asker(MACHINE, now, house.clock.today(seller)))
    return state


def _decided(session: Session, errand: Errand, debtor_id: UUID) -> list[Decided]:
    """Give what an answer is held against: all that was decided, but not of another cover that stands beside it."""
    request = cover_requests.get(session, errand.id)
    assert request is not None
    beside = cover_requests.standing_beside(session, request)
    every = cover_versions.of_debtor(session, debtor_id, errand.policy_id)
    return [each for each in every if each.record.cover_request_id not in beside]


def _change(
    session: Session, errand: Errand, answer: CoverAnswer, decided: Sequence[Decided], today: date
) -> Change | None:
    """Give the decision that an answer makes, None where it tells nothing new."""
    versions = insurance_policies.terms_of(session, [errand.policy_id])[errand.policy_id]
    as_asked = errand.kind == "change" and answer.amount is not None and answer.amount >= errand.amount
    version = version_of(
        answer,
        decided,
        counting(versions, today),
        errand.insurance.currency,
        today,
        asked_by_us=as_asked or errand.kind == "withdrawal",
        new_cover=errand.kind == "new" and errand.state != "decided",
    )
    if version is None:
        return None
    columns = ("state", "amount", "currency", "valid_from", "valid_until", "response_code", "reason_code")
    values = {name: getattr(version, name) for name in columns} | {
        "insurance_policy_id": errand.policy_id,
        "cover_request_id": errand.id,
        "source": "insurer",
        "decided_on": today,
        "evidence": None,
        "document_id": None,
        "raw": answer.raw,
        "recorded_by": RECORDED_BY,
    }
    return Change(values, version.conditions, version.before_amount, version.is_cut)


def _state_after(errand: Errand, answer: CoverAnswer, *, never_decided: bool) -> tuple[str, timedelta | None]:
    """Say how a request stands after an answer, and after how long it is looked at again."""
    if errand.kind == "withdrawal":
        return ("pending", PENDING_AGAIN) if answer.state in STANDING | {"pending"} else ("decided", None)
    if never_decided:
        return "withdrawn", None
    if answer.state == "pending":
        return "decided" if errand.state == "decided" else "pending", PENDING_AGAIN
    return "decided", STANDING_AGAIN if answer.state in STANDING else None
