"""What verdicts and their approvals take and give, as callers see them."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from api.acceptance.limit_fields import GivenLimit, LimitField
from api.acceptance.verdicts import Said
from api.decision_schemas import CreditLimitSchema
from api.problems import Fault
from api.records.applications import APPLICATION_STATES
from api.records.verdicts import VERDICTS
from api.web.faults import faults_of
from api.web.fields import Day, Line, Truth, WholeNumber
from api.web.schemas import MoneySchema, Schema

MODES = ("open_account", "first_payment_first", "prepayment", "direct_debit")
FINANCE_ONLY = {"description": "For finance only."}


class VerdictTermsSchema(Schema):
    """How is to be paid; what is left out stays as the machine said."""

    payment_term_days = WholeNumber(0, 365)
    mode = fields.String(validate=validate.OneOf(MODES))
    expressly_agreed = fields.Boolean(
        truthy={True}, falsy={False}, metadata={"description": "Needed above 60 days, with its grounds."}
    )


class NewVerdictSchema(Schema):
    """A person's verdict. `campari` is the form: seven letters, each `{"mark": 1 to 5, "ground": "..."}`."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    limit = LimitField("unlimited", metadata={"description": "Of the application's scope; needed with `accept`."})
    terms = fields.Nested(VerdictTermsSchema)
    valid_until = Day(metadata={"description": "The limit's last day; without it, by the policy."})
    grounds = Line(2000, required=True)
    campari = fields.Dict(keys=fields.String())

    def load(self, *args: Any, **options: Any) -> Said:
        """Give the value the service takes, with the faults of what cannot be read.

        They are named by the service, beside what the rest of it breaks of the rules: all at once.
        """
        faults: tuple[Fault, ...] = ()
        try:
            told = super().load(*args, **options)
        except ValidationError as error:
            valid = error.valid_data if isinstance(error.valid_data, dict) else {}
            # Of a limit that was refused its parts may be left behind: they are none.
            told = {name: part for name, part in valid.items() if name != "limit" or isinstance(part, GivenLimit)}
            faults = tuple(faults_of(error.messages))
        return Said(**{"verdict": "", "grounds": "", **told, "faults": faults})


class NewApprovalSchema(Schema):
    """What a second person says of a verdict."""

    approved = Truth(required=True)
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
