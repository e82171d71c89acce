"""What the orders room takes and gives, as callers see it."""

from typing import Any

from marshmallow import fields, post_load, validate, validates_schema

from api.decision_schemas import ReasonSchema
from api.orders.placing import NewOrder
from api.records.decisions import OUTCOMES
from api.records.identities import Reference
from api.records.orders import ORDER_STATES
from api.web.faults import invalid
from api.web.fields import Day, Line
from api.web.money import amount_answer
from api.web.schemas import DebtorReferenceSchema, MoneySchema, Schema, SignedMoneySchema
from scoring.matching.keys import KEY_LENGTHS, number_key
from scoring.money import Money

CALL_OFFS_MAX = 100
SEEN_BY_THE_BOOK = {"description": "Not for sales."}
HEADROOM = {
    "description": "What can still be sold on account, null where nothing bounds it; to sales never below zero."
}


class QuotedReference(Line):
    """What the buyer is asked to quote when he prepays: such that it is recognised in what a bank tells."""

    def __init__(self, **options: Any) -> None:
        super().__init__(100, **options)
        words = "What the buyer was asked to quote when he prepays: 3 letters and digits or more, and a digit."
        self.metadata = {"description": words, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if number_key(text) is None:
            rule = f"Must have a digit, and from {KEY_LENGTHS.start} to {KEY_LENGTHS.stop - 1} letters and digits"
            raise invalid("not_recognised", f"{rule}: no payment that quotes it would be recognised.")
        return text


class CallOffSchema(Schema):
    """A part of an order with a delivery day of its own; `amount` includes VAT."""

    delivery_on = Day(required=True)
    amount = fields.Nested(MoneySchema, required=True)


class ContentSchema(Schema):
    """What is ordered."""

    amount = fields.Nested(MoneySchema, required=True, metadata={"description": "Including VAT; above zero."})
    vat_amount = fields.Nested(MoneySchema, load_default=None, metadata={"description": "The part of it that is VAT."})
    delivery_on = Day(load_default=None)
    call_offs = fields.List(
        fields.Nested(CallOffSchema),
        load_default=None,
        validate=validate.Length(min=1, max=CALL_OFFS_MAX),
        metadata={"description": "Its parts by delivery day, together the amount; instead of delivery_on."},
    )

    @validates_schema
    def check_amounts(self, data: dict[str, Any], **_: Any) -> None:
        """Above zero, VAT a part of it, and all in one currency."""
        money, vat = data.get("amount"), data.get("vat_amount")
        if money is None:
            return
        if money.amount <= 0:
            raise invalid("amount_not_positive", "Must be above zero.", "amount")
        if vat is not None and (vat.currency != money.currency or vat.amount > money.amount):
            raise invalid("vat_not_a_part", "Must be a part of amount, in its currency.", "vat_amount")

    @validates_schema
    def check_call_offs(self, data: dict[str, Any], **_: Any) -> None:
        """Together the amount, each above zero, each day once, and not beside a delivery day."""
        money, parts = data.get("amount"), data.get("call_offs")
        if money is None or parts is None:
            return
        if data.get("delivery_on") is not None:
            raise invalid("delivery_twice", "Give either delivery_on or call_offs.", "call_offs")
        if any(part["amount"].currency != money.currency or part["amount"].amount <= 0 for part in parts):
            raise invalid("amount_not_positive", "Each must be above zero, in the currency of amount.", "call_offs")
        if len({part["delivery_on"] for part in parts}) < len(parts):
            raise invalid("repeated", "Each day may be named once.", "call_offs")
        if sum(part["amount"].amount for part in parts) != money.amount:
            raise invalid("not_the_amount", "Must be the amount together.", "call_offs")


def call_offs_of(parts: list[dict[str, Any]] | None) -> list[list[str]] | None:
    """Give call-offs as they are kept: day and amount as text, in the order of their days."""
    if parts is None:
        return None
    return sorted([part["delivery_on"].isoformat(), _text_of(part["amount"])] for part in parts)


def _text_of(money: Money) -> str:
    return amount_answer(money.amount, money.currency)


class NewOrderSchema(ContentSchema):
    """An order of a debtor, named by our id or by the caller's own reference."""

    debtor_id = fields.UUID(load_default=None)
    debtor_reference = fields.Nested(DebtorReferenceSchema, load_default=None)
    order_reference = Line(100, required=True, metadata={"description": "The caller's own number; unique."})
    prepayment_reference = QuotedReference(load_default=None)

    @validates_schema
    def check_debtor(self, data: dict[str, Any], **_: Any) -> None:
        """One name for the debtor."""
        if (data.get("debtor_id") is None) == (data.get("debtor_reference") is None):
            raise invalid("required", "Give either debtor_id or debtor_reference.", "debtor_id")

    @post_load
    def as_order(self, data: dict[str, Any], **_: Any) -> NewOrder:
        """Give the value the service takes."""
        reference = data["debtor_reference"]
        return NewOrder(
            debtor_id=data["debtor_id"],
            debtor_reference=None if reference is None else Reference(reference["system"], reference["value"]),
            order_reference=data["order_reference"],
            amount=data["amount"],
            vat_amount=data["vat_amount"],
            delivery_on=data["delivery_on"],
            call_offs=call_offs_of(data["call_offs"]),
            prepayment_reference=data["prepayment_reference"],
        )


class ReservationSchema(Schema):
    """What an order keeps of the limit, and until when."""

    amount = fields.Nested(MoneySchema, required=True)
    expires_at = fields.AwareDateTime(required=True)


class OrderSchema(Schema):
    """An order, with the gate's newest answer to it."""

    id = fields.UUID(required=True, allow_none=True)
    mode = fields.String(required=True, validate=validate.OneOf(("live", "test")))
    order_reference = fields.String(required=True)
    debtor_id = fields.UUID(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    vat_amount = fields.Nested(MoneySchema, required=True, allow_none=True)
    delivery_on = fields.Date(required=True, allow_none=True)
    call_offs = fields.List(fields.Nested(CallOffSchema), required=True, allow_none=True)
    prepayment_reference = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(ORDER_STATES))
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    prepayment_required = fields.Nested(MoneySchema, required=True, allow_none=True)
    prepay_by = fields.AwareDateTime(required=True, allow_none=True)
    reservation = fields.Nested(ReservationSchema, required=True, allow_none=True)
    delivered_amount = fields.Nested(MoneySchema, required=True)
    invoiced_amount = fields.Nested(MoneySchema, required=True)
    prepaid_amount = fields.Nested(
        MoneySchema, required=True, metadata={"description": "Booked with this order, and not used by an invoice yet."}
    )
    is_first_order = fields.Boolean(required=True)
    released_by = fields.String(
        required=True, allow_none=True, metadata={"description": "The person who released it beside the machine."}
    )
    released_until = fields.Date(required=True, allow_none=True)
    check_due = fields.Boolean(
        required=True,
        metadata={
            "description": "Released for less than counts now, or under another group: judged before it leaves,"
            " by the gate or by a person's release."
        },
    )
    decision_id = fields.UUID(required=True, allow_none=True)
    placed_at = fields.AwareDateTime(required=True, allow_none=True)
    judged_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)
    exposure_before = fields.Nested(SignedMoneySchema, metadata=SEEN_BY_THE_BOOK)
    exposure_after = fields.Nested(SignedMoneySchema, allow_none=True, metadata=SEEN_BY_THE_BOOK)
    headroom = fields.Nested(SignedMoneySchema, required=True, allow_none=True, metadata=HEADROOM)
