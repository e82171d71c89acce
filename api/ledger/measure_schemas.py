"""What the measures of a debtor and of the book take over HTTP, and what they answer."""

from typing import get_args

from marshmallow import fields, validate

from api.ledger.answer_schemas import KNOWN_AT
from api.web.fields import WholeNumber
from api.web.schemas import ClocksQuery, Schema
from scoring.book import LossRatesSource
from scoring.book_risk import NoExpectedLoss

PERIOD_DAYS_DEFAULT, PERIOD_DAYS_MAX = 365, 3653


def amount(description: str | None = None) -> fields.String:
    """Give the field of an amount in the currency of the answer."""
    return fields.String(required=True, metadata={"description": description} if description else {})


def number(description: str) -> fields.String:
    """Give the field of a number of days, a share or a percentage that there may be none of."""
    return fields.String(required=True, allow_none=True, metadata={"description": description})


class MeasuresQuery(ClocksQuery):
    """By which clocks, over which period and in which currency a book is measured."""

    period_days = WholeNumber(
        1,
        PERIOD_DAYS_MAX,
        load_default=PERIOD_DAYS_DEFAULT,
        metadata={"description": "The period ends with `as_of`."},
    )
    currency = fields.String(load_default=None, metadata={"description": "ISO 4217; the seller's without it."})


class CountbackSchema(Schema):
    """DSO by countback; not complete where the history ended first, and then a lower bound."""

    days = fields.String(required=True)
    complete = fields.Boolean(required=True)


class ProvisionSchema(Schema):
    """Expected lifetime loss of what is open, by a loss rate for each bucket."""

    gross = amount()
    loss = amount()
    loss_rates_from = fields.String(required=True, validate=validate.OneOf(get_args(LossRatesSource)))
    loss_rates = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class OtherCurrencySchema(Schema):
    """What there is in a currency that was not asked for; nothing is ever added across currencies."""

    currency = fields.String(required=True)
    receivables = amount()
    not_due = amount()
    overdue = amount()
    disputed = amount()
    credit_sales = amount()
    credits = amount()
    exposure = amount()


class MeasuresSchema(Schema):
    """The measures of a book in one currency, VAT included, by both clocks. docs/measures.md has the formulas."""

    as_of = fields.Date(required=True)
    known_at = fields.DateTime(required=True, allow_none=True, metadata=KNOWN_AT)
    currency = fields.String(required=True)
    including_vat = fields.Boolean(required=True, metadata={"description": "Always: amounts include VAT."})
    period_days = fields.Integer(required=True)
    receivables = amount("All that is open of invoices, disputed or not.")
    not_due = amount("Of it not disputed and not due.")
    overdue = amount("Of it not disputed and overdue.")
    disputed = amount("Of it disputed.")
    disputed_overdue = amount("Of what is disputed, overdue.")
    buckets = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    credits = amount("Payments and credit notes that settle no invoice yet; below zero, and not netted.")
    exposure = amount("All that is owed or will be, credits taken off.")
    nothing_open = fields.Boolean(required=True, metadata={"description": "Then the shares of it are zero."})
    overdue_share = number("Of what is open and not disputed.")
    dispute_rate = number("Of the receivables.")
    bad_items_count = fields.Integer(required=True, metadata={"description": "Overdue by more than 90 days."})
    bad_amount = amount()
    credit_sales = amount("Invoices of the period less its credit notes.")
    dso = number("Days sales outstanding.")
    dso_countback = fields.Nested(CountbackSchema, required=True)
    best_possible_dso = number("DSO if nothing were overdue.")
    average_days_delinquent = number("DSO less the best possible one.")
    receivables_begin = amount("What was open when the period began.")
    months_count = fields.Integer(required=True)
    collection_effectiveness = number("CEI in per cent.")
    settled_count = fields.Integer(required=True)
    settled_amount = amount("Paid of what was settled in the period.")
    dbt_days = number("Days beyond terms; early counts below zero.")
    dbt_days_floored = number("Days beyond terms; early counts as zero.")
    dbt_days_incl_open = number("With what is open, as if it were paid on `as_of`.")
    days_to_pay = number("From invoice to payment, on average.")
    provision = fields.Nested(ProvisionSchema, required=True)
    other_currencies = fields.List(fields.Nested(OtherCurrencySchema), required=True)


class DebtorMeasuresSchema(MeasuresSchema):
    """The measures of one debtor."""

    debtor_id = fields.UUID(required=True)


class LargestSchema(Schema):
    """One of the largest debtors, and his share of the exposure."""

    debtor_id = fields.UUID(required=True)
    exposure = amount()
    share = fields.String(required=True)


class ConcentrationSchema(Schema):
    """How much of the exposure hangs on few debtors; the ten largest are named."""

    exposure = amount()
    debtors_count = fields.Integer(required=True)
    largest_share = fields.String(required=True)
    largest_5_share = fields.String(required=True)
    largest_10_share = fields.String(required=True)
    largest_20_share = fields.String(required=True)
    herfindahl_index = fields.String(required=True)
    largest = fields.List(fields.Nested(LargestSchema), required=True)


class ClassSchema(Schema):
    """The share of one class, by the latest decision of each debtor who owes; null: those without a decision."""

    risk_class = fields.String(required=True, allow_none=True)
    debtors_count = fields.Integer(required=True)
    debtors_share = fields.String(required=True)
    exposure = amount()
    exposure_share = fields.String(required=True)


class ExpectedLossSchema(Schema):
    """PD x LGD x exposure; null with the reason where the policy names no LGD or no decision a PD."""

    amount = fields.String(required=True, allow_none=True)
    missing = fields.String(required=True, allow_none=True, validate=validate.OneOf(get_args(NoExpectedLoss)))
    loss_given_default = fields.String(required=True, allow_none=True)
    rated_exposure = fields.String(required=True)
    unrated_exposure = fields.String(required=True)


class PortfolioSchema(MeasuresSchema):
    """The measures of the whole book."""

    debtors_count = fields.Integer(required=True)
    owing_debtors_count = fields.Integer(required=True)
    overdue_debtors_count = fields.Integer(required=True)
    concentration = fields.Nested(ConcentrationSchema, required=True, allow_none=True)
    classes = fields.List(fields.Nested(ClassSchema), required=True)
    expected_loss = fields.Nested(ExpectedLossSchema, required=True)
