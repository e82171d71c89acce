"""Prepares batches of an import for the database: debtors found or added, lines written down as they are sent."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.batches import Batch
from api.records.ledger_debtors import LedgerDebtor, find_or_add
from api.records.ledger_lines import LedgerLine, LineResult
from api.records.ledger_staging import Written, write

DEBTORS_KEPT_MAX = 100_000  # Some 50 MB.
HALVED_FROM = 1_000  # Fewer lines are not worth a second transaction.
ORDER_LINES = 750  # So many that move orders are taken while an order may wait for its debtor.


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch, its lines as they are sent to the database, and those whose debtor cannot be told."""

    batch: Batch
    written: tuple[Written, ...] = ()
    refused: tuple[LineResult, ...] = ()


def parts(lines: list[LedgerLine]) -> tuple[Written, ...]:
    """Write lines down in parts without a debtor in common, which two writers can take at once.

    There are two, and more where lines move orders: these take several times as long.
    """
    if len(lines) < HALVED_FROM:
        return (write(lines),)
    key = attrgetter("debtor_id.int")
    ordered = sorted(lines, key=key)
    names_orders = any(each.order_references for each in lines)
    count = max(2, len(lines) // ORDER_LINES) if names_orders else 2
    # Each begins with the first line of the debtor who stands where it should begin.
    starts = {bisect_left(ordered, key(ordered[place * len(ordered) // count]), key=key) for place in range(count)}
    return tuple(write(ordered[start:end]) for start, end in pairwise([*sorted(starts), len(ordered)]))


class Preparing:
    """Prepares the batches of one import, and remembers the debtors it found.

    A debtor may be merged away meanwhile: who takes the lines sees it under the lock, and has this forget them all.
    """

    def __init__(self) -> None:
        self._known: dict[LedgerDebtor, UUID] = {}

    def forget(self) -> None:
        """Look every debtor up again."""
        self._known = {}

    def prepare(self, session: Session, batch: Batch, now: datetime) -> Prepared:
        """Find or add the debtors of a batch, and write its lines down."""
        lines, refused = self.resolve(session, batch, now)
        return Prepared(batch, parts(lines), tuple(refused))

    def resolve(self, session: Session, batch: Batch, now: datetime) -> tuple[list[LedgerLine], list[LineResult]]:
        """Find or add the debtors of a batch: gives its lines, and the results of those without a debtor."""
        if len(self._known) > DEBTORS_KEPT_MAX:
            self._known = {}
        known = self._known
        ids = [known.get(each.debtor) for each in batch.checked]
        unknown = dict.fromkeys(each.debtor for each, id in zip(batch.checked, ids, strict=True) if id is None)
        found = find_or_add(session, unknown, now) if unknown else {}
        known |= {debtor: each.debtor_id for debtor, each in found.items() if each.debtor_id is not None}
        lines, refused = [], []
        for line, known_id in zip(batch.checked, ids, strict=True):
            debtor_id = known_id or known.get(line.debtor)
            if debtor_id is None:
                told = found[line.debtor]
                refused.append(LineResult(line.line, "refused", None, told.code, told.detail))
            else:
                lines.append(LedgerLine(line=line.line, debtor_id=debtor_id, **line.values))
        return lines, refused
