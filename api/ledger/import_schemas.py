"""What `POST /v1/imports` takes: a form, or a body that is the file itself."""

from marshmallow import fields

from api.ledger.sources import FORMATS
from api.web.fields import Line
from api.web.schemas import Schema

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FIELDS = {
    "mapping": {"type": "string"},
    "format": {"type": "string", "enum": list(FORMATS)},
    "dry_run": {"type": "string", "enum": ["true", "false"]},
    "file_name": {"type": "string"},
}
FILE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "required": ["file"], "properties": {"file": _BINARY["schema"], **_FIELDS}}
        },
        **dict.fromkeys(
            (
                *("text/csv", "application/gzip", "application/zip", "application/xml", "application/x-ndjson"),
                *("text/plain", "application/octet-stream"),
            ),
            _BINARY,
        ),
    },
}


class ImportQuery(Schema):
    """How a body that is the file itself is to be imported; a form carries the same as fields."""

    format = fields.String(load_default=None, metadata={"enum": list(FORMATS)})
    dry_run = fields.String(load_default=None, metadata={"enum": ["true", "false"]})
    mapping = fields.String(load_default=None, metadata={"description": "YAML or JSON; see docs/imports.md"})
    file_name = Line(200, load_default=None)
