"""Adds up what two policies say of debtor after debtor, in bounded memory, and can be put down and taken up again."""

from collections import Counter
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from decimal import Decimal
from heapq import nlargest
from typing import Any, Self
from uuid import UUID

from scoring.comparison import NOTHING, SUM_NAMES, Group, Said, Side, Sums, sums_of
from scoring.judgement import Judgement
from scoring.policy.document import Policy

MOST_CHANGED_COUNT = 100
AMOUNT_NAMES = frozenset(each.name for each in fields_of(Sums) if each.type is Decimal)
BEFORE_ALL = UUID(int=0)
Pair = tuple[Side, Side]


@dataclass(slots=True)
class Tally:
    """What was found so far. `after` is the last debtor that is in it; `most_changed` are a hundred at most."""

    after: UUID = BEFORE_ALL
    done_count: int = 0
    groups: dict[Pair, Sums] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    active_without_grade: Counter[str] = field(default_factory=Counter)
    version_without_grade: Counter[str] = field(default_factory=Counter)
    most_changed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, active: Judgement, version: Judgement, exposure_amount: Decimal) -> None:
        """Add one debtor, who owes `exposure_amount`; what he has to his credit is not at risk."""
        pair = _side(active), _side(version)
        sums = sums_of(_said(active), _said(version), max(Decimal(0), exposure_amount))
        self.groups[pair] = self.groups.get(pair, NOTHING).plus(sums)
        for judgement, counts in ((active, self.active_without_grade), (version, self.version_without_grade)):
            if judgement.grade is None:
                counts[judgement.reasons[0].code] += 1  # The heaviest.

    def keep_most_changed(self, items: list[dict[str, Any]]) -> None:
        """Keep those that changed most, of these and of those before."""
        self.most_changed = nlargest(MOST_CHANGED_COUNT, (*self.most_changed, *items), key=_weight)

    def listed(self) -> list[Group]:
        """Give the groups as they are compared."""
        return [Group(*pair, sums) for pair, sums in self.groups.items()]

    def document(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        return {
            "after": str(self.after),
            "done_count": self.done_count,
            "groups": [
                [_plain(pair[0]), _plain(pair[1]), [str(getattr(sums, name)) for name in SUM_NAMES]]
                for pair, sums in self.groups.items()
            ],
            "failures": dict(self.failures),
            "active_without_grade": dict(self.active_without_grade),
            "version_without_grade": dict(self.version_without_grade),
            "most_changed": self.most_changed,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Take up what was put down."""
        return cls(
            after=UUID(document["after"]),
            done_count=document["done_count"],
            groups={(Side(*active), Side(*version)): _sums(sums) for active, version, sums in document["groups"]},
            failures=Counter(document["failures"]),
            active_without_grade=Counter(document["active_without_grade"]),
            version_without_grade=Counter(document["version_without_grade"]),
            most_changed=document["most_changed"],
        )


def _side(judgement: Judgement) -> Side:
    return Side(judgement.outcome, judgement.risk_class, judgement.grade, judgement.binding)


def _said(judgement: Judgement) -> Said:
    return Said(judgement.limit.kind, judgement.limit.amount, judgement.pd)


def _plain(side: Side) -> list[str | None]:
    return [side.outcome, side.risk_class, side.grade, side.binding]


def _sums(written: list[str]) -> Sums:
    values: dict[str, Any] = {
        name: Decimal(text) if name in AMOUNT_NAMES else int(text)
        for name, text in zip(SUM_NAMES, written, strict=True)
    }
    return Sums(**values)


def changed_item(
    debtor_id: UUID, active: Judgement, version: Judgement, policies: tuple[Policy, Policy]
) -> dict[str, Any] | None:
    """Give a debtor with both sides and how far apart they are, or None where they are not.

    A grade counts by its place on its own policy's master scale; one that only one side gives, as the whole scale.
    """
    ranks = [
        len(policy.master_scale.ranks) if each.grade is None else policy.master_scale.ranks[each.grade]
        for each, policy in zip((active, version), policies, strict=True)
    ]
    moved, outcomes = ranks[1] - ranks[0], version.outcome.rank - active.outcome.rank
    if not moved and not outcomes and active.limit == version.limit:
        return None
    before, after = active.limit.amount, version.limit.amount
    change = None if before is None or after is None else after - before
    return {
        "debtor_id": str(debtor_id),
        "grades_worse": moved,
        "outcomes_worse": outcomes,
        "limit_change": None if change is None else str(change),
        "active": _shown(active),
        "version": _shown(version),
    }


def _shown(judgement: Judgement) -> dict[str, Any]:
    return {
        "outcome": str(judgement.outcome),
        "risk_class": judgement.risk_class,
        "grade": judgement.grade,
        "pd": None if judgement.pd is None else str(judgement.pd),
        "limit_kind": judgement.limit.kind,
        "limit_amount": None if judgement.limit.amount is None else str(judgement.limit.amount),
    }


def _weight(item: dict[str, Any]) -> tuple[int, int, Decimal, str]:
    """What debtors are ordered by: grades moved, then outcomes, then limit; the id settles the rest."""
    change = abs(Decimal(item["limit_change"] or 0))
    return abs(item["grades_worse"]), abs(item["outcomes_worse"]), change, item["debtor_id"]
