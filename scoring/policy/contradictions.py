"""The section of a policy that says what counts where sources contradict each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.documents import Fault, refuse

ContradictionKind = Literal[
    "register_status",
    "legal_form",
    "pd_and_score",
    "outside_and_inside",
    "founded_and_first_trade",
    "days_beyond_terms",
]
Resolution = Literal["worst", "register", "bureau_pd", "refer", "tell"]

# What may count for each kind; anything else would be a rule that the judgement cannot keep. `refer` leaves what counts
# as it is and asks a person to look, `tell` only tells.
RESOLUTIONS: Mapping[ContradictionKind, tuple[Resolution, ...]] = {
    "register_status": ("worst",),
    "legal_form": ("register", "refer"),
    "pd_and_score": ("bureau_pd", "refer"),
    "outside_and_inside": ("tell", "refer"),
    "founded_and_first_trade": ("tell", "refer"),
    "days_beyond_terms": ("tell", "refer"),
}
# How far apart two sources must lie before they contradict each other, where they give numbers.
THRESHOLDS: Mapping[ContradictionKind, str] = {
    "pd_and_score": "grades_apart",
    "outside_and_inside": "grades_apart",
    "founded_and_first_trade": "days_apart",
    "days_beyond_terms": "days_apart",
}


@dataclass(frozen=True, slots=True)
class ContradictionRule:
    """What counts where sources contradict each other in one way, from `grades_apart` or `days_apart` on."""

    kind: ContradictionKind
    resolution: Resolution
    grades_apart: int | None = None
    days_apart: int | None = None

    def __post_init__(self) -> None:
        """Refuse a resolution that the kind cannot have, and a threshold it lacks or does not know."""
        faults = []
        allowed = RESOLUTIONS[self.kind]
        if self.resolution not in allowed:
            faults.append(Fault("resolution", f"that of {self.kind} is one of {', '.join(allowed)}"))
        for name in ("grades_apart", "days_apart"):
            given, needed = getattr(self, name), THRESHOLDS.get(self.kind) == name
            if needed and (given is None or given < 1):
                faults.append(Fault(name, f"{self.kind} needs {name}, of at least 1"))
            if not needed and given is not None:
                faults.append(Fault(name, f"{self.kind} has no {name}"))
        refuse(faults)
