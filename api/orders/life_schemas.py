"""What the routes of an order's life take and give: changes, renewals, deliveries, cancellations, releases."""

from datetime import date
from typing import Any

from marshmallow import fields, post_load, validate, validates_schema

from api.decision_schemas import ReasonSchema
from api.orders.delivering import NewDelivery
from api.orders.releasing import NewRelease
from api.orders.schemas import (
    CALL_OFFS_MAX,
    HEADROOM,
    SEEN_BY_THE_BOOK,
    CallOffSchema,
    OrderSchema,
    QuotedReference,
    call_offs_of,
)
from api.records.decisions import OUTCOMES
from api.web.faults import invalid
from api.web.fields import Day, Line
from api.web.schemas import MoneySchema, Schema, SignedMoneySchema
from scoring.money import Money

GROUNDS_MAX = 2000
NOT_FOR_SALES = {"description": "For finance only."}


class OrderChangeSchema(Schema):
    """What is to be otherwise; what is left out stays. A delivery day replaces call-offs, and they replace it."""

    amount = fields.Nested(MoneySchema, metadata={"description": "Including VAT; above zero."})
    vat_amount = fields.Nested(MoneySchema, allow_none=True)
    delivery_on: fields.Field[date] = Day(allow_none=True)
    call_offs = fields.List(
        fields.Nested(CallOffSchema), allow_none=True, validate=validate.Length(min=1, max=CALL_OFFS_MAX)
    )
    prepayment_reference = QuotedReference(allow_none=True)

    @validates_schema
    def check_content(self, data: dict[str, Any], **_: Any) -> None:
        """Something is to change, above zero, in one currency, each day once."""
        if not data:
            raise invalid("required", "Say what is to change.", "amount")
        money, parts = data.get("amount"), data.get("call_offs")
        if money is not None and money.amount <= 0:
            raise invalid("amount_not_positive", "Must be above zero; else cancel the order.", "amount")
        if parts and data.get("delivery_on") is not None:
            raise invalid("delivery_twice", "Give either delivery_on or call_offs.", "call_offs")
        if len({part["delivery_on"] for part in parts or ()}) < len(parts or ()):
            raise invalid("repeated", "Each day may be named once.", "call_offs")
        if any(part["amount"].amount <= 0 for part in parts or ()):
            raise invalid("amount_not_positive", "Each must be above zero.", "call_offs")
        if len(_currencies(data)) > 1:
            raise invalid("another_currency", "All amounts must be in the currency of the order.", "amount")

    @post_load
    def as_sent(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what was sent, call-offs as they are kept, with the one currency of it all."""
        currency = next(iter(_currencies(data)), None)
        if "call_offs" in data:
            data = data | {"call_offs": call_offs_of(data["call_offs"])}
        return data | {"currency": currency}


def _currencies(data: dict[str, Any]) -> set[str]:
    amounts = [data.get("amount"), data.get("vat_amount"), *(part["amount"] for part in data.get("call_offs") or ())]
    return {each.currency for each in amounts if isinstance(each, Money)}


class MovedSchema(Schema):
    """What became of a wish. Where nobody had to be asked, `outcome` is null.

    `prepayment_required` is what must be prepaid for it to be applied, beside what the order asks already.
    """

    applied = fields.Boolean(required=True)
    outcome = fields.String(required=True, allow_none=True, validate=validate.OneOf((*OUTCOMES, None)))
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    prepayment_required = fields.Nested(MoneySchema, required=True, allow_none=True)
    decision_id = fields.UUID(required=True, allow_none=True)
    order = fields.Nested(OrderSchema, required=True)
    exposure_before = fields.Nested(SignedMoneySchema, metadata=SEEN_BY_THE_BOOK)
    exposure_after = fields.Nested(SignedMoneySchema, allow_none=True, metadata=SEEN_BY_THE_BOOK)
    headroom = fields.Nested(SignedMoneySchema, allow_none=True, metadata=HEADROOM)


class RenewalSchema(Schema):
    """An order asked again, on another day where one is named."""

    delivery_on: fields.Field[date] = Day(load_default=None)


class CancellationSchema(Schema):
    """Why it is cancelled, where somebody says so."""

    grounds = Line(GROUNDS_MAX, load_default=None)


class DeliveryPreviewSchema(Schema):
    """A delivery that is about to leave: of an amount, or `rest`: all that is left."""

    amount = fields.Nested(MoneySchema, load_default=None, metadata={"description": "Including VAT; above zero."})
    rest = fields.Boolean(load_default=False, metadata={"description": "All that is left; instead of amount."})

    @validates_schema
    def check_amount(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two, above zero."""
        money = data.get("amount")
        if (money is None) == (not data.get("rest")):
            raise invalid("required", "Give either amount or rest: true.", "amount")
        if money is not None and money.amount <= 0:
            raise invalid("amount_not_positive", "Must be above zero.", "amount")


class NewDeliverySchema(DeliveryPreviewSchema):
    """A delivery that has left. Its reference is unique within the order."""

    delivery_reference = Line(100, required=True)
    delivered_on: fields.Field[date] = Day(required=True)
    document_id = fields.UUID(load_default=None, metadata={"description": "A stored paper, such as the note signed."})

    @post_load
    def as_delivery(self, data: dict[str, Any], **_: Any) -> NewDelivery:
        """Give the value the service takes."""
        return NewDelivery(data["delivery_reference"], data["delivered_on"], data["amount"], data["document_id"])


class DeliverySchema(Schema):
    """A delivery that was booked; where it went past the gate, why it should not have left."""

    id = fields.UUID(required=True)
    delivery_reference = fields.String(required=True)
    delivered_on = fields.Date(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    document_id = fields.UUID(required=True, allow_none=True)
    passed_the_gate = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    booked_by = fields.String(required=True)
    booked_at = fields.AwareDateTime(required=True)


class BookedDeliverySchema(DeliverySchema):
    """A delivery with its order as it is then."""

    order = fields.Nested(OrderSchema, required=True)


class MayDeliverSchema(Schema):
    """Whether a delivery may leave now."""

    may_deliver = fields.Boolean(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    order = fields.Nested(OrderSchema, required=True)


class NewReleaseSchema(Schema):
    """A person's release of a held order: on which grounds, and through which day it may be delivered."""

    grounds = Line(GROUNDS_MAX, required=True)
    until: fields.Field[date] = Day(
        load_default=None, metadata={"description": "The last day; what is not delivered then is held again."}
    )

    @post_load
    def as_release(self, data: dict[str, Any], **_: Any) -> NewRelease:
        """Give the value the service takes."""
        return NewRelease(data["grounds"], data["until"])


class ReleaseApprovalSchema(Schema):
    """What a second person says of a release."""

    approved = fields.Boolean(required=True)
    grounds = Line(GROUNDS_MAX, required=True)


class GivenApprovalSchema(ReleaseApprovalSchema):
    """What a second person said, and when."""

    given_by = fields.String(required=True)
    role = fields.String(required=True)
    given_at = fields.AwareDateTime(required=True)


class OrderVerdictSchema(Schema):
    """A person's release. It counts once `in_force`; while it is `waiting`, `may_second` names who may agree."""

    id = fields.UUID(required=True)
    until = fields.Date(required=True, allow_none=True)
    given_by = fields.String(required=True)
    given_at = fields.AwareDateTime(required=True)
    needs_second = fields.Boolean(required=True)
    in_force = fields.Boolean(required=True)
    waiting = fields.Boolean(required=True)
    may_second = fields.List(fields.String(), required=True)
    grounds = fields.String(metadata=NOT_FOR_SALES)
    role = fields.String(metadata=NOT_FOR_SALES)
    authority_amount = fields.Nested(MoneySchema, allow_none=True, metadata=NOT_FOR_SALES)
    approval = fields.Nested(GivenApprovalSchema, allow_none=True, metadata=NOT_FOR_SALES)


class ReleaseSchema(OrderVerdictSchema):
    """A person's release with its order as it is then."""

    order = fields.Nested(OrderSchema, required=True)
