"""What moving a clock takes and shows."""

from marshmallow import fields, validate

from api.administration.clock import DAYS_AT_ONCE_MAX
from api.web.fields import Day, WholeNumber
from api.web.schemas import Schema

FAR = 10**9  # What is too far or backwards is said with all other faults, and not here.
STATES = ("queued", "running")


class ClockMoveRequest(Schema):
    """How far to move the clock: `forward_days` or `to`, and not both."""

    forward_days = WholeNumber(
        -FAR,
        FAR,
        load_default=None,
        metadata={"minimum": 1, "maximum": DAYS_AT_ONCE_MAX, "example": 30, "description": "By how many days."},
    )
    to = Day(load_default=None, metadata={"example": "2026-03-01", "description": "To which day, later than today."})


class ClockMoveSchema(Schema):
    """The job that moves the clock, to be followed at `/v1/jobs/{id}`."""

    job_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)


class DaysDoneSchema(Schema):
    """How many days are done, of how many."""

    done = fields.Integer(required=True)
    total = fields.Integer(required=True)


class ClockMoveGoingOnSchema(ClockMoveSchema):
    """A move that waits or goes on."""

    progress = fields.Nested(DaysDoneSchema, required=True)


class SellerClockSchema(Schema):
    """What time it is for a test seller, and what moves its clock on; null: nothing does."""

    now = fields.AwareDateTime(required=True)
    today = fields.Date(required=True, metadata={"description": "In the seller's time zone."})
    time_zone = fields.String(required=True, metadata={"example": "Europe/Amsterdam"})
    move = fields.Nested(ClockMoveGoingOnSchema, required=True, allow_none=True)
