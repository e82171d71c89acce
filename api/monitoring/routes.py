"""HTTP of the monitoring room: alerts."""

from typing import Any
from uuid import UUID

from flask import Response

from api.known_time import since
from api.monitoring.answers import alert_answer
from api.monitoring.handling import acknowledge, kinds_shown, read, snooze
from api.monitoring.schemas import AcknowledgementSchema, AlertSchema, AlertsQuery, SnoozeSchema, WholeAlertSchema
from api.records import alert_handling
from api.records.alert_handling import Wanted
from api.web.answers import bytes_answer, json_answer
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
    """List alerts: those that are not over first, then those that ended, the newest of each first.

    Sales sees those that are for sales.
    """
    given = wiring()
    wanted = Wanted(
        kind=query["kind"],
        kinds=kinds_shown(given.caller.role),
        debtor_id=query["debtor_id"],
        is_open=query["open"],
        state=query["state"],
        severity=query["severity"],
        owner=query["owner"],
        changed_since=since(query["changed_since"], given),
    )
    with given.transaction() as session:
        listed = alert_handling.listing(wanted, given.today)
        keys = alert_handling.LISTED_BY
        page = page_of(session, listed, keys, query["limit"], query["after"], newest_first=True)
        return list_answer(AlertSchema, [alert_answer(*each, today=given.today) for each in page.items], page.next)


@blueprint.route("/alerts/<uuid:alert_id>", methods=["GET"])
@permission("alert.read")
@blueprint.response(200, WholeAlertSchema)
@blueprint.alt_response(404)
def read_alert(alert_id: UUID) -> Response:
    """Read an alert, with who did what about it and when."""
    return json_answer(read(alert_id, wiring()))


@blueprint.route("/alerts/<uuid:alert_id>/acknowledgements", methods=["POST"])
@permission("alert.handle")
@blueprint.arguments(AcknowledgementSchema, required=False)
@blueprint.response(201, WholeAlertSchema)
def create_acknowledgement(data: dict[str, Any], alert_id: UUID) -> Response:
    """Take note of an alert; only a person may. It stands open again where it gets graver."""
    return bytes_answer(acknowledge(alert_id, data["note"], wiring()), 201)


@blueprint.route("/alerts/<uuid:alert_id>/snoozes", methods=["POST"])
@permission("alert.handle")
@blueprint.arguments(SnoozeSchema)
@blueprint.response(201, WholeAlertSchema)
def create_snooze(data: dict[str, Any], alert_id: UUID) -> Response:
    """Put an alert off to the end of a day; only a person may. It comes back earlier where it gets graver."""
    return bytes_answer(snooze(alert_id, data["until_on"], data["note"], wiring()), 201)
