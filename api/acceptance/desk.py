"""Finance's desk: what waits for a person, who took it, and until when it must be decided."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.acceptance.limit_fields import limit_shown
from api.records import debtors, decisions, referrals
from api.records.debtors import DebtorRecord
from api.records.referrals import Waiting
from api.web.paging import Page, page_of
from api.wiring import Wiring
from scoring.reasons import render


def desk_page(session: Session, query: Mapping[str, Any], given: Wiring) -> Page:
    """Give a page of what waits, the nearest deadline first."""
    policy = given.house.policies.active(session).policy
    waiting = referrals.desk(policy.authority.referral_days)
    due_before = given.now if query["overdue"] else None
    listed = referrals.listing(waiting, query["kind"], query["debtor_id"], query["owner"], due_before)
    page = page_of(session, listed, [waiting.c.due_at, waiting.c.id], query["limit"], query["after"])
    rows = [Waiting(*row) for row in page.items]
    return Page(shown(session, rows, given), page.next)


def shown(session: Session, rows: Sequence[Waiting], given: Wiring) -> list[dict[str, Any]]:
    """Give what waits as the desk shows it."""
    said = _judgements(session, rows)
    named = {each.id: each for each in debtors.several(session, {row.debtor_id for row in rows})}
    return [_item(row, said[row.decision_id], named[row.debtor_id], given) for row in rows]


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
