"""What a debtor looks like to callers: the documentation of `debtor_answer`."""

from typing import get_args

from marshmallow import fields, validate

from api.records.debtors import PHASES
from api.web.schemas import DebtorReferenceSchema, IdentifierSchema, Schema
from scoring.policy.grading import RiskClass

RISK_CLASSES = get_args(RiskClass)
CLASS = "Of its own limit, by which its orders are judged; without one, of its newest decision."


class DebtorSchema(Schema):
    """A debtor."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    country = fields.String(required=True)
    legal_form = fields.String(required=True, allow_none=True)
    is_natural_person = fields.Boolean(required=True, allow_none=True)
    phase = fields.String(required=True, validate=validate.OneOf(PHASES))
    risk_class = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(RISK_CLASSES), metadata={"description": CLASS}
    )
    parent_id = fields.UUID(required=True, allow_none=True)
    related_party = fields.Boolean(required=True)
    critical = fields.Boolean(required=True)
    account_owner = fields.String(required=True, allow_none=True)
    credit_owner = fields.String(required=True, allow_none=True)
    identifiers = fields.List(fields.Nested(IdentifierSchema), required=True)
    references = fields.List(fields.Nested(DebtorReferenceSchema), required=True)
    merged_into_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
