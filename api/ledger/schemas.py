"""What the ledger room takes over HTTP."""

from datetime import date, timedelta
from typing import Any

from marshmallow import fields, validate, validates_schema

from api.ledger.values import EARLIEST, YEARS_AHEAD_MAX
from api.records.invoice_listing import STATES
from api.web.faults import invalid
from api.web.fields import Day, Line
from api.web.schemas import ChangedQuery, ClocksQuery, DebtorReferenceSchema, MoneySchema, Schema

ITEMS_MAX = 1000
DAYS_AHEAD_MAX = timedelta(days=366 * YEARS_AHEAD_MAX)


class OfDebtorSchema(Schema):
    """Something of one debtor, named by our id or by the caller's own reference."""

    debtor_id = fields.UUID()
    debtor_reference = fields.Nested(DebtorReferenceSchema)
    amount = fields.Nested(MoneySchema, required=True, metadata={"description": "Including VAT; above zero."})

    @validates_schema
    def check_debtor_and_amount(self, data: dict[str, Any], **_: Any) -> None:
        """One name for the debtor, and an amount above zero."""
        if ("debtor_id" in data) == ("debtor_reference" in data):
            raise invalid("required", "Give either debtor_id or debtor_reference.", "debtor_id")
        if "amount" in data and data["amount"].amount <= 0:
            raise invalid("amount_not_positive", "Must be above zero.", "amount")

    @validates_schema
    def check_vat(self, data: dict[str, Any], **_: Any) -> None:
        """VAT is a part of the amount."""
        vat, amount = data.get("vat_amount"), data.get("amount")
        if vat and amount and (vat.currency != amount.currency or vat.amount > amount.amount):
            raise invalid("vat_not_a_part", "Must be a part of amount, in its currency.", "vat_amount")


class DiscountSchema(Schema):
    """What a buyer may keep who pays until a day."""

    amount = fields.Nested(MoneySchema, required=True)
    until = Day(required=True)


class NewInvoiceSchema(OfDebtorSchema):
    """An invoice, as the ledger has it."""

    invoice_number = Line(100, required=True)
    invoiced_on = Day(required=True)
    due_on = Day(required=True)
    vat_amount = fields.Nested(MoneySchema)
    disputed = fields.Boolean(load_default=False)
    remittance_reference = Line(100, metadata={"description": "What the buyer was asked to quote when he pays."})
    collection_reference = Line(35, metadata={"description": "The EndToEndId under which we collect it."})
    order_reference = Line(
        100, metadata={"description": "The order that it bills. One that is not known here is no fault."}
    )
    discount = fields.Nested(DiscountSchema)

    @validates_schema
    def check_days(self, data: dict[str, Any], **_: Any) -> None:
        """Due after it was invoiced, and neither long ago nor far ahead."""
        invoiced_on, due_on = data.get("invoiced_on"), data.get("due_on")
        check_age(invoiced_on, "invoiced_on")
        if invoiced_on and due_on and not invoiced_on <= due_on <= invoiced_on + DAYS_AHEAD_MAX:
            raise invalid("due_before_invoiced", "Must be from invoiced_on until ten years later.", "due_on")

    @validates_schema
    def check_discount(self, data: dict[str, Any], **_: Any) -> None:
        """A discount is a part of the amount."""
        money, discount = data.get("amount"), data.get("discount")
        if (
            money
            and discount
            and not (discount["amount"].currency == money.currency and 0 < discount["amount"].amount < money.amount)
        ):
            raise invalid("discount_too_large", "Must be a part of amount, above zero, in its currency.", "discount")


class NewCreditNoteSchema(OfDebtorSchema):
    """A credit note; it lowers the invoice it names, or waits unused."""

    credit_note_number = Line(100, required=True)
    credited_on = Day(required=True)
    vat_amount = fields.Nested(MoneySchema)
    invoice_number = Line(100)

    @validates_schema
    def check_days(self, data: dict[str, Any], **_: Any) -> None:
        """Not long ago."""
        check_age(data.get("credited_on"), "credited_on")


