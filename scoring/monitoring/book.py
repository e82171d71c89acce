"""Signals of the whole book: on whom too much of it hangs."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from scoring.monitoring.told import Signal
from scoring.policy.document import Policy
from scoring.ratios import rounded_ratio


def concentrations(owed: Mapping[str, Decimal], are_open: Collection[str], policy: Policy) -> dict[str, Signal]:
    """The debtors, by id, who owe a large share of the book with all below them; `owed` is in one currency.

    One that `are_open` is told until it owes less than the share at which that ends. Of few debtors each owes much:
    where even equal shares would be told, nothing is.
    """
    rules, total = policy.alerts, sum(owed.values(), Decimal(0))
    if not total or len(owed) * rules.concentration_share <= 1:
        return {}
    found = {}
    for debtor_id, amount in owed.items():
        share = amount / total
        begins = rules.concentration_exit_share if debtor_id in are_open else rules.concentration_share
        if share >= begins:
            data = {
                "debtor_id": debtor_id,
                "owed_amount": {"amount": str(amount), "currency": policy.currency},
                "book_share": str(rounded_ratio(amount, total, 2)),
            }
            found[debtor_id] = Signal("concentration", "warning", 1, data)
    return found
