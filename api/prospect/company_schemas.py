"""What a company search takes and answers."""

from marshmallow import fields
from marshmallow.validate import Regexp

from api.web.fields import Line
from api.web.schemas import IdentifierSchema, Schema


class CompanySearchQuery(Schema):
    """Part of a name, one or more official numbers, or both."""

    q = Line(200, load_default=None, metadata={"description": "Words of a name, or their beginnings."})
    country = fields.String(
        load_default=None,
        validate=Regexp("^[A-Z]{2}$", error="Must be a country code such as NL."),
        metadata={"description": "ISO 3166-1 alpha-2", "example": "NL"},
    )
    kvk_number = Line(20, load_default=None, metadata={"example": "90000001"})
    vat_number = Line(20, load_default=None, metadata={"example": "NL899000009B01"})
    lei = Line(30, load_default=None, metadata={"description": "ISO 17442"})


class FoundCompanySchema(Schema):
    """A company that may be the one meant."""

    name = fields.String(required=True)
    trade_names = fields.List(fields.String(), required=True)
    country = fields.String(required=True, metadata={"description": "ISO 3166-1 alpha-2"})
    identifiers = fields.List(fields.Nested(IdentifierSchema), required=True)
    address = fields.String(required=True, allow_none=True)
    legal_form = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, metadata={"enum": ["active", "dissolved", "deregistered"]})
    sources = fields.List(fields.String(), required=True)
    confidence = fields.String(
        required=True,
        metadata={"description": "0 to 1, as text; 1 only when an official number agrees.", "example": "0.87"},
    )


class SearchedSourceSchema(Schema):
    """A register, and whether it answered: what it could not answer may exist all the same."""

    kind = fields.String(required=True, metadata={"enum": ["company_register"]})
    provider = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, metadata={"enum": ["fresh", "unavailable", "not_asked"]})


class CompanySearchAnswer(Schema):
    """The best candidates first, at most twenty."""

    mode = fields.String(required=True, metadata={"enum": ["live", "test"]})
    items = fields.List(fields.Nested(FoundCompanySchema), required=True)
    sources = fields.List(fields.Nested(SearchedSourceSchema), required=True)
