"""What the policies room takes and gives."""

from marshmallow import INCLUDE, fields, validate

from api.debtor_schemas import RISK_CLASSES
from api.policies.documents import NAME_LENGTH_MAX, WRITTEN_LENGTH_MAX
from api.records.decisions import KINDS, OUTCOMES
from api.records.policies import STATES
from api.web.fields import Line
from api.web.schemas import ChangedQuery, Schema


class NewPolicySchema(Schema):
    """A draft: `document` as JSON, or `yaml` as text; exactly one of them.

    Faults point into the one that was sent; those of `yaml` carry line and column of the text.
    """

    name = Line(NAME_LENGTH_MAX, required=True)
    document = fields.Dict()
    yaml = fields.String(validate=validate.Length(min=1, max=WRITTEN_LENGTH_MAX))


class ActivationSchema(Schema):
    """Optional: which version the caller believes is active. When another one is, the answer is 409."""

    replaces = fields.Integer(
        strict=True, load_default=None, validate=validate.Range(min=1, max=2**31 - 1), metadata={"example": 3}
    )


class PolicyWarningSchema(Schema):
    """Something that may be meant, but probably is not."""

    path = fields.String(required=True, metadata={"example": "limits.own_risk.G5"})
    detail = fields.String(required=True)


class JsonSchemaSchema(Schema):
    """A JSON Schema of the draft 2020-12."""

    class Meta:
        unknown = INCLUDE


class PolicySchema(Schema):
    """One version. Its `digest` is the SHA-256 of the document's canonical form."""

    version = fields.Integer(required=True)
    name = fields.String(required=True)
    digest = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    made_by = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    approved_by = fields.String(required=True, allow_none=True)
    approved_at = fields.AwareDateTime(required=True, allow_none=True)
    shadowed_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it last went into shadow."}
    )
    activated_at = fields.AwareDateTime(required=True, allow_none=True)
    document = fields.Dict(metadata={"description": "When one version is asked for."})
    warnings = fields.List(
        fields.Nested(PolicyWarningSchema), metadata={"description": "When one version is made or asked for."}
    )


class DecisionsQuery(ChangedQuery):
    """Filters of the list of decisions. A decision never changes: since a time are those made then or later."""

    debtor_id = fields.UUID(load_default=None)
    kind = fields.String(validate=validate.OneOf(KINDS), load_default=None)
    outcome = fields.String(validate=validate.OneOf(OUTCOMES), load_default=None)
    risk_class = fields.String(validate=validate.OneOf(RISK_CLASSES), load_default=None)


class ReplaySchema(Schema):
    """A decision judged again from its own facts by its own policy and engine."""

    identical = fields.Boolean(required=True)
    decision_id = fields.UUID(required=True)
    policy_version = fields.Integer(required=True)
    policy_digest = fields.String(required=True)
    engine_version = fields.String(required=True)
    as_of = fields.Date(required=True)
    judgement_digest = fields.String(required=True)
    differences = fields.List(fields.String(), required=True)
