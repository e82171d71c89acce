"""Where the money of one order stands: each euro in exactly one stage of exposure, whatever has happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CallOff:
    """A part of an order that is to be delivered on a day; `amount` includes VAT."""

    delivery_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OrderStages:
    """What an order adds to its debtor's exposure, by stage, in its own currency; `scheduled` does not count yet."""

    scheduled: Decimal = _ZERO
    reserved: Decimal = _ZERO
    delivered: Decimal = _ZERO

    @property
    def counted(self) -> Decimal:
        """What of it counts as exposure."""
        return self.reserved + self.delivered


NOTHING_STAGED = OrderStages()


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """How far an order is: totals in its currency, VAT included. `prepaid` is cleared and not yet used by an invoice.

    `call_offs` are its parts by day; empty where nobody said when. Before `delivered` comes none of it is delivered.
    """

    amount: Decimal
    call_offs: tuple[CallOff, ...] = ()
    delivered: Decimal = _ZERO
    invoiced: Decimal = _ZERO
    prepaid: Decimal = _ZERO

    @property
    def to_deliver(self) -> Decimal:
        """What is still to be delivered; what was invoiced without a word of its delivery has been."""
        return max(_ZERO, self.amount - max(self.delivered, self.invoiced))

    @property
    def to_invoice(self) -> Decimal:
        """What was delivered and is not invoiced yet."""
        return max(_ZERO, self.delivered - self.invoiced)


def stages_of(progress: OrderProgress, horizon_on: date | None, *, may_deliver: bool = True) -> OrderStages:
    """What the order adds to exposure while parts due after `horizon_on` (None: no horizon) do not count.

    Prepaid money covers what was delivered first, then what comes first; it gives room to no other order. An order that
    may no longer be delivered (`may_deliver` False) reserves nothing.
    """
    prepaid = progress.prepaid
    delivered = max(_ZERO, progress.to_invoice - prepaid)
    prepaid = max(_ZERO, prepaid - progress.to_invoice)
    if not may_deliver:
        return OrderStages(delivered=delivered)
    beyond = beyond_amount(progress, horizon_on)
    within = progress.to_deliver - beyond
    reserved = max(_ZERO, within - prepaid)
    scheduled = max(_ZERO, beyond - max(_ZERO, prepaid - within))
    return OrderStages(scheduled, reserved, delivered)


def waiting_stages(progress: OrderProgress, required: Decimal, kept: Decimal) -> OrderStages:
    """What an order adds that waits until `required` more is prepaid: what was delivered, and of `kept` what fits.

    What fits is what is neither prepaid nor asked for; it was kept for the order while it waits and never grows.
    """
    delivered = max(_ZERO, progress.to_invoice - progress.prepaid)
    fitting = progress.amount - progress.invoiced - progress.prepaid - required - delivered
    return OrderStages(reserved=max(_ZERO, min(kept, fitting)), delivered=delivered)


def kept_amount(progress: OrderProgress, required: Decimal, horizon_on: date | None) -> Decimal:
    """What is kept of an order while it waits until `required` more is prepaid: what fits inside the horizon.

    What lies beyond is nothing yet; it is scheduled when the order is released. What was delivered comes first.
    """
    within = still_to_invoice(progress) - beyond_amount(progress, horizon_on)
    delivered = max(_ZERO, progress.to_invoice - progress.prepaid)
    return max(_ZERO, within - progress.prepaid - required - delivered)


def still_to_invoice(progress: OrderProgress, *, may_deliver: bool = True) -> Decimal:
    """What invoices of the order may still ask for, and so the most that money can be bound to it.

    That is what was ordered, or delivered beyond it; of an order that may no longer be delivered only what was.
    """
    whole = max(progress.amount, progress.delivered) if may_deliver else progress.delivered
    return max(_ZERO, whole - progress.invoiced)


def is_completed(progress: OrderProgress) -> bool:
    """Whether all that was ordered, and all that was delivered, is invoiced."""
    return not still_to_invoice(progress)


def beyond_amount(progress: OrderProgress, horizon_on: date | None) -> Decimal:
    """What is still to be delivered after the horizon; deliveries take the earliest parts first."""
    if horizon_on is None:
        return _ZERO
    later = sum((each.amount for each in progress.call_offs if each.delivery_on > horizon_on), _ZERO)
    return min(later, progress.to_deliver)


def enters_on(progress: OrderProgress, horizon_on: date | None, horizon_days: int | None) -> date | None:
    """The first day on which a part that lies beyond the horizon comes inside it; None where none does."""
    if horizon_on is None or horizon_days is None or not beyond_amount(progress, horizon_on):
        return None
    first = min(each.delivery_on for each in progress.call_offs if each.delivery_on > horizon_on)
    return first - timedelta(days=horizon_days)


def called_off(amount: Decimal, delivery_on: date | None, parts: Sequence[CallOff] = ()) -> tuple[CallOff, ...]:
    """The parts of an order by day: as they were given, else all of it on its one day."""
    if parts:
        return tuple(sorted(parts, key=_day_of))
    return () if delivery_on is None else (CallOff(delivery_on, amount),)


def _day_of(part: CallOff) -> date:
    """The day a part is to be delivered."""
    return part.delivery_on
