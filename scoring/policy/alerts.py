"""When somebody is told, when that is over, and what the machine does about it by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from scoring.documents import Fault, refuse

Effect = Literal["none", "look_again", "review", "lower", "stop_supply"]
Touching = Literal[
    "limit_nearly_used",
    "behaviour_worsened",
    "class_worsened",
    "overdue_items",
    "cover_stopped",
    "insolvency_event",
    "group_insolvency_event",
]


@dataclass(frozen=True, slots=True)
class AlertsPolicy:
    """When somebody is told. Shares are from 0 to 1; what begins at one threshold ends only below another one.

    `effects` says what an alert that is opened or raised brings about by itself; nothing where it is not named. What is
    not in a document, one of before it was asked, is as by default: such a policy tells, and touches nothing.
    """

    limit_used_shares: tuple[Decimal, ...]
    cover_stop_days_before: tuple[int, ...]
    vat_relief_months: tuple[int, ...]
    name_similarity_min: Decimal
    limit_used_exit_margin: Decimal = Decimal("0.05")
    first_payment_due_days: int = 7
    first_payment_told_days: int = 14
    behaviour_items_min: int = 3
    behaviour_days_worse: Decimal = Decimal(10)
    behaviour_days_better: Decimal = Decimal(5)
    behaviour_share_worse: Decimal = Decimal("0.25")
    behaviour_share_better: Decimal = Decimal("0.10")
    overdue_item_days: tuple[int, ...] = (14, 30, 60)
    not_invoiced_days: int = 14
    terms_unsigned_days: int = 14
    cover_stop_shares: tuple[Decimal, ...] = (Decimal("0.50"), Decimal("0.80"))
    concentration_share: Decimal = Decimal("0.20")
    concentration_exit_share: Decimal = Decimal("0.15")
    promise_grace_days: int = 2
    effects: Mapping[Touching, Effect] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an alert that would end above where it begins: it would be told of again and again."""
        pairs = (
            ("behaviour_days_better", self.behaviour_days_better, self.behaviour_days_worse),
            ("behaviour_share_better", self.behaviour_share_better, self.behaviour_share_worse),
            ("concentration_exit_share", self.concentration_exit_share, self.concentration_share),
        )
        refuse(Fault(name, "is above where the alert begins") for name, ends, begins in pairs if ends > begins)
