"""What covers a debtor on a day, under each contract: the limit that counts, its history, and who bears what."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.cover_shown import decision_answer
from api.acceptance.insurance_terms import in_force, terms_of
from api.acceptance.limit_answers import in_force_on
from api.exchange import convert
from api.identity.debtors import get_debtor
from api.records import (
    cover_versions,
    exposure,
    insurance_policies,
    ledger_history,
    limits,
    payments,
    returnables,
    securities,
)
from api.records.cover_versions import Decided
from api.records.debtors import DebtorRecord
from api.records.insurance_policies import InsurancePolicyRecord, InsuranceTermsRecord
from api.records.ledger_history import Clocks
from api.web.money import money_answer
from api.wiring import Wiring
from scoring.cover import CoverOnDay, InsuranceTerms, bears_on, cover_on, insured_parts
from scoring.money import Money

NOT_IN_FORCE, EXCLUDED = "contract_not_in_force", "excluded"
NOT_COUNTED = "scheduled"  # Delivered after the horizon: nothing is owed of it yet.


def covers_answer(debtor_id: UUID, as_of: date | None, given: Wiring) -> dict[str, Any]:
    """Give the cover of a debtor on a day, today where none is named. Raises NotFound."""
    day = as_of or given.today
    with given.transaction() as session:
        debtor = get_debtor(session, debtor_id)
        policies = session.scalars(insurance_policies.listing().order_by(InsurancePolicyRecord.id)).all()
        terms = insurance_policies.terms_of(session, [each.id for each in policies])
        decided = cover_versions.of_debtor(session, debtor.id)
        limit = _limit(session, debtor.id, day)
        owed = _owed(session, debtor.id, day, given.today)
        rate_days = given.house.policies.active(session).policy.evidence.rate_usable_days
        items = []
        for policy in policies:
            under = [each for each in decided if each.record.insurance_policy_id == policy.id]
            shown = _under(policy, terms.get(policy.id, ()), under, debtor, day)
            in_currency = _Parts(session, policy.currency, day, rate_days, shown)
            items.append(_shown(policy, under, shown, in_currency.of(limit), in_currency.of(owed)))
        return {"debtor_id": debtor.id, "as_of": day, "items": items}


class _Under:
    """How a debtor stands under a contract on a day."""

    __slots__ = ("on_day", "standing", "terms")

    def __init__(self, standing: str, terms: InsuranceTerms | None, on_day: CoverOnDay | None) -> None:
        self.standing, self.terms, self.on_day = standing, terms, on_day

    @property
    def insured_limit(self) -> Decimal:
        """What is covered, zero where nothing is."""
        return Decimal(0) if self.on_day is None else self.on_day.insured_limit


def _under(
    policy: InsurancePolicyRecord,
    versions: Sequence[InsuranceTermsRecord],
    decided: Sequence[Decided],
    debtor: DebtorRecord,
    day: date,
) -> _Under:
    runs = policy.valid_from <= day and (policy.valid_until is None or day <= policy.valid_until)
    found = in_force(versions, day) if runs else None
    if found is None:
        return _Under(NOT_IN_FORCE, None, None)
    terms = terms_of(found)
    if not bears_on(terms, debtor.country, is_natural_person=debtor.is_natural_person, related=debtor.related_party):
        return _Under(EXCLUDED, terms, None)
    on_day = cover_on([each.version for each in decided], day, terms)
    return _Under(on_day.standing, terms, on_day)


def _shown(
    policy: InsurancePolicyRecord,
    decided: Sequence[Decided],
    under: _Under,
    limit: dict[str, Any] | None,
    owed: dict[str, Any] | None,
) -> dict[str, Any]:
    counting = None if under.on_day is None else under.on_day.version
    record = next((each.record for each in decided if counting is not None and each.version == counting), None)
    return {
        "insurance_policy_id": policy.id,
        "insurer_name": policy.insurer_name,
        "policy_number": policy.policy_number,
        "standing": under.standing,
        "insured_limit": money_answer(under.insured_limit, policy.currency),
        "cover_decision_id": None if record is None else record.id,
        "valid_from": None if record is None else record.valid_from,
        "valid_until": None if record is None else record.valid_until,
        "limit": limit,
        "exposure": owed,
        "decisions": [decision_answer(each) for each in reversed(decided)],
    }


class _Parts:
    """Parts amounts into what is insured under one contract and what is not, in the currency of the contract."""

    def __init__(self, session: Session, currency: str, day: date, rate_days: int, under: _Under) -> None:
        self._session, self._currency, self._day = session, currency, day
        self._rate_days, self._under = rate_days, under

    def of(self, amounts: Sequence[Money]) -> dict[str, Any] | None:
        """Give the parts of a sum, None where there is nothing to part or no contract to part it by."""
        terms = self._under.terms
        if terms is None or not amounts:
            return None
        found = convert(self._session, amounts, self._currency, self._day, self._rate_days)
        is_blind = self._under.standing == "blind"
        parts = insured_parts(found.total, self._under.insured_limit, terms, blind=is_blind)
        shown = {
            "total": found.total,
            "insured": parts.insured,
            "uninsured": parts.uninsured,
            "own_part": parts.own_part,
        }
        return {name: money_answer(amount, self._currency) for name, amount in shown.items()} | {
            "by_currency": [money_answer(each.amount, each.currency) for each in amounts],
            "not_converted": sorted({each.currency for each in found.left}),
        }


def _limit(session: Session, debtor_id: UUID, day: date) -> list[Money]:
    """Give the debtor's own limit that is in force with what raises it, by currency; nothing without limit or bound."""
    found, version = in_force_on(limits.versions(session, debtor_id, "own"), day)
    if version is None or found.limit.amount is None:
        return []
    raising = securities.raising(session, debtor_id, day)
    sums = {version.currency: found.limit.amount}
    for each in raising:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + (each.amount or 0)
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]


def _owed(session: Session, debtor_id: UUID, day: date, today: date) -> list[Money]:
    """Give what a debtor owes or will owe by currency, on a day of before as it was then."""
    if day < today:
        stages = ledger_history.exposure(session, debtor_id, Clocks(day))
        returnable = payments.returnable(session, debtor_id, day, None)
    else:
        stages = [(each.currency, each.stage, each.amount) for each in exposure.balances(session, debtor_id)]
        returnable = returnables.owed(session, debtor_id, day)
    sums = dict(returnable)
    for currency, stage, amount in stages:
        if stage != NOT_COUNTED:
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    return [Money(amount, currency) for currency, amount in sorted(sums.items()) if amount]
