"""What the office takes and shows."""

from typing import Any

from marshmallow import fields, validates, validates_schema
from marshmallow.validate import OneOf

from api.administration.sellers import time_zones
from api.records.keys import ROLES
from api.web.faults import invalid
from api.web.fields import Line, Person
from api.web.schemas import PageQuery, Schema

SECRET_LENGTH_MAX = 4_000
VALUES_MAX = 20


class NewKeySchema(Schema):
    """A key to be made: a person's, with his e-mail as subject, or a machine's."""

    name = Line(100, required=True, metadata={"description": "What it is for.", "example": "CRM"})
    role = fields.String(required=True, validate=OneOf(ROLES))
    subject = Line(254, load_default=None, allow_none=True, metadata={"description": "E-mail; absent for a machine."})
    insurer_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "For the role insurer only."})
    expires_at = fields.AwareDateTime(load_default=None, allow_none=True)


class KeySchema(Schema):
    """A key, without its secret."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, validate=OneOf(ROLES))
    subject = fields.String(required=True, allow_none=True)
    insurer_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True, allow_none=True)
    revoked_at = fields.DateTime(required=True, allow_none=True)


class MadeKeySchema(KeySchema):
    """A key that was just made."""

    mode = fields.String(required=True, validate=OneOf(("live", "test")))
    key = fields.String(
        required=True, allow_none=True, metadata={"description": "Shown this once; null when the request is repeated."}
    )


class KeysQuery(PageQuery):
    """Which keys."""


class SettingsSchema(Schema):
    """The seller's settings."""

    name = fields.String(required=True)
    mode = fields.String(required=True, validate=OneOf(("live", "test")))
    time_zone = fields.String(required=True, metadata={"example": "Europe/Amsterdam"})
    currency = fields.String(required=True, metadata={"example": "EUR"})
    finance_address = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Who is mailed of alerts where no owner is; null: nobody."},
    )
    sends_mail = fields.Boolean(
        required=True,
        metadata={"description": "Whether this installation has a mail server; without one none is sent."},
    )


class SettingsChangeSchema(Schema):
    """What to change of the settings; what is absent stays."""

    time_zone = Line(50, metadata={"example": "Europe/Amsterdam"})
    finance_address = Person(allow_none=True, metadata={"example": "finance@example.com"})

    @validates("time_zone")
    def check_time_zone(self, value: str, **_: Any) -> None:
        """Refuse what the time zone database does not name."""
        if value not in time_zones():
            raise invalid("unknown_time_zone", "Must be a name of the IANA time zone database.")


class ProviderCredentialSchema(Schema):
    """A vendor's credential as it is handed in: whatever that vendor calls its parts."""

    values = fields.Dict(
        keys=Line(50),
        values=fields.String(),
        required=True,
        metadata={"example": {"username": "seller@example.com", "password": "..."}, "writeOnly": True},
    )

    @validates_schema
    def check_values(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, too many, and empty or endless ones."""
        values: dict[str, str] = data["values"]
        if not 1 <= len(values) <= VALUES_MAX:
            raise invalid("wrong_length", f"Must have 1 to {VALUES_MAX} values.", "values")
        if not all(0 < len(value) <= SECRET_LENGTH_MAX for value in values.values()):
            raise invalid("wrong_length", f"Each must have 1 to {SECRET_LENGTH_MAX} characters.", "values")


class KeptCredentialSchema(Schema):
    """That a vendor's credential is kept; never what it is."""

    provider = fields.String(required=True)
    changed_at = fields.DateTime(required=True)


class KeptCredentialsSchema(Schema):
    """Every vendor whose credential is kept."""

    items = fields.List(fields.Nested(KeptCredentialSchema), required=True)
