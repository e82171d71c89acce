"""What one source says, how we came by it, and what of that a judgement and an answer see."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from providers.ports import Facts
from scoring.facts import SourceFacts, SourceKind, SourceStatus

# Why a source told nothing: how it failed (as the errors of sources name it), or why it was not asked.
Why = Literal[
    "down",
    "late",
    "busy",
    "refused",
    "not_understood",
    "breaker",
    "failed",
    "nobody",
    "no_number",
    "no_name",
    "stopped",
    "cost_max",
    "price_unknown",
    "lost",
]
NOT_FOUND = "not_found"  # Why a provider was followed by the next: it does not know the company.
NOT_ASKED: frozenset[str] = frozenset({"nobody", "no_number", "no_name", "stopped", "cost_max", "price_unknown"})
# Most companies have neither a VAT number that we know nor a legal entity identifier: no reason tells of that.
OFTEN_SILENT: frozenset[SourceKind] = frozenset({"vat_register", "entity_register"})


Cost = tuple[Decimal, str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A provider that was passed by, or asked in vain: `why`, and what that was charged (amount, currency)."""

    provider: str
    why: str
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What one source says, and how we came by it. `failed` says that it was asked now, in vain.

    `cost` (amount, currency) is what asking this provider for this very question was charged, `tried` are the others
    that were to be asked; `took_seconds` is how long the answer took.
    """

    kind: SourceKind
    provider: str | None
    status: SourceStatus
    needed: bool
    retrieved_at: datetime | None = None
    facts: Facts | None = None
    cost: Cost | None = None
    tried: tuple[Attempt, ...] = ()
    failed: bool = False
    is_fresh: bool = True
    why: str | None = None
    took_seconds: float | None = None

    def as_facts(self) -> SourceFacts | None:
        """Give what a judgement sees: a source that failed is down, however much it told us before.

        None where its silence says nothing of the company.
        """
        status: SourceStatus = "unavailable" if self.failed else self.status
        if self.kind in OFTEN_SILENT and not self.needed and status in ("not_asked", "not_found"):
            return None
        retrieved_on = self.retrieved_at.date() if self.retrieved_at else None
        return SourceFacts(self.kind, self.provider, status, self.needed, retrieved_on)


def described(source: Source, now: datetime) -> dict[str, Any]:
    """Describe a source as an answer shows it, its age in days counted at `now`."""
    return {
        "kind": source.kind,
        "provider": source.provider,
        "status": source.status,
        "retrieved_at": source.retrieved_at,
        "age_days": (now - source.retrieved_at).days if source.retrieved_at else None,
        "cost": _cost(source.cost),
        "tried": [{"provider": each.provider, "why": each.why, "cost": _cost(each.cost)} for each in source.tried],
        "why": source.why,
        "took_seconds": source.took_seconds,
    }


def _cost(cost: Cost | None) -> dict[str, str] | None:
    return None if cost is None else {"amount": str(cost[0]), "currency": cost[1]}
