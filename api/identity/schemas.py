"""How callers name a company or a debtor, as every room that asks about one takes it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from api.identity.company_numbers import read_numbers
from api.identity.naming import CompanyNamed, DebtorNamed
from api.records.identities import OfficialNumber, Reference
from api.web.faults import CodedText, invalid
from api.web.fields import Line
from api.web.schemas import DebtorReferenceSchema, IdentifierSchema, Schema
from scoring.countries import country_fault


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

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_one(self, _data: dict[str, Any], original: Any, **_: Any) -> None:
        """Refuse none and several, whatever else is wrong; of what is no object that alone is told."""
        if not isinstance(original, Mapping):
            return
        given = [name for name in ("debtor_id", "debtor_reference", "company") if name in original]
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
