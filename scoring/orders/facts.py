"""All that one order is judged on, and how that is kept so that it can be judged again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast

from scoring.canonical import plain
from scoring.documents import DocumentInvalid, Fault, read_document
from scoring.exchange import Rate
from scoring.facts import STORED_IF_ANY, CreditLimit, NegativeEvent, RegisterStatus, SanctionsFacts
from scoring.first_payment import FirstPaymentState
from scoring.policy.grading import RiskClass

LimitScope = Literal["own", "group"]
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OrderAsked:
    """The order. `counted_amount` is what of it lies inside the horizon; `prepaid_cleared` is booked with this order.

    `own_exposure` is what the same order adds to the exposures of `levels` already: such as when it is changed. An
    amount that could not be converted is zero here, and its currency among those of the facts that were not. Of an
    order in another currency `paid_whole` says whether all of it was paid before, as its own amounts tell; else None.
    """

    amount: Decimal
    counted_amount: Decimal
    prepaid_cleared: Decimal = _ZERO
    own_exposure: Decimal = _ZERO
    paid_whole: bool | None = field(default=None, metadata=STORED_IF_ANY)

    def __post_init__(self) -> None:
        """Refuse an order of which more counts than there is."""
        if not 0 <= self.counted_amount <= self.amount:
            raise ValueError("what counts of an order lies between zero and its amount")
        if self.prepaid_cleared < 0:
            raise ValueError("what is prepaid is not below zero")

    @property
    def is_prepaid(self) -> bool:
        """Whether all of it was paid before, so that it takes no credit; nothing of nothing was not."""
        return 0 < self.amount <= self.prepaid_cleared if self.paid_whole is None else self.paid_whole

    @property
    def adds(self) -> Decimal:
        """What the order adds to exposure: prepaid money covers first what is delivered first, and no other order."""
        return max(_ZERO, self.counted_amount - self.prepaid_cleared)


@dataclass(frozen=True, slots=True)
class LimitLevel:
    """A limit on the way from the debtor to the top of its group, and what is used of it.

    `limit` of kind `none` was never decided or was taken back. It holds until the end of `valid_until`. A valid
    guarantee raises it by `secured_amount`. `exposure` is the debtor's own, or of scope `group` that of the whole
    subtree of `debtor_id`, in which each debtor counts once.
    """

    debtor_id: str
    scope: LimitScope
    limit: CreditLimit
    valid_until: date | None
    exposure: Decimal
    secured_amount: Decimal = _ZERO

    def is_in_force(self, as_of: date) -> bool:
        """Whether somebody decided it, and it has not ended."""
        return self.limit.kind != "none" and (self.valid_until is None or self.valid_until >= as_of)

    def above(self, exposure: Decimal, as_of: date) -> Decimal:
        """How far an exposure lies above the limit; one that is not in force leaves nothing to stand on: all of it."""
        if not self.is_in_force(as_of):
            return max(_ZERO, exposure)
        return _ZERO if self.most is None else max(_ZERO, exposure - self.most)

    @property
    def most(self) -> Decimal | None:
        """How much may be outstanding under the limit with what secures it; None where no amount bounds it."""
        return None if self.limit.amount is None else self.limit.amount + self.secured_amount


@dataclass(frozen=True, slots=True)
class OpenItems:
    """What is open of a debtor's undisputed invoices; credits are not netted. `overdue_amount` is older than N days."""

    oldest_overdue_days: int = 0
    open_amount: Decimal = _ZERO
    overdue_amount: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class DebtItem:
    """What is open of one invoice, or below zero of a credit note; a dispute takes it out of every test of lateness."""

    amount: Decimal
    due_on: date
    disputed: bool = False


def open_items(items: Iterable[DebtItem], as_of: date, overdue_days: int) -> OpenItems:
    """What items of one debtor come to on a day; overdue is what is more than `overdue_days` past its due date."""
    counting = [(each.amount, (as_of - each.due_on).days) for each in items if each.amount > 0 and not each.disputed]
    return OpenItems(
        oldest_overdue_days=max((days for _, days in counting if days > 0), default=0),
        open_amount=sum((amount for amount, _ in counting), _ZERO),
        overdue_amount=sum((amount for amount, days in counting if days > overdue_days), _ZERO),
    )


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """All an order is judged on. Every amount is in `currency`, that of the policy.

    `levels` begins with the debtor's own limit, then come the group limits up to the top; a group that was never given
    a limit is no level. `first_payment` is None for a debtor that is not new. `sanctions` None: not screened.
    `max_extension_days` is of the insurance policy that bears on the debtor, None: not insured. `other_currencies`
    could not be converted and are in no exposure; `rates` were used.
    """

    as_of: date
    currency: str
    asked: OrderAsked
    levels: tuple[LimitLevel, ...]
    risk_class: RiskClass | None
    terms_agreed: bool
    items: OpenItems
    first_payment: FirstPaymentState | None = None
    onboarding_missing: tuple[str, ...] = ()
    sanctions: SanctionsFacts | None = None
    register_status: RegisterStatus | None = None
    events: tuple[NegativeEvent, ...] = ()
    on_hold: bool = False
    supply_stopped: bool = False
    parent_insolvent: bool = False
    critical: bool = False
    max_extension_days: int | None = None
    dunning_level: int = 0
    other_currencies: tuple[str, ...] = field(default=(), metadata=STORED_IF_ANY)
    rates: tuple[Rate, ...] = field(default=(), metadata=STORED_IF_ANY)

    def __post_init__(self) -> None:
        """Refuse facts in which the debtor's own limit does not come first: that it has none is said there."""
        if not self.levels or self.levels[0].scope != "own":
            raise ValueError("the first level is the debtor's own limit")
        if any(each.scope != "group" for each in self.levels[1:]):
            raise ValueError("above the debtor's own limit there are only those of its group")

    @property
    def is_asked_known(self) -> bool:
        """Whether what the order is worth could be converted; without that nobody can say whether it fits."""
        return bool(self.asked.amount) or not self.other_currencies

    @property
    def limits_in_force(self) -> tuple[LimitLevel, ...]:
        """The levels whose limit may be used today."""
        return tuple(each for each in self.levels if each.is_in_force(self.as_of))


def order_facts_document(facts: OrderFacts) -> dict[str, Any]:
    """The facts as a plain document of text, whole numbers, booleans, lists and mappings."""
    return cast(dict[str, Any], plain(facts))


def order_facts_from_document(document: Mapping[str, Any]) -> OrderFacts:
    """The facts a document was made from. Raises DocumentInvalid, naming every fault."""
    faults: list[Fault] = []
    facts = read_document(OrderFacts, document, "", faults)
    if faults:
        raise DocumentInvalid(faults)
    return cast(OrderFacts, facts)
