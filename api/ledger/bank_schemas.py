"""What the ledger room answers of bank statements, and how they are asked for."""

from typing import get_args

from marshmallow import fields, validate

from api.ledger.continuity import Continuity
from api.web.fields import Line
from api.web.schemas import PageQuery, Schema, SignedMoneySchema


class BankStatementSchema(Schema):
    """A bank statement, and how it follows those before it on its account."""

    id = fields.UUID(required=True)
    account = fields.String(required=True)
    currency = fields.String(required=True)
    statement_reference = fields.String(required=True, allow_none=True)
    sequence_number = fields.Integer(required=True, allow_none=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    opening_amount = fields.Nested(SignedMoneySchema, required=True, allow_none=True)
    closing_amount = fields.Nested(SignedMoneySchema, required=True, allow_none=True)
    continuity = fields.String(
        required=True,
        validate=validate.OneOf(get_args(Continuity)),
        metadata={"description": "`gap`: one before it is missing. `repeated`: another has its period and number."},
    )
    known_at = fields.AwareDateTime(required=True)
    import_id = fields.UUID(required=True, allow_none=True)


class BankStatementsQuery(PageQuery):
    """Which statements, the newest period first."""

    account = Line(100, load_default=None, metadata={"example": "NL91ABNA0417164300"})
