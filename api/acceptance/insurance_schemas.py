"""What insurance policies and their terms are sent and shown as."""

from dataclasses import fields as fields_of
from decimal import Decimal
from typing import Any, get_args, get_type_hints

from marshmallow import fields, validate, validates_schema

from api.acceptance.insurance_terms import faults_of_days, faults_of_terms
from api.web.faults import raise_faults
from api.web.fields import Day, Line
from api.web.money import EXPONENTS
from api.web.schemas import AsOfQuery, Schema, told_whole
from scoring.cover import InsuranceTerms

TERMS_SENT: dict[str, Any] = {
    "description": "The terms of the contract as data: docs/cover.md names each. Amounts and shares are text. "
    "What is left out is not in the contract.",
    "example": {"cover_percentage": "0.9", "max_extension_days": 60, "discretionary_limit_max": "15000.00"},
}


def _shown(name: str, hint: Any) -> fields.Field[Any]:
    kinds = [each for each in get_args(hint) or (hint,) if each is not type(None)]
    options: dict[str, Any] = {"required": True, "allow_none": type(None) in get_args(hint)}
    if Decimal in kinds:
        return fields.String(**options)
    if bool in kinds:
        return fields.Boolean(**options)
    if int in kinds:
        return fields.Integer(**options)
    return fields.List(fields.String(), **options)


# The documentation of the terms is their definition, so that the two cannot differ.
InsuranceTermsSchema = type(
    "InsuranceTermsSchema",
    (Schema,),
    {
        "__doc__": "The terms of a contract; null: not in it.",
        **{
            each.name: _shown(each.name, get_type_hints(InsuranceTerms)[each.name])
            for each in fields_of(InsuranceTerms)
        },
    },
)


class TermsSource(Schema):
    """Where terms were read."""

    source = Line(300, required=True, metadata={"example": "policy schedule of 2026-01-01, article 4"})
    document_id = fields.UUID(load_default=None)
    terms = fields.Dict(required=True, metadata=TERMS_SENT)


class NewInsuranceTermsSchema(TermsSource):
    """A new version of the terms, from a day on."""

    valid_from = Day(required=True)


class NewInsurancePolicySchema(TermsSource):
    """A contract with a credit insurer, with its terms from its first day on."""

    insurer_id = fields.UUID(
        load_default=None,
        metadata={
            "description": "As the insurer's own credentials name it; without it that of another policy of the "
            "same `insurer_name`, else a new one."
        },
    )
    insurer_name = Line(200, required=True)
    policy_number = Line(100, required=True)
    provider = Line(
        50,
        load_default=None,
        metadata={"description": "The source through which cover is asked, such as `atradius`; null: people ask."},
    )
    numbers = fields.Dict(
        keys=Line(50),
        values=Line(100),
        load_default=dict,
        metadata={"description": "What the source knows the contract by.", "example": {"customer_id": "1"}},
    )
    currency = fields.String(required=True, validate=validate.OneOf(EXPONENTS, error="Must be one of: ISO 4217."))
    valid_from = Day(required=True)
    valid_until = Day(load_default=None, allow_none=True)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_whole(self, data: dict[str, Any], sent: dict[str, Any], **_: Any) -> None:
        """Name with fields that were refused what days and terms break; else the service does, with what it finds."""
        told = told_whole(self, data, sent)
        if told is not None:
            raise_faults([*faults_of_days(told), *faults_of_terms(told.get("terms"))])


class InsuranceTermsVersionSchema(Schema):
    """One version of the terms: it counts from `valid_from` until a newer one does."""

    id = fields.UUID(required=True)
    valid_from = fields.Date(required=True)
    terms = fields.Nested(InsuranceTermsSchema, required=True)
    source = fields.String(required=True)
    document_id = fields.UUID(required=True, allow_none=True)
    added_by = fields.String(required=True)
    known_at = fields.AwareDateTime(required=True)


class InsurancePolicySchema(Schema):
    """A contract. `terms_in_force` are those of `as_of`, null on a day outside the contract."""

    id = fields.UUID(required=True)
    insurer_id = fields.UUID(required=True)
    insurer_name = fields.String(required=True)
    policy_number = fields.String(required=True)
    provider = fields.String(required=True, allow_none=True)
    numbers = fields.Dict(required=True, keys=fields.String(), values=fields.String())
    currency = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    added_by = fields.String(required=True)
    known_at = fields.AwareDateTime(required=True)
    as_of = fields.Date(required=True)
    terms_in_force = fields.Nested(InsuranceTermsVersionSchema, required=True, allow_none=True)


class InsurancePolicyWholeSchema(InsurancePolicySchema):
    """A contract with all versions of its terms, the newest first."""

    versions = fields.List(fields.Nested(InsuranceTermsVersionSchema), required=True)


class InsurancePolicyQuery(AsOfQuery):
    """Of which day the terms are asked."""
