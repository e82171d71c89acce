"""What the list of overdue invoices takes over HTTP, and what it answers."""

from marshmallow import fields

from api.ledger.answer_schemas import KNOWN_AT
from api.web.schemas import ClocksQuery, MoneySchema, PageQuery, Schema


class OverdueQuery(PageQuery, ClocksQuery):
    """Which page of what was overdue on a day, as far as we knew it at a time."""


class OverdueItemSchema(Schema):
    """One overdue invoice, and what Dutch law adds to it until `as_of`; null where the law has no number for it."""

    invoice_id = fields.UUID(required=True)
    invoice_number = fields.String(required=True, allow_none=True)
    invoiced_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    overdue_days = fields.Integer(required=True)
    disputed = fields.Boolean(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    open_amount = fields.Nested(MoneySchema, required=True)
    interest = fields.Nested(
        MoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": "Statutory commercial interest from the day after the due date."},
    )
    provisional = fields.Boolean(
        required=True, metadata={"description": "The rate of a half-year is not known; the last known one was used."}
    )
    provisional_from = fields.Date(required=True, allow_none=True)
    rate_pct = fields.String(required=True, allow_none=True, metadata={"description": "Of the last day, % a year."})
    rate_source = fields.String(required=True, allow_none=True)
    collection_costs = fields.Nested(MoneySchema, required=True, allow_none=True)
    vat_relief_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "Ask the VAT back in the return of this day's period."}
    )
    vat_relief_amount = fields.Nested(MoneySchema, required=True, allow_none=True)


class OverdueTotalSchema(Schema):
    """The sums of one currency, disputed invoices included; each of the invoices that have the amount."""

    currency = fields.String(required=True)
    items_count = fields.Integer(required=True)
    disputed_count = fields.Integer(required=True)
    open_amount = fields.String(required=True, allow_none=True)
    interest = fields.String(required=True, allow_none=True)
    collection_costs = fields.String(required=True, allow_none=True)
    collection_costs_together = fields.String(
        required=True, allow_none=True, metadata={"description": "Of one demand for all of them."}
    )
    vat_relief_amount = fields.String(required=True, allow_none=True)
    provisional = fields.Boolean(required=True)


class OverdueItemsSchema(Schema):
    """One page of a debtor's overdue invoices; the totals are of all of them."""

    debtor_id = fields.UUID(required=True)
    as_of = fields.Date(required=True)
    known_at = fields.DateTime(required=True, allow_none=True, metadata=KNOWN_AT)
    including_vat = fields.Boolean(required=True)
    totals = fields.List(fields.Nested(OverdueTotalSchema), required=True)
    items = fields.List(fields.Nested(OverdueItemSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Send as `after` for the next page."})
