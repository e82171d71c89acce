"""The facts of an order of the past: what the ledger told at the close of the day before, and what was stored then."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.exchange import Conversion, convert
from api.policies.backtest.debtor import Seen
from api.records.checks import CheckedDebtor
from api.records.ledger_walk import StoredReport
from providers.stored_facts import from_document
from scoring.facts import Asked, CheckFacts, ConvertedFacts, DebtorFacts, ExposureFacts
from scoring.money import Money
from scoring.policy.document import Policy


class Told:
    """What the sources had told of one debtor by a day that only goes forward."""

    def __init__(self, reports: list[StoredReport]) -> None:
        self._reports = reports
        self._place = 0
        self._facts: dict[str, Any] = {}

    def by(self, day: date) -> dict[str, Any]:
        """Give the newest facts of each kind that were there at the close of a day."""
        while self._place < len(self._reports) and self._reports[self._place].retrieved_on <= day:
            report = self._reports[self._place]
            self._facts[report.kind] = None if report.facts is None else from_document(report.kind, report.facts)  # type: ignore[arg-type]
            self._place += 1
        return self._facts


@dataclass(frozen=True, slots=True)
class Past:
    """One debtor at the close of a day, before an order of the next one."""

    debtor: CheckedDebtor
    as_of: date
    known_at: datetime | None
    seen: Seen
    told: dict[str, Any]


def facts_of(session: Session, past: Past, order_amount: Decimal, policy: Policy) -> CheckFacts:
    """Give the facts of a check of an order. Sources that were not asked then are left out: nobody waited for them."""
    found = _owed(session, past, policy)
    behaviour = past.seen.behaviour
    return CheckFacts(
        as_of=past.as_of,
        currency=policy.currency,
        asked=Asked(order_amount=order_amount),
        debtor=DebtorFacts(
            country=past.debtor.country,
            legal_form=past.debtor.legal_form,
            is_natural_person=past.debtor.is_natural_person,
            related_party=past.debtor.related_party,
            critical=past.debtor.critical,
            first_payment_pending=behaviour.first_settled_on is None and behaviour.open_amount > 0,
        ),
        exposure=ExposureFacts(found.total, tuple(each.currency for each in found.left)),
        register=past.told.get("company_register"),
        bureau=past.told.get("credit_bureau"),
        sanctions=past.told.get("sanctions_list"),
        behaviour=behaviour,
        converted=tuple(
            ConvertedFacts("exposure", before.currency, before.amount, after.amount)
            for before, after in found.pairs
            if before.currency != policy.currency
        ),
        rates=found.rates,
    )


def _owed(session: Session, past: Past, policy: Policy) -> Conversion:
    """Give all that was owed, in the policy's currency by the rates of that day where it was in another."""
    owed = {currency: amount for currency, amount in past.seen.exposure.items() if amount}
    amounts = [Money(amount, currency) for currency, amount in sorted(owed.items())]
    return convert(session, amounts, policy.currency, past.as_of, policy.evidence.rate_usable_days, past.known_at)
