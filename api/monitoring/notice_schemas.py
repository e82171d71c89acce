"""What notices take and give: addresses for vendors, and what came there."""

from marshmallow import fields, validate

from api.records.notices import STATES
from api.web.fields import Line
from api.web.schemas import PageQuery, Schema


class NewNoticeAddressSchema(Schema):
    """For which vendor an address is to be made."""

    provider = Line(100, required=True, metadata={"example": "dnb"})


class NoticeAddressSchema(Schema):
    """An address, without its secret. `ends_at`: it takes nothing from then on."""

    id = fields.UUID(required=True)
    provider = fields.String(required=True)
    made_by = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True, allow_none=True)


class MadeNoticeAddressSchema(NoticeAddressSchema):
    """An address that was just made."""

    path = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Where to send, below this server; shown this once, null when the request is repeated."
        },
    )


class NoticeAddressesQuery(PageQuery):
    """Which addresses."""


class NoticeSchema(Schema):
    """A notice as it stands. `changes_count`: how many changes of watched debtors it brought that were new."""

    id = fields.UUID(required=True)
    provider = fields.String(required=True)
    sha256 = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    fault = fields.String(required=True, allow_none=True)
    changes_count = fields.Integer(required=True, allow_none=True)
    received_at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class NoticesQuery(PageQuery):
    """Which notices."""

    provider = Line(100, load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class NoticeReadingSchema(Schema):
    """Which notice is to be read again."""

    notice_id = fields.UUID(required=True)


class NoticeTakenSchema(Schema):
    """That a notice is kept."""

    state = fields.String(required=True, validate=validate.OneOf(("received",)))


class NoticeJobSchema(Schema):
    """The job that reads it, to be followed at `/v1/jobs/{id}`."""

    job_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("queued",)))
