"""How a debtor paid, as callers see it: one rendering for the ledger and for the decisions made from it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import fields

from api.web.money import money_answer
from api.web.schemas import MoneySchema, Schema, SignedMoneySchema

AMOUNTS = ("settled_amount", "open_amount", "overdue_amount", "peak_exposure")
FIGURES = (
    *("window_days", "settled_count", "dbt_days", "dbt_days_recent", "dbt_days_prior"),
    *("late_amount_share", "first_settled_on", "oldest_overdue_days"),
)


class BehaviourFigures(Schema):
    """How a debtor paid in the window; days and shares are null where nothing was settled."""

    currency = fields.String(required=True)
    window_days = fields.Integer(required=True)
    settled_count = fields.Integer(required=True)
    settled_amount = fields.Nested(MoneySchema, required=True)
    dbt_days = fields.String(required=True, allow_none=True, metadata={"description": "Days beyond terms, by amount."})
    dbt_days_recent = fields.String(required=True, allow_none=True)
    dbt_days_prior = fields.String(required=True, allow_none=True)
    late_amount_share = fields.String(required=True, allow_none=True)
    first_settled_on = fields.Date(required=True, allow_none=True)
    peak_exposure = fields.Nested(SignedMoneySchema, required=True, allow_none=True)
    open_amount = fields.Nested(MoneySchema, required=True)
    overdue_amount = fields.Nested(MoneySchema, required=True)
    oldest_overdue_days = fields.Integer(required=True)


def behaviour_figures(behaviour: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Give the figures of a behaviour document (the facts as plain values); amounts are in `currency`."""
    amounts = {name: behaviour[name] for name in AMOUNTS}
    return {
        "currency": currency,
        **{name: behaviour[name] for name in FIGURES},
        **{name: None if value is None else money_answer(Decimal(value), currency) for name, value in amounts.items()},
    }
