"""Notes what became of promises when their debtors are looked at, and tells of each change once."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import events, promises
from api.records.base import new_id
from api.records.many import insert_many
from api.records.promises import PromiseStepRecord
from api.web.money import money_answer
from api.wiring import Wiring
from scoring.acceptance import MACHINE
from scoring.monitoring.facts import SignalFacts
from scoring.promises import state_of

# A promise that was kept is open again where the money went back before its last day.
EVENTS = {"kept": "promise.kept.v1", "broken": "promise.broken.v1", "open": "promise.reopened.v1"}


def note_promises(session: Session, looked_at: Iterable[SignalFacts], given: Wiring) -> None:
    """Add a step for each promise that stands otherwise than noted; nobody else may look at the seller meanwhile."""
    changed = [
        (UUID(facts.debtor_id), each, state)
        for facts in looked_at
        for each in facts.promises
        if (state := state_of(each, facts.as_of)) != each.state_before
    ]
    if not changed:
        return
    items = promises.items_of(session, [UUID(each.id) for _, each, _ in changed])
    steps: list[dict[str, Any]] = []
    told = []
    for debtor_id, each, state in changed:
        booked = each.booked_amount
        steps.append(
            {
                "id": new_id(),
                "promise_id": each.id,
                "state": state,
                "booked_amount": booked,
                "done_by": MACHINE,
                "grounds": None,
                "happened_at": given.now,
            }
        )
        data = {
            "promise_id": each.id,
            "invoice_ids": [str(item) for item in items[UUID(each.id)]],
            "amount": money_answer(each.amount.amount, each.amount.currency),
            "booked_amount": money_answer(booked, each.amount.currency),
            "promised_on": str(each.promised_on),
        }
        told.append((EVENTS[state], debtor_id, data))
    insert_many(session, PromiseStepRecord, steps)
    events.add_many(session, told, given.now)
