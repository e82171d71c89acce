"""What an explanation looks like to callers: the documentation of `explanation`."""

from marshmallow import fields, validate

from api.decision_schemas import FINANCE_ONLY, NeededChangeSchema, RemedySchema, SourceSchema
from api.records.decisions import OUTCOMES
from api.web.schemas import MoneySchema, Schema


class DebtorNumberSchema(Schema):
    """An official number of the debtor, in words too."""

    scheme = fields.String(required=True)
    country = fields.String(required=True)
    value = fields.String(required=True)
    text = fields.String(required=True)


class AboutSchema(Schema):
    """Which decision, when, and by which policy and engine."""

    kind = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(("live", "test")))
    debtor_id = fields.UUID(required=True)
    debtor_name = fields.String(required=True, allow_none=True)
    debtor_numbers = fields.List(fields.Nested(DebtorNumberSchema), required=True)
    seller_name = fields.String(required=True)
    as_of = fields.Date(required=True)
    decided_at = fields.AwareDateTime(required=True)
    decided_at_text = fields.String(
        required=True, metadata={"description": "Day and time in the time zone of the seller."}
    )
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    outcome_text = fields.String(required=True)
    valid_until = fields.Date(required=True)
    requires_human_review = fields.Boolean(required=True)
    policy_version = fields.Integer(required=True)
    policy_text = fields.String(required=True)
    engine_version = fields.String(required=True)
    currency = fields.String(required=True)


class StepSchema(Schema):
    """One step of the procedure, with the numbers that were applied."""

    step = fields.String(
        required=True,
        validate=validate.OneOf(
            ("outside", "inside", "blending", "grade", "caps", "confidence", "limit", "term", "outcome"),
        ),
    )
    title = fields.String(required=True)
    text = fields.String(required=True)
    details = fields.List(fields.String(), required=True)


class MarginalSchema(Schema):
    """What would have been, had one figure met its target."""

    pd = fields.String(required=True)
    pd_would_be = fields.String(required=True)
    grade = fields.String(required=True)
    grade_would_be = fields.String(required=True)
    limit = fields.Nested(MoneySchema, required=True, allow_none=True)
    limit_would_be = fields.Nested(MoneySchema, required=True, allow_none=True)


class RankedReasonSchema(Schema):
    """A reason, the heaviest first, with its marginal effect."""

    code = fields.String(required=True)
    category = fields.String(required=True)
    text = fields.String(required=True)
    effect = fields.String(required=True)
    effect_text = fields.String(required=True)
    remedy = fields.String(required=True, allow_none=True)
    owner = fields.String(required=True, validate=validate.OneOf(("sales", "finance", "debtor")))
    marginal = fields.Nested(MarginalSchema, required=True, allow_none=True, metadata=FINANCE_ONLY)
    marginal_text = fields.String(required=True, allow_none=True, metadata=FINANCE_ONLY)


class ExplainedSourceSchema(SourceSchema):
    """How one outside source answered, in words too."""

    text = fields.String(required=True)


class EvidenceSchema(Schema):
    """A fact with its source, age and use; without a value, `why` it is missing."""

    fact = fields.String(required=True)
    fact_text = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True)
    value_text = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True)
    source = fields.String(required=True, allow_none=True)
    source_text = fields.String(required=True, allow_none=True)
    dated_on = fields.Date(required=True, allow_none=True)
    retrieved_on = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    age_days = fields.Integer(required=True, allow_none=True)
    freshness = fields.String(required=True, validate=validate.OneOf(("fresh", "stale", "too_old", "missing")))
    freshness_text = fields.String(required=True)
    use = fields.String(required=True, validate=validate.OneOf(("used", "shown")))
    use_text = fields.String(required=True)
    why = fields.String(required=True, allow_none=True)
    why_text = fields.String(required=True, allow_none=True)
    zone = fields.String(required=True, allow_none=True, validate=validate.OneOf(("distress", "grey", "safe", None)))


class ExplanationSchema(Schema):
    """What explains a decision. Roles other than finance see no evidence, and of the procedure only the outcome."""

    decision_id = fields.UUID(required=True)
    language = fields.String(required=True, validate=validate.OneOf(("en", "nl")))
    title = fields.String(required=True)
    about = fields.Nested(AboutSchema, required=True)
    facts_kept = fields.Boolean(required=True)
    facts_text = fields.String(required=True)
    procedure = fields.List(fields.Nested(StepSchema), required=True)
    reasons = fields.List(fields.Nested(RankedReasonSchema), required=True)
    remedies = fields.List(fields.Nested(RemedySchema), required=True)
    to_accept = fields.List(fields.Nested(NeededChangeSchema), required=True)
    sources = fields.List(fields.Nested(ExplainedSourceSchema), required=True)
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True, metadata=FINANCE_ONLY)
    trained = fields.Boolean(
        required=True, metadata={"description": "Whether any points were fitted to data rather than chosen by people."}
    )
    trained_text = fields.String(required=True)
    deciders = fields.List(fields.String(), required=True)
    is_natural_person = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "Null is not known, and treated as true."}
    )
    rights = fields.List(fields.String(), required=True)
    whom_to_ask = fields.String(required=True)
