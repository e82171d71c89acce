"""What finance's desk and the page of overrides take and give, as callers see them."""

from marshmallow import fields, validate

from api.decision_schemas import CreditLimitSchema
from api.records.referrals import KINDS
from api.web.fields import Line, Person
from api.web.schemas import PageQuery, Schema


class ReferralReasonSchema(Schema):
    """Why: a code, and its text."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class ReferralSchema(Schema):
    """What waits for a person: an application, or a held order."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    debtor_name = fields.String(required=True, allow_none=True)
    credit_owner = fields.String(required=True, allow_none=True)
    amount = fields.Nested(CreditLimitSchema, required=True)
    risk_class = fields.String(
        required=True, allow_none=True, metadata={"description": "Null where nothing gave one; orders have none."}
    )
    reasons = fields.List(fields.Nested(ReferralReasonSchema), required=True)
    owner = fields.String(required=True, allow_none=True, metadata={"description": "Who took it; null: nobody."})
    due_at = fields.AwareDateTime(required=True)
    overdue = fields.Boolean(required=True)
    needs_second = fields.Boolean(
        required=True, metadata={"description": "A verdict was given and waits for a second person."}
    )


class ReferralsQuery(PageQuery):
    """Filters of the desk."""

    kind = fields.String(validate=validate.OneOf(KINDS), load_default=None)
    debtor_id = fields.UUID(load_default=None)
    owner = Person(load_default=None, metadata={"description": "E-mail of who took it."})
    overdue = fields.Boolean(load_default=False, metadata={"description": "Only what is past its deadline."})


class TakeSchema(Schema):
    """Taking a referral, or giving it back; on what another person took, with grounds."""

    grounds = Line(2000, load_default=None)
