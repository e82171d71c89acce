"""What an event tells of as one would have got it by GET then: an order, an alert or a debtor, for an integration."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.alert_answer import STEP_TOLD, alert_body
from api.debtor_answer import debtor_body
from api.order_answer import order_body
from api.records import order_rows
from api.records.events import EventRecord
from api.records.sellers import Seller

# Whoever may read events may see at least as much of them.
ROLE = "integration"
# How an alert stands after what is told of it, whatever day it is when it is read.
STATES = {
    "alert.opened.v1": "open",
    "alert.raised.v1": "open",
    "alert.returned.v1": "open",
    "alert.acknowledged.v1": "acknowledged",
    "alert.snoozed.v1": "snoozed",
    "alert.ended.v1": "ended",
}
Judgements = Mapping[UUID, str]


def judgements_of(session: Session, told: Iterable[EventRecord]) -> Judgements:
    """Give what the bodies of many events need beside the events, in one statement or none: judgements of orders."""
    orders = [each.snapshot["order"] for each in told if each.snapshot is not None and "order" in each.snapshot]
    return order_rows.judgements(session, list({UUID(each["decision_id"]) for each in orders}))


def bodies_of(event: EventRecord, seller: Seller, judgements: Judgements) -> dict[str, Any]:
    """Give the body of what an event tells of, by its name; nothing where the event kept none."""
    return {name: _BODIES[name](row, event, seller, judgements) for name, row in (event.snapshot or {}).items()}


def _order(row: Mapping[str, Any], _event: EventRecord, seller: Seller, judgements: Judgements) -> dict[str, Any]:
    order = order_rows.of_snapshot(row)
    return order_body(order, judgements[order.decision_id], mode=seller.mode, role=ROLE, language="en")


def _alert(row: Mapping[str, Any], event: EventRecord, _seller: Seller, _: Judgements) -> dict[str, Any]:
    times = {name: _time(row[name]) for name in ("opened_at", "ended_at", "acknowledged_at", "changed_at")}
    history = [{name: each[name] for name in STEP_TOLD} for each in row["history"]]
    for each in history:
        each["happened_at"] = _time(each["happened_at"])
    shown = alert_body({**row, **times}, row["account_owner"], row["credit_owner"], state=STATES[event.type])
    return shown | {"history": history}


def _debtor(row: Mapping[str, Any], _event: EventRecord, _seller: Seller, _: Judgements) -> dict[str, Any]:
    # The database keeps names within a document in an order of its own.
    known_by = {
        "identifiers": [{name: each[name] for name in ("scheme", "country", "value")} for each in row["identifiers"]],
        "references": [{name: each[name] for name in ("system", "value")} for each in row["references"]],
    }
    times = {"created_at": _time(row["created_at"]), "changed_at": _time(row["changed_at"])}
    return debtor_body({**row, **known_by, **times})


def _time(text: str | None) -> datetime | None:
    """Read a time as the database writes it in JSON, so that it is written as everywhere."""
    return None if text is None else datetime.fromisoformat(text)


_BODIES: Mapping[str, Callable[[Mapping[str, Any], EventRecord, Seller, Judgements], dict[str, Any]]] = {
    "order": _order,
    "alert": _alert,
    "debtor": _debtor,
}
