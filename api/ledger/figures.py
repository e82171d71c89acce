"""What the ledger tells of one debtor: payment behaviour, exposure and ageing, as callers see them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.behaviour_answer import behaviour_figures
from api.problems import NotFound
from api.records import debtor_days, debtors, exposure
from api.records.debtors import DebtorRecord
from api.web.money import amount_answer, money_answer
from scoring.canonical import plain
from scoring.policy import Policy
from scoring.receivables import OpenItem, ageing

Totalling = Callable[[Session, Mapping[str, Decimal]], dict[str, Any]]


def get_debtor(session: Session, debtor_id: UUID) -> DebtorRecord:
    """Find a debtor, or the one it was merged into. Raises NotFound."""
    debtor = debtors.get(session, debtor_id)
    if debtor is None:
        raise NotFound("There is no such debtor.")
    return debtor


def behaviour_answer(session: Session, debtor_id: UUID, currency: str, as_of: date, policy: Policy) -> dict[str, Any]:
    """Give how a debtor paid until `as_of`, as the policy looks at it."""
    debtor = get_debtor(session, debtor_id)
    view = debtor_days.behaviour(session, debtor.id, currency, as_of, policy.evidence)
    return {
        "debtor_id": debtor.id,
        "as_of": as_of,
        **behaviour_figures(plain(view.behaviour), currency),
        "oldest_overdue_on": view.oldest_overdue_on,
    }


def exposure_answer(session: Session, debtor_id: UUID, total: Totalling) -> dict[str, Any]:
    """Give what a debtor owes or will owe, by stage; the totals leave `scheduled` out. `total` makes one of them."""
    debtor = get_debtor(session, debtor_id)
    balances = exposure.balances(session, debtor.id)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for each in balances:
        if each.stage != "scheduled":
            totals[each.currency] += each.amount
    return {
        "debtor_id": debtor.id,
        "totals": [money_answer(amount, currency) for currency, amount in sorted(totals.items())],
        **total(session, totals),
        "stages": [{"stage": each.stage, "amount": money_answer(each.amount, each.currency)} for each in balances],
        **_group_answer(session, debtor.id),
    }


def _group_answer(session: Session, debtor_id: UUID) -> dict[str, Any]:
    """Give what a debtor owes together with all below it; null where there is nobody below."""
    if not debtors.children(session, debtor_id):
        return {"group_totals": None, "group_stages": None}
    balances = exposure.group_balances(session, debtor_id)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for each in balances:
        if each.stage != "scheduled":
            totals[each.currency] += each.amount
    return {
        "group_totals": [money_answer(amount, currency) for currency, amount in sorted(totals.items())],
        "group_stages": [
            {"stage": each.stage, "amount": money_answer(each.amount, each.currency)} for each in balances
        ],
    }


def ageing_answer(session: Session, debtor_id: UUID, as_of: date) -> dict[str, Any]:
    """Give a debtor's open amounts by days overdue on `as_of`; what is open is so today."""
    debtor = get_debtor(session, debtor_id)
    items: dict[str, list[OpenItem]] = defaultdict(list)
    for currency, due_on, amount in debtor_days.due_open(session, debtor.id):
        items[currency].append(OpenItem(amount, due_on))
    stages: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for each in exposure.balances(session, debtor.id):
        stages[each.currency][each.stage] = each.amount
    currencies = sorted({*items, *(name for name, each in stages.items() if {"invoiced", "unallocated"} & set(each))})
    return {
        "debtor_id": debtor.id,
        "as_of": as_of,
        "currencies": [_ageing(currency, items[currency], stages[currency], as_of) for currency in currencies],
    }


def _ageing(currency: str, items: Iterable[OpenItem], stages: dict[str, Decimal], as_of: date) -> dict[str, Any]:
    items = list(items)
    aged = ageing(items, as_of)
    undisputed = sum((item.amount for item in items), Decimal(0))
    return {
        "currency": currency,
        "buckets": {bucket: amount_answer(amount, currency) for bucket, amount in aged.buckets.items()},
        "disputed": amount_answer(stages.get("invoiced", Decimal(0)) - undisputed, currency),
        "credits": amount_answer(stages.get("unallocated", Decimal(0)), currency),
        "overdue_share": None if aged.nothing_open else _text(round(aged.overdue_share, 6)),
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
