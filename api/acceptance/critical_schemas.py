"""What marks of critical debtors take and give, as callers see them."""

from marshmallow import fields

from api.web.fields import Line, Truth
from api.web.schemas import PageQuery, Schema


class NewCriticalMarkSchema(Schema):
    """Whether a debtor is critical, and why. The first-payment rule holds no order of one that is."""

    critical = Truth(required=True)
    grounds = Line(2000, required=True)


class CriticalMarkSchema(Schema):
    """A mark; the newest of a debtor counts."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    critical = fields.Boolean(required=True)
    grounds = fields.String(required=True)
    given_by = fields.String(required=True)
    given_at = fields.AwareDateTime(required=True)


class CriticalMarksQuery(PageQuery):
    """A page of a debtor's marks."""
