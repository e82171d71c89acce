"""What keeping a choice takes and answers."""

from typing import Any

from marshmallow import fields, post_load, validates_schema

from api.identity.schemas import Country, NumberFields, numbers_in
from api.prospect.choosing import Choice
from api.records.entity_matches import Asked
from api.web.faults import invalid
from api.web.fields import Line
from api.web.schemas import IdentifierSchema, Schema
from scoring.names.matching import name_key


class SearchedSchema(Schema):
    """What was looked for."""

    q = Line(200, required=True, metadata={"description": "The name as it was typed."})
    place = Line(100, load_default=None)


class KeptSearchSchema(Schema):
    """What was looked for, as it is kept."""

    q = fields.String(required=True)
    place = fields.String(required=True, allow_none=True)


class ChosenCompanySchema(NumberFields):
    """The company that is meant, by one or more of its numbers."""

    country = Country(required=True)
    name = Line(200, metadata={"description": "As its register writes it; a new debtor gets it."})


class NewEntityMatchSchema(Schema):
    """A person's choice: for what was searched, for a debtor of ours, or both."""

    search = fields.Nested(SearchedSchema)
    debtor_id = fields.UUID(metadata={"description": "A debtor that gets the numbers; needs the right to change it."})
    company = fields.Nested(ChosenCompanySchema, required=True)

    @validates_schema
    def check_chosen(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a choice for nothing, or of a company without a number."""
        if not {"search", "debtor_id"} & set(data):
            raise invalid("required", "Give search, debtor_id or both.")
        if "company" in data and not numbers_in(data["company"]):
            raise invalid("required", "Give at least one number: a name alone chooses no company.", "company")

    @post_load
    def as_choice(self, data: dict[str, Any], **_: Any) -> Choice:
        """Give the value the service takes."""
        company, search = data["company"], data.get("search")
        asked = Asked(search["q"], name_key(search["q"]), search["place"]) if search else None
        return Choice(asked, data.get("debtor_id"), company["country"], company.get("name"), numbers_in(company))


class EntityMatchSchema(Schema):
    """A choice as it is kept, for good."""

    id = fields.UUID(required=True)
    debtor_id = fields.UUID(required=True)
    is_new_debtor = fields.Boolean(required=True)
    search = fields.Nested(KeptSearchSchema, required=True, allow_none=True)
    country = fields.String(required=True, metadata={"description": "ISO 3166-1 alpha-2"})
    identifiers = fields.List(fields.Nested(IdentifierSchema), required=True)
    chosen_by = fields.String(required=True)
    actor = fields.String(required=True, allow_none=True)
    chosen_at = fields.AwareDateTime(required=True)
