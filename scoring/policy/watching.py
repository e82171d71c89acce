"""The part of a policy that says whom sources may watch for us, and what follows at once from what they tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchingPolicy:
    """Whether natural persons (and who may be one) are watched, and whether supply stops when an insolvency is told."""

    natural_persons: bool = False
    stop_supply_when_insolvent: bool = True
