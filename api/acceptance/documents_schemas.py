"""What documents are sent and shown as: evidence of terms, orders, deliveries and cover."""

from typing import Any

from marshmallow import fields, validate, validates_schema

from api.acceptance.documents_kinds import EXTENSIONS
from api.identity.schemas import NamesDebtor
from api.records.documents import DOCUMENT_TYPES
from api.web.faults import invalid
from api.web.fields import Day, Line
from api.web.schemas import PageQuery, Schema

# How each field of a document is called where it is sent as text: in the query, or in a form.
NAMES = ("type", "source", "dated_on", "debtor_id", "debtor_system", "debtor_value", "file_name")
_TEXTS = {name: {"type": "string"} for name in NAMES}
_TEXTS["type"]["enum"] = list(DOCUMENT_TYPES)  # type: ignore[assignment]
_BINARY = {"type": "string", "format": "binary"}
FILE: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file", "type", "source", "dated_on"],
                "properties": {"file": _BINARY, **_TEXTS},
            }
        },
        **{kind: {"schema": _BINARY} for kind in (*EXTENSIONS, "application/octet-stream")},
    },
}


class DocumentQuery(Schema):
    """What is told of a document whose bytes are the body; a form carries the same as fields."""

    type = fields.String(metadata={"enum": list(DOCUMENT_TYPES)})
    source = fields.String(metadata={"description": "Who gave it: the debtor, the insurer, ourselves, ..."})
    dated_on = fields.String(metadata={"format": "date", "description": "The day the document itself bears."})
    debtor_id = fields.String(metadata={"format": "uuid"})
    debtor_system = fields.String(metadata={"description": "With `debtor_value`: the caller's own name of the debtor."})
    debtor_value = fields.String()
    file_name = fields.String()


class DocumentToldSchema(Schema):
    """The same, whichever way it came."""

    type = fields.String(required=True, validate=validate.OneOf(DOCUMENT_TYPES))
    source = Line(200, required=True)
    dated_on = Day(required=True)
    debtor_id = fields.UUID(load_default=None)
    debtor_system = Line(50, load_default=None)
    debtor_value = Line(100, load_default=None)
    file_name = fields.String(load_default="", validate=validate.Length(max=1000))

    @validates_schema
    def check_debtor(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse half a reference, and a debtor named twice."""
        system, value = data.get("debtor_system"), data.get("debtor_value")
        if (system is None) != (value is None):
            raise invalid("required", "Give debtor_system and debtor_value together.", "debtor_system")
        if system is not None and data.get("debtor_id") is not None:
            raise invalid("name_one_debtor", "Name the debtor once.", "debtor_id")


class DocumentSchema(Schema):
    """A document as it is kept: `sha256` is that of its bytes, by which the same paper is one document."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    type = fields.String(required=True, validate=validate.OneOf(DOCUMENT_TYPES))
    source = fields.String(required=True)
    dated_on = fields.Date(required=True)
    file_name = fields.String(required=True)
    media_type = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    debtor_id = fields.UUID(required=True, allow_none=True)
    also_debtor_ids = fields.List(
        fields.UUID(), required=True, metadata={"description": "Further debtors that it names, and is evidence of."}
    )
    added_by = fields.String(required=True)
    known_at = fields.AwareDateTime(required=True)


class NamedDebtorSchema(NamesDebtor):
    """A further debtor that a document names."""


class DocumentsQuery(PageQuery):
    """Filters of the list of documents."""

    debtor_id = fields.UUID(load_default=None)
    type = fields.String(load_default=None, validate=validate.OneOf(DOCUMENT_TYPES))
