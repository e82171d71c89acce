"""What the office shows of calls to sources, and how it is asked for."""

from marshmallow import fields

from api.web.fields import Line
from api.web.schemas import MoneySchema, PageQuery, Schema


class SourceCallSchema(Schema):
    """One call to a source. Times are real ones, also for a test seller."""

    id = fields.UUID(required=True)
    provider = fields.String(required=True, metadata={"example": "creditsafe"})
    operation = fields.String(required=True, metadata={"example": "report"})
    debtor_id = fields.UUID(required=True, allow_none=True)
    decision_id = fields.UUID(required=True, allow_none=True)
    started_at = fields.DateTime(required=True)
    seconds = fields.String(required=True, metadata={"description": "With its retries.", "example": "0.412"})
    outcome = fields.String(
        required=True,
        metadata={"description": "`ok`, `down`, `late`, `busy`, `refused`, `not_understood` or `failed`."},
    )
    status = fields.Integer(required=True, allow_none=True, metadata={"description": "HTTP status; null: no answer."})
    tries = fields.Integer(required=True, metadata={"description": "0: nothing was sent, by our own limits."})
    answer_bytes = fields.Integer(required=True)
    cost = fields.Nested(MoneySchema, required=True, allow_none=True)


class SourceCallsQuery(PageQuery):
    """Which calls."""

    provider = Line(50, load_default=None)
    debtor_id = fields.UUID(load_default=None)
    decision_id = fields.UUID(load_default=None)
    since = fields.AwareDateTime(load_default=None)


class SourceCostSchema(Schema):
    """What calls of one kind to one source cost in a month, in one currency or none."""

    month = fields.String(required=True, metadata={"description": "In your time zone.", "example": "2026-03"})
    provider = fields.String(required=True)
    operation = fields.String(required=True)
    calls = fields.Integer(required=True, metadata={"description": "That were sent, with failures."})
    failures = fields.Integer(required=True)
    cost = fields.Nested(
        MoneySchema, required=True, allow_none=True, metadata={"description": "Null: nothing was charged."}
    )


class SourceCostsQuery(PageQuery):
    """Which costs."""

    provider = Line(50, load_default=None)
