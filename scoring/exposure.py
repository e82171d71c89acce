"""What a debtor owes or will owe, each amount counted once, and the headroom that leaves in a group."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ExposureParts:
    """The parts of exposure, all in one currency and including VAT; each euro sits in exactly one."""

    open_items: Decimal = Decimal(0)
    billed_not_posted: Decimal = Decimal(0)
    delivered_not_invoiced: Decimal = Decimal(0)
    open_orders_within_horizon: Decimal = Decimal(0)
    open_bills: Decimal = Decimal(0)
    reservations: Decimal = Decimal(0)
    unallocated_payments: Decimal = Decimal(0)
    unused_credit_notes: Decimal = Decimal(0)


def composed_exposure(parts: ExposureParts) -> Decimal:
    """What is owed or on its way, less money and credit notes not yet allocated."""
    owed = (
        parts.open_items
        + parts.billed_not_posted
        + parts.delivered_not_invoiced
        + parts.open_orders_within_horizon
        + parts.open_bills
        + parts.reservations
    )
    return owed - parts.unallocated_payments - parts.unused_credit_notes


def reserved_amount(order_amount: Decimal, prepaid_cleared: Decimal) -> Decimal:
    """What an order adds to exposure; a prepayment above its order gives room to no other."""
    return max(Decimal(0), order_amount - prepaid_cleared)


@dataclass(frozen=True, slots=True)
class GroupLevel:
    """The debtor or an ancestor: its limit (None: unlimited or none of its own) and the exposures of its subtree.

    Each debtor of the subtree stands in `exposure_amounts` once.
    """

    limit_amount: Decimal | None
    exposure_amounts: tuple[Decimal, ...]


def group_headroom(path: Iterable[GroupLevel]) -> Decimal | None:
    """The least of limit less exposure over the debtor and its ancestors; may be negative, None without any limit."""
    rooms = [level.limit_amount - sum(level.exposure_amounts) for level in path if level.limit_amount is not None]
    return min(rooms, default=None)


def available_amount(headroom: Decimal | None) -> Decimal | None:
    """What can still be ordered: headroom, never below zero; None where nothing bounds it."""
    return None if headroom is None else max(Decimal(0), headroom)
