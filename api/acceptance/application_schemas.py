"""What applications, verdicts and agreed terms take and give, as callers see them."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.acceptance.applied import ApplicationRequest
from api.acceptance.desk_schemas import ReferralReasonSchema
from api.acceptance.limit_fields import LimitField
from api.acceptance.limit_schemas import LimitVersionSchema
from api.acceptance.terms_schemas import AgreedTermsSchema
from api.acceptance.verdict_schemas import MODES, VerdictSchema
from api.credit_check.asking import CheckRequest
from api.credit_check.schemas import WhySchema
from api.decision_schemas import CreditLimitSchema, DecisionSchema
from api.identity.schemas import NamesDebtor, debtor_named
from api.onboarding import ITEMS
from api.records.applications import APPLICATION_STATES
from api.records.limits import SCOPES
from api.web.fields import Line, Person, WholeNumber
from api.web.schemas import ChangedQuery, MoneySchema, Schema


class RequestedTermsSchema(Schema):
    """The terms applied for."""

    payment_term_days = WholeNumber(0, 365, required=True)


class NewApplicationSchema(NamesDebtor, WhySchema):
    """An application for credit; `monthly_sales` is without VAT."""

    requested_limit = LimitField("unlimited", required=True)
    scope = fields.String(validate=validate.OneOf(SCOPES), load_default="own")
    requested_terms = fields.Nested(RequestedTermsSchema)
    monthly_sales = fields.Nested(MoneySchema)
    insurance_policy_id = fields.UUID()

    @post_load
    def as_request(self, data: dict[str, Any], **_: Any) -> ApplicationRequest:
        """Give the value the service takes."""
        named = debtor_named(data)
        limit = data["requested_limit"]
        check = CheckRequest(
            named,
            requested_limit=limit.money,
            monthly_sales=data.get("monthly_sales"),
            payment_term_days=data.get("requested_terms", {}).get("payment_term_days"),
            purpose=data.get("purpose"),
            relation=data.get("relation"),
            is_application=True,
            unlimited_requested=limit.kind == "unlimited",
        )
        return ApplicationRequest(check, limit, data["scope"], data.get("insurance_policy_id"))


class GrantedTermsSchema(Schema):
    """How is paid, as it was granted."""

    payment_term_days = fields.Integer(required=True, allow_none=True)
    mode = fields.String(required=True, allow_none=True, validate=validate.OneOf((*MODES, None)))


class NewWithdrawalSchema(Schema):
    """Why an application is wanted no more."""

    reason = Line(2000, required=True)


class WithdrawalSchema(Schema):
    """Who withdrew an application, and why."""

    withdrawn_by = fields.String(required=True)
    reason = fields.String(required=True)
    withdrawn_at = fields.AwareDateTime(required=True)


class ChecklistItemSchema(Schema):
    """One item of the policy's checklist: while it is missing, whose turn it is."""

    item = fields.String(required=True, validate=validate.OneOf(ITEMS))
    done = fields.Boolean(required=True)
    acted_by = fields.String(required=True, allow_none=True, validate=validate.OneOf(("sales", "finance", None)))
    owner = fields.String(required=True, allow_none=True)


class ApplicationRowSchema(Schema):
    """An application in a list."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    decision_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(APPLICATION_STATES))
    scope = fields.String(required=True, validate=validate.OneOf(SCOPES))
    requested_limit = fields.Nested(CreditLimitSchema, required=True)
    owner = fields.String(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    applied_by = fields.String(required=True)
    actor = fields.String(required=True, allow_none=True)
    applied_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)


class ApplicationSchema(ApplicationRowSchema):
    """An application: what the machine decided, what persons said of it, and what is missing before credit begins."""

    requested_terms = fields.Nested(RequestedTermsSchema, required=True, allow_none=True)
    monthly_sales = fields.Nested(MoneySchema, required=True, allow_none=True)
    insurance_policy_id = fields.UUID(required=True, allow_none=True)
    taken_at = fields.AwareDateTime(required=True, allow_none=True)
    because = fields.Nested(
        ReferralReasonSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Why it is not as the machine answered: what a person decided, or a limit in force."},
    )
    decision = fields.Nested(DecisionSchema, required=True)
    decided_by = fields.String(
        required=True, allow_none=True, metadata={"description": "`machine` or a person; null while somebody must."}
    )
    terms = fields.Nested(GrantedTermsSchema, required=True)
    limit = fields.Nested(LimitVersionSchema, required=True, allow_none=True)
    verdicts = fields.List(fields.Nested(VerdictSchema), required=True)
    withdrawal = fields.Nested(WithdrawalSchema, required=True, allow_none=True)
    agreed_terms = fields.Nested(AgreedTermsSchema, required=True, allow_none=True)
    checklist = fields.List(fields.Nested(ChecklistItemSchema), required=True)


class ApplicationsQuery(ChangedQuery):
    """Filters of the list of applications."""

    state = fields.String(validate=validate.OneOf(APPLICATION_STATES), load_default=None)
    debtor_id = fields.UUID(load_default=None)
    owner = Person(load_default=None, metadata={"description": "E-mail of who took it."})
