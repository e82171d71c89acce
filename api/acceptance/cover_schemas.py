"""What requests for cover, decisions by hand and conditions are sent and shown as."""

from typing import Any, get_args

from marshmallow import fields, validate, validates_schema

from api.identity.schemas import NamesDebtor
from api.records.cover_versions import AMOUNTLESS
from api.records.covers import COVER_SOURCES, COVER_STATES, REQUEST_KINDS, REQUEST_STATES
from api.web.faults import invalid
from api.web.fields import Day, Line
from api.web.schemas import AsOfQuery, MoneySchema, PageQuery, Schema, SignedMoneySchema
from providers.edifact import REASON_CODES, RESPONSE_CODES
from scoring.cover import CoverStanding

TEXT_LENGTH_MAX = 1000
STANDINGS = (*get_args(CoverStanding), "contract_not_in_force", "excluded")


class BuyerNumberSchema(Schema):
    """An insurer's own number of a company, as a request that found several tells it."""

    scheme = Line(50, required=True, metadata={"example": "atradius-buyer"})
    country = fields.String(required=True, validate=validate.Length(equal=2))
    value = Line(50, required=True)


class NewCoverRequestSchema(NamesDebtor):
    """Cover asked of an insurer for a debtor, in the currency of the contract."""

    insurance_policy_id = fields.UUID(
        load_default=None,
        metadata={"description": "Without it that of the application, else the one in force that bears on the debtor."},
    )
    amount = fields.Nested(MoneySchema, required=True)
    application_id = fields.UUID(load_default=None)
    buyer = fields.Nested(
        BuyerNumberSchema, load_default=None, metadata={"description": "Which buyer it is, where several may be meant."}
    )


class CoverChangeSchema(Schema):
    """Another amount, higher or lower, for a cover that stands."""

    amount = fields.Nested(MoneySchema, required=True)


class OfferedBuyerSchema(BuyerNumberSchema):
    """A buyer that the insurer offers for the debtor."""

    name = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)


class InsurerFaultSchema(Schema):
    """What the insurer does not take, in its words."""

    field = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True)


class CoverFaultSchema(Schema):
    """Why a request goes no further, or is looked at again later."""

    code = fields.String(required=True)
    detail = fields.String(required=True)
    faults = fields.List(fields.Nested(InsurerFaultSchema), required=True)
    buyers = fields.List(fields.Nested(OfferedBuyerSchema), required=True)


