"""What we need from a credit insurer: buyers found, cover asked, read, changed, withdrawn; answers may come later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any, Literal, Protocol

from providers.edifact import ReasonCode, ResponseCode
from providers.errors import SourceError
from providers.http import Line
from providers.ports import CompanyKey, Identifier

# `pending`: the insurer has not decided. What was decided stands until it is reduced, withdrawn or has ended.
CoverState = Literal["pending", "granted", "granted_in_part", "refused", "reduced", "withdrawn", "cancelled", "ended"]
STANDING: frozenset[CoverState] = frozenset({"granted", "granted_in_part", "reduced"})
OVER: frozenset[CoverState] = frozenset({"refused", "withdrawn", "cancelled", "ended"})


class CoverNotTaken(SourceError):
    """The insurer does not take this request as it is; `faults` are (field, words) of its own. A person changes it.

    The words may tell of a buyer, so they are not in the message, which is logged.
    """

    code = "not_taken"

    def __init__(self, provider: str, detail: str, faults: tuple[tuple[str | None, str], ...]) -> None:
        super().__init__(provider, detail)
        self.faults = faults


class CoverNotFound(SourceError):
    """The insurer answers, and knows no such cover (any more): whether it stands nobody can say."""

    code = "cover_not_found"


@dataclass(frozen=True, slots=True)
class InsurancePolicyKey:
    """The insurance policy that scopes every call, by the insurer's own names such as `policy_id`, `customer_id`."""

    numbers: Mapping[str, str]
    currency: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A company as the insurer knows it: its own number of it, and how well the insurer is sure."""

    number: Identifier
    name: str | None
    country: str
    rating: Decimal | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class CoverRequest:
    """Cover asked for a buyer: `amount` in `currency` (ISO 4217); `our_reference` finds a lost answer again.

    An insurer that covers whole steps only is asked for the next higher step.
    """

    buyer: Identifier
    amount: Decimal
    currency: str
    our_reference: str
    starts_on: date
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class CoverKey:
    """One cover as the insurer finds it again: its own reference, and the buyer it is for."""

    reference: str
    buyer: Identifier


@dataclass(frozen=True, slots=True)
class CoverAnswer:
    """How a cover stands. `key` is what the insurer is asked by from now on, which may differ from what was asked.

    `amount` is what is covered now, in `currency`; None: nothing was decided, which is not zero, and what is over is
    zero. `requested_amount` is what was asked for, where that is told. `conditions` are in the insurer's words;
    `response_code` and `reason_code` are of EDIFACT 4507 and 4509, None where no such code says it.
    """

    key: CoverKey
    state: CoverState
    amount: Decimal | None
    currency: str | None
    requested_amount: Decimal | None
    starts_on: date | None
    ends_on: date | None
    conditions: tuple[str, ...]
    response_code: ResponseCode | None
    reason_code: ReasonCode | None
    raw: dict[str, Any]

    def __post_init__(self) -> None:
        """Refuse an amount that is not what the state says."""
        fits = {"pending": self.amount is None}.get(self.state, self.amount is not None)
        if not fits or (self.state in OVER and self.amount != 0):
            raise ValueError(f"a cover that is {self.state} cannot be of {self.amount}")


class CreditInsurer(Protocol):
    """One insurer. Every call raises SourceError; what the insurer does not take is CoverNotTaken.

    Nothing that orders is sent twice by itself: when its answer is lost (SourceDown) or cannot be read (NotUnderstood),
    `find_request` tells whether it arrived, and only where it did not is it asked again.
    """

    def find_buyers(self, company: CompanyKey, policy: InsurancePolicyKey, line: Line) -> tuple[Buyer, ...]:
        """The insurer's numbers of a company; empty when it knows none."""

    def request_cover(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Ask for cover; the answer may be `pending`."""

    def find_request(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer | None:
        """The request as it arrived, if it did: after a lost answer one looks before asking again."""

    def read_cover(self, key: CoverKey, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """How a cover stands now. Raises CoverNotFound where the insurer does not know it."""

    def change_cover(self, key: CoverKey, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Ask for another amount, higher or lower."""

    def withdraw_cover(self, key: CoverKey, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Give a cover back."""


def in_steps(amount: Decimal, step: Decimal) -> Decimal:
    """The least multiple of a step that is not below an amount: all of the need is asked to be covered."""
    return (amount / step).to_integral_value(ROUND_CEILING) * step
