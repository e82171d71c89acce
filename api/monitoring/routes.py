"""HTTP of the monitoring room: alerts."""

from typing import Any

from flask import Response

from api.monitoring.schemas import AlertSchema, AlertsQuery
from api.records import alerts
from api.records.alerts import AlertRecord
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("monitoring", __name__, description="Phase 3: has anything changed?")


@blueprint.route("/alerts", methods=["GET"])
@permission("alert.read")
@blueprint.arguments(AlertsQuery, location="query")
@blueprint.response(200, page_schema(AlertSchema))
@blueprint.doc(responses=CSV_TOO)
def list_alerts(query: dict[str, Any]) -> Response:
    """List alerts: open ones first, then those that ended, the newest of each first."""
    with wiring().transaction() as session:
        listed = alerts.listing(query["kind"], query["debtor_id"], query["open"], query["owner"])
        page = page_of(session, listed, alerts.LISTED_BY, query["limit"], query["after"], newest_first=True)
        return list_answer(AlertSchema, [_alert(*row) for row in page.items], page.next)


def _alert(record: AlertRecord, account_owner: str | None, credit_owner: str | None) -> dict[str, Any]:
    names = ("id", "kind", "subject", "severity", "debtor_id", "data", "opened_at", "ended_at")
    owners = {"account_owner": account_owner, "credit_owner": credit_owner}
    return {name: getattr(record, name) for name in names} | owners
