"""A limit as callers give it: money, no end to it, or none at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields
from sqlalchemy.orm import Session

from api.exchange import convert
from api.problems import BadInput, Fault
from api.web.faults import invalid
from api.web.money import money_or_none
from api.web.schemas import MoneySchema
from scoring.facts import CreditLimit
from scoring.money import Money
from scoring.policy.document import Policy

MONEY = {"$ref": "#/components/schemas/Money"}


@dataclass(frozen=True, slots=True)
class GivenLimit:
    """A limit as it was given; only of kind `amount` it has `money`."""

    kind: str
    money: Money | None = None

    def stored(self, policy: Policy) -> tuple[CreditLimit, str]:
        """Give it as it is stored, with its currency: that of the policy where it has none of its own."""
        if self.kind == "amount" and self.money is not None:
            return CreditLimit("amount", self.money.amount), self.money.currency
        return CreditLimit("unlimited" if self.kind == "unlimited" else "none"), policy.currency


class LimitField(fields.Field[GivenLimit]):
    """Money, or `{"kind": "amount", "amount": money}`, or a kind alone of those named in `kinds`."""

    def __init__(self, *kinds: str, **options: Any) -> None:
        super().__init__(**options)
        self.kinds = kinds
        alone = {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": list(kinds)}}}
        amount = {
            "type": "object",
            "required": ["kind", "amount"],
            "properties": {"kind": {"enum": ["amount"]}, "amount": MONEY},
        }
        self.metadata = {"anyOf": [MONEY, amount, {**alone, "additionalProperties": False}], **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> GivenLimit:
        if not isinstance(value, dict):
            raise invalid("not_an_object", "Must be money, or have a kind.")
        if "kind" not in value:
            return GivenLimit("amount", MoneySchema().load(value))
        kind = value["kind"]
        unknown = {name: ["Unknown field."] for name in value if name not in ("kind", "amount")}
        if unknown:
            raise ValidationError(unknown)
        if kind == "amount":
            if not isinstance(value.get("amount"), dict):
                raise ValidationError({"amount": invalid("required", "A limit of this kind has an amount.").messages})
            return GivenLimit("amount", _nested(value["amount"]))
        if kind not in self.kinds:
            detail = f"Must be one of: amount, {', '.join(self.kinds)}."
            raise ValidationError({"kind": invalid("not_a_choice", detail).messages})
        if value.get("amount") is not None:
            raise ValidationError({"amount": invalid("amount_of_no_kind", "Only the kind amount has one.").messages})
        return GivenLimit(str(kind))


def _nested(value: dict[str, Any]) -> Money:
    try:
        money: Money = MoneySchema().load(value)
    except ValidationError as error:
        raise ValidationError({"amount": error.messages}) from error
    return money


def limit_shown(kind: str, amount: Any, currency: str) -> dict[str, Any]:
    """Give a stored limit as it is sent."""
    return {"kind": kind, "amount": money_or_none(amount, currency)}


def limit_of(said: Mapping[str, Any]) -> CreditLimit:
    """Give the limit that a judgement tells of."""
    return CreditLimit(said["kind"], None if said["amount"] is None else Decimal(said["amount"]))


def in_policy_currency(session: Session, money: Money, policy: Policy, on: date, pointer: str) -> Money:
    """Give an amount in the policy's currency, by the rates of a day, to compare it with what the policy allows.

    Raises BadInput where there is no recent rate.
    """
    found = convert(session, [money], policy.currency, on, policy.evidence.rate_usable_days)
    if found.missing:
        detail = f"Give it in {policy.currency}: there is no recent exchange rate of {' and '.join(found.missing)}."
        fault = Fault(f"{pointer}/currency", "rate_missing", detail)
        raise BadInput(f"An amount cannot be converted into {policy.currency}.", faults=[fault])
    return found.pairs[0][1]
