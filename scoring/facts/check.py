"""All that one credit check is judged on: what is asked, what is known, and how the sources answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.exchange import Rate
from scoring.facts.outside import BureauFacts, NegativeEvent, RegisterFacts, SanctionsFacts
from scoring.facts.own import BehaviourFacts, DebtorFacts, ExposureFacts
from scoring.facts.stored import STORED_IF_ANY

SourceKind = Literal["company_register", "credit_bureau", "sanctions_list", "vat_register", "entity_register"]
SourceStatus = Literal["fresh", "cached", "stale", "unavailable", "not_asked", "not_found"]
ConvertedKind = Literal["exposure", "order_amount", "requested_limit", "monthly_sales", "insurer_cover"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller asked for; `monthly_sales` is without VAT, `order_amount` with it.

    `is_application` is True where a limit is applied for, which has effect, and `unlimited_requested` where that limit
    is to be unlimited; else they are None.
    """

    order_amount: Decimal | None = None
    requested_limit: Decimal | None = None
    monthly_sales: Decimal | None = None
    payment_term_days: int | None = None
    is_application: bool | None = field(default=None, metadata=STORED_IF_ANY)
    unlimited_requested: bool | None = field(default=None, metadata=STORED_IF_ANY)


@dataclass(frozen=True, slots=True)
class ConvertedFacts:
    """An amount that was in another currency than the policy's, and what it was taken for."""

    what: ConvertedKind
    currency: str
    amount: Decimal
    converted_amount: Decimal


@dataclass(frozen=True, slots=True)
class InsuranceFacts:
    """Credit insurance for this debtor; `insurer_cover` None means the insurer has not decided."""

    policy_active: bool
    insurer_cover: Decimal | None = None
    limit_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """How one outside source answered; `needed` sources must answer before anything is accepted."""

    kind: SourceKind
    provider: str | None
    status: SourceStatus
    needed: bool
    retrieved_on: date | None = None


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """All a credit check is judged on. Every amount is in `currency`, the currency of the policy.

    What was in another currency stands there converted, and in `converted` as it was, with the `rates` that were used.
    """

    as_of: date
    currency: str
    asked: Asked
    debtor: DebtorFacts
    exposure: ExposureFacts
    register: RegisterFacts | None = None
    bureau: BureauFacts | None = None
    sanctions: SanctionsFacts | None = None
    behaviour: BehaviourFacts | None = None
    insurance: InsuranceFacts | None = None
    sources: tuple[SourceFacts, ...] = ()
    converted: tuple[ConvertedFacts, ...] = field(default=(), metadata=STORED_IF_ANY)
    rates: tuple[Rate, ...] = field(default=(), metadata=STORED_IF_ANY)

    @property
    def has_history(self) -> bool:
        """Whether the debtor has ever settled an item with us, however long ago."""
        return self.behaviour is not None and self.behaviour.first_settled_on is not None

    def events(self) -> Iterator[NegativeEvent]:
        """Negative events of all sources, the register's first."""
        if self.register is not None:
            yield from self.register.events
        if self.bureau is not None:
            yield from self.bureau.events
