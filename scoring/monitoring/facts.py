"""What one debtor's signals are judged from: facts of a day, those of outside told by what was stored last."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scoring.cover import InsuranceTerms
from scoring.facts import CreditLimit
from scoring.policy.grading import RiskClass
from scoring.promises import Promise


@dataclass(frozen=True, slots=True)
class FirstInvoiceFacts:
    """An invoice of the first order on account; `settled_on` None while anything of it is open.

    `was_paid`: some of it was paid, and not all of it credited.
    """

    id: str
    due_on: date
    settled_on: date | None = None
    was_paid: bool = True


@dataclass(frozen=True, slots=True)
class StandingLimit:
    """The debtor's own limit that applies, in the policy's currency; `decided_on` the day it was decided.

    `limit` is None where it is an amount in a currency of which no rate is known.
    """

    id: str
    limit: CreditLimit | None
    risk_class: RiskClass | None
    decided_on: date
    valid_until: date | None = None

    def gives_credit(self, as_of: date) -> bool:
        """Whether anything may be owed within it on a day."""
        is_over = self.valid_until is not None and self.valid_until < as_of
        return not is_over and (self.limit is None or self.limit.kind == "unlimited" or bool(self.limit.amount))


@dataclass(frozen=True, slots=True)
class NewerDecision:
    """The newest decision on the debtor, where it was made after the limit."""

    id: str
    decided_on: date
    outcome: str
    risk_class: RiskClass | None


@dataclass(frozen=True, slots=True)
class PaidItems:
    """Invoices settled in one period: how many, paid how many days late on average, and which share of it late.

    Averages are by amount; None where nothing was paid. Disputed ones are left out.
    """

    count: int
    late_days: Decimal | None
    late_share: Decimal | None


@dataclass(frozen=True, slots=True)
class DeliveredOrder:
    """An order of which something was delivered and is not invoiced; `delivered_on` its earliest delivery."""

    id: str
    delivered_on: date


@dataclass(frozen=True, slots=True)
class InsolvencyTold:
    """An insolvency of the debtor that the newest report of a source tells of."""

    code: str
    occurred_on: date
    ended_on: date | None
    report_id: str
    provider: str


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """A change that a source told of the debtor, in its words, and of which no report of that source came since."""

    id: str
    provider: str
    kind: str
    old_value: str | None
    new_value: str | None
    changed_at: str


@dataclass(frozen=True, slots=True)
class SignalFacts:
    """A debtor on a day.

    `used_amount` is its exposure in the policy's currency, None where no rate is known for a part of it.
    `limited_since` is the day its first limit was decided. `oldest_overdue_on` is the due day of its oldest undisputed
    invoice, `oldest_unpaid_on` that of its oldest invoice of all; `max_extension_days` the insurer's period, None where
    no cover can stop. `insurance` are the terms by which what was delivered is or was covered, None where it never was;
    `insolvency_known_on` is the day on which an insolvency of the debtor itself was known, None where it is news.
    `insolvent_kin` are those above and below it in its group of whom an insolvency is told. On `changes_on` some of it
    is changed by days or rates alone.
    """

    as_of: date
    debtor_id: str
    is_natural_person: bool | None = None
    first_invoices: tuple[FirstInvoiceFacts, ...] = ()
    limit: StandingLimit | None = None
    limited_since: date | None = None
    used_amount: Decimal | None = Decimal(0)
    decision: NewerDecision | None = None
    terms_agreed: bool = False
    lately: PaidItems = PaidItems(0, None, None)
    before: PaidItems = PaidItems(0, None, None)
    oldest_overdue_on: date | None = None
    oldest_unpaid_on: date | None = None
    max_extension_days: int | None = None
    not_invoiced: tuple[DeliveredOrder, ...] = ()
    insolvencies: tuple[InsolvencyTold, ...] = ()
    insurance: InsuranceTerms | None = None
    insolvency_known_on: date | None = None
    changes_on: date | None = None
    changes: tuple[ChangeTold, ...] = ()
    insolvent_kin: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
