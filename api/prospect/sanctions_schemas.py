"""What clearing the matches of a sanctions list takes and answers."""

from marshmallow import fields, validate

from api.web.fields import Line
from api.web.schemas import Schema

HITS = ("none", "possible", "confirmed")


class SanctionsMoveSchema(Schema):
    """An entry of the list, and why it is not the debtor, or why that was wrong."""

    entity_id = Line(200, required=True, metadata={"description": "The list's own id of the entry."})
    reason = Line(1000, required=True, metadata={"description": "What was compared, and what was found."})


class MatchClearanceSchema(Schema):
    """Who cleared an entry; `holds` is false once the entry or the debtor has changed since."""

    cleared_by = fields.String(required=True)
    cleared_at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)
    holds = fields.Boolean(required=True)


class SanctionsMatchSchema(Schema):
    """An entry that resembles the debtor; `hit` is its own weight, and only a possible one can be cleared."""

    entity_id = fields.String(required=True)
    caption = fields.String(required=True, allow_none=True)
    score = fields.String(required=True, metadata={"description": "The list's own score, from 0 to 1."})
    hit = fields.String(required=True, validate=validate.OneOf(HITS[1:]))
    schema = fields.String(required=True, allow_none=True, metadata={"description": "Such as Company or Person."})
    topics = fields.List(fields.String(), required=True)
    lists = fields.List(fields.String(), required=True)
    last_change_on = fields.Date(required=True, allow_none=True)
    clearance = fields.Nested(MatchClearanceSchema, required=True, allow_none=True)


class SanctionsMatchesSchema(Schema):
    """The last screening of a debtor, with what was cleared of it: `hit` is what a judgement sees.

    All is null where it was never screened. The source found `left_out_count` more entries than it told.
    """

    debtor_id = fields.UUID(required=True)
    provider = fields.String(required=True, allow_none=True)
    retrieved_at = fields.AwareDateTime(required=True, allow_none=True)
    list_version = fields.String(required=True, allow_none=True)
    hit = fields.String(required=True, allow_none=True, validate=validate.OneOf(HITS))
    left_out_count = fields.Integer(required=True)
    items = fields.List(fields.Nested(SanctionsMatchSchema), required=True)


class ScreeningStartedSchema(Schema):
    """A screening of all debtors: new in the queue, or one that waits or runs already."""

    job_id = fields.UUID(required=True)
    state = fields.String(required=True)
