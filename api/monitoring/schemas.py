"""What the monitoring room takes and gives, as callers see it."""

from marshmallow import fields, validate

from api.records.alerts import SEVERITIES
from api.web.fields import Line, Person
from api.web.schemas import PageQuery, Schema


class AlertSchema(Schema):
    """What somebody must look at. `subject` names its one cause; `data` says more, by its kind."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"example": "statement_missing"})
    subject = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    debtor_id = fields.UUID(required=True, allow_none=True)
    account_owner = fields.String(
        required=True, allow_none=True, metadata={"description": "The debtor's sales person: to be told."}
    )
    credit_owner = fields.String(
        required=True, allow_none=True, metadata={"description": "The debtor's credit controller: to be told."}
    )
    data = fields.Dict(required=True)
    opened_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class AlertsQuery(PageQuery):
    """Which alerts; without `open`, those that ended too."""

    kind = Line(100, load_default=None)
    debtor_id = fields.UUID(load_default=None)
    open = fields.Boolean(load_default=None)
    owner = Person(load_default=None, metadata={"description": "E-mail of the account owner or credit owner."})
