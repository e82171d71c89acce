"""Keeps what was bought as it came, in a transaction of its own, and only then reads it."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import structlog

from api.fresh_report.inquiry import Inquiry
from api.fresh_report.planning import Offer
from api.fresh_report.source import Cost
from api.records import held_orders, reports
from api.records.reports import CHEAP, LOST, NOT_JSON, Report, ReportRecord
from providers.errors import NotUnderstood
from providers.ports import Raw
from providers.stored_facts import as_document
from scoring.facts import SourceKind

_TEXT = "base64"  # The one name in what is kept of an answer that PostgreSQL cannot hold as JSON, or that is none.
_NUL = "\\u0000"

log = structlog.get_logger(__name__)


def keep_answer(inquiry: Inquiry, kind: SourceKind, offer: Offer, raw: Raw | None) -> Report:
    """Keep an answer (None: the source does not know the company), then read it; both are committed.

    What cannot be read stays, without facts and with its fault.
    """
    cost = None if raw is None else offer.cost
    report = _add(inquiry, kind, offer.provider, None if raw is None else _as_kept(raw), cost=cost)
    return report if raw is None else _read(inquiry, report, raw)


def keep_body(inquiry: Inquiry, kind: SourceKind, offer: Offer, body: bytes) -> Report:
    """Keep what was paid for and is not even a document."""
    kept = {_TEXT: b64encode(body).decode()}
    return _add(inquiry, kind, offer.provider, kept, cost=offer.cost, fault=NOT_JSON)


def keep_loss(inquiry: Inquiry, kind: SourceKind, provider: str, cost: Cost | None) -> Report:
    """Keep that a report was ordered which nobody has got, and what it probably cost."""
    return _add(inquiry, kind, provider, None, cost=cost, fault=LOST)


def read_again(inquiry: Inquiry, report: Report) -> Report:
    """Read a stored answer that could not be read before: our mapping may have been mended."""
    with inquiry.transaction() as session:
        kept = reports.raw_of(session, report.id)
    raw = None if kept is None else as_came(kept)
    return report if raw is None else _read(inquiry, report, raw)


def _add(
    inquiry: Inquiry, kind: SourceKind, provider: str, raw: Any, *, cost: Cost | None, fault: str | None = None
) -> Report:
    record = ReportRecord(
        debtor_id=inquiry.debtor_id,
        kind=kind,
        provider=provider,
        retrieved_at=inquiry.now,
        raw=raw,
        facts=None,
        fault=fault,
        cost_amount=None if cost is None else cost[0],
        cost_currency=None if cost is None else cost[1],
        purpose=inquiry.purpose,
        relation=inquiry.relation,
    )
    with inquiry.transaction() as session:
        session.add(record)
    is_known, is_cheap = raw is not None or fault is not None, cost is not None and cost[0] < Decimal(CHEAP)
    return Report(record.id, kind, provider, record.retrieved_at, None, is_known, is_cheap, fault)


def _read(inquiry: Inquiry, report: Report, raw: Raw) -> Report:
    kind = cast(SourceKind, report.kind)
    facts, fault = None, None
    try:
        told = inquiry.house.catalog.facts(kind, report.provider, raw, inquiry.about(report.retrieved_at))
        facts = as_document(told)
        if _NUL in json.dumps(facts):
            raise NotUnderstood(report.provider, "a text has a character that is none")
    except NotUnderstood as error:
        log.warning("report_not_understood", provider=report.provider, kind=kind, detail=error.detail)
        facts, fault = None, error.code
    with inquiry.transaction() as session:
        reports.keep_reading(session, report.id, facts, fault)
        # What the register or a list tells now may cure an order that waits.
        held_orders.look_again(session, [inquiry.debtor_id])
    return replace(report, facts=facts, fault=fault)


def _as_kept(raw: Raw) -> dict[str, Any]:
    """Give an answer as PostgreSQL can hold it: some JSON is none to it (a NUL in a text, a number that is none)."""
    try:
        text = json.dumps(raw, allow_nan=False)
        if _NUL not in text:
            return raw
    except ValueError:
        text = json.dumps(raw)
    return {_TEXT: b64encode(text.encode()).decode()}


def as_came(kept: dict[str, Any]) -> Raw | None:
    """Give an answer as the source gave it; None where that was no document."""
    if kept.keys() != {_TEXT}:
        return kept
    try:
        raw = json.loads(b64decode(kept[_TEXT]))
    except ValueError:
        return None
    return raw if isinstance(raw, dict) else None
