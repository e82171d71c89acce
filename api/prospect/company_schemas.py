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
    place = Line(100, load_default=None, metadata={"description": "Tells companies with like names apart."})
    kvk_number = Line(20, load_default=None, metadata={"example": "90000001"})
    registration_number = Line(
        100,
        load_default=None,
        metadata={
            "description": "Of the company register of `country`: KVK, Companies House, a Belgian enterprise number, a"
            " SIREN, a number of the Handelsregister with its court, or that of any other country's register."
        },
    )
    vat_number = Line(20, load_default=None, metadata={"example": "NL899000009B01"})
    lei = Line(30, load_default=None, metadata={"description": "ISO 17442"})
    duns = Line(20, load_default=None, metadata={"description": "D-U-N-S, nine digits", "example": "407809623"})
    establishment_number = Line(
        20, load_default=None, metadata={"description": "A Dutch vestigingsnummer", "example": "000037178598"}
    )


class ChosenSchema(Schema):
    """Who said that it is the company meant by this name, and when."""

    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class FoundCompanySchema(Schema):
    """A company that may be the one meant."""

    name = fields.String(required=True)
    trade_names = fields.List(fields.String(), required=True)
    country = fields.String(required=True, metadata={"description": "ISO 3166-1 alpha-2"})
    identifiers = fields.List(fields.Nested(IdentifierSchema), required=True)
    address = fields.String(required=True, allow_none=True)
    legal_form = fields.String(required=True, allow_none=True)
    status = fields.String(
        required=True,
        allow_none=True,
        metadata={"enum": ["active", "dissolved", "deregistered", None], "description": "null where no register told."},
    )
    parent = fields.Nested(
        IdentifierSchema, required=True, allow_none=True, metadata={"description": "The company it belongs to."}
    )
    sources = fields.List(fields.String(), required=True)
    debtor_id = fields.UUID(required=True, allow_none=True, metadata={"description": "The debtor that it is already."})
    confidence = fields.String(
        required=True,
        metadata={
            "description": "The probability that it is the one meant, as text; 1 only when an official number agrees.",
            "example": "0.87",
        },
    )
    unattended = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether it may be taken without a person: the only one of its number, or whose name"
            " is written alike, or chosen before."
        },
    )
    chosen = fields.Nested(ChosenSchema, required=True, allow_none=True)


class SearchedSourceSchema(Schema):
    """A register, and whether it answered: what it could not answer may exist all the same."""

    kind = fields.String(required=True, metadata={"enum": ["company_register"]})
    provider = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, metadata={"enum": ["fresh", "unavailable", "not_asked"]})


class CompanySearchAnswer(Schema):
    """The best candidates first, at most twenty; one that was chosen for this name before stands at the top."""

    mode = fields.String(required=True, metadata={"enum": ["live", "test"]})
    items = fields.List(fields.Nested(FoundCompanySchema), required=True)
    sources = fields.List(fields.Nested(SearchedSourceSchema), required=True)
