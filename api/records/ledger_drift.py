"""Finds what is kept as a sum and is no longer the sum of its rows: broken promises, never to be seen."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import debtor_days

BALANCES = text(
    "SELECT debtor_id, currency, stage, coalesce(b.amount, 0), coalesce(e.amount, 0)"
    " FROM exposure_balance b FULL JOIN (SELECT debtor_id, currency, stage, sum(amount) AS amount FROM exposure_entry"
    " GROUP BY debtor_id, currency, stage) e USING (debtor_id, currency, stage)"
    " WHERE coalesce(b.amount, 0) <> coalesce(e.amount, 0)"
)
_SUMMED = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in debtor_days.SUMS)
_DIFFERS = " OR ".join(f"coalesce(d.{name}, 0) <> coalesce(r.{name}, 0)" for name in debtor_days.SUMS)
DAYS = text(
    f"WITH changes AS ({debtor_days.of_everything('true')}),"  # noqa: S608
    f" rebuilt AS (SELECT debtor_id, currency, day, {_SUMMED} FROM changes GROUP BY debtor_id, currency, day)"
    " SELECT debtor_id, currency, day FROM debtor_day d FULL JOIN rebuilt r USING (debtor_id, currency, day)"
    f" WHERE {_DIFFERS} ORDER BY debtor_id, currency, day"
)


@dataclass(frozen=True, slots=True)
class BalanceDrift:
    """A balance that is not the sum of its entries."""

    debtor_id: UUID
    currency: str
    stage: str
    balance_amount: Decimal
    entries_amount: Decimal


@dataclass(frozen=True, slots=True)
class DayDrift:
    """A debtor's day in one currency that is not what `debtor_days.rebuild` would make of it."""

    debtor_id: UUID
    currency: str
    day: date


def of_balances(session: Session) -> list[BalanceDrift]:
    """Find every balance of the seller that differs from the sum of its entries."""
    return [BalanceDrift(*row) for row in session.execute(BALANCES)]


def of_days(session: Session) -> list[DayDrift]:
    """Find every day of the seller's debtors that differs from the invoices and entries it sums."""
    return [DayDrift(*row) for row in session.execute(DAYS)]
