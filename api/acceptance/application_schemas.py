"""What applications, verdicts and agreed terms take and give, as callers see them."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.acceptance.applying import ApplicationRequest
from api.acceptance.limit_fields import LimitField
from api.acceptance.limit_schemas import LimitVersionSchema
from api.acceptance.terms import TermsAccepted
from api.acceptance.verdicts import Said
from api.credit_check.asking import CheckRequest
from api.credit_check.schemas import WhySchema
from api.decision_schemas import CreditLimitSchema, DecisionSchema
from api.identity.schemas import NamesDebtor, debtor_named
from api.onboarding import ITEMS
from api.records.applications import APPLICATION_STATES
from api.records.limits import SCOPES
from api.records.verdicts import VERDICTS
from api.web.fields import Day, Line, Person, WholeNumber
from api.web.schemas import ChangedQuery, MoneySchema, Schema

MODES = ("open_account", "first_payment_first", "prepayment", "direct_debit")
FINANCE_ONLY = {"description": "For finance only."}


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


class VerdictTermsSchema(Schema):
    """How is to be paid; what is left out stays as the machine said."""

    payment_term_days = WholeNumber(0, 365)
    mode = fields.String(validate=validate.OneOf(MODES))


class NewVerdictSchema(Schema):
    """A person's verdict. `campari` is the form: seven letters, each `{"mark": 1 to 5, "ground": "..."}`."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    limit = LimitField("unlimited", metadata={"description": "Of the application's scope; needed with `accept`."})
    terms = fields.Nested(VerdictTermsSchema)
    valid_until = Day(metadata={"description": "The limit's last day; without it, by the policy."})
    grounds = Line(2000, required=True)
    campari = fields.Dict(keys=fields.String())

    @post_load
    def as_said(self, data: dict[str, Any], **_: Any) -> Said:
        """Give the value the service takes."""
        return Said(**data)


class NewApprovalSchema(Schema):
    """What a second person says of a verdict."""

    approved = fields.Boolean(required=True, truthy={True}, falsy={False})
    grounds = Line(2000, required=True)


class ApprovalSchema(Schema):
    """What a second person said of a verdict."""

    approved = fields.Boolean(required=True)
    grounds = fields.String(required=True)
    given_by = fields.String(required=True)
    role = fields.String(required=True)
    given_at = fields.AwareDateTime(required=True)


class VerdictSchema(Schema):
    """A verdict. It counts while `in_force`; one that is `waiting` needs a second person."""

    id = fields.UUID(required=True)
    application_id = fields.UUID(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    limit = fields.Nested(CreditLimitSchema, required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    terms = fields.Nested(VerdictTermsSchema, required=True, allow_none=True)
    given_by = fields.String(required=True)
    given_at = fields.AwareDateTime(required=True)
    needs_second = fields.Boolean(required=True)
    in_force = fields.Boolean(required=True)
    waiting = fields.Boolean(required=True)
    grounds = fields.String(metadata=FINANCE_ONLY)
    campari = fields.Dict(allow_none=True, metadata=FINANCE_ONLY)
    role = fields.String(metadata=FINANCE_ONLY)
    authority_amount = fields.Nested(
        MoneySchema,
        allow_none=True,
        metadata={"description": "For finance only: what had to lie within the role's authority; null: unlimited."},
    )
    may_second = fields.List(
        fields.String(), metadata={"description": "For finance only: the roles that may second it, while it waits."}
    )
    approval = fields.Nested(ApprovalSchema, allow_none=True, metadata=FINANCE_ONLY)
    application_state = fields.String(validate=validate.OneOf(APPLICATION_STATES))


class ChecklistItemSchema(Schema):
    """One item of the policy's checklist: while it is missing, whose turn it is."""

    item = fields.String(required=True, validate=validate.OneOf(ITEMS))
    done = fields.Boolean(required=True)
    acted_by = fields.String(required=True, allow_none=True, validate=validate.OneOf(("sales", "finance", None)))
    owner = fields.String(required=True, allow_none=True)


class AgreedTermsSchema(Schema):
    """Terms that a debtor accepted in writing."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    application_id = fields.UUID(required=True, allow_none=True)
    document_id = fields.UUID(required=True, allow_none=True)
    document_sha256 = fields.String(required=True)
    terms_version = fields.String(required=True)
    payment_term_days = fields.Integer(required=True)
    expressly_agreed = fields.Boolean(required=True)
    debtor_size = fields.String(required=True, allow_none=True)
    accepted_by = fields.String(required=True)
    accepted_on = fields.Date(required=True)
    channel = fields.String(required=True)
    recorded_by = fields.String(required=True)
    known_at = fields.AwareDateTime(required=True)


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
    decision = fields.Nested(DecisionSchema, required=True)
    decided_by = fields.String(
        required=True, allow_none=True, metadata={"description": "`machine` or a person; null while somebody must."}
    )
    terms = fields.Nested(GrantedTermsSchema, required=True)
    limit = fields.Nested(LimitVersionSchema, required=True, allow_none=True)
    verdicts = fields.List(fields.Nested(VerdictSchema), required=True)
    agreed_terms = fields.Nested(AgreedTermsSchema, required=True, allow_none=True)
    checklist = fields.List(fields.Nested(ChecklistItemSchema), required=True)


class ApplicationsQuery(ChangedQuery):
    """Filters of the list of applications."""

    state = fields.String(validate=validate.OneOf(APPLICATION_STATES), load_default=None)
    debtor_id = fields.UUID(load_default=None)
    owner = Person(load_default=None, metadata={"description": "E-mail of who took it."})


SHA256 = r"^[0-9a-f]{64}$"
SIZES = ("sme", "large", "public")
CHANNELS = ("paper", "email", "portal", "esign", "edi", "other")


class NewAgreedTermsSchema(Schema):
    """Terms accepted in writing: which text, by whom, when, and how long the debtor has to pay."""

    document_id = fields.UUID()
    document_sha256 = fields.String(validate=validate.Regexp(SHA256), metadata={"pattern": SHA256})
    terms_version = Line(100, required=True)
    accepted_by = Line(200, required=True)
    accepted_on = Day(required=True)
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    payment_term_days = WholeNumber(0, 365, required=True)
    expressly_agreed = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    debtor_size = fields.String(
        validate=validate.OneOf(SIZES), load_default=None, metadata={"description": "Needed above 30 days."}
    )

    @post_load
    def as_accepted(self, data: dict[str, Any], **_: Any) -> TermsAccepted:
        """Give the value the service takes."""
        return TermsAccepted(**data)
