"""How a promise is told: what it was, how it stands and since when, and what was booked for it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.records import promises
from api.records.promises import PromiseRecord
from api.web.money import money_answer

TOLD = (
    *("id", "debtor_id", "promised_on", "last_on", "promised_by", "channel", "note", "insurer_consent"),
    *("made_by", "actor", "made_at"),
)


def promise_answers(session: Session, records: Sequence[PromiseRecord]) -> list[dict[str, Any]]:
    """Give promises as they are sent, with what the ledger tells of each now; three reads for many."""
    ids = [each.id for each in records]
    items, steps, ledger = (
        promises.items_of(session, ids),
        promises.steps_of(session, ids),
        promises.by_ids(session, ids),
    )
    answers = []
    for record in records:
        last = steps[record.id][-1] if steps[record.id] else None
        state = last.state if last else "open"
        # A withdrawn promise is not followed any more: what was booked by then stands.
        booked = ledger[record.id].booked_amount if record.id in ledger else last.booked_amount if last else Decimal(0)
        booked = min(max(booked, Decimal(0)), record.amount)
        broken = record.amount - booked if state == "broken" else None
        answers.append(
            {name: getattr(record, name) for name in TOLD}
            | {
                "invoice_ids": items[record.id],
                "amount": money_answer(record.amount, record.currency),
                "state": state,
                "booked_amount": money_answer(booked, record.currency),
                "broken_amount": None if broken is None else money_answer(broken, record.currency),
                "changed_at": last.happened_at if last else record.made_at,
                "withdrawn_by": last.done_by if last and state == "withdrawn" else None,
                "withdrawal_grounds": last.grounds if last else None,
            }
        )
    return answers
