"""What the prospect room takes and gives, as callers see it."""

from typing import Any, get_args

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from api.prospect.asking import CheckRequest
from api.prospect.company_numbers import read_numbers
from api.prospect.naming import CompanyNamed, DebtorNamed
from api.records.debtors import PHASES, normal_legal_form
from api.records.identities import OfficialNumber, Reference
from api.web.faults import CodedText, invalid
from api.web.fields import Line, WholeNumber
from api.web.schemas import DebtorReferenceSchema, IdentifierSchema, MoneySchema, PageQuery, Schema
from scoring.countries import country_fault
from scoring.policy.asking import Purpose

PURPOSES = get_args(Purpose)
RELATIONS = ("prospect", "customer", "former_customer")


class Country(fields.String):
    """An ISO 3166-1 alpha-2 code that is assigned."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"pattern": "^[A-Z]{2}$", "example": "NL", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        code = str(super()._deserialize(value, attr, data, **options))
        fault = country_fault(code)
        if fault:
            raise invalid("not_a_country", f"{fault}.")
        return code


class LegalForm(Line):
    """A legal form, in the one form the policy names it in."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return normal_legal_form(super()._deserialize(value, attr, data, **options))


class NumberFields(Schema):
    """The numbers a company is known by; `identifiers` takes any scheme."""

    kvk_number = Line(20, metadata={"description": "Eight digits.", "example": "90000001"})
    vat_number = Line(20, metadata={"description": "With the country's letters."})
    lei = Line(30, metadata={"description": "ISO 17442"})
    identifiers = fields.List(fields.Nested(IdentifierSchema), validate=validate.Length(max=20))

    @validates_schema(skip_on_field_errors=True)
    def check_numbers(self, data: dict[str, Any], **_: Any) -> None:
        """Name every number that cannot be right."""
        faults = read_numbers(data)[1]
        if faults:
            messages: dict[str, list[CodedText]] = {}
            for fault in faults:
                text = CodedText(fault.detail)
                text.code = fault.code
                messages.setdefault(fault.pointer.split("/")[1], []).append(text)
            raise ValidationError(messages)


def numbers_in(data: dict[str, Any]) -> tuple[OfficialNumber, ...]:
    """Give the numbers of what NumberFields loaded."""
    numbers = read_numbers(data)[0]
    return tuple(OfficialNumber(each.scheme, each.country, each.value) for each in numbers)


class CompanySchema(NumberFields):
    """A company: by any of its numbers, or by name and country (and place, where names are alike)."""

    country = Country(required=True)
    name = Line(200)
    place = Line(100)

    @validates_schema
    def check_named(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a company without any name or number."""
        if not {"kvk_number", "vat_number", "lei", "identifiers", "name"} & set(data):
            raise invalid("required", "Give at least one number, or a name.")

    @post_load
    def as_company(self, data: dict[str, Any], **_: Any) -> CompanyNamed:
        """Give the value the service takes."""
        return CompanyNamed(data["country"], numbers_in(data), data.get("name"), data.get("place"))


class NamesDebtor(Schema):
    """Names one debtor: by id, by the caller's own reference, or as a company."""

    debtor_id = fields.UUID()
    debtor_reference = fields.Nested(DebtorReferenceSchema)
    company = fields.Nested(CompanySchema)

    @validates_schema
    def check_one(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none and several."""
        given = [name for name in ("debtor_id", "debtor_reference", "company") if name in data]
        if len(given) != 1:
            raise invalid("name_one_debtor", "Give exactly one of debtor_id, debtor_reference and company.")


def debtor_named(data: dict[str, Any]) -> DebtorNamed:
    """Take the debtor out of what NamesDebtor loaded."""
    reference = data.pop("debtor_reference", None)
    return DebtorNamed(
        data.pop("debtor_id", None),
        Reference(reference["system"], reference["value"]) if reference else None,
        data.pop("company", None),
    )


class CreditCheckSchema(NamesDebtor):
    """A credit check: `monthly_sales` is without VAT, the other amounts with it."""

    order_amount = fields.Nested(MoneySchema)
    requested_limit = fields.Nested(MoneySchema)
    monthly_sales = fields.Nested(MoneySchema)
    payment_term_days = WholeNumber(0, 365)
    policy_version = WholeNumber(
        1, metadata={"description": "Another version than the active one; credit_manager only."}
    )
    purpose = fields.String(
        validate=validate.OneOf(PURPOSES), metadata={"description": "Required when a report may be bought."}
    )
    relation = fields.String(
        validate=validate.OneOf(RELATIONS), metadata={"description": "Required when a report may be bought."}
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
    is_natural_person = fields.Boolean(truthy={True}, falsy={False}, allow_none=True)
    parent_id = fields.UUID(allow_none=True)
    related_party = fields.Boolean(truthy={True}, falsy={False})
    critical = fields.Boolean(truthy={True}, falsy={False})
    account_owner = Line(254, allow_none=True, metadata={"description": "The sales person's e-mail."})
    credit_owner = Line(254, allow_none=True, metadata={"description": "The credit controller's e-mail."})


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


class DebtorSchema(Schema):
    """A debtor."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    country = fields.String(required=True)
    legal_form = fields.String(required=True, allow_none=True)
    is_natural_person = fields.Boolean(required=True, allow_none=True)
    phase = fields.String(required=True, validate=validate.OneOf(PHASES))
    parent_id = fields.UUID(required=True, allow_none=True)
    related_party = fields.Boolean(required=True)
    critical = fields.Boolean(required=True)
    account_owner = fields.String(required=True, allow_none=True)
    credit_owner = fields.String(required=True, allow_none=True)
    identifiers = fields.List(fields.Nested(IdentifierSchema), required=True)
    references = fields.List(fields.Nested(DebtorReferenceSchema), required=True)
    merged_into_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)


class DebtorsQuery(PageQuery):
    """Filters of the list of debtors."""

    phase = fields.String(validate=validate.OneOf(PHASES), load_default=None)
    owner = Line(254, load_default=None, metadata={"description": "E-mail of the account owner or credit owner."})
    changed_since = fields.AwareDateTime(load_default=None)


def names_in(data: dict[str, Any]) -> list[OfficialNumber | Reference]:
    """Take the numbers and references out of what was loaded."""
    references = [Reference(each["system"], each["value"]) for each in data.get("references", ())]
    return [*numbers_in(data), *references]
