"""Makes the facts of signals from what the records tell, with amounts in the policy's currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.exchange import convert_by, rates_on
from api.records import debtor_signals
from api.records.debtor_signals import Asked
from scoring.cover import InsuranceTerms, insurance_terms
from scoring.exchange import Rate
from scoring.facts import CreditLimit
from scoring.money import Money
from scoring.monitoring.facts import (
    DeliveredOrder,
    FirstInvoiceFacts,
    InsolvencyTold,
    NewerDecision,
    PaidItems,
    SignalFacts,
    StandingLimit,
)
from scoring.policy.document import Policy
from scoring.ratios import rounded_ratio

RATES_MOVE_DAYS = 7  # How much of a limit is used in another currency is looked at again so often.


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the seller, and the time zone in which its days begin."""

    today: date
    time_zone: str


def signal_facts(session: Session, debtor_ids: Sequence[UUID], day: Day, policy: Policy) -> dict[UUID, SignalFacts]:
    """Give the facts of debtors on a day, in two statements; those that were merged away are left out."""
    today = day.today
    asked = Asked(
        day=today,
        currency=policy.currency,
        insolvency_codes=[code for code, kind in policy.evidence.events.items() if kind == "insolvency"],
        time_zone=day.time_zone,
        first_told_from=today - timedelta(days=policy.alerts.first_payment_told_days),
    )
    rows = debtor_signals.read(session, debtor_ids, asked, policy.evidence)
    amounts = [money for row in rows for money in _amounts(row)]
    rates = rates_on(session, amounts, policy.currency, today, policy.evidence.rate_usable_days)
    return {row.id: _facts(row, today, policy, rates) for row in rows}


def _facts(row: Any, today: date, policy: Policy, rates: Mapping[str, Rate]) -> SignalFacts:
    def into(amounts: Sequence[Money]) -> Decimal | None:
        conversion = convert_by(rates, amounts, policy.currency)
        return None if conversion.left else conversion.total

    return SignalFacts(
        as_of=today,
        debtor_id=str(row.id),
        is_natural_person=is_natural_person((row.registered_form, row.legal_form), row.is_natural_person, policy),
        first_invoices=tuple(
            FirstInvoiceFacts(id_, date.fromisoformat(due), _day(settled), was_paid)
            for id_, due, settled, was_paid in row.first_invoices or ()
        ),
        limit=_limit(row, into(_limit_money(row)), into(_money(row.secured))),
        limited_since=row.limited_since,
        used_amount=into(_money(row.used)),
        decision=None if row.decision is None else _decision(row.decision),
        terms_agreed=row.terms_agreed,
        lately=_paid(row.lately),
        before=_paid(row.earlier),
        oldest_overdue_on=row.oldest_overdue_on,
        oldest_unpaid_on=row.oldest_unpaid_on,
        max_extension_days=row.max_extension_days,
        insurance=None if row.insurance_terms is None else _terms(row.insurance_terms),
        insolvency_known_on=row.insolvency_known_on,
        not_invoiced=tuple(DeliveredOrder(id_, date.fromisoformat(day)) for id_, day in row.not_invoiced or ()),
        insolvencies=tuple(
            InsolvencyTold(debtor_id, code, date.fromisoformat(occurred), _day(ended), report_id)
            for debtor_id, code, occurred, ended, report_id in row.insolvencies or ()
        ),
        changes_on=_changes_on(row, today, policy, rates),
    )


@lru_cache(maxsize=64)
def _terms(told: str) -> InsuranceTerms:
    """Read the terms of a contract, which are those of many debtors."""
    return insurance_terms(orjson.loads(told))


def _changes_on(row: Any, today: date, policy: Policy, rates: Mapping[str, Rate]) -> date | None:
    """The day on which days or rates alone may change what is judged: of what no rate is known for, tomorrow."""
    days = [] if row.changes_on is None else [row.changes_on]
    foreign = [each for each in _amounts(row) if each.currency != policy.currency]
    if foreign:
        is_known = not convert_by(rates, foreign, policy.currency).left
        days.append(today + timedelta(days=RATES_MOVE_DAYS if is_known else 1))
    return min(days, default=None)


def _amounts(row: Any) -> list[Money]:
    return [*_money(row.used), *_money(row.secured), *_limit_money(row)]


def is_natural_person(legal_forms: Sequence[str | None], stated: bool | None, policy: Policy) -> bool | None:
    """Whether a debtor is a natural person, by its legal forms (the register's first) and what was stated.

    None where nobody knows. As for a credit check, who is stated to be one is one.
    """
    if stated:
        return True
    for each in legal_forms:
        if each in policy.evidence.natural_person_legal_forms:
            return True
        if each in policy.evidence.legal_person_legal_forms:
            return False
    return stated


def _money(pairs: Sequence[Sequence[str]] | None) -> list[Money]:
    return [Money(Decimal(amount), currency) for currency, amount in pairs or ()]


def _limit_money(row: Any) -> list[Money]:
    if row.own_limit is None or row.own_limit[2] is None:
        return []
    return [Money(Decimal(row.own_limit[2]), row.own_limit[3])]


def _limit(row: Any, amount: Decimal | None, secured: Decimal | None) -> StandingLimit | None:
    """Give the limit with what secures it; how much it is stays unknown where a part of it cannot be converted."""
    if row.own_limit is None:
        return None
    id_, kind, told, _, risk_class, decided_on, valid_until = row.own_limit
    limit: CreditLimit | None
    if told is None:
        limit = CreditLimit("unlimited" if kind == "unlimited" else "none")
    elif not Decimal(told) and not row.secured:
        limit = CreditLimit("amount", Decimal(0))
    else:
        limit = None if amount is None or secured is None else CreditLimit("amount", amount + secured)
    return StandingLimit(id_, limit, risk_class, date.fromisoformat(decided_on), _day(valid_until))


def _decision(row: Sequence[Any]) -> NewerDecision:
    id_, decided_on, outcome, risk_class = row
    return NewerDecision(id_, date.fromisoformat(decided_on), outcome, risk_class)


def _paid(row: Sequence[Any]) -> PaidItems:
    count, amount, days_amount, late_amount = int(row[0]), *map(Decimal, row[1:])
    return PaidItems(count, rounded_ratio(days_amount, amount, 1), rounded_ratio(late_amount, amount, 2))


def _day(told: str | None) -> date | None:
    return None if told is None else date.fromisoformat(told)
