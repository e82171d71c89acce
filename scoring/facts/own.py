"""What we know of a debtor ourselves: who it is, how it paid us, what it owes. None is "not known", and never zero."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from scoring.facts.stored import STORED_IF_ANY


@dataclass(frozen=True, slots=True)
class DebtorFacts:
    """What we know of the debtor ourselves; `country` is ISO 3166-1 alpha-2, `legal_form` a code of the policy."""

    country: str
    legal_form: str | None = None
    is_natural_person: bool | None = None
    related_party: bool = False
    critical: bool = False
    on_hold: bool = False
    unresolved_write_off: bool = False
    first_payment_pending: bool = False
    parent_insolvent: bool = False


@dataclass(frozen=True, slots=True)
class LateCounts:
    """Some items, and how many of them were (or are by now) more than so many days late."""

    count: int
    over_0: int
    over_5: int
    over_15: int
    over_30: int
    over_60: int

    def over(self, late_days: int) -> int:
        """How many are more than `late_days` late; one of what the ledger keeps."""
        number: int = getattr(self, f"over_{late_days}")
        return number

    def plus(self, other: "LateCounts") -> "LateCounts":
        """The counts of both together."""
        return LateCounts(
            self.count + other.count,
            self.over_0 + other.over_0,
            self.over_5 + other.over_5,
            self.over_15 + other.over_15,
            self.over_30 + other.over_30,
            self.over_60 + other.over_60,
        )


NO_ITEMS = LateCounts(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class LatenessFacts:
    """How often the debtor's items were paid late: counts of items, disputed ones as well, whatever their amount.

    `whole` were settled in `window_days`, `recent` in the last `recent_days` of them; `past_due` are open still.
    `book` counts what all debtors of the seller together settled in the window, as of `book_counted_on`.
    """

    window_days: int
    recent_days: int
    whole: LateCounts
    recent: LateCounts
    past_due: LateCounts
    book: LateCounts | None = None
    book_counted_on: date | None = None


@dataclass(frozen=True, slots=True)
class BehaviourFacts:
    """How the debtor paid us: items settled in `window_days`, days beyond terms, shares between 0 and 1."""

    window_days: int
    settled_count: int
    settled_amount: Decimal
    dbt_days: Decimal | None = None
    dbt_days_recent: Decimal | None = None
    dbt_days_prior: Decimal | None = None
    late_amount_share: Decimal | None = None
    first_settled_on: date | None = None
    promises_kept: int = 0
    promises_broken: int = 0
    peak_exposure: Decimal | None = None
    peak_utilisation: Decimal | None = None
    unjustified_dispute_ratio: Decimal = Decimal(0)
    open_amount: Decimal = Decimal(0)
    overdue_amount: Decimal = Decimal(0)
    oldest_overdue_days: int = 0
    lateness: LatenessFacts | None = field(default=None, metadata=STORED_IF_ANY)


@dataclass(frozen=True, slots=True)
class ExposureFacts:
    """What the debtor owes or will owe, including VAT; `other_currencies` could not be converted and are not in it."""

    amount: Decimal
    other_currencies: tuple[str, ...] = ()