class AllocationSchema(Schema):
    """How much of a payment settles which invoice, in all. What the invoice cannot take stays unallocated."""

    invoice_number = Line(100, required=True)
    amount = fields.Nested(MoneySchema, required=True)


class NewPaymentSchema(OfDebtorSchema):
    """A payment of one debtor. What it does not allocate stays unallocated until it is sent again with allocations."""

    payment_reference = Line(100, required=True)
    paid_on = Day(required=True)
    order_reference = Line(
        100,
        metadata={
            "description": "The order that it prepays: its order_reference or its prepayment_reference."
            " What is not allocated is bound to the order, up to what that is worth."
        },
    )
    allocations = fields.List(
        fields.Nested(AllocationSchema), load_default=list, validate=validate.Length(max=ITEMS_MAX)
    )

    @validates_schema
    def check_allocations(self, data: dict[str, Any], **_: Any) -> None:
        """Together no more than the payment, in its currency, each invoice once, each above zero."""
        check_age(data.get("paid_on"), "paid_on")
        money, parts = data.get("amount"), data.get("allocations", [])
        if money is None or not parts:
            return
        if any(part["amount"].currency != money.currency for part in parts):
            raise invalid("currency_differs", "Must be in the currency of the payment.", "allocations")
        if any(part["amount"].amount <= 0 for part in parts):
            raise invalid("amount_not_positive", "Each must be above zero.", "allocations")
        if sum(part["amount"].amount for part in parts) > money.amount:
            raise invalid("more_than_paid", "Must be no more than the payment together.", "allocations")
        if len({part["invoice_number"] for part in parts}) < len(parts):
            raise invalid("repeated", "Each invoice may be named once.", "allocations")


def paying_values(data: dict[str, Any]) -> dict[str, Any]:
    """Give what `NewInvoiceSchema` tells of how an invoice will be paid, as `LedgerLine` holds it."""
    discount = data.get("discount")
    return {
        "remittance_reference": data.get("remittance_reference"),
        "collection_reference": data.get("collection_reference"),
        "discount_amount": discount["amount"].amount if discount else None,
        "discount_until": discount["until"] if discount else None,
    }


def order_references(data: dict[str, Any]) -> tuple[str, ...]:
    """Give what an invoice or payment tells of its order, as `LedgerLine` holds it."""
    return (data["order_reference"],) if "order_reference" in data else ()


def check_age(day: date | None, field: str) -> None:
    """Refuse a day that no living ledger has."""
    if day and day < EARLIEST:
        raise invalid("date_absurd", f"Must not be before {EARLIEST}.", field)


def _items(one: type[Schema], name: str) -> type[Schema]:
    listed = fields.List(fields.Nested(one), required=True, validate=validate.Length(min=1, max=ITEMS_MAX))
    return type(name, (Schema,), {"__doc__": "Up to 1,000 at once: all are taken, or none.", "items": listed})


NewInvoicesSchema = _items(NewInvoiceSchema, "NewInvoicesSchema")
NewCreditNotesSchema = _items(NewCreditNoteSchema, "NewCreditNotesSchema")
NewPaymentsSchema = _items(NewPaymentSchema, "NewPaymentsSchema")


class InvoicesQuery(ChangedQuery):
    """Which invoices, in the order in which we learnt of them; changed is what was taken, disputed or settled."""

    debtor_id = fields.UUID(load_default=None)
    state = fields.String(validate=validate.OneOf(STATES), load_default=None)
    open = fields.Boolean(load_default=None, metadata={"description": "As `state` open or settled."})


class CreditNotesQuery(ChangedQuery):
    """Which credit notes, in the order in which we learnt of them; changed is what was taken or used."""

    debtor_id = fields.UUID(load_default=None)


class BehaviourQuery(ClocksQuery):
    """How payment behaviour is looked at."""

    currency = fields.String(load_default=None, metadata={"description": "ISO 4217; the seller's without it."})
