"""What the management room takes and gives of promises, as callers see it."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.management.promises import ITEMS_MAX, PromiseRequest
from api.records.promises import CHANNELS
from api.web.fields import Day, Line
from api.web.schemas import ChangedQuery, MoneySchema, Schema
from scoring.promises import PROMISE_STATES


class NewPromiseSchema(Schema):
    """What a debtor promised to pay."""

    amount = fields.Nested(MoneySchema, required=True)
    promised_on = Day(
        required=True,
        metadata={"description": "The day on which the money is to come: today or later, at most 365 days on."},
    )
    promised_by = Line(200, required=True, metadata={"description": "The person who promised.", "example": "J. Smit"})
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    note = Line(2000, load_default=None)
    insurer_consent = Line(
        2000, load_default=None, metadata={"description": "How the insurer agreed to a day after cover has stopped."}
    )
    invoice_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=ITEMS_MAX),
        metadata={"description": "Invoices of the same debtor that it is for as well."},
    )

    @post_load
    def as_request(self, data: dict[str, Any], **_: Any) -> PromiseRequest:
        """Give the value the service takes."""
        return PromiseRequest(**{**data, "invoice_ids": tuple(data["invoice_ids"])})


class PromiseSchema(Schema):
    """A promise to pay, and what came of it."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    invoice_ids = fields.List(fields.UUID(), required=True)
    amount = fields.Nested(MoneySchema, required=True)
    promised_on = fields.Date(required=True)
    last_on = fields.Date(required=True, metadata={"description": "Until when money for it is in time."})
    promised_by = fields.String(required=True)
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    note = fields.String(required=True, allow_none=True)
    insurer_consent = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(PROMISE_STATES))
    booked_amount = fields.Nested(
        MoneySchema, required=True, metadata={"description": "How much of it was booked in time."}
    )
    broken_amount = fields.Nested(
        MoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": "How much of it was not, once it is broken."},
    )
    made_by = fields.String(required=True)
    actor = fields.String(
        required=True, allow_none=True, metadata={"description": "Whom the caller said it acts for; not verified."}
    )
    made_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
    withdrawn_by = fields.String(required=True, allow_none=True)
    withdrawal_grounds = fields.String(required=True, allow_none=True)


class PromisesQuery(ChangedQuery):
    """Which promises."""

    debtor_id = fields.UUID(load_default=None)
    invoice_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(PROMISE_STATES))
    due_by = Day(load_default=None, metadata={"description": "Promised for this day or an earlier one."})


class WithdrawalOfPromiseSchema(Schema):
    """Why a promise is taken back."""

    grounds = Line(2000, required=True)
