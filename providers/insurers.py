"""What we need from a credit insurer: buyers found, cover asked, read, changed, withdrawn; answers may come later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol

from providers.http import Line
from providers.ports import CompanyKey, Identifier

# `pending`: the insurer has not decided. What was decided stands until it is reduced, withdrawn or has ended.
CoverState = Literal["pending", "granted", "granted_in_part", "refused", "reduced", "withdrawn", "cancelled", "ended"]


@dataclass(frozen=True, slots=True)
class InsurancePolicyKey:
    """The insurance policy that scopes every call, by the insurer's own names such as `policy_id`, `customer_id`."""

    numbers: Mapping[str, str]
    currency: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A company as the insurer knows it: its own number of it, and how well the insurer is sure."""

    number: Identifier
    name: str
    country: str
    rating: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CoverRequest:
    """Cover asked for a buyer: `amount` in `currency` (ISO 4217); `our_reference` finds a lost answer again."""

    buyer: Identifier
    amount: Decimal
    currency: str
    our_reference: str
    starts_on: date
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class CoverAnswer:
    """How a cover stands. `reference` is the insurer's; `amount` None: nothing was decided, which is not zero.

    `conditions` are in the insurer's words; `decision_code` and `terms_code` are of EDIFACT 4507 and 4509.
    """

    reference: str
    state: CoverState
    amount: Decimal | None
    currency: str | None
    starts_on: date | None
    ends_on: date | None
    conditions: tuple[str, ...]
    decision_code: str | None
    terms_code: str | None
    raw: dict[str, Any]


class CreditInsurer(Protocol):
    """One insurer. Every call raises SourceError; nothing that orders is sent twice by itself."""

    def find_buyers(self, company: CompanyKey, policy: InsurancePolicyKey, line: Line) -> tuple[Buyer, ...]:
        """The insurer's numbers of a company; empty when it knows none."""

    def request_cover(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Ask for cover; the answer may be `pending`."""

    def find_request(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer | None:
        """The request as it arrived, if it did: after a lost answer one looks before asking again."""

    def read_cover(self, reference: str, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """How a cover stands now."""

    def change_cover(
        self, reference: str, request: CoverRequest, policy: InsurancePolicyKey, line: Line
    ) -> CoverAnswer:
        """Ask for another amount."""

    def withdraw_cover(self, reference: str, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Give a cover back."""
