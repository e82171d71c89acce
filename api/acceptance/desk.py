"""Finance's desk: what waits for a person, who took it, and until when it must be decided."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.acceptance.answers import application_answer
from api.acceptance.finding import locked_application
from api.acceptance.limit_fields import limit_shown
from api.persons import is_same, refuse_own, require_person
from api.problems import Conflict
from api.records import debtors, decisions, referrals
from api.records.applications import WAITING, ApplicationRecord
from api.records.debtors import DebtorRecord
from api.records.referrals import Waiting
from api.web.paging import Page, page_of
from api.wiring import Wiring, answer_bytes
from scoring.reasons import render


def desk_page(session: Session, query: Mapping[str, Any], given: Wiring) -> Page:
    """Give a page of what waits, the nearest deadline first."""
    policy = given.house.policies.active(session).policy
    waiting = referrals.desk(policy.authority.referral_days)
    due_before = given.now if query["overdue"] else None
    listed = referrals.listing(waiting, query["kind"], query["debtor_id"], query["owner"], due_before)
    page = page_of(session, listed, [waiting.c.due_at, waiting.c.id], query["limit"], query["after"])
    rows = [Waiting(*row) for row in page.items]
    said = _judgements(session, rows)
    named = {each.id: each for each in debtors.several(session, {row.debtor_id for row in rows})}
    items = [_item(row, said[row.decision_id], named[row.debtor_id], given) for row in rows]
    return Page(items, page.next)


def take(application_id: UUID, grounds: str | None, given: Wiring) -> bytes:
    """Take a referral; gives the application as it is sent.

    Raises Conflict where another person has it and no grounds are given to take it over, and where it waits no more.
    """
    person = require_person(given, "take a referral")
    with given.transaction() as session:
        given.once.claim(session)
        application, debtor = _waiting(session, application_id)
        refuse_own(person, application.applied_by, application.actor)
        before = application.owner
        if before is not None and not is_same(person.subject, before) and grounds is None:
            raise Conflict(f"{before} took it; say on which grounds you take it over.", code="taken_by_another")
        if before is None or not is_same(person.subject, before):
            _own(application, person.subject, given)
            told = {
                "application_id": str(application.id),
                "owner": person.subject,
                "before": before,
                "grounds": grounds,
            }
            debtors.tell(session, "application.taken.v1", debtor.id, told, given.now)
        return _kept(session, application, given)


def release(application_id: UUID, grounds: str | None, given: Wiring) -> bytes:
    """Give a referral back to the desk; gives the application as it is sent. Raises Conflict as `take` does."""
    person = require_person(given, "give a referral back")
    with given.transaction() as session:
        given.once.claim(session)
        application, debtor = _waiting(session, application_id)
        before = application.owner
        if before is None:
            raise Conflict("Nobody has taken it.", code="not_taken")
        if not is_same(person.subject, before) and grounds is None:
            raise Conflict(f"{before} took it; say on which grounds you give it back.", code="taken_by_another")
        _own(application, None, given)
        told = {"application_id": str(application.id), "owner": None, "before": before, "grounds": grounds}
        debtors.tell(session, "application.taken.v1", debtor.id, told, given.now)
        return _kept(session, application, given)


def _waiting(session: Session, application_id: UUID) -> tuple[ApplicationRecord, DebtorRecord]:
    application, debtor = locked_application(session, application_id)
    if application.state not in WAITING:
        raise Conflict(f"It waits for nobody: the application is {application.state}.", code="not_waiting")
    return application, debtor


def _own(application: ApplicationRecord, owner: str | None, given: Wiring) -> None:
    application.owner, application.taken_at = owner, None if owner is None else given.now
    application.changed_at, application.version = given.now, application.version + 1


def _kept(session: Session, application: ApplicationRecord, given: Wiring) -> bytes:
    session.flush()
    answer = answer_bytes(application_answer(session, application, given))
    given.once.keep(session, 201, answer)
    return answer


def _judgements(session: Session, rows: Sequence[Waiting]) -> dict[UUID, Mapping[str, Any]]:
    """The judgements behind the rows of a page, by the ids of their decisions."""
    texts = decisions.judgements(session, [row.decision_id for row in rows if row.kind == "application"])
    texts |= referrals.judgements_of_orders(session, [row.decision_id for row in rows if row.kind == "order"])
    return {decision_id: orjson.loads(text) for decision_id, text in texts.items()}


def _item(row: Waiting, said: Mapping[str, Any], debtor: DebtorRecord, given: Wiring) -> dict[str, Any]:
    reasons = [each for each in said["reasons"] if each["effect"] == "refer"]
    if row.because is not None:
        reasons.insert(0, {"code": row.because, "params": {}})
    return {
        "kind": row.kind,
        "id": row.id,
        "debtor_id": row.debtor_id,
        "debtor_name": debtor.name,
        "credit_owner": debtor.credit_owner,
        "amount": limit_shown(row.amount_kind, row.amount, row.currency),
        "risk_class": said.get("risk_class"),
        "reasons": [
            {"code": each["code"], "text": render(each["code"], each["params"], given.language, full=True)}
            for each in reasons
        ],
        "owner": row.owner,
        "due_at": row.due_at,
        "overdue": row.due_at < given.now,
        "needs_second": row.state == "seconding",
    }
