"""The part of a policy that says whom sources may watch for us."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchingPolicy:
    """Whether natural persons (and who may be one) are watched.

    `stop_supply_when_insolvent` stands in policies of before and is read no more: `alerts.effects` says what follows
    from an insolvency. A new policy that names it is refused.
    """

    natural_persons: bool = False
    stop_supply_when_insolvent: bool | None = None
