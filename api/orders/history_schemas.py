"""What the routes of an order's history, decisions and lists take and give."""

from marshmallow import fields, validate

from api.decision_schemas import ReasonSchema
from api.orders.life_schemas import DeliverySchema, OrderVerdictSchema
from api.orders.schemas import HEADROOM, SEEN_BY_THE_BOOK
from api.records.decisions import OUTCOMES
from api.records.orders import ORDER_STATES
from api.web.fields import Line
from api.web.schemas import ChangedQuery, MoneySchema, Schema, SignedMoneySchema


class OrderDecisionSchema(Schema):
    """One judgement of the gate; `asked` says what was asked. Amounts are in the policy's currency."""

    id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    asked = fields.String(required=True)
    as_of = fields.Date(required=True)
    decided_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    prepayment_required = fields.Nested(MoneySchema, required=True, allow_none=True)
    policy_version = fields.Integer(required=True)
    engine_version = fields.String(required=True)
    asked_by = fields.String(required=True)
    actor = fields.String(required=True, allow_none=True)
    exposure_before = fields.Nested(SignedMoneySchema, metadata=SEEN_BY_THE_BOOK)
    exposure_after = fields.Nested(SignedMoneySchema, allow_none=True, metadata=SEEN_BY_THE_BOOK)
    headroom = fields.Nested(SignedMoneySchema, required=True, allow_none=True, metadata=HEADROOM)


class OrderReplaySchema(Schema):
    """A decision of the gate judged again from its own facts by its own policy and engine."""

    identical = fields.Boolean(required=True)
    decision_id = fields.UUID(required=True)
    policy_version = fields.Integer(required=True)
    policy_digest = fields.String(required=True)
    engine_version = fields.String(required=True)
    as_of = fields.Date(required=True)
    judgement_digest = fields.String(required=True)
    differences = fields.List(fields.String(), required=True)


class HistoryEntrySchema(Schema):
    """One thing that happened to an order. One of decision, delivery, release and data says more."""

    at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True)
    by = fields.String(required=True)
    actor = fields.String(required=True, allow_none=True)
    grounds = fields.String(required=True, allow_none=True)
    data = fields.Dict(required=True, allow_none=True)
    decision = fields.Nested(OrderDecisionSchema, required=True, allow_none=True)
    delivery = fields.Nested(DeliverySchema, required=True, allow_none=True)
    release = fields.Nested(OrderVerdictSchema, required=True, allow_none=True)


class OrderHistorySchema(Schema):
    """All that happened to an order, the first first."""

    items = fields.List(fields.Nested(HistoryEntrySchema), required=True)


class OrdersQuery(ChangedQuery):
    """Filters of the list of orders."""

    debtor_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(ORDER_STATES))
    outcome = fields.String(load_default=None, validate=validate.OneOf(OUTCOMES))
    order_reference = Line(100, load_default=None)
