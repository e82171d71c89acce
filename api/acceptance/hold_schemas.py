"""What holds and securities take and give, as callers see them."""

from typing import Any

from marshmallow import fields, post_load, validate, validates_schema

from api.acceptance.holds import HoldRequest
from api.acceptance.securities import SecurityRequest, faults_of_security
from api.records.holds import HOLD_KINDS
from api.records.limits import SCOPES
from api.records.securities import SECURITY_KINDS
from api.web.faults import raise_faults
from api.web.fields import Day, Line, Truth
from api.web.schemas import MoneySchema, PageQuery, Schema, told_whole

FINANCE_ONLY = {"description": "For finance only."}


class NewHoldSchema(Schema):
    """A hold: `account_on_hold` keeps new orders waiting, `stop_supply` also what was released."""

    kind = fields.String(required=True, validate=validate.OneOf(HOLD_KINDS))
    scope = fields.String(validate=validate.OneOf(SCOPES), load_default="own")
    grounds = Line(2000, required=True)
    ends_on = Day(metadata={"description": "Its last day; without it, until somebody ends it."})

    @post_load
    def as_request(self, data: dict[str, Any], **_: Any) -> HoldRequest:
        """Give the value the service takes."""
        return HoldRequest(**data)


class HoldSchema(Schema):
    """A hold of a debtor, or of scope `group` of it and all below it."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(HOLD_KINDS))
    scope = fields.String(required=True, validate=validate.OneOf(SCOPES))
    placed_by = fields.String(required=True)
    placed_at = fields.AwareDateTime(required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    ended_by = fields.String(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    in_force = fields.Boolean(required=True)
    grounds = fields.String(metadata=FINANCE_ONLY)
    end_grounds = fields.String(allow_none=True, metadata=FINANCE_ONLY)


class GroundsSchema(Schema):
    """Why."""

    grounds = Line(2000, required=True)


class OfDebtorQuery(PageQuery):
    """A page of what a debtor has."""


class NewSecuritySchema(Schema):
    """A security. With `raises_limit` its amount is added to the debtor's own limit while it is valid."""

    kind = fields.String(required=True, validate=validate.OneOf(SECURITY_KINDS))
    amount = fields.Nested(MoneySchema)
    raises_limit = Truth(load_default=False)
    guarantor_id = fields.UUID(metadata={"description": "The debtor that guarantees."})
    guarantor_name = Line(200, metadata={"description": "Who guarantees, where it is no debtor."})
    document_id = fields.UUID()
    valid_from = Day(metadata={"description": "Without it, today."})
    valid_until = Day()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_whole(self, data: dict[str, Any], sent: dict[str, Any], **_: Any) -> None:
        """Name with fields that were refused what the others contradict; else the service does, with what it finds."""
        told = told_whole(self, data, sent)
        if told is not None:
            raise_faults(faults_of_security(told, [name for name in sent if name not in told]))

    @post_load
    def as_request(self, data: dict[str, Any], **_: Any) -> SecurityRequest:
        """Give the value the service takes."""
        return SecurityRequest(**data)


class SecuritySchema(Schema):
    """A security, and whether it stands today."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(SECURITY_KINDS))
    amount = fields.Nested(MoneySchema, required=True, allow_none=True)
    raises_limit = fields.Boolean(required=True)
    guarantor_id = fields.UUID(required=True, allow_none=True)
    guarantor_name = fields.String(required=True, allow_none=True)
    document_id = fields.UUID(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    recorded_by = fields.String(required=True)
    known_at = fields.AwareDateTime(required=True)
    ended_by = fields.String(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    in_force = fields.Boolean(required=True)
