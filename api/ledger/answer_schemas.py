"""What the ledger room answers over HTTP."""

from marshmallow import fields, validate

from api.behaviour_answer import BehaviourFigures
from api.ledger.rate_schemas import ExchangeRateSchema, TotalReasonSchema
from api.web.schemas import MoneySchema, Schema, SignedMoneySchema

KNOWN_AT = {"description": "As far as we knew it then; null: as far as we know now."}


class TakenSchema(Schema):
    """What became of one thing that was sent: taken now, or known before with the same content."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("taken", "known")))
    order_id = fields.UUID(metadata={"description": "Where it names one: the order that it was linked to now."})


class TakenListSchema(Schema):
    """What became of each, in the order in which they were sent."""

    items = fields.List(fields.Nested(TakenSchema), required=True)


class ImportStartedSchema(Schema):
    """An import that waits for its turn."""

    import_id = fields.UUID(required=True)
    job_id = fields.UUID(required=True)
    state = fields.String(required=True)


class ImportSchema(Schema):
    """An import and its report."""

    id = fields.UUID(required=True)
    file_name = fields.String(required=True)
    dry_run = fields.Boolean(required=True)
    state = fields.String(required=True)
    started_by = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    finished_at = fields.DateTime(required=True, allow_none=True)
    lines_count = fields.Integer(required=True)
    taken_count = fields.Integer(required=True)
    known_count = fields.Integer(required=True)
    refused_count = fields.Integer(required=True)
    report = fields.Dict(required=True, allow_none=True)


class RefusalSchema(Schema):
    """One fault in one line; `line` counts from 1 with the header."""

    line = fields.Integer(required=True)
    column = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)


class InvoiceSchema(Schema):
    """An invoice and how much of it is open."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    invoice_number = fields.String(required=True, allow_none=True)
    invoiced_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    open_amount = fields.Nested(MoneySchema, required=True)
    paid_amount = fields.Nested(MoneySchema, required=True)
    settled_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Once nothing is open: the day of the last payment, without any of the credit note."},
    )
    disputed = fields.Boolean(required=True)


class CreditNoteSchema(Schema):
    """A credit note, the invoice it lowers if it named one, and what of it waits unused."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    credit_note_number = fields.String(required=True, allow_none=True)
    credited_on = fields.Date(required=True)
    invoice_id = fields.UUID(required=True, allow_none=True)
    amount = fields.Nested(MoneySchema, required=True)
    unused_amount = fields.Nested(MoneySchema, required=True)


class BehaviourSchema(BehaviourFigures):
    """How a debtor paid until `as_of`, as the policy looks at it.

    All of it is of the days until `as_of`, as far as it was known at `known_at`. In the days to come nothing more is
    paid: an `as_of` ahead makes what is open today more overdue.
    """

    debtor_id = fields.UUID(required=True)
    as_of = fields.Date(required=True)
    known_at = fields.DateTime(required=True, allow_none=True, metadata=KNOWN_AT)
    oldest_overdue_on = fields.Date(required=True, allow_none=True)


class StageSchema(Schema):
    """What stands in one stage, in one currency."""

    stage = fields.String(required=True)
    amount = fields.Nested(SignedMoneySchema, required=True)


class ExposureSchema(Schema):
    """What a debtor owes or will owe; the totals leave `scheduled` out and count `returnable`.

    `returnable` was collected by direct debit and can still be asked back.

    `group_totals` and `group_stages` are those of the debtor and all below it; null where there is nobody below.
    """

    debtor_id = fields.UUID(required=True)
    as_of = fields.Date(required=True)
    known_at = fields.DateTime(required=True, allow_none=True, metadata=KNOWN_AT)
    totals = fields.List(fields.Nested(SignedMoneySchema), required=True)
    returnable = fields.List(fields.Nested(SignedMoneySchema), required=True)
    total = fields.Nested(
        SignedMoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": "All of it in the seller's currency; null when a rate is missing or too old."},
    )
    total_reason = fields.Nested(TotalReasonSchema, required=True, allow_none=True)
    rates = fields.List(fields.Nested(ExchangeRateSchema), required=True)
    stages = fields.List(fields.Nested(StageSchema), required=True)
    group_totals = fields.List(fields.Nested(SignedMoneySchema), required=True, allow_none=True)
    group_stages = fields.List(fields.Nested(StageSchema), required=True, allow_none=True)


class AgeingBucketsSchema(Schema):
    """Open amounts of one currency by days overdue; disputed ones and credits stand apart and are not netted."""

    currency = fields.String(required=True)
    buckets = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    disputed = fields.String(required=True)
    credits = fields.String(required=True)
    overdue_share = fields.String(required=True, allow_none=True)


class AgeingSchema(Schema):
    """The ageing of a debtor's open items."""

    debtor_id = fields.UUID(required=True)
    as_of = fields.Date(required=True)
    known_at = fields.DateTime(required=True, allow_none=True, metadata=KNOWN_AT)
    currencies = fields.List(fields.Nested(AgeingBucketsSchema), required=True)
