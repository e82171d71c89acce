"""The sections of a policy that say what a grade is worth: limits, terms, authority, outcomes and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from scoring.documents import Fault, refuse
from scoring.policy.grading import RiskClass
from scoring.policy.rules import TermsSegment
from scoring.policy.steps import CeilingSteps, RoundingSteps

CompanySize = Literal["sme", "large", "public"]
ChecklistItem = Literal["identity_matched", "vat_valid", "sanctions_clear", "terms_agreed", "cover_decided"]


@dataclass(frozen=True, slots=True)
class CapacityShares:
    """Shares of a debtor's net worth, working capital and yearly turnover that its credit may reach."""

    net_worth: Decimal
    working_capital: Decimal
    turnover: Decimal


@dataclass(frozen=True, slots=True)
class LossBudget:
    """The most that may be expected to be lost on one debtor in a year: limit = amount / (PD x loss given default)."""

    amount: Decimal
    loss_given_default: Decimal

    def __post_init__(self) -> None:
        """A loss given default is a share, and above zero."""
        if not 0 < self.loss_given_default <= 1:
            refuse([Fault("loss_given_default", "must be above 0 and at most 1")])


@dataclass(frozen=True, slots=True)
class LimitsPolicy:
    """How a limit is found. A grade that `capacity` does not name gets no credit at all.

    It is looked at again after `review_months`; a class not named there, when it ends.
    """

    domestic_country: str
    vat_rate_domestic: Decimal
    vat_rate_abroad: Decimal
    buffer_days: int
    capacity: Mapping[str, CapacityShares]
    behaviour_settled_count_min: int
    behaviour_multiples: CeilingSteps
    own_risk: Mapping[str, Decimal]
    rounding: RoundingSteps
    valid_months: Mapping[RiskClass, int]
    temporary_valid_months: int
    loss_budget: LossBudget | None = None
    review_months: Mapping[RiskClass, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TermsPolicy:
    """The payment terms of each class (a class not named gets none), and how large the seller is by law.

    The first of `segments` whose condition holds gives its own terms; a class it does not name keeps the general one.
    """

    payment_term_days: Mapping[RiskClass, int]
    seller_size: CompanySize
    segments: tuple[TermsSegment, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorityPolicy:
    """The largest limit each role may decide on alone, by class; a class it does not name gets no credit by one alone.

    A referral must be decided within `referral_days`, calendar days.
    """

    finance: Mapping[RiskClass, Decimal]
    credit_manager: Mapping[RiskClass, Decimal]
    referral_days: int = 2


@dataclass(frozen=True, slots=True)
class OnboardingPolicy:
    """What a new debtor is asked for, and what must be there before it gets credit.

    Until each of `checklist` is there, orders of a debtor that was accepted by an application are prepaid.
    """

    questions: tuple[str, ...]
    checklist: tuple[ChecklistItem, ...] = ()


@dataclass(frozen=True, slots=True)
class OutcomesPolicy:
    """How long an answer holds, and in policies of engine 1 how much of it is explained."""

    check_valid_days: int
    explained_factors_max: int = 3


@dataclass(frozen=True, slots=True)
class OrdersPolicy:
    """When an order may not go out, and how long it waits or reserves.

    What is delivered more than `horizon_days` ahead does not count yet; None: all counts. An item is overdue for
    `overdue_share_max` when it is more than `overdue_days` late. An order above `document_value_max` of its class goes
    to a person; a class with a `prepayment_share` prepays that part of every order. A debtor whose class is not known
    is held to the strictest of each.
    """

    oldest_item_days_max: Mapping[RiskClass, int]
    overdue_share_max: Decimal
    dunning_level_max: int
    prepay_by_days: int
    reservation_days_after_delivery: int
    reservation_days_without_delivery: int
    recheck_after_hours: int
    recheck_above_rise: Decimal
    horizon_days: int | None = None
    overdue_days: int = 0
    document_value_max: Mapping[RiskClass, Decimal] = field(default_factory=dict)
    prepayment_share: Mapping[RiskClass, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse to have more of an order prepaid than all of it."""
        refuse(
            Fault(f"prepayment_share.{risk_class}", "is a share: from 0 to 1")
            for risk_class, share in self.prepayment_share.items()
            if not 0 <= share <= 1
        )


@dataclass(frozen=True, slots=True)
class FirstPaymentPolicy:
    """For which classes the first invoice must be paid before the next order, and how late is still on time."""

    classes: tuple[RiskClass, ...]
    grace_days: int


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """How long records are kept."""

    ledger_years: int
    declined_report_months: int
    declined_decision_months: int
    replaced_report_months: int
    payment_experience_years: int
    access_log_years: int
