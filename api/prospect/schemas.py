"""What the prospect room takes and gives, as callers see it."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from api.credit_check.asking import CheckRequest
from api.credit_check.schemas import WhySchema
from api.debtor_schemas import RISK_CLASSES
from api.identity.schemas import Country, NamesDebtor, NumberFields, debtor_named, numbers_in
from api.records.debtors import PHASES, normal_legal_form
from api.records.identities import OfficialNumber, Reference
from api.web.faults import CodedText
from api.web.fields import Line, Person, Truth, WholeNumber
from api.web.schemas import ChangedQuery, DebtorReferenceSchema, MoneySchema, Schema


class LegalForm(Line):
    """A legal form, in the one form the policy names it in."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return normal_legal_form(super()._deserialize(value, attr, data, **options))


class CreditCheckSchema(NamesDebtor, WhySchema):
    """A credit check: `monthly_sales` is without VAT, the other amounts with it."""

    order_amount = fields.Nested(MoneySchema)
    requested_limit = fields.Nested(MoneySchema)
    monthly_sales = fields.Nested(MoneySchema)
    payment_term_days = WholeNumber(0, 365)
    policy_version = WholeNumber(
        1, metadata={"description": "Another version than the active one; credit_manager only."}
    )
    ask_again = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={
            "description": "Ask everything anew, whatever is stored; finance and credit_manager only, and with "
            "`purpose` and `relation`."
        },
    )

    @validates_schema(skip_on_field_errors=True)
    def check_why(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse to buy anew without saying why."""
        lacking = [name for name in ("purpose", "relation") if data.get("ask_again") and name not in data]
        if lacking:
            raise ValidationError({name: [_required("Required with ask_again.")] for name in lacking})

    @post_load
    def as_request(self, data: dict[str, Any], **_: Any) -> CheckRequest:
        """Give the value the service takes."""
        named = debtor_named(data)
        return CheckRequest(named, **data)


def _required(detail: str) -> CodedText:
    text = CodedText(detail)
    text.code = "required"
    return text


class CreditCheckBatchSchema(Schema):
    """Credit checks that are asked together; each is checked now and answered by the job."""

    items = fields.List(fields.Nested(CreditCheckSchema), required=True, validate=validate.Length(min=1, max=1000))

    @post_load(pass_original=True)
    def as_sent(self, _data: dict[str, Any], original: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the requests as they were sent: that is what the job keeps."""
        return {"items": original["items"]}


class BatchStartedSchema(Schema):
    """A batch that waits for its turn."""

    job_id = fields.UUID(required=True)
    state = fields.String(required=True)


class DebtorFields(Schema):
    """What a caller may set of a debtor."""

    name = Line(200, allow_none=True)
    country = Country()
    legal_form = LegalForm(50, allow_none=True, metadata={"example": "bv"})
    is_natural_person = Truth(allow_none=True)
    parent_id = fields.UUID(allow_none=True)
    related_party = Truth()
    critical = Truth()
    account_owner = Person(allow_none=True, metadata={"description": "The sales person's e-mail: who tells the buyer."})
    credit_owner = Person(allow_none=True, metadata={"description": "The credit controller's e-mail: who decides."})


class NewDebtorSchema(DebtorFields, NumberFields):
    """A new debtor."""

    country = Country(required=True)
    references = fields.List(fields.Nested(DebtorReferenceSchema), validate=validate.Length(max=50))


class NamesSchema(NumberFields):
    """Further references and numbers of a debtor."""

    country = Country(metadata={"description": "Of the numbers; required with any but a LEI."})
    references = fields.List(fields.Nested(DebtorReferenceSchema), validate=validate.Length(max=50))


class MergeSchema(Schema):
    """Which debtor is merged into the one of the path."""

    merged_debtor_id = fields.UUID(required=True)


class DebtorsQuery(ChangedQuery):
    """Filters of the list of debtors."""

    phase = fields.String(validate=validate.OneOf(PHASES), load_default=None)
    risk_class = fields.String(validate=validate.OneOf(RISK_CLASSES), load_default=None)
    owner = Person(load_default=None, metadata={"description": "E-mail of the account owner or credit owner."})


def names_in(data: dict[str, Any]) -> list[OfficialNumber | Reference]:
    """Take the numbers and references out of what was loaded."""
    references = [Reference(each["system"], each["value"]) for each in data.get("references", ())]
    return [*numbers_in(data), *references]