class CoverRequestSchema(Schema):
    """A request for cover. `sent`: whether it arrived is not known, and looked for before it is asked again."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(REQUEST_KINDS))
    replaces_id = fields.UUID(required=True, allow_none=True)
    debtor_id = fields.UUID(required=True)
    insurance_policy_id = fields.UUID(required=True)
    application_id = fields.UUID(required=True, allow_none=True)
    job_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(REQUEST_STATES))
    amount = fields.Nested(MoneySchema, required=True)
    starts_on = fields.Date(required=True)
    buyer_name = fields.String(required=True, allow_none=True)
    insurer_reference = fields.String(required=True, allow_none=True)
    fault = fields.Nested(CoverFaultSchema, required=True, allow_none=True)
    asked_by = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
    look_again_at = fields.AwareDateTime(required=True, allow_none=True)


class CoverRequestsQuery(PageQuery):
    """Filters of the list of requests."""

    debtor_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(REQUEST_STATES))


class NewCoverDecisionSchema(NamesDebtor):
    """An insurer's answer, written down by a person from its letter: for insurers without a connection."""

    insurance_policy_id = fields.UUID(required=True)
    cover_request_id = fields.UUID(load_default=None)
    state = fields.String(required=True, validate=validate.OneOf(COVER_STATES))
    amount = fields.Nested(
        MoneySchema, load_default=None, metadata={"description": "Left out where nothing is covered any more."}
    )
    decided_on = Day(load_default=None, metadata={"description": "The day of the letter; else today."})
    valid_from = Day(
        load_default=None,
        metadata={"description": "As the letter states it; else a cut begins when the contract's notice has run."},
    )
    valid_until = Day(load_default=None, allow_none=True)
    conditions = fields.List(Line(TEXT_LENGTH_MAX), load_default=list, validate=validate.Length(max=50))
    response_code = fields.String(
        load_default=None, validate=validate.OneOf(RESPONSE_CODES), metadata={"description": "UN/EDIFACT 4507"}
    )
    reason_code = fields.String(
        load_default=None, validate=validate.OneOf(REASON_CODES), metadata={"description": "UN/EDIFACT 4509"}
    )
    document_id = fields.UUID(required=True, metadata={"description": "The letter."})

    @validates_schema(skip_on_field_errors=True)
    def check_amount(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an amount that the state contradicts, and conditions without which nothing is conditional."""
        amount, state = data["amount"], data["state"]
        if state in AMOUNTLESS and amount is not None and amount.amount != 0:
            raise invalid("not_zero", f"What is {state} covers nothing: leave it out.", "amount")
        if state not in AMOUNTLESS and (amount is None or amount.amount == 0):
            raise invalid("required", f"What is {state} has an amount above zero.", "amount")
        if state == "conditional" and not data["conditions"]:
            raise invalid("required", "Name the conditions, each by itself.", "conditions")
        if state in AMOUNTLESS and data["conditions"]:
            raise invalid("not_a_choice", f"What is {state} has no conditions.", "conditions")


class ConditionSchema(Schema):
    """A condition in the insurer's words, and the paper that proves it is met."""

    id = fields.UUID(required=True)
    text = fields.String(required=True)
    met_on = fields.Date(required=True, allow_none=True)
    document_id = fields.UUID(required=True, allow_none=True)
    ticked_by = fields.String(required=True, allow_none=True)


class CoverDecisionSchema(Schema):
    """What was decided on a debtor's cover: by the insurer, or by ourselves as the contract allows."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    insurance_policy_id = fields.UUID(required=True)
    cover_request_id = fields.UUID(required=True, allow_none=True)
    source = fields.String(required=True, validate=validate.OneOf(COVER_SOURCES))
    state = fields.String(required=True, validate=validate.OneOf(COVER_STATES))
    amount = fields.Nested(MoneySchema, required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    decided_on = fields.Date(required=True)
    response_code = fields.String(required=True, allow_none=True)
    reason_code = fields.String(required=True, allow_none=True)
    evidence = fields.Dict(required=True, allow_none=True)
    document_id = fields.UUID(required=True, allow_none=True)
    conditions = fields.List(fields.Nested(ConditionSchema), required=True)
    recorded_by = fields.String(required=True)
    known_at = fields.AwareDateTime(required=True)


class ConditionEvidenceSchema(Schema):
    """The paper that proves a condition is met, and since when it is."""

    document_id = fields.UUID(required=True)
    met_on = Day(load_default=None, metadata={"description": "Else today."})


class DiscretionaryLimitSchema(Schema):
    """A limit we set ourselves, as the contract allows: from our experience, or from a credit report."""

    insurance_policy_id = fields.UUID(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    basis = fields.String(required=True, validate=validate.OneOf(("experience", "report")))
    relied_on = Day(
        load_default=None, metadata={"description": "The day on which the evidence was relied on; else today."}
    )
    report_id = fields.UUID(
        load_default=None, metadata={"description": "Else the newest credit report that is stored."}
    )
    document_id = fields.UUID(load_default=None, metadata={"description": "A paper that shows the evidence."})


class CoversQuery(AsOfQuery):
    """Of which day the cover is asked."""


class PartedSchema(Schema):
    """An amount parted, in the currency of the contract: `uninsured` lies above the limit, `own_part` is our share.

    As the ledger has it, which is with VAT. What could not be converted is left out of the total, and named.
    """

    total = fields.Nested(SignedMoneySchema, required=True)
    insured = fields.Nested(MoneySchema, required=True)
    uninsured = fields.Nested(MoneySchema, required=True)
    own_part = fields.Nested(MoneySchema, required=True)
    by_currency = fields.List(fields.Nested(SignedMoneySchema), required=True)
    not_converted = fields.List(fields.String(), required=True)


class CoverUnderPolicySchema(Schema):
    """How a debtor is covered under one contract on a day; the decisions on it, the newest first."""

    insurance_policy_id = fields.UUID(required=True)
    insurer_name = fields.String(required=True)
    policy_number = fields.String(required=True)
    standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    insured_limit = fields.Nested(MoneySchema, required=True)
    cover_decision_id = fields.UUID(required=True, allow_none=True)
    valid_from = fields.Date(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    limit = fields.Nested(PartedSchema, required=True, allow_none=True)
    exposure = fields.Nested(PartedSchema, required=True, allow_none=True)
    decisions = fields.List(fields.Nested(CoverDecisionSchema), required=True)


class CoversSchema(Schema):
    """What covers a debtor on a day, under each contract."""

    debtor_id = fields.UUID(required=True)
    as_of = fields.Date(required=True)
    items = fields.List(fields.Nested(CoverUnderPolicySchema), required=True)
