"""The schemas every room builds on: strict about what comes in, and the documentation of what goes out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, fields, post_load, validates_schema
from marshmallow import Schema as MarshmallowSchema
from marshmallow.validate import OneOf

from api.web.faults import invalid
from api.web.fields import Amount, Day, DayOrTime, Line, WholeNumber
from api.web.money import EXPONENTS, has_decimals_of
from scoring.money import Money

PAGE_LIMIT_DEFAULT = 50
PAGE_LIMIT_MAX = 200


class Schema(MarshmallowSchema):
    """The base of every schema: a field we do not know is a fault, wherever it stands."""

    class Meta:
        unknown = RAISE


def told_whole(schema: MarshmallowSchema, data: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give what of a request was loaded where some fields were refused; None where none was.

    A check of the whole then names at once what the service would name only when the fields are right.
    """
    # Of a part that was refused, its own parts that were not are left behind.
    whole = {
        name: value
        for name, value in data.items()
        if not (isinstance(value, dict) and isinstance(schema.fields[name], fields.Nested))
    }
    refused = any(name not in whole for name, field in schema.fields.items() if field.required or name in sent)
    return whole if refused else None


class MoneySchema(Schema):
    """An amount of money: `{"amount": "1250.00", "currency": "EUR"}`. Loads as `Money`, never negative."""

    amount = Amount(required=True)
    currency = fields.String(
        required=True,
        validate=OneOf(EXPONENTS, error="Must be one of: the currencies of ISO 4217 in use."),
        metadata={"description": "ISO 4217", "example": "EUR"},
    )

    @validates_schema
    def check_decimals(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse more decimals than the currency has."""
        if not has_decimals_of(data["amount"], data["currency"]):
            decimals = EXPONENTS[data["currency"]]
            raise invalid("too_many_decimals", f"{data['currency']} has {decimals} decimals.", "amount")

    @post_load
    def as_money(self, data: dict[str, Any], **_: Any) -> Money:
        """Give the value the rest of the house uses."""
        return Money(data["amount"], data["currency"])


class SignedMoneySchema(MoneySchema):
    """An amount of money that may be below zero, such as a headroom or a balance."""

    amount = Amount(required=True, negative=True)


class DebtorReferenceSchema(Schema):
    """The caller's own name for a debtor: `erp` 1001 is not `crm` 1001."""

    system = Line(50, required=True, metadata={"example": "erp"})
    value = Line(100, required=True, metadata={"example": "1001"})


class IdentifierSchema(Schema):
    """A number under which a company is registered."""

    scheme = Line(30, required=True, metadata={"example": "kvk_number"})
    value = Line(50, required=True, metadata={"example": "90001001"})
    country = fields.String(metadata={"description": "ISO 3166-1 alpha-2", "example": "NL"})


class PageQuery(Schema):
    """What every list takes: how many, and after which. Rooms add their filters below it."""

    limit = WholeNumber(1, PAGE_LIMIT_MAX, load_default=PAGE_LIMIT_DEFAULT)
    after = Line(1000, load_default=None, metadata={"description": "The `next` of the page before; opaque."})


class ChangedQuery(PageQuery):
    """What changed since a time; without it, everything. The room reads it by `known_time.since`."""

    changed_since: fields.Field[date] = DayOrTime(
        load_default=None,
        metadata={"description": "A time (RFC 3339), or a date: the beginning of that day where the seller is."},
    )


class AsOfQuery(Schema):
    """What was true on a day; without it, on the seller's today."""

    as_of: fields.Field[date] = Day(load_default=None)


class ClocksQuery(AsOfQuery):
    """What was true on a day, as far as we knew it at a time; without it, as far as we know now."""

    known_at: fields.Field[date] = DayOrTime(
        load_default=None,
        metadata={"description": "A time (RFC 3339), or a date: the end of that day in the seller's time zone."},
    )


class FaultSchema(Schema):
    """One thing wrong with what was sent."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer (RFC 6901); empty: the whole."})
    code = fields.String(required=True)
    detail = fields.String(required=True)
    line = fields.Integer(metadata={"description": "Of a text that a person wrote, from 1 on."})
    column = fields.Integer(metadata={"description": "Of that line, from 1 on."})


class ProblemSchema(Schema):
    """Why a request cannot be answered (RFC 9457). A refusal of credit is never one."""

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "Stable, for programs."})
    trace_id = fields.String(required=True)
    errors = fields.List(fields.Nested(FaultSchema), metadata={"description": "Every fault of a bad input at once."})


_PAGE_SCHEMAS: dict[type[MarshmallowSchema], type[MarshmallowSchema]] = {}


def page_schema(item: type[MarshmallowSchema]) -> type[MarshmallowSchema]:
    """Give the schema of a page of these items; one and the same for each, so that the documentation names it once."""
    if item not in _PAGE_SCHEMAS:
        name = item.__name__.removesuffix("Schema") + "PageSchema"
        _PAGE_SCHEMAS[item] = type(
            name,
            (Schema,),
            {
                "__doc__": "One page of a list.",
                "items": fields.List(fields.Nested(item), required=True),
                "next": fields.String(
                    required=True, allow_none=True, metadata={"description": "Send as `after` for the next page."}
                ),
            },
        )
    return _PAGE_SCHEMAS[item]
