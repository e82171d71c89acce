"""What the routes of webhooks take and show."""

from typing import Any

from marshmallow import fields, validates_schema
from marshmallow.validate import Length, OneOf

from api.records import webhook_deliveries
from api.records.event_types import EVENT_TYPES
from api.records.webhooks import REASONS, STATES
from api.web.faults import invalid
from api.web.fields import Line, Truth, WholeNumber
from api.web.schemas import PageQuery, Schema

TYPES_MAX = 100
OVERLAP_HOURS, OVERLAP_HOURS_MAX = 24, 24 * 14
TIME = {"example": "2026-01-31T17:00:00Z"}


class EventType(Line):
    """A versioned type of events, of those there are."""

    def __init__(self, **options: Any) -> None:
        super().__init__(100, **options)
        self.metadata = {"enum": sorted(EVENT_TYPES), "example": "order.held.v1", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if text not in EVENT_TYPES:
            raise invalid("not_an_event_type", "Must be a type of events with its version, such as order.held.v1.")
        return text


class EventTypes(fields.List[str]):
    """Types of events, each kept once however often it is named."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[str | None]:
        return list(dict.fromkeys(super()._deserialize(value, attr, data, **options)))


def types_field(**options: Any) -> EventTypes:
    """Make the field of the types of events that are wanted; null is all of them."""
    told = {"description": "Which types of events; null: all, also those that come later."}
    return EventTypes(EventType(), validate=Length(1, TYPES_MAX), allow_none=True, metadata=told, **options)


ADDRESS = {"description": "An https address that is reached in public.", "example": "https://erp.example.com/hook"}
ORDERED = {"description": "Of each debtor, the next event waits until the one before it is delivered or parked."}


class NewWebhookSchema(Schema):
    """A webhook to be made."""

    address = Line(2000, required=True, metadata=ADDRESS)
    types = types_field(load_default=None)
    description = Line(200, load_default=None, allow_none=True)
    ordered = Truth(load_default=False, metadata=ORDERED)


class WebhookChangeSchema(Schema):
    """What to change of a webhook; what is absent stays."""

    address = Line(2000, metadata=ADDRESS)
    types = types_field()
    description = Line(200, allow_none=True)
    ordered = Truth(metadata=ORDERED)
    state = fields.String(
        validate=OneOf(("active", "paused")),
        metadata={"description": "`active` takes it up again: by a person, where it stopped by itself."},
    )

    @validates_schema
    def check_not_empty(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a change of nothing."""
        if not data:
            raise invalid("empty", "Name what is to be changed.")


class WebhookSchema(Schema):
    """A webhook, without its secret."""

    id = fields.UUID(required=True)
    mode = fields.String(required=True, validate=OneOf(("live", "test")))
    address = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    types = fields.List(fields.String(), required=True, allow_none=True)
    ordered = fields.Boolean(required=True)
    state = fields.String(required=True, validate=OneOf(STATES))
    state_reason = fields.String(required=True, allow_none=True, validate=OneOf(REASONS))
    failing_since = fields.AwareDateTime(required=True, allow_none=True)
    resting_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Nothing is sent before: the receiver asked for that, by `Retry-After`."},
    )
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)


SECRET = {"description": "Shown this once; null when the request is repeated.", "example": "whsec_..."}


class MadeWebhookSchema(WebhookSchema):
    """A webhook that was just made."""

    secret = fields.String(required=True, allow_none=True, metadata=SECRET)


class RotationSchema(Schema):
    """How long the secret that counts now counts on beside the new one."""

    overlap_hours = WholeNumber(0, OVERLAP_HOURS_MAX, load_default=OVERLAP_HOURS)


class RotatedSchema(Schema):
    """The new secret."""

    webhook_id = fields.UUID(required=True)
    secret = fields.String(required=True, allow_none=True, metadata=SECRET)
    earlier_until = fields.AwareDateTime(required=True, metadata={"description": "Until then the one before counts."})


class TryOutSchema(Schema):
    """How the receiver took an event of the type `webhook.test.v1`."""

    event_id = fields.UUID(required=True)
    succeeded = fields.Boolean(required=True)
    status = fields.Integer(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    duration_ms = fields.Integer(required=True)


class DeliveriesQuery(PageQuery):
    """Which deliveries; what is absent does not matter."""

    state = fields.String(load_default=None, validate=OneOf(webhook_deliveries.STATES))
    event_type = EventType(load_default=None)
    event_id = fields.UUID(load_default=None)
    subject = fields.UUID(load_default=None, metadata={"description": "The debtor of the event, else the seller."})
    queued_since = fields.AwareDateTime(load_default=None, metadata=TIME)


class AttemptSchema(Schema):
    """One try: the status of the answer, or a word for why there was none."""

    attempted_at = fields.AwareDateTime(required=True)
    duration_ms = fields.Integer(required=True)
    status = fields.Integer(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class WebhookDeliverySchema(Schema):
    """An event's way to a webhook, in real time, whatever the seller's clock says."""

    id = fields.UUID(required=True)
    webhook_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    event_type = fields.String(required=True)
    subject = fields.UUID(required=True)
    state = fields.String(required=True, validate=OneOf(webhook_deliveries.STATES))
    queued_at = fields.AwareDateTime(required=True)
    next_attempt_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True)


class SinceSchema(Schema):
    """Which deliveries to send again: by one of the two."""

    parked_since = fields.AwareDateTime(metadata=TIME)
    ended_since = fields.AwareDateTime(
        metadata={**TIME, "description": "Also what was delivered since then, for a receiver that lost it."}
    )

    @validates_schema
    def check_one(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, and both: they would mean two things."""
        if len(data) != 1:
            raise invalid("needs_one", "Name either parked_since or ended_since.")


class SentAgainSchema(Schema):
    """How many parked deliveries are sent again."""

    count = fields.Integer(required=True)
