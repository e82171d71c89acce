"""What agreed terms take and give, as callers see them."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.acceptance.terms import TermsAccepted
from api.web.fields import Day, Line, Truth, WholeNumber
from api.web.schemas import Schema

SHA256 = r"^[0-9a-f]{64}$"
SIZES = ("sme", "large", "public")
CHANNELS = ("paper", "email", "portal", "esign", "edi", "other")


class AgreedTermsSchema(Schema):
    """Terms that a debtor accepted in writing."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    application_id = fields.UUID(required=True, allow_none=True)
    document_id = fields.UUID(required=True, allow_none=True)
    document_sha256 = fields.String(required=True)
    evidence = fields.String(
        required=True,
        validate=validate.OneOf(("document", "hash_only")),
        metadata={"description": "`hash_only`: no document of this hash was stored with it."},
    )
    terms_version = fields.String(required=True)
    payment_term_days = fields.Integer(required=True)
    expressly_agreed = fields.Boolean(required=True)
    debtor_size = fields.String(required=True, allow_none=True)
    accepted_by = fields.String(required=True)
    accepted_on = fields.Date(required=True)
    channel = fields.String(required=True)
    recorded_by = fields.String(required=True)
    known_at = fields.AwareDateTime(required=True)


class NewAgreedTermsSchema(Schema):
    """Terms accepted in writing: which text, by whom, when, and how long the debtor has to pay."""

    document_id = fields.UUID()
    document_sha256 = fields.String(
        validate=validate.Regexp(SHA256),
        metadata={"pattern": SHA256, "description": "Of a text that is not stored; a machine's key stores it."},
    )
    terms_version = Line(100, required=True)
    accepted_by = Line(200, required=True)
    accepted_on = Day(required=True)
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    payment_term_days = WholeNumber(0, 365, required=True)
    expressly_agreed = Truth(load_default=False)
    debtor_size = fields.String(
        validate=validate.OneOf(SIZES),
        load_default=None,
        metadata={"description": "Needed above 30 days, or as figures tell."},
    )

    @post_load
    def as_accepted(self, data: dict[str, Any], **_: Any) -> TermsAccepted:
        """Give the value the service takes."""
        return TermsAccepted(**data)
