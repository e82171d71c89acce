"""What the monitoring room takes and gives, as callers see it."""

from marshmallow import fields, validate

from api.records.alert_handling import ALERT_STATES
from api.records.alert_steps import STEPS
from api.records.alerts import SEVERITIES
from api.web.fields import Day, Line, Person
from api.web.schemas import ChangedQuery, Schema
from scoring.monitoring.kinds import KINDS


class AlertSchema(Schema):
    """What somebody must look at. `subject` names its one cause; `data` says more, by its kind."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"example": "statement_missing"})
    subject = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    state = fields.String(required=True, validate=validate.OneOf(ALERT_STATES))
    debtor_id = fields.UUID(required=True, allow_none=True)
    for_role = fields.String(
        required=True,
        validate=validate.OneOf(("sales", "finance")),
        metadata={"description": "Whose it is: of `sales` the debtor's account owner, else its credit owner."},
    )
    owner = fields.String(
        required=True, allow_none=True, metadata={"description": "Who must act; null where the debtor names nobody."}
    )
    account_owner = fields.String(
        required=True, allow_none=True, metadata={"description": "The debtor's sales person: to be told."}
    )
    credit_owner = fields.String(
        required=True, allow_none=True, metadata={"description": "The debtor's credit controller: to be told."}
    )
    data = fields.Dict(required=True)
    due_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "The last day to act; null where none is set."}
    )
    opened_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)
    snoozed_until = fields.Date(
        required=True, allow_none=True, metadata={"description": "Its last day; then the alert comes back."}
    )
    changed_at = fields.AwareDateTime(required=True)


class AlertStepSchema(Schema):
    """One thing that happened to an alert: raised or returned by itself, acknowledged or snoozed by a person."""

    kind = fields.String(required=True, validate=validate.OneOf(STEPS))
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    until_on = fields.Date(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    done_by = fields.String(required=True)
    happened_at = fields.AwareDateTime(required=True)


class WholeAlertSchema(AlertSchema):
    """An alert with all that happened to it since it was opened, oldest first."""

    history = fields.List(fields.Nested(AlertStepSchema), required=True)


class AlertsQuery(ChangedQuery):
    """Which alerts; without `open` or `state`, those that ended too."""

    kind = fields.String(load_default=None, validate=validate.OneOf(sorted(KINDS)))
    debtor_id = fields.UUID(load_default=None)
    open = fields.Boolean(
        load_default=None, metadata={"description": "Not ended: open, acknowledged and snoozed ones."}
    )
    state = fields.String(load_default=None, validate=validate.OneOf(ALERT_STATES))
    severity = fields.String(load_default=None, validate=validate.OneOf(SEVERITIES))
    owner = Person(load_default=None, metadata={"description": "E-mail of the account owner or credit owner."})


class AcknowledgementSchema(Schema):
    """That a person has taken note of an alert."""

    note = Line(2000, load_default=None)


class SnoozeSchema(Schema):
    """Until when an alert need not be seen; it comes back earlier where it gets graver."""

    until_on = Day(required=True, metadata={"description": "The last day of it: today or later, at most 366 days on."})
    note = Line(2000, load_default=None)
