"""Calls to sources over HTTP: each one, and what they cost in a month, to hold a vendor's invoice against."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from api.administration.source_schemas import (
    SourceCallSchema,
    SourceCallsQuery,
    SourceCostSchema,
    SourceCostsQuery,
)
from api.records import source_calls
from api.records.source_calls import SourceCallRecord
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.money import money_or_none
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("sources", __name__, description="Calls to outside sources, and what they cost.")


@blueprint.route("/source-calls", methods=["GET"])
@permission("source_call.read")
@blueprint.arguments(SourceCallsQuery, location="query")
@blueprint.response(200, page_schema(SourceCallSchema))
@blueprint.doc(responses=CSV_TOO)
def list_source_calls(query: dict[str, Any]) -> Response:
    """List calls to sources, the newest first: of one source, about one debtor, for one decision, from a time on."""
    limit, after = query.pop("limit"), query.pop("after")
    with wiring().transaction() as session:
        page = page_of(session, source_calls.calls(**query), [SourceCallRecord.id], limit, after, newest_first=True)
        items = [_call(each) for each in page.items]
    return list_answer(SourceCallSchema, items, page.next)


@blueprint.route("/source-costs", methods=["GET"])
@permission("source_call.read")
@blueprint.arguments(SourceCostsQuery, location="query")
@blueprint.response(200, page_schema(SourceCostSchema))
@blueprint.doc(responses=CSV_TOO)
def list_source_costs(query: dict[str, Any]) -> Response:
    """List what calls cost by month, source, operation and currency, the newest month first."""
    given = wiring()
    with given.transaction() as session:
        sums, keys = source_calls.costs(given.seller.time_zone, query["provider"])
        page = page_of(session, sums, keys, query["limit"], query["after"], newest_first=True)
        items = [_sum(each) for each in page.items]
    return list_answer(SourceCostSchema, items, page.next)


def _call(record: SourceCallRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "provider": record.provider,
        "operation": record.operation,
        "debtor_id": record.debtor_id,
        "decision_id": record.decision_id,
        "started_at": record.started_at,
        "seconds": str(record.seconds),
        "outcome": record.outcome,
        "status": record.status,
        "tries": record.tries,
        "answer_bytes": record.answer_bytes,
        "cost": money_or_none(record.cost_amount, record.cost_currency or ""),
    }


def _sum(row: Sequence[Any]) -> dict[str, Any]:
    month, provider, operation, currency, calls, failures, cost = row
    return {
        "month": month,
        "provider": provider,
        "operation": operation,
        "calls": calls,
        "failures": failures,
        "cost": money_or_none(cost, currency),
    }
