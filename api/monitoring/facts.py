"""Makes the facts of signals from what the records tell, with amounts in the policy's currency."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.exchange import convert_by, rates_on
from api.records import debtor_signals, promises
from api.records.debtor_signals import Asked
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
from scoring.promises import Promise
from scoring.ratios import rounded_ratio


def signal_facts(session: Session, debtor_ids: Sequence[UUID], today: date, policy: Policy) -> dict[UUID, SignalFacts]:
    """Give the facts of debtors on a day, in three statements; those that were merged away are left out."""
    codes = [code for code, kind in policy.evidence.events.items() if kind == "insolvency"]
    rows = debtor_signals.read(session, debtor_ids, Asked(today, policy.currency, codes), policy.evidence)
    amounts = [money for row in rows for money in (*_money(row.used), *_money(row.secured), *_limit_money(row))]
    rates = rates_on(session, amounts, policy.currency, today, policy.evidence.rate_usable_days)
    promised = promises.of_debtors(session, debtor_ids, today)
    return {row.id: _facts(row, today, policy, rates, promised.get(row.id, ())) for row in rows}


def _facts(
    row: Any, today: date, policy: Policy, rates: Mapping[str, Rate], promised: tuple[Promise, ...]
) -> SignalFacts:
    def into(amounts: Sequence[Money]) -> Decimal | None:
        conversion = convert_by(rates, amounts, policy.currency)
        return None if conversion.left else conversion.total

    return SignalFacts(
        as_of=today,
        debtor_id=str(row.id),
        is_natural_person=is_natural_person((row.registered_form, row.legal_form), row.is_natural_person, policy),
        first_invoices=tuple(
            FirstInvoiceFacts(id_, date.fromisoformat(due), _day(paid)) for id_, due, paid in row.first_invoices or ()
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
        not_invoiced=tuple(DeliveredOrder(id_, date.fromisoformat(day)) for id_, day in row.not_invoiced or ()),
        insolvencies=tuple(
            InsolvencyTold(debtor_id, code, date.fromisoformat(occurred), _day(ended), report_id)
            for debtor_id, code, occurred, ended, report_id in row.insolvencies or ()
        ),
        promises=promised,
    )


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
    """Give the limit with what secures it; one that cannot be converted is none that could be used."""
    if row.own_limit is None:
        return None
    id_, kind, told, _, risk_class, decided_on, valid_until = row.own_limit
    if told is None:
        limit = CreditLimit("unlimited" if kind == "unlimited" else "none")
    else:
        limit = CreditLimit("none") if amount is None else CreditLimit("amount", amount + (secured or Decimal(0)))
    return StandingLimit(id_, limit, risk_class, date.fromisoformat(decided_on), _day(valid_until))


def _decision(row: Sequence[Any]) -> NewerDecision:
    id_, decided_on, outcome, risk_class = row
    return NewerDecision(id_, date.fromisoformat(decided_on), outcome, risk_class)


def _paid(row: Sequence[Any]) -> PaidItems:
    count, amount, days_amount, late_amount = int(row[0]), *map(Decimal, row[1:])
    return PaidItems(count, rounded_ratio(days_amount, amount, 1), rounded_ratio(late_amount, amount, 2))


def _day(told: str | None) -> date | None:
    return None if told is None else date.fromisoformat(told)
