"""What the page of overrides takes and gives, as callers see it."""

from marshmallow import fields, validate

from api.decision_schemas import CreditLimitSchema
from api.records.decisions import OUTCOMES
from api.records.orders import ORDER_STATES
from api.records.overrides import DIFFERING, KINDS
from api.records.verdicts import VERDICTS
from api.web.fields import Day, Line
from api.web.schemas import MoneySchema, PageQuery, Schema, SignedMoneySchema, page_schema


class MachineSaidSchema(Schema):
    """The machine's decision. Where it referred, `would_have` and `limit` are what its rules alone would have said."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    would_have = fields.String(required=True, allow_none=True, validate=validate.OneOf((*OUTCOMES, None)))
    limit = fields.Nested(CreditLimitSchema, required=True, allow_none=True)
    risk_class = fields.String(required=True, allow_none=True)
    prepayment_required = fields.Nested(
        MoneySchema, required=True, allow_none=True, metadata={"description": "Of an order."}
    )


class PersonSaidSchema(Schema):
    """The person's verdict. A limit of kind `none` was not named."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    limit = fields.Nested(CreditLimitSchema, required=True)
    risk_class = fields.String(required=True, allow_none=True)
    given_by = fields.String(required=True)
    seconded_by = fields.String(required=True, allow_none=True)
    given_at = fields.AwareDateTime(required=True)
    grounds = fields.String(required=True)


class BecameSchema(Schema):
    """What the ledger says of invoices since the verdict, in one currency."""

    currency = fields.String(required=True)
    invoiced = fields.Nested(MoneySchema, required=True)
    worst_days_late = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of those paid or due; null: none was due yet."}
    )
    overdue = fields.Nested(MoneySchema, required=True, metadata={"description": "Open today and past its due day."})


class BecameOfOrderSchema(Schema):
    """An order as it is now."""

    order_reference = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(ORDER_STATES))
    amount = fields.Nested(MoneySchema, required=True)
    delivered_amount = fields.Nested(MoneySchema, required=True)
    invoiced_amount = fields.Nested(MoneySchema, required=True)


class BecameOfItSchema(Schema):
    """What became of it. Whether anything was written off is not recorded: null, and why."""

    by_currency = fields.List(fields.Nested(BecameSchema), required=True)
    exposure = fields.List(fields.Nested(SignedMoneySchema), required=True)
    order = fields.Nested(BecameOfOrderSchema, required=True, allow_none=True)
    written_off = fields.Nested(MoneySchema, required=True, allow_none=True)
    written_off_why = fields.String(required=True, allow_none=True)


class OverrideSchema(Schema):
    """A verdict that differs from the machine's decision, on an application or, as its release, on an order."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    verdict_id = fields.UUID(required=True)
    application_id = fields.UUID(required=True, allow_none=True)
    order_id = fields.UUID(required=True, allow_none=True)
    debtor_id = fields.UUID(required=True)
    decision_id = fields.UUID(required=True)
    direction = fields.String(required=True, validate=validate.OneOf(DIFFERING))
    machine = fields.Nested(MachineSaidSchema, required=True)
    person = fields.Nested(PersonSaidSchema, required=True)
    since = fields.Nested(BecameOfItSchema, required=True)


class OverrideCountsSchema(Schema):
    """How often: `decisions` of the machine on applications, `verdicts` of persons, and how these differ."""

    decisions = fields.Integer(required=True)
    verdicts = fields.Integer(required=True)
    overrides = fields.Integer(required=True)
    same = fields.Integer(required=True)
    more_credit = fields.Integer(required=True)
    less_credit = fields.Integer(required=True)
    machine_silent = fields.Integer(
        required=True, metadata={"description": "The machine had no grade to give an answer by."}
    )


class OverridesPageSchema(page_schema(OverrideSchema)):  # type: ignore[misc]
    """Overrides, the newest first, and how often persons differ from the machine."""

    since = fields.Date(required=True, allow_none=True)
    counts = fields.Nested(OverrideCountsSchema, required=True)


class OverridesQuery(PageQuery):
    """Since which day, by whom, and on what."""

    since = Day(load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    by = Line(254, load_default=None, metadata={"description": "The person's e-mail."})
