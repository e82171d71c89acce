"""Why a company is asked about, as every room that decides on credit takes it."""

from typing import get_args

from marshmallow import fields, validate

from api.web.schemas import Schema
from scoring.policy.asking import Purpose

PURPOSES = get_args(Purpose)
RELATIONS = ("prospect", "customer", "former_customer")


class WhySchema(Schema):
    """For which purpose and in which relation; nobody's report is bought without."""

    purpose = fields.String(
        validate=validate.OneOf(PURPOSES), metadata={"description": "Required when a report may be bought."}
    )
    relation = fields.String(
        validate=validate.OneOf(RELATIONS), metadata={"description": "Required when a report may be bought."}
    )
