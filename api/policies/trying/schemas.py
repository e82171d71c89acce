"""What the policies room answers of two policies beside each other."""

from typing import get_args

from marshmallow import fields, validate

from api.records.decisions import OUTCOMES
from api.records.shadow_decisions import STATES
from api.web.schemas import MoneySchema, PageQuery, Schema
from scoring.comparison import NoComparedLoss
from scoring.facts import LimitKind

SHARE = r"^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$"


def text(description: str = "") -> fields.String:
    """Give the field of a text that may be null."""
    return fields.String(required=True, allow_none=True, metadata={"description": description} if description else {})


def count() -> fields.Integer:
    """Give the field of a number of things."""
    return fields.Integer(required=True)


class LossQuery(Schema):
    """What the losses are reckoned with where the version names no loss given default of its own."""

    loss_given_default = fields.String(
        load_default=None,
        validate=validate.Regexp(SHARE, error="Must be a share from 0 to 1 with at most 6 decimals."),
        metadata={"example": "0.45"},
    )


class ShadowDecisionsQuery(PageQuery):
    """Only those on which both sides differ, only the others, or all."""

    changed = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class MatrixCellSchema(Schema):
    """How often what the active policy says meets what the version says; null is nothing said."""

    active = text()
    version = text()
    count = count()


class GradesMovedSchema(Schema):
    """Grades by the version against those by the active policy."""

    better_count = count()
    worse_count = count()
    same_count = count()
    not_compared_count = fields.Integer(required=True, metadata={"description": "One side gave no grade."})


class ComparedLimitsSchema(Schema):
    """The version's limits against the active policy's. A limit of kind none is neither higher nor lower.

    The amounts are sums over the `amounts_count` where both sides gave an amount.
    """

    higher_count = count()
    lower_count = count()
    same_count = count()
    amounts_count = count()
    active_amount = fields.String(required=True)
    version_amount = fields.String(required=True)


class LimitsByBindingSchema(ComparedLimitsSchema):
    """The same for what binds the limit on both sides."""

    active = text()
    version = text()
    count = count()


class ComparedLossSchema(Schema):
    """PD x LGD x amount by both, over the `rated_count` amounts at risk that both give a PD for."""

    active_amount = text()
    version_amount = text()
    missing = fields.String(required=True, allow_none=True, validate=validate.OneOf(get_args(NoComparedLoss)))
    loss_given_default = text()
    at_risk_count = count()
    at_risk_amount = fields.String(required=True)
    rated_count = count()
    rated_amount = fields.String(required=True)


class ComparisonSchema(Schema):
    """The active policy and a version over the same decisions; amounts are in `currency`."""

    currency = fields.String(required=True)
    outcomes = fields.List(fields.Nested(MatrixCellSchema), required=True)
    classes = fields.List(fields.Nested(MatrixCellSchema), required=True)
    grades = fields.Nested(GradesMovedSchema, required=True)
    limits = fields.Nested(ComparedLimitsSchema, required=True)
    limits_by_binding = fields.List(fields.Nested(LimitsByBindingSchema), required=True)
    expected_loss = fields.Nested(ComparedLossSchema, required=True)


class SettingDifferenceSchema(Schema):
    """A setting that facts are gathered by, and that the two policies do not share."""

    setting = fields.String(required=True, metadata={"example": "evidence.behaviour_window_days"})
    active = fields.Raw(required=True, allow_none=True)
    version = fields.Raw(required=True, allow_none=True)


class ShadowReportSchema(Schema):
    """What a version in shadow says of the live decisions, and how many of them it has judged."""

    policy_version = fields.Integer(required=True)
    active_version = fields.Integer(required=True)
    state = fields.String(required=True)
    shadowed_at = fields.AwareDateTime(required=True)
    waiting_count = count()
    judged_count = count()
    erased_count = count()
    failed_count = count()
    comparison = fields.Nested(ComparisonSchema, required=True, allow_none=True)
    evidence_differences = fields.List(fields.Nested(SettingDifferenceSchema), required=True)


class ShadowLimitSchema(Schema):
    """A limit; only the kind `amount` has an amount."""

    kind = fields.String(required=True, validate=validate.OneOf(get_args(LimitKind)))
    amount = fields.Nested(MoneySchema, required=True, allow_none=True)


class ShadowSideSchema(Schema):
    """What one policy said."""

    policy_version = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    risk_class = text()
    grade = text()
    pd = text()
    credit_limit = fields.Nested(ShadowLimitSchema, required=True)
    binding = text()


class ShadowDecisionSchema(Schema):
    """A live decision, and what the version in shadow says of it: null where it could not judge."""

    decision_id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    decided_at = fields.AwareDateTime(required=True)
    judged_at = fields.AwareDateTime(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    error = text("Why it could not judge.")
    differs = fields.List(fields.String(), required=True)
    order_amount = fields.Nested(MoneySchema, required=True, allow_none=True)
    active = fields.Nested(ShadowSideSchema, required=True)
    version = fields.Nested(ShadowSideSchema, required=True, allow_none=True)


class RescoringStartedSchema(Schema):
    """The job to ask for, at `/v1/jobs/{job_id}`; its `result` is described in docs/shadow.md."""

    job_id = fields.UUID(required=True)
    state = fields.String(required=True)
