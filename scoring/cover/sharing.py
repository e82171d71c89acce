"""Who bears what: which part of an amount is insured, what of it we keep, and what an insurer pays of a loss."""

from dataclasses import dataclass
from decimal import Decimal

from scoring.cover.terms import InsuranceTerms

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class InsuredParts:
    """An amount parted: `uninsured` lies above the limit, `own_part` is our share of what is insured."""

    insured: Decimal
    uninsured: Decimal
    own_part: Decimal

    @property
    def own_risk(self) -> Decimal:
        """What we would bear if all of it were lost."""
        return self.uninsured + self.own_part


def insured_parts(
    amount: Decimal, insured_limit: Decimal, terms: InsuranceTerms, *, blind: bool = False
) -> InsuredParts:
    """What of an amount is insured under a limit; both in the currency of the contract, the parts not rounded.

    `amount` is what the contract counts: without VAT unless it insures VAT, and nothing it excludes. Below zero nothing
    is insured.
    """
    insured = min(max(_ZERO, amount), max(_ZERO, insured_limit))
    percentage = terms.cover_percentage
    if blind and terms.blind_cover_percentage is not None:
        percentage = terms.blind_cover_percentage
    least = min(insured, terms.minimum_retention or _ZERO)
    return InsuredParts(insured, max(_ZERO, amount) - insured, max(insured * (1 - percentage), least))


@dataclass(frozen=True, slots=True)
class Indemnity:
    """What is paid of a loss: `eligible` is what counts of it, `covered` what of that lies within the limit."""

    eligible: Decimal
    covered: Decimal
    indemnity: Decimal

    @property
    def uninsured(self) -> Decimal:
        """What we bear of what was eligible, our share of the insured part included."""
        return self.eligible - self.indemnity


def indemnity_of(
    eligible_amount: Decimal,
    insured_limit: Decimal,
    terms: InsuranceTerms,
    *,
    first_loss_left: Decimal | None = None,
    maximum_left: Decimal | None = None,
) -> Indemnity:
    """What an insurer pays of a loss, not rounded; all in the currency of the contract.

    Nothing at or below the threshold; then within the limit, less our share, less what is left of the year's first
    loss, at most what is left of the year's maximum. What is left is that of the whole year where it is not told.
    """
    if terms.claim_threshold is not None and eligible_amount <= terms.claim_threshold:
        return Indemnity(eligible_amount, _ZERO, _ZERO)
    parts = insured_parts(eligible_amount, insured_limit, terms)
    first_loss = terms.first_loss if first_loss_left is None else first_loss_left
    maximum = terms.maximum_payout if maximum_left is None else maximum_left
    paid = max(_ZERO, parts.insured - parts.own_part - (first_loss or _ZERO))
    return Indemnity(eligible_amount, parts.insured, paid if maximum is None else min(paid, maximum))
