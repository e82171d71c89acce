"""What follows from changes that sources tell of: they are told, and whom they are about is looked at again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import alerts, debtor_locks, debtors, looks, source_changes, watches
from api.records.alerts import Called
from api.records.source_changes import SourceChangeRecord
from api.wiring import Wiring
from scoring.watching import ends_watch, meaning

CHANGED = "bureau_change"
SHOWN_CHANGES_MAX = 20  # In one alert; all of them are in the list of changes.


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom changes concern: the debtors they are about, and all above and below those who are told to be insolvent."""

    debtor_ids: frozenset[UUID]
    kin: frozenset[UUID]


def concerned(session: Session, changes: Iterable[SourceChangeRecord]) -> Concerned:
    """Give whom changes concern; one that was merged into another is that one."""
    heads = debtors.heads(session, {each.debtor_id for each in changes})
    insolvent = {heads[each.debtor_id] for each in changes if _meaning(each) == "insolvency"}
    kin = {member for each in insolvent for member in debtors.kin(session, each)}
    return Concerned(frozenset(heads.values()), frozenset(kin))


def follow(session: Session, changes: Sequence[SourceChangeRecord], given: Wiring) -> int:
    """Do what follows from changes that nobody has followed, in one transaction; gives how many alerts were opened.

    What bears on the debtor beside what else is known of it, an insolvency above all, is judged by looking at it: it is
    marked, so that whoever is killed here or later has lost nothing.
    """
    heads = debtors.heads(session, {each.debtor_id for each in changes})
    debtor_locks.lock(session, set(heads.values()))
    mine = source_changes.take(session, changes)
    by_cause: dict[tuple[UUID, str], list[SourceChangeRecord]] = {}
    for each in mine:
        if ends_watch(each.kind, each.new_value):
            watches.note_ended(session, each.debtor_id, each.provider, given.now)
        by_cause.setdefault((heads[each.debtor_id], _meaning(each)), []).append(each)
    called = [_called(debtor_id, what, of) for (debtor_id, what), of in by_cause.items() if what != "insolvency"]
    looks.mark(session, {heads[each.debtor_id] for each in mine})
    return len(alerts.open_alerts(session, called, now=given.now))


def _meaning(change: SourceChangeRecord) -> str:
    return meaning(change.kind, change.new_value)


def _called(debtor_id: UUID, what: str, changes: Sequence[SourceChangeRecord]) -> Called:
    """Give the alert of changes of one debtor that mean a warning, or are only noticed."""
    data = _data(debtor_id, changes)
    if what == "warning":
        return Called(CHANGED, str(debtor_id), "warning", data, debtor_id)
    return Called(CHANGED, f"{debtor_id} notice", "notice", data, debtor_id)


def _data(debtor_id: UUID, changes: Sequence[SourceChangeRecord]) -> dict[str, Any]:
    """What an alert tells: what changed, the newest first, and since when we know it."""
    newest_first = sorted(changes, key=lambda each: (each.changed_at, each.id), reverse=True)
    return {
        "debtor_id": str(debtor_id),
        "known_at": _text(max(each.known_at for each in changes)),
        "changes_count": len(changes),
        "changes": [
            {
                "change_id": str(each.id),
                "provider": each.provider,
                "kind": each.kind,
                "old": each.old_value,
                "new": each.new_value,
                "changed_at": _text(each.changed_at),
            }
            for each in newest_first[:SHOWN_CHANGES_MAX]
        ],
    }


def _text(at: datetime) -> str:
    return at.isoformat()
