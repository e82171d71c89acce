"""Faults in what a policy says of outside evidence: tables that turn back, or that hold at the same time."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from scoring.documents import Fault
from scoring.policy.grading import MasterScalePolicy
from scoring.policy.tables import ScoreTable


def table_faults(
    parts: Mapping[str, object], scale: MasterScalePolicy | None, scales: Mapping[str, object]
) -> Iterator[Fault]:
    """Dated tables on which a higher score would be worse, or of which two say what one score stands for.

    `parts` is what could be read, by path; `scales` are the tables without dates, by the vendor's scale.
    """
    tables = [(path, each) for path, each in parts.items() if isinstance(each, ScoreTable)]
    for index, (path, table) in enumerate(tables):
        ranks = {} if scale is None else scale.ranks
        placed = [(place, band.grade) for place, band in enumerate(table.bands) if band.grade in ranks]
        for (_, lower), (place, higher) in pairwise(placed):
            if ranks[str(higher)] > ranks[str(lower)]:
                detail = f"a higher score stands for a worse grade: {higher} follows {lower}"
                yield Fault(f"{path}.bands.{place}.grade", detail)
        if table.scale in scales:
            yield Fault(f"{path}.scale", f"{table.scale!r} is one of external_scales too")
        for other_path, other in tables[:index]:
            if table.overlaps(other):
                yield Fault(path, f"is in force at the same time as {other_path}")
