"""What watching takes and gives: runs, who is watched where, what sources told of."""

from marshmallow import fields, validate

from api.records.watches import STATES
from api.web.fields import Line
from api.web.schemas import PageQuery, Schema


class RunSchema(Schema):
    """The job that runs, to be followed at `/v1/jobs/{id}`."""

    job_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("queued", "running")))


class NumberSchema(Schema):
    """The number under which a source watches a company."""

    scheme = fields.String(required=True)
    country = fields.String(required=True)
    value = fields.String(required=True)


class WatchSchema(Schema):
    """How a debtor stands at a source. `unknown`: it does not watch it, `fault` says why; it is tried again."""

    debtor_id = fields.UUID(required=True)
    provider = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    number = fields.Nested(NumberSchema, required=True, allow_none=True)
    fault = fields.String(required=True, allow_none=True)
    since = fields.AwareDateTime(required=True)


class WatchesQuery(PageQuery):
    """Which watches."""

    provider = Line(100, load_default=None)
    debtor_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class SourceChangeSchema(Schema):
    """What a source told of as changed. `old` and `new` are in its own words; `kind` is one of ours."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    provider = fields.String(required=True)
    kind = fields.String(required=True, metadata={"example": "insolvency"})
    old = fields.String(required=True, allow_none=True)
    new = fields.String(required=True, allow_none=True)
    changed_at = fields.AwareDateTime(required=True)
    known_at = fields.AwareDateTime(required=True, metadata={"description": "When we learnt of it."})


class SourceChangesQuery(PageQuery):
    """Which changes; `changed_since` asks for those known since a time."""

    provider = Line(100, load_default=None)
    debtor_id = fields.UUID(load_default=None)
    kind = Line(100, load_default=None)
    changed_since = fields.AwareDateTime(load_default=None)
