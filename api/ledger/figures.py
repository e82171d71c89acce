"""What the ledger tells of one debtor: payment behaviour, exposure and ageing, as callers see them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.behaviour_answer import behaviour_figures
from api.ledger.clocks import View
from api.problems import NotFound
from api.records import debtor_days, debtors, exposure, ledger_history, payments, returnables
from api.records.debtors import DebtorRecord
from api.web.money import amount_answer, money_answer
from scoring.canonical import plain
from scoring.policy.document import Policy
from scoring.receivables import OpenItem, ageing

Stages = list[tuple[str, str, Decimal]]  # Currency, stage, amount.
Totalling = Callable[[Session, Mapping[str, Decimal]], dict[str, Any]]


def get_debtor(session: Session, debtor_id: UUID) -> DebtorRecord:
    """Find a debtor, or the one it was merged into. Raises NotFound."""
    debtor = debtors.get(session, debtor_id)
    if debtor is None:
        raise NotFound("There is no such debtor.")
    return debtor


def behaviour_answer(session: Session, debtor_id: UUID, currency: str, view: View, policy: Policy) -> dict[str, Any]:
    """Give how a debtor paid until `as_of`, as the policy looks at it."""
    debtor = get_debtor(session, debtor_id)
    if view.is_present:
        found = debtor_days.behaviour(session, debtor.id, currency, view.as_of, policy.evidence)
    else:
        found = ledger_history.behaviour(session, debtor.id, currency, view.clocks, policy.evidence)
    return {
        "debtor_id": debtor.id,
        "as_of": view.as_of,
        "known_at": view.known_at,
        **behaviour_figures(plain(found.behaviour), currency),
        "oldest_overdue_on": found.oldest_overdue_on,
    }


def exposure_answer(session: Session, debtor_id: UUID, view: View, total: Totalling) -> dict[str, Any]:
    """Give what a debtor owes or will owe, by stage; the totals leave `scheduled` out. `total` makes one of them."""
    debtor = get_debtor(session, debtor_id)
    stages = _stages(session, debtor.id, view)
    returnable = _returnable(session, debtor.id, view)
    sums = _sums([*stages, *((currency, "returnable", amount) for currency, amount in returnable.items())])
    return {
        "debtor_id": debtor.id,
        "as_of": view.as_of,
        "known_at": view.known_at,
        "totals": _monies(sums),
        "returnable": _monies(returnable),
        **total(session, sums),
        "stages": _told(stages),
        **_group_answer(session, debtor.id, view),
    }


def _returnable(session: Session, debtor_id: UUID, view: View) -> dict[str, Decimal]:
    if not view.is_present:
        return payments.returnable(session, debtor_id, view.as_of, view.known_at)
    return returnables.owed(session, debtor_id, view.as_of)


def _group_answer(session: Session, debtor_id: UUID, view: View) -> dict[str, Any]:
    """Give what a debtor owes together with all below it today; null where there is nobody below."""
    if not debtors.children(session, debtor_id):
        return {"group_totals": None, "group_stages": None}
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    returnable: dict[str, Decimal] = defaultdict(Decimal)
    if view.is_present:
        sums |= {(each.currency, each.stage): each.amount for each in exposure.group_balances(session, debtor_id)}
        returnable = returnables.owed(session, debtor_id, view.as_of, with_below=True)
    else:
        for member_id in (debtor_id, *debtors.descendants(session, debtor_id)):
            for currency, stage, amount in ledger_history.exposure(session, member_id, view.clocks):
                sums[currency, stage] += amount
            for currency, amount in payments.returnable(session, member_id, view.as_of, view.known_at).items():
                returnable[currency] += amount
    stages = [(currency, stage, amount) for (currency, stage), amount in sorted(sums.items()) if amount]
    counted = [*stages, *((currency, "returnable", amount) for currency, amount in returnable.items())]
    return {"group_totals": _monies(_sums(counted)), "group_stages": _told(stages)}


def ageing_answer(session: Session, debtor_id: UUID, view: View) -> dict[str, Any]:
    """Give a debtor's open amounts by days overdue on `as_of`."""
    debtor = get_debtor(session, debtor_id)
    items: dict[str, list[OpenItem]] = defaultdict(list)
    for currency, due_on, amount in _due_open(session, debtor.id, view):
        items[currency].append(OpenItem(amount, due_on))
    stages: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for currency, stage, amount in _stages(session, debtor.id, view):
        stages[currency][stage] = amount
    currencies = sorted({*items, *(name for name, each in stages.items() if {"invoiced", "unallocated"} & set(each))})
    return {
        "debtor_id": debtor.id,
        "as_of": view.as_of,
        "known_at": view.known_at,
        "currencies": [_ageing(currency, items[currency], stages[currency], view.as_of) for currency in currencies],
    }


def _sums(stages: Stages) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for currency, stage, amount in stages:
        if stage != "scheduled":
            sums[currency] += amount
    return sums


def _monies(sums: Mapping[str, Decimal]) -> list[dict[str, str]]:
    return [money_answer(amount, currency) for currency, amount in sorted(sums.items())]


def _told(stages: Stages) -> list[dict[str, Any]]:
    return [{"stage": stage, "amount": money_answer(amount, currency)} for currency, stage, amount in stages]


def _stages(session: Session, debtor_id: UUID, view: View) -> Stages:
    if not view.is_present:
        return ledger_history.exposure(session, debtor_id, view.clocks)
    return [(each.currency, each.stage, each.amount) for each in exposure.balances(session, debtor_id)]


def _due_open(session: Session, debtor_id: UUID, view: View) -> list[tuple[str, date, Decimal]]:
    if view.is_present:
        return debtor_days.due_open(session, debtor_id)
    return ledger_history.due_open(session, debtor_id, view.clocks)


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
