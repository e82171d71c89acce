"""HTTP of the events room: the feed, one event, and how a job stands."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate, validates

from api.events.bodies import judgements_of
from api.events.cloud_events import cloud_event
from api.events.webhook_schemas import TYPES_MAX
from api.problems import NotFound
from api.records import events, jobs
from api.records.event_types import EVENT_TYPES
from api.records.events import FeedEntryRecord
from api.records.jobs import JobRecord
from api.web.answers import json_answer
from api.web.blueprint import Blueprint
from api.web.faults import invalid
from api.web.fields import Line
from api.web.paging import cursor_of, page_of
from api.web.permissions import is_allowed, permission
from api.web.schemas import PageQuery, Schema, page_schema
from api.wiring import wiring

# Kinds of jobs whose results are not for everybody who may ask for a job.
PERMISSION_OF_KIND = {
    "cover_request": "cover.read",
    "monitoring_run": "watch.read",
    "notice": "notice.read",
    "rescoring": "policy.read",
    "sanctions_screening": "sanctions.read",
}

blueprint = Blueprint("events", __name__, description="What happened, for others.")


class EventSchema(Schema):
    """One event, as a CloudEvent 1.0; `sequence` counts per subject, without gaps."""

    specversion = fields.String(required=True)
    id = fields.UUID(required=True)
    type = fields.String(required=True)
    source = fields.String(required=True)
    subject = fields.UUID(required=True)
    time = fields.AwareDateTime(required=True)
    sequence = fields.Integer(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(("live", "test")))
    data = fields.Dict(required=True)


class FeedQuery(PageQuery):
    """Which events."""

    types = Line(
        4000,
        load_default=None,
        metadata={"description": "Types, separated by commas; absent: all.", "example": "order.held.v1"},
    )

    @validates("types")
    def check_types(self, value: str | None, **_: Any) -> None:
        """Refuse what is no list of types."""
        told = [] if value is None else value.split(",")
        if len(told) > TYPES_MAX or any(each not in EVENT_TYPES for each in told):
            raise invalid("not_an_event_type", "Must be types of events with their versions, separated by commas.")


class ProgressSchema(Schema):
    """How far a job is; `total` is null while nobody knows."""

    done = fields.Integer(required=True)
    total = fields.Integer(required=True, allow_none=True)


class JobSchema(Schema):
    """Work that goes on while nobody waits."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("queued", "running", "succeeded", "failed")))
    progress = fields.Nested(ProgressSchema, required=True)
    result = fields.Dict(required=True, allow_none=True)
    errors = fields.List(fields.Dict(), required=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


@blueprint.route("/events", methods=["GET"])
@permission("event.read")
@blueprint.arguments(FeedQuery, location="query")
@blueprint.response(200, page_schema(EventSchema))
def read_feed(query: dict[str, Any]) -> Response:
    """Read the feed from the start, or after a cursor. `next` is where to go on, also at the end."""
    given = wiring()
    with given.transaction() as session:
        keys = [FeedEntryRecord.position]
        types = query["types"] and query["types"].split(",")
        page = page_of(session, events.feed(types), keys, query["limit"], query["after"])
        judgements = judgements_of(session, [event for event, _ in page.items])
    after = cursor_of([page.items[-1][1]]) if page.items else query["after"]
    items = [cloud_event(event, given.seller, judgements) for event, _ in page.items]
    return json_answer({"items": items, "next": after})


@blueprint.route("/events/<uuid:event_id>", methods=["GET"])
@permission("event.read")
@blueprint.response(200, EventSchema)
def show_event(event_id: UUID) -> Response:
    """Show one event, as it stands in the feed and is sent to webhooks."""
    given = wiring()
    with given.transaction() as session:
        event = events.get_told(session, event_id)
        if event is None:
            raise NotFound("There is no such event.")
        judgements = judgements_of(session, [event])
    return json_answer(cloud_event(event, given.seller, judgements))


@blueprint.route("/jobs/<uuid:job_id>", methods=["GET"])
@permission("job.read")
@blueprint.response(200, JobSchema)
@blueprint.alt_response(404)
def show_job(job_id: UUID) -> Response:
    """Show how a job stands. One whose result tells more than the caller may see is not there for him."""
    given = wiring()
    with given.transaction() as session:
        job = jobs.get(session, job_id)
        if job is None or not is_allowed(given.caller.role, PERMISSION_OF_KIND.get(job.kind, "job.read")):
            raise NotFound("There is no such job.")
        return json_answer(_job(job))


def _job(job: JobRecord) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": {"done": job.progress_done, "total": job.progress_total},
        "result": job.result,
        "errors": job.errors,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
