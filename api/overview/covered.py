"""What a credit insurer carries of a debtor's limit and of what it owes, in short; its covers tell the whole."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.exchange import convert
from api.records import cover_facts
from api.records.cover_facts import Contract
from api.records.debtors import DebtorRecord
from api.web.money import money_answer
from scoring.cover import CoverOnDay, cover_on, insured_parts
from scoring.limit_use import LimitUse
from scoring.money import Money
from scoring.orders import OrderFacts
from scoring.policy.document import Policy


def cover_answer(
    session: Session, debtor: DebtorRecord, facts: OrderFacts, use: LimitUse, policy: Policy
) -> dict[str, Any] | None:
    """Give how the contract that bears on a debtor covers it today, None where none does.

    Amounts are in the currency of the contract, as the ledger has them, which is with VAT.
    """
    found = cover_facts.contracts(session, [debtor.id], facts.as_of)
    contract = cover_facts.bearing(
        found, debtor.id, debtor.country, is_natural_person=debtor.is_natural_person, related=debtor.related_party
    )
    if contract is None:
        return None
    on_day = cover_on(contract.versions(debtor.id), facts.as_of, contract.terms)
    own = use.levels[0]
    limit = own.level.most if own.is_in_force else None
    days = policy.evidence.rate_usable_days

    def parted(amount: Decimal | None) -> dict[str, Any] | None:
        """Give who bears what of an amount of the policy; None without one, or without a rate to convert it by."""
        if amount is None:
            return None
        money = convert(session, [Money(amount, facts.currency)], contract.currency, facts.as_of, days)
        return None if money.left else _parts(money.total, contract, on_day)

    return {
        "standing": on_day.standing,
        "insured_limit": money_answer(on_day.insured_limit, contract.currency),
        "valid_until": _ends_on(on_day),
        "limit": parted(limit),
        "exposure": parted(own.level.exposure),
    }


def _parts(amount: Decimal, contract: Contract, on_day: CoverOnDay) -> dict[str, Any]:
    parts = insured_parts(amount, on_day.insured_limit, contract.terms, blind=on_day.standing == "blind")
    told = {"insured": parts.insured, "uninsured": parts.uninsured, "own_part": parts.own_part}
    return {name: money_answer(each, contract.currency) for name, each in told.items()}


def _ends_on(on_day: CoverOnDay) -> date | None:
    return None if on_day.version is None else on_day.version.valid_until
