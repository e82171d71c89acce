"""HTTP of watching: runs, who is watched where, and what sources told of."""

from typing import Any

from flask import Response

from api.job_asking import enqueue_alone
from api.monitoring.jobs import KIND
from api.monitoring.run_schemas import (
    RunSchema,
    SourceChangeSchema,
    SourceChangesQuery,
    WatchesQuery,
    WatchSchema,
)
from api.records import source_changes, watches
from api.records.source_changes import SourceChangeRecord
from api.records.watches import WatchRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("watching", __name__, description="Companies watched at sources, and what changed.")


@blueprint.route("/monitoring-runs", methods=["POST"])
@permission("monitoring.run")
@blueprint.response(202, RunSchema)
def begin_monitoring_run() -> Response:
    """Have sources asked what changed, and who changed looked at. While a run waits or runs, it is that one."""
    return bytes_answer(enqueue_alone(wiring(), KIND), 202)


@blueprint.route("/watches", methods=["GET"])
@permission("watch.read")
@blueprint.arguments(WatchesQuery, location="query")
@blueprint.response(200, page_schema(WatchSchema))
def list_watches(query: dict[str, Any]) -> Response:
    """List who is watched at which source, by debtor."""
    with wiring().transaction() as session:
        listed = watches.listing(query["provider"], query["debtor_id"], query["state"])
        keys = [WatchRecord.debtor_id, WatchRecord.provider]
        page = page_of(session, listed, keys, query["limit"], query["after"])
        return json_answer({"items": [_watch(each) for each in page.items], "next": page.next})


@blueprint.route("/source-changes", methods=["GET"])
@permission("watch.read")
@blueprint.arguments(SourceChangesQuery, location="query")
@blueprint.response(200, page_schema(SourceChangeSchema))
def list_source_changes(query: dict[str, Any]) -> Response:
    """List what sources told of, the newest known first."""
    limit, after = query.pop("limit"), query.pop("after")
    with wiring().transaction() as session:
        listed = source_changes.listing(**query)
        page = page_of(session, listed, [SourceChangeRecord.id], limit, after, newest_first=True)
        return json_answer({"items": [_change(each) for each in page.items], "next": page.next})


def _watch(record: WatchRecord) -> dict[str, Any]:
    shown = {name: getattr(record, name) for name in ("debtor_id", "provider", "state", "fault", "since")}
    number = {"scheme": record.scheme, "country": record.country, "value": record.value}
    return shown | {"number": None if record.value is None else number}


def _change(record: SourceChangeRecord) -> dict[str, Any]:
    shown = {name: getattr(record, name) for name in ("id", "debtor_id", "provider", "kind", "changed_at", "known_at")}
    return shown | {"old": record.old_value, "new": record.new_value}
