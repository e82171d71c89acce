"""What a payment settles, by law: within a claim costs, interest, principal (BW 6:44); over claims BW 6:43."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import groupby
from uuid import UUID

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a payment went to costs, interest and principal; `surplus` is what none of them took."""

    to_costs: Decimal
    to_interest: Decimal
    to_principal: Decimal
    surplus: Decimal


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of several, with what is due on it; `burden` ranks how onerous it is, such as its interest in %."""

    id: UUID
    arose_on: date
    due_on: date
    principal: Decimal
    interest: Decimal = ZERO
    costs: Decimal = ZERO
    burden: Decimal = ZERO

    @property
    def owed_amount(self) -> Decimal:
        """All that is due on it."""
        return self.costs + self.interest + self.principal


@dataclass(frozen=True, slots=True)
class ClaimsSettlement:
    """What each claim that got something got, in the order of settling, and what no claim took."""

    settlements: tuple[tuple[UUID, Settlement], ...]
    surplus: Decimal


def allocate_payment(payment: Decimal, costs: Decimal, interest: Decimal, principal: Decimal) -> Settlement:
    """BW 6:44 (1): a payment settles costs first, then the interest that is due, then the principal.

    Raises ValueError when one of the four is below zero.
    """
    if min(payment, costs, interest, principal) < 0:
        raise ValueError("nothing here can be below zero")
    to_costs = min(payment, costs)
    to_interest = min(payment - to_costs, interest)
    to_principal = min(payment - to_costs - to_interest, principal)
    return Settlement(to_costs, to_interest, to_principal, payment - to_costs - to_interest - to_principal)


def allocate_over_claims(
    payment: Decimal, claims: Iterable[Claim], as_of: date, indicated: Sequence[UUID] = ()
) -> ClaimsSettlement:
    """BW 6:43: first the claims the debtor indicated, in that order; then the due ones, of these the most onerous, of
    these the oldest, of these all in proportion to what is owed; last those not due yet, likewise.

    Due is whose due date is `as_of` or before. Proportions are rounded down to cents; the cents left go to the largest.
    """
    left = payment
    settlements = []
    for group in _order(claims, as_of, indicated):
        for claim, part in _shared(left, group):
            settlement = allocate_payment(part, claim.costs, claim.interest, claim.principal)
            left -= part
            if part:
                settlements.append((claim.id, settlement))
    return ClaimsSettlement(tuple(settlements), surplus=left)


def _order(claims: Iterable[Claim], as_of: date, indicated: Sequence[UUID]) -> Iterator[tuple[Claim, ...]]:
    """Claims in the order they are settled; those that rank equally together."""

    def rank(claim: Claim) -> tuple[int, bool, Decimal, date]:
        """What comes first sorts first: indicated, due, onerous, old."""
        place = indicated.index(claim.id) if claim.id in indicated else len(indicated)
        return (place, claim.due_on > as_of, -claim.burden, claim.arose_on)

    for _, group in groupby(sorted(claims, key=lambda claim: (rank(claim), claim.id)), key=rank):
        yield tuple(group)


def _shared(payment: Decimal, claims: tuple[Claim, ...]) -> Iterator[tuple[Claim, Decimal]]:
    """What each of equally ranking claims gets: all that is owed when it suffices, else its proportion."""
    owed = sum((claim.owed_amount for claim in claims), ZERO)
    if payment >= owed:
        yield from ((claim, claim.owed_amount) for claim in claims)
        return
    parts = {claim.id: (payment * claim.owed_amount / owed).quantize(CENT, rounding=ROUND_DOWN) for claim in claims}
    left = payment - sum(parts.values(), ZERO)
    for claim in sorted(claims, key=lambda each: (-each.owed_amount, each.id)):
        more = min(left, claim.owed_amount - parts[claim.id])
        left -= more
        yield claim, parts[claim.id] + more
