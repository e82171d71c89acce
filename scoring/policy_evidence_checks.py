"""Faults in what a policy says of outside evidence: scales that turn back, tables that hold at the same time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scoring.documents import Fault
from scoring.policy_steps import require_ascending

if TYPE_CHECKING:
    from scoring.policy import Policy


def faults_of_scales(policy: "Policy") -> Iterator[Fault]:
    """Vendor scales on which a higher score would be worse, or that do not rise."""
    for scale, bands in policy.scorecards.external_scales.items():
        path = f"scorecards.external_scales.{scale}"
        if _turns_back([band.grade for band in bands], policy):
            yield Fault(path, "a higher score stands for a worse grade")
        try:
            require_ascending(tuple(band.at_least for band in bands))
        except ValueError as fault:
            yield Fault(path, str(fault))


def faults_of_tables(policy: "Policy") -> Iterator[Fault]:
    """Dated tables on which a higher score would be worse, or of which two say what one score stands for."""
    tables = policy.scorecards.external_tables
    for index, table in enumerate(tables):
        path = f"scorecards.external_tables.{index}"
        if _turns_back([band.grade for band in table.bands if band.grade is not None], policy):
            yield Fault(path, "a higher score stands for a worse grade")
        if table.scale in policy.scorecards.external_scales:
            yield Fault(path, f"{table.scale!r} is one of external_scales too")
        for place, other in enumerate(tables[:index]):
            if table.overlaps(other):
                yield Fault(path, f"is in force at the same time as scorecards.external_tables.{place}")


def _turns_back(grades: list[str], policy: "Policy") -> bool:
    """Whether grades, from the lowest score up, get worse anywhere; those the master scale lacks are told elsewhere."""
    ranks = [policy.master_scale.ranks[grade] for grade in grades if grade in policy.master_scale.ranks]
    return ranks != sorted(ranks, reverse=True)
