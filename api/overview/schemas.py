"""What a debtor at a glance looks like: the documentation of the overview."""

from typing import get_args

from marshmallow import fields, validate

from api.behaviour_answer import BehaviourFigures
from api.debtor_schemas import RISK_CLASSES, DebtorSchema
from api.decision_schemas import CreditLimitSchema, ReasonSchema
from api.records.alerts import SEVERITIES
from api.records.applications import APPLICATION_STATES
from api.records.decisions import OUTCOMES
from api.records.holds import HOLD_KINDS
from api.records.limits import SCOPES
from api.records.securities import SECURITY_KINDS
from api.web.schemas import MoneySchema, Schema, SignedMoneySchema
from scoring.acceptance import LimitStanding
from scoring.cover import CoverStanding
from scoring.first_payment import FirstPaymentState
from scoring.policy.terms import ChecklistItem

BOOK_ONLY = {"description": "Not for sales."}
FINANCE_ONLY = {"description": "For finance only."}


class DatedLimitSchema(CreditLimitSchema):
    """A version of a limit; of kind `none` it was never decided, or taken back."""

    valid_from = fields.Date(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    decided_by = fields.String(metadata=FINANCE_ONLY)
    grounds = fields.String(metadata=FINANCE_ONLY)


class EffectiveLimitSchema(CreditLimitSchema):
    """The limit that bounds the next order, with what guarantees add: the tightest on the way to the top of the group.

    Of kind `none` where one on the way is missing or has ended.
    """

    scope = fields.String(required=True, validate=validate.OneOf(SCOPES))
    debtor_id = fields.UUID(required=True)


class LevelSchema(Schema):
    """A limit on the way to the top and how far it is used; `exposure` of scope `group` is of all below as well."""

    scope = fields.String(required=True, validate=validate.OneOf(SCOPES))
    debtor_id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    credit_limit = fields.Nested(CreditLimitSchema, required=True)
    secured_amount = fields.Nested(MoneySchema, required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    is_in_force = fields.Boolean(required=True)
    exposure = fields.Nested(SignedMoneySchema, required=True)
    headroom = fields.Nested(SignedMoneySchema, required=True, allow_none=True)
    utilisation = fields.String(required=True, allow_none=True)


class AgreedTermsShortSchema(Schema):
    """The terms that the debtor accepted in writing last."""

    terms_version = fields.String(required=True)
    payment_term_days = fields.Integer(required=True)
    accepted_by = fields.String(required=True)
    accepted_on = fields.Date(required=True)
    channel = fields.String(required=True)
    document_id = fields.UUID(required=True, allow_none=True)
    document_sha256 = fields.String(required=True)
    evidence = fields.String(required=True, validate=validate.OneOf(("document", "hash_only")))
    application_id = fields.UUID(required=True, allow_none=True)


class FirstPaymentSchema(Schema):
    """How far the first order on account is; `due_on` of what is unpaid, `paid_on` once all of it is."""

    state = fields.String(required=True, validate=validate.OneOf(get_args(FirstPaymentState)))
    due_on = fields.Date(required=True, allow_none=True)
    paid_on = fields.Date(required=True, allow_none=True)


class GateAnswerSchema(Schema):
    """What the gate would say now of the smallest order: all that stands against every order."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class NewestDecisionSchema(Schema):
    """The machine's newest decision on the debtor; for finance also one of monitoring, which answered nobody."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    risk_class = fields.String(required=True, allow_none=True, validate=validate.OneOf(RISK_CLASSES))
    policy_version = fields.Integer(required=True)
    decided_at = fields.AwareDateTime(required=True)
    credit_limit = fields.Nested(CreditLimitSchema, required=True)
    grade = fields.String(allow_none=True, metadata=FINANCE_ONLY)
    pd = fields.String(allow_none=True, metadata=FINANCE_ONLY)


class OpenApplicationSchema(Schema):
    """An application that waits for a person, or for terms in writing."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(APPLICATION_STATES))
    requested_limit = fields.Nested(CreditLimitSchema, required=True)
    owner = fields.String(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    applied_by = fields.String(required=True)
    applied_at = fields.AwareDateTime(required=True)


class StandingHoldSchema(Schema):
    """A hold in force, of the debtor or of one above it with its group."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(HOLD_KINDS))
    scope = fields.String(required=True, validate=validate.OneOf(SCOPES))
    placed_at = fields.AwareDateTime(required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    grounds = fields.String(metadata=FINANCE_ONLY)
    placed_by = fields.String(metadata=FINANCE_ONLY)


class OpenPromiseSchema(Schema):
    """A promise to pay that was neither kept nor broken yet, or taken back."""

    id = fields.UUID(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    promised_on = fields.Date(required=True)
    last_on = fields.Date(required=True)
    made_by = fields.String(required=True)


class HeldOrdersSchema(Schema):
    """How many orders wait, and since when the oldest."""

    count = fields.Integer(required=True)
    oldest_placed_at = fields.AwareDateTime(required=True, allow_none=True)


class StandingSecuritySchema(Schema):
    """What stands behind the debt today; it adds to the limit only with `raises_limit`."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(SECURITY_KINDS))
    amount = fields.Nested(MoneySchema, required=True, allow_none=True)
    raises_limit = fields.Boolean(required=True)
    guarantor_id = fields.UUID(required=True, allow_none=True)
    guarantor_name = fields.String(required=True, allow_none=True)
    document_id = fields.UUID(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class StagesSchema(Schema):
    """Exposure by stage; `scheduled` lies beyond the horizon and does not count, `unallocated` is below zero."""

    scheduled = fields.Nested(SignedMoneySchema, required=True)
    reserved = fields.Nested(SignedMoneySchema, required=True)
    delivered = fields.Nested(SignedMoneySchema, required=True)
    invoiced = fields.Nested(SignedMoneySchema, required=True)
    unallocated = fields.Nested(SignedMoneySchema, required=True)


class ExposureInShortSchema(Schema):
    """What the debtor owes or will owe; amounts without a recent exchange rate are in no sum.

    `returnable` was collected by direct debit and can still be asked back: it counts in `total`.
    """

    total = fields.Nested(SignedMoneySchema, required=True)
    stages = fields.Nested(StagesSchema, required=True)
    returnable = fields.Nested(MoneySchema, required=True)
    not_converted = fields.List(fields.Nested(SignedMoneySchema), required=True)


class OverdueInShortSchema(Schema):
    """What of undisputed invoices is past its due day."""

    oldest_days = fields.Integer(required=True, allow_none=True)
    amount = fields.Nested(MoneySchema, required=True)
    not_converted = fields.List(fields.Nested(MoneySchema), required=True)


class BorneSchema(Schema):
    """Who bears what of an amount: `uninsured` lies above the cover, `own_part` is our share of what is insured."""

    insured = fields.Nested(MoneySchema, required=True)
    uninsured = fields.Nested(MoneySchema, required=True)
    own_part = fields.Nested(MoneySchema, required=True)


class CoverInShortSchema(Schema):
    """The cover under the contract that bears on the debtor, in its currency; parts as the ledger has it, with VAT.

    No parts of a limit that is not in force or has no amount, nor of what has no exchange rate.
    """

    standing = fields.String(required=True, validate=validate.OneOf(get_args(CoverStanding)))
    insured_limit = fields.Nested(MoneySchema, required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    limit = fields.Nested(BorneSchema, required=True, allow_none=True)
    exposure = fields.Nested(BorneSchema, required=True, allow_none=True)


class AlertInShortSchema(Schema):
    """An open alert."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    opened_at = fields.AwareDateTime(required=True)


class OpenAlertsSchema(Schema):
    """How many alerts are open, and the newest of them."""

    count = fields.Integer(required=True)
    newest = fields.List(fields.Nested(AlertInShortSchema), required=True)


class DebtorOverviewSchema(DebtorSchema):
    """A debtor with all that one needs to decide; sums are in the currency of the policy, VAT included."""

    mode = fields.String(required=True, validate=validate.OneOf(("live", "test")))
    as_of = fields.Date(required=True)
    policy_version = fields.Integer(required=True)
    limit_standing = fields.String(required=True, validate=validate.OneOf(get_args(LimitStanding)))
    credit_limit = fields.Nested(
        DatedLimitSchema, required=True, metadata={"description": "Its own standing limit, in force or ended."}
    )
    temporary_limit = fields.Nested(
        DatedLimitSchema, required=True, allow_none=True, metadata={"description": "Applies instead, in its days."}
    )
    next_review_on = fields.Date(required=True, allow_none=True)
    terms = fields.Nested(AgreedTermsShortSchema, required=True, allow_none=True)
    first_payment = fields.Nested(
        FirstPaymentSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null where the rule does not bear on this debtor."},
    )
    onboarding_missing = fields.List(
        fields.String(validate=validate.OneOf(get_args(ChecklistItem))),
        required=True,
        metadata={"description": "What its file lacks: until then orders are prepaid."},
    )
    gate = fields.Nested(GateAnswerSchema, required=True)
    newest_decision = fields.Nested(NewestDecisionSchema, required=True, allow_none=True)
    applications = fields.List(fields.Nested(OpenApplicationSchema), required=True)
    holds = fields.List(fields.Nested(StandingHoldSchema), required=True)
    held_orders = fields.Nested(HeldOrdersSchema, required=True)
    promises = fields.List(fields.Nested(OpenPromiseSchema), required=True)
    effective_limit = fields.Nested(EffectiveLimitSchema, metadata=BOOK_ONLY)
    headroom = fields.Nested(SignedMoneySchema, allow_none=True, metadata=BOOK_ONLY)
    available_amount = fields.Nested(
        MoneySchema,
        allow_none=True,
        metadata={"description": "What can still be ordered on account; null: unlimited. Not for sales."},
    )
    over_limit_amount = fields.Nested(MoneySchema, allow_none=True, metadata=BOOK_ONLY)
    utilisation = fields.String(
        allow_none=True, metadata={"description": "Exposure as a share of the limit. Not for sales."}
    )
    levels = fields.List(fields.Nested(LevelSchema), metadata=BOOK_ONLY)
    exposure = fields.Nested(ExposureInShortSchema, metadata=BOOK_ONLY)
    overdue = fields.Nested(OverdueInShortSchema, metadata=BOOK_ONLY)
    cover = fields.Nested(
        CoverInShortSchema,
        allow_none=True,
        metadata={"description": "Null: no contract with a credit insurer bears on it. Not for sales."},
    )
    securities = fields.List(fields.Nested(StandingSecuritySchema), metadata=BOOK_ONLY)
    open_alerts = fields.Nested(OpenAlertsSchema, metadata=BOOK_ONLY)
    payment_behaviour = fields.Nested(BehaviourFigures, metadata=BOOK_ONLY)
    grade = fields.String(allow_none=True, metadata=FINANCE_ONLY)
    pd = fields.String(allow_none=True, metadata=FINANCE_ONLY)
