"""What a decision looks like to callers: the documentation of `decision_answer`."""

from typing import get_args

from marshmallow import fields, validate

from api.behaviour_answer import BehaviourFigures
from api.fresh_report.source import NOT_FOUND, Why
from api.records.decisions import OUTCOMES
from api.records.reports import KINDS
from api.web.schemas import MoneySchema, Schema, SignedMoneySchema

FINANCE_ONLY = {"description": "For finance only."}


class CreditLimitSchema(Schema):
    """A limit. `none`: never decided; `amount`: zero is no credit; `unlimited`: no amount stands in the way."""

    kind = fields.String(required=True, validate=validate.OneOf(("none", "amount", "unlimited")))
    amount = fields.Nested(MoneySchema, required=True, allow_none=True)


class TermsSchema(Schema):
    """How is paid."""

    payment_term_days = fields.Integer(required=True, allow_none=True)
    mode = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(("open_account", "first_payment_first", "prepayment", "direct_debit", None)),
    )
    prepayment_required = fields.Nested(MoneySchema, required=True, allow_none=True)


class ReasonSchema(Schema):
    """Why. `params` are for finance; others get the text."""

    code = fields.String(required=True)
    category = fields.String(required=True)
    text = fields.String(required=True)
    params = fields.Dict(required=True)
    effect = fields.String(required=True)
    remedy = fields.String(required=True, allow_none=True)
    owner = fields.String(required=True, validate=validate.OneOf(("sales", "finance", "debtor")))


class RemedySchema(Schema):
    """A change that, by the same rules, gives another outcome; each was tried."""

    change = fields.String(required=True)
    from_ = fields.Raw(required=True, allow_none=True, data_key="from")
    to = fields.Raw(required=True, allow_none=True)
    gives_outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    text = fields.String(required=True)


class NeededChangeSchema(Schema):
    """One of the changes that, all together and by the same rules, lead to `accept`."""

    change = fields.String(required=True)
    from_ = fields.Raw(required=True, allow_none=True, data_key="from")
    to = fields.Raw(required=True, allow_none=True)
    text = fields.String(required=True)


class TriedSchema(Schema):
    """A provider that told nothing, so that the next one was asked."""

    provider = fields.String(required=True)
    why = fields.String(
        required=True,
        validate=validate.OneOf((*get_args(Why), NOT_FOUND)),
        metadata={"description": "As of a source; `not_found`: it does not know the company."},
    )
    cost = fields.Nested(
        MoneySchema,
        allow_none=True,
        metadata={"description": "For finance only: what was charged, perhaps."},
    )


class SourceSchema(Schema):
    """How one outside source answered."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    provider = fields.String(required=True, allow_none=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(("fresh", "cached", "stale", "unavailable", "not_asked", "not_found")),
    )
    retrieved_at = fields.AwareDateTime(required=True, allow_none=True)
    age_days = fields.Integer(required=True, allow_none=True)
    cost = fields.Nested(
        MoneySchema,
        allow_none=True,
        metadata={"description": "For finance only: what asking this provider for this decision was charged."},
    )
    tried = fields.List(
        fields.Nested(TriedSchema),
        required=True,
        metadata={"description": "Providers that were to be asked as well, in their order: most of them before it."},
    )
    why = fields.String(
        allow_none=True,
        validate=validate.OneOf((*get_args(Why), None)),
        metadata={"description": "Why it told nothing, or nothing new: how it failed, or why it was not asked."},
    )
    took_seconds = fields.Float(
        allow_none=True, metadata={"description": "How long its answer took; null where nobody was asked."}
    )


class ProposalSchema(Schema):
    """What the answer for a natural person would be without the review."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    credit_limit = fields.Nested(CreditLimitSchema, required=True)
    binding = fields.String(required=True, allow_none=True)
    terms = fields.Nested(TermsSchema, required=True)


class DecisionSchema(Schema):
    """A decision. Roles other than finance do not see the figures of the report, the grade or the behaviour."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(("live", "test")))
    debtor_id = fields.UUID(required=True)
    as_of = fields.Date(required=True)
    decided_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    risk_class = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(("low", "normal", "high", "blocked", None))
    )
    credit_limit = fields.Nested(CreditLimitSchema, required=True)
    binding = fields.String(required=True, allow_none=True)
    terms = fields.Nested(TermsSchema, required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    remedies = fields.List(fields.Nested(RemedySchema), required=True)
    to_accept = fields.List(
        fields.Nested(NeededChangeSchema),
        required=True,
        metadata={
            "description": "What it takes to say yes: these changes together lead to `accept`. Empty where no such "
            "changes were found, the answer is `accept` or final, or one of them is for finance only or waits for a "
            "review (then finance alone sees them)."
        },
    )
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    sales_note = fields.String(required=True)
    policy_version = fields.Integer(required=True)
    valid_until = fields.Date(required=True)
    requires_human_review = fields.Boolean(required=True)
    grade = fields.String(allow_none=True, metadata=FINANCE_ONLY)
    grade_before_caps = fields.String(allow_none=True, metadata=FINANCE_ONLY)
    pd = fields.String(allow_none=True, metadata=FINANCE_ONLY)
    pd_internal = fields.String(allow_none=True, metadata=FINANCE_ONLY)
    pd_external = fields.String(allow_none=True, metadata=FINANCE_ONLY)
    credibility = fields.String(metadata=FINANCE_ONLY)
    confidence = fields.String(metadata=FINANCE_ONLY)
    payment_index = fields.String(allow_none=True, metadata=FINANCE_ONLY)
    payment_behaviour = fields.Nested(BehaviourFigures, allow_none=True, metadata=FINANCE_ONLY)
    headroom = fields.Nested(SignedMoneySchema, allow_none=True, metadata=FINANCE_ONLY)
    proposal = fields.Nested(ProposalSchema, allow_none=True, metadata=FINANCE_ONLY)
    engine_version = fields.String(metadata=FINANCE_ONLY)
    asked_by = fields.String(metadata=FINANCE_ONLY)
    actor = fields.String(allow_none=True, metadata=FINANCE_ONLY)
