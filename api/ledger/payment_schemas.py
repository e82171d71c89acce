"""What is answered of payments, and how a person decides what the bank's entries are."""

from datetime import UTC
from typing import Any

from marshmallow import fields, validate, validates_schema

from api.ledger.schemas import ITEMS_MAX, AllocationSchema, OfDebtorSchema
from api.records.payment_listing import STATES
from api.web.faults import invalid
from api.web.fields import Line, WholeNumber
from api.web.schemas import ChangedQuery, MoneySchema, Schema, SignedMoneySchema

PROPOSALS_MAX = 1000


class PaymentsQuery(ChangedQuery):
    """Which payments, in the order in which we learnt of them; without a state those that are booked or returned.

    Changed is what was taken, allocated further or taken back.
    """

    debtor_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class ProposedPartSchema(Schema):
    """A part of a proposal: how much goes to an invoice; below zero for a credit note that is used."""

    kind = fields.String(required=True, validate=validate.OneOf(("invoice", "credit_note", "payment", "order")))
    id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True)
    amount = fields.String(required=True)


class PaymentProposalSchema(Schema):
    """One way to book an entry: what pointed to it (`rule`), and `why` it was not simply booked.

    Of a return, `allocations` are the payments that it would take back.
    """

    rule = fields.String(required=True)
    why = fields.String(required=True)
    debtor_id = fields.UUID(required=True)
    currency = fields.String(required=True)
    allocations = fields.List(fields.Nested(ProposedPartSchema), required=True)
    discounts = fields.List(fields.Nested(ProposedPartSchema), required=True)
    differences = fields.List(fields.Nested(ProposedPartSchema), required=True)
    prepayments = fields.List(
        fields.Nested(ProposedPartSchema), metadata={"description": "The orders that it would prepay."}
    )
    unallocated_amount = fields.String(required=True)


class SettledSchema(Schema):
    """What a payment settles of an invoice, and by which rule; `sender`: whoever sent the payment said so."""

    invoice_id = fields.UUID(required=True)
    invoice_number = fields.String(required=True, allow_none=True)
    amount = fields.Nested(MoneySchema, required=True)
    rule = fields.String(required=True)


class PrepaymentSchema(Schema):
    """How much of a payment is bound to an order, and waits there for its invoice."""

    order_id = fields.UUID(required=True)
    order_reference = fields.String(required=True)
    amount = fields.Nested(MoneySchema, required=True)


class PaymentSchema(Schema):
    """A payment, or with state `proposed` a bank entry that waits for a person.

    One that an invoice line or the bank told of has no reference. The amount is below zero for a return.
    """

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True, allow_none=True)
    payment_reference = fields.String(required=True, allow_none=True)
    paid_on = fields.Date(required=True)
    amount = fields.Nested(SignedMoneySchema, required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    unallocated_amount = fields.Nested(SignedMoneySchema, required=True)
    returned_amount = fields.Nested(MoneySchema, required=True)
    prepaid_amount = fields.Nested(
        MoneySchema, required=True, metadata={"description": "Bound to orders; not unallocated."}
    )
    returnable_until = fields.Date(required=True, allow_none=True)
    bank_entry_id = fields.UUID(required=True, allow_none=True)
    counterparty_name = fields.String(required=True, allow_none=True)
    counterparty_account = fields.String(required=True, allow_none=True)
    remittance_text = fields.String(required=True, allow_none=True)
    structured_reference = fields.String(required=True, allow_none=True)
    transactions_count = fields.Integer(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.DateTime(required=True, allow_none=True)
    allocations = fields.List(fields.Nested(SettledSchema), required=True)
    prepayments = fields.List(fields.Nested(PrepaymentSchema), required=True)
    proposals = fields.List(fields.Nested(PaymentProposalSchema), required=True)


class NewAcceptanceSchema(Schema):
    """Which of the proposals, in the order in which they are listed; the first is 1."""

    proposal = WholeNumber(1, PROPOSALS_MAX, required=True)


class PaymentPartSchema(OfDebtorSchema):
    """A part of the money: one debtor's, and what it settles. What it does not allocate stays unallocated."""

    allocations = fields.List(
        fields.Nested(AllocationSchema), load_default=list, validate=validate.Length(max=ITEMS_MAX)
    )

    @validates_schema
    def check_allocations(self, data: dict[str, Any], **_: Any) -> None:
        """In the currency of the part, together no more than it, each invoice once, each above zero."""
        money, parts = data.get("amount"), data.get("allocations", [])
        if money is None or not parts:
            return
        if any(part["amount"].currency != money.currency for part in parts):
            raise invalid("currency_differs", "Must be in the currency of the part.", "allocations")
        if any(part["amount"].amount <= 0 for part in parts):
            raise invalid("amount_not_positive", "Each must be above zero.", "allocations")
        if sum(part["amount"].amount for part in parts) > money.amount:
            raise invalid("more_than_paid", "Must be no more than the part together.", "allocations")
        if len({part["invoice_number"] for part in parts}) < len(parts):
            raise invalid("repeated", "Each invoice may be named once.", "allocations")


class NewCorrectionSchema(Schema):
    """What the money is instead; together the parts are all of it. Without parts it is no payment of a debtor.

    What a person decided before is only corrected by who saw that: he sends the `decided_at` that he saw.
    """

    parts = fields.List(fields.Nested(PaymentPartSchema), required=True, validate=validate.Length(max=ITEMS_MAX))
    decided_at = fields.AwareDateTime(load_default=None, allow_none=True, default_timezone=UTC)


class NewPrepaymentSchema(Schema):
    """How much of a payment is bound to which order; without an amount as much as is free and the order is worth."""

    order_id = fields.UUID(load_default=None)
    order_reference = Line(100, load_default=None)
    amount = fields.Nested(MoneySchema, load_default=None)

    @validates_schema
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        """One name for the order, and an amount above zero."""
        if (data.get("order_id") is None) == (data.get("order_reference") is None):
            raise invalid("required", "Give either order_id or order_reference.", "order_id")
        if data.get("amount") is not None and data["amount"].amount <= 0:
            raise invalid("amount_not_positive", "Must be above zero.", "amount")


class NewPrepaymentReleaseSchema(NewPrepaymentSchema):
    """How much of a payment is bound to an order no more, without an amount all of it, and why."""

    grounds = Line(1000, required=True)


class DecidedSchema(Schema):
    """What became of a payment or bank entry, and the payments that it is now or was."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    payments = fields.List(fields.Nested(PaymentSchema), required=True)
