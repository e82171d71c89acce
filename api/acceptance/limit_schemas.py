"""What limits take and give, as callers see them."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.acceptance.limit_fields import LimitField
from api.acceptance.limits import LimitRequest
from api.decision_schemas import CreditLimitSchema
from api.records.limits import SCOPES
from api.web.fields import Day, DayOrTime, Line
from api.web.schemas import PageQuery, Schema, page_schema

STANDINGS = ("standing", "temporary", "expired", "taken_back", "never_decided")


class LimitVersionSchema(Schema):
    """A version of a limit: of a debtor alone (`own`), or with all below it (`group`)."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    scope = fields.String(required=True, validate=validate.OneOf(SCOPES))
    is_temporary = fields.Boolean(required=True)
    limit = fields.Nested(CreditLimitSchema, required=True)
    risk_class = fields.String(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    next_review_on = fields.Date(required=True, allow_none=True)
    decided_by = fields.String(required=True, metadata={"description": "A person, or `machine`."})
    grounds = fields.String(metadata={"description": "For finance only."})
    decision_id = fields.UUID(required=True, allow_none=True)
    verdict_id = fields.UUID(required=True, allow_none=True)
    known_at = fields.AwareDateTime(required=True)


class LimitOnDaySchema(Schema):
    """How a limit stands on a day. What is not in force is no credit, and never unlimited."""

    standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    limit = fields.Nested(CreditLimitSchema, required=True)
    limit_id = fields.UUID(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)


class LimitsOnDaySchema(Schema):
    """Both limits of a debtor on a day."""

    own = fields.Nested(LimitOnDaySchema, required=True)
    group = fields.Nested(LimitOnDaySchema, required=True)


class LimitsPageSchema(page_schema(LimitVersionSchema)):  # type: ignore[misc]
    """The versions of a debtor's limits, the newest first, and what is in force on a day."""

    debtor_id = fields.UUID(required=True)
    as_of = fields.Date(required=True)
    known_at = fields.AwareDateTime(required=True, allow_none=True)
    in_force = fields.Nested(LimitsOnDaySchema, required=True)


class LimitsQuery(PageQuery):
    """As of which day, and as it was known when."""

    as_of = Day(load_default=None)
    known_at = DayOrTime(
        load_default=None,
        metadata={"description": "A time (RFC 3339), or a date: the end of that day in the seller's time zone."},
    )


class NewLimitSchema(Schema):
    """A new standing limit, which replaces the one before. Of kind `none` it takes the limit back."""

    scope = fields.String(validate=validate.OneOf(SCOPES), load_default="own")
    limit = LimitField("unlimited", "none", required=True)
    valid_from = Day(metadata={"description": "Without it, today."})
    valid_until = Day(metadata={"description": "Without it, by the policy."})
    grounds = Line(2000, required=True)

    @post_load
    def as_request(self, data: dict[str, Any], **_: Any) -> LimitRequest:
        """Give the value the service takes."""
        return LimitRequest(**data)


class NewTemporaryLimitSchema(NewLimitSchema):
    """A limit for some days, which replaces the standing one and then lapses by itself."""

    limit = LimitField("unlimited", required=True)
    valid_until = Day(required=True)

    @post_load
    def as_request(self, data: dict[str, Any], **_: Any) -> LimitRequest:
        """Give the value the service takes."""
        return LimitRequest(**data, is_temporary=True)
