"""The section of a policy that says how much of each bucket of an ageing is expected to be lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from scoring.documents import Fault, refuse
from scoring.receivables import Bucket

INVOICE_BUCKETS: tuple[Bucket, ...] = ("not_due", "1-30", "31-60", "61-90", "91+")


def _published_rates() -> Mapping[Bucket, Decimal]:
    """The rates of the standard's own illustration (IFRS 9, illustrative example 12): a start, nobody's history."""
    rates = ("0.003", "0.016", "0.036", "0.066", "0.106")
    return {bucket: Decimal(rate) for bucket, rate in zip(INVOICE_BUCKETS, rates, strict=True)}


@dataclass(frozen=True, slots=True)
class ProvisionsPolicy:
    """A provision matrix (IFRS 9, B5.5.35): `loss_rates` is the share of each bucket that is never collected.

    `loss_given_default` is the share of an exposure that is lost when its debtor fails, after what VAT relief, security
    and insurance bring back. Only the seller can know it: without it no expected loss is told.
    """

    loss_rates: Mapping[Bucket, Decimal] = field(default_factory=_published_rates)
    loss_given_default: Decimal | None = None

    def __post_init__(self) -> None:
        """Every bucket of invoices has a share, and older never loses less."""
        rates = self.loss_rates
        faults = [Fault(f"loss_rates.{each}", "is missing") for each in INVOICE_BUCKETS if each not in rates]
        for bucket, rate in rates.items():
            if bucket not in INVOICE_BUCKETS:
                faults.append(Fault(f"loss_rates.{bucket}", "is no bucket of invoices"))
            elif not 0 <= rate <= 1:
                faults.append(Fault(f"loss_rates.{bucket}", "is no share"))
        for newer, older in pairwise(each for each in INVOICE_BUCKETS if each in rates):
            if rates[older] < rates[newer]:
                faults.append(Fault(f"loss_rates.{older}", f"an older bucket is given less than {newer}"))
        if self.loss_given_default is not None and not 0 <= self.loss_given_default <= 1:
            faults.append(Fault("loss_given_default", "is no share"))
        refuse(faults)
