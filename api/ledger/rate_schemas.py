"""What the ledger room answers of exchange rates, and how they are asked for."""

from datetime import date

from marshmallow import fields, validate

from api.web.fields import Day, DayOrTime
from api.web.money import EXPONENTS
from api.web.schemas import Schema


class ExchangeRateSchema(Schema):
    """A rate of exchange: how much of the currency one euro was on `rate_on`."""

    currency = fields.String(required=True)
    rate = fields.String(required=True, metadata={"example": "1.0832"})
    rate_on = fields.Date(required=True)
    source = fields.String(required=True)


class TotalReasonSchema(Schema):
    """Why there is no total."""

    code = fields.String(required=True, validate=validate.OneOf(("rate_missing",)))
    currencies = fields.List(fields.String(), required=True, metadata={"description": "Those without a recent rate."})


class ExchangeRatesQuery(Schema):
    """Which rates: those that a conversion `on` a day uses, as they were known at a time."""

    on: fields.Field[date] = Day(load_default=None, metadata={"description": "The seller's today without it."})
    currency = fields.String(
        load_default=None,
        validate=validate.OneOf(EXPONENTS, error="Must be one of: the currencies of ISO 4217 in use."),
        metadata={"description": "ISO 4217", "example": "USD"},
    )
    known_at: fields.Field[date] = DayOrTime(
        load_default=None, metadata={"description": "A time, or a day until its end; without it as they are known now."}
    )
