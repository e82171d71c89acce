"""What the mail room takes and gives, as callers see it."""

from typing import Any

from marshmallow import fields, validate, validates_schema

from api.records.mails import KINDS, STATES
from api.web.faults import invalid
from api.web.fields import Person, Truth, WholeNumber
from api.web.schemas import PageQuery, Schema
from scoring.monitoring.kinds import KINDS as ALERT_KINDS

SCOPE = "`own`: of debtors that you own. `all`: of every debtor, as far as your role may read alerts."


class MailPreferencesSchema(Schema):
    """How a person wants mail. Who never said so has the defaults."""

    language = fields.String(required=True, validate=validate.OneOf(("en", "nl")))
    kinds = fields.List(
        fields.String(validate=validate.OneOf(sorted(ALERT_KINDS))),
        required=True,
        allow_none=True,
        metadata={"description": "Of which alerts; null: of all, also of kinds that come later."},
    )
    urgent_at_once = Truth(
        required=True, metadata={"description": "Whether urgent alerts are mailed as they open; else in the digest."}
    )
    digest_hour = WholeNumber(
        0, 23, required=True, allow_none=True, metadata={"description": "In the seller's time zone; null: no digest."}
    )
    scope = fields.String(required=True, validate=validate.OneOf(("own", "all")), metadata={"description": SCOPE})

    @validates_schema
    def check_kinds(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a kind that is named twice."""
        kinds = data.get("kinds")
        if kinds is not None and len(set(kinds)) < len(kinds):
            raise invalid("repeated", "Must name each kind once.", "kinds")


class MailPreferencesAnswer(MailPreferencesSchema):
    """How a person gets mail."""

    subject = fields.String(required=True, metadata={"description": "The person's e-mail."})
    is_default = fields.Boolean(required=True, metadata={"description": "Whether he never said so himself."})


class MailSchema(Schema):
    """One mail, and what became of it. `parked`: it could not be sent, and waits for a person to have it sent again."""

    id = fields.UUID(required=True)
    address = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    language = fields.String(required=True, validate=validate.OneOf(("en", "nl")))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    attempts = fields.Integer(required=True)
    next_attempt_at = fields.AwareDateTime(required=True, allow_none=True)
    fault_code = fields.String(required=True, allow_none=True, metadata={"example": "receiver_refused"})
    fault_detail = fields.String(
        required=True, allow_none=True, metadata={"description": "Why the last attempt failed, as the server said it."}
    )
    alert_ids = fields.List(fields.UUID(), required=True, metadata={"description": "Of which alerts it tells."})
    made_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    resent_by = fields.String(
        required=True, allow_none=True, metadata={"description": "Who had it sent again last, after it was parked."}
    )
    resent_at = fields.AwareDateTime(required=True, allow_none=True)
    erased_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When what it told was erased."}
    )


class MailsQuery(PageQuery):
    """Which mails."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    address = Person(load_default=None)
