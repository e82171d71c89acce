"""What follows from changes that sources tell of: they are told, and whom they are about is looked at again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import alerts, debtor_locks, debtors, looks, source_changes, watches
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
    heads = _heads(session, changes)
    insolvent = {heads[each.debtor_id] for each in changes if _meaning(each) == "insolvency"}
    kin = {member for each in insolvent for member in debtors.kin(session, each)}
    return Concerned(frozenset(heads.values()), frozenset(kin))


def follow(session: Session, changes: Sequence[SourceChangeRecord], given: Wiring) -> int:
    """Do what follows from changes that nobody has followed, in one transaction; gives how many alerts were opened.

    What bears on the debtor beside what else is known of it, an insolvency above all, is judged by looking at it: it is
    marked, so that whoever is killed here or later has lost nothing.
    """
    heads = _heads(session, changes)
    debtor_locks.lock(session, set(heads.values()))
    mine = source_changes.take(session, changes)
    opened_count = 0
    for debtor_id in sorted({heads[each.debtor_id] for each in mine}):
        by_meaning: dict[str, list[SourceChangeRecord]] = {}
        for each in mine:
            if heads[each.debtor_id] != debtor_id:
                continue
            if ends_watch(each.kind, each.new_value):
                watches.note_ended(session, each.debtor_id, each.provider, given.now)
            by_meaning.setdefault(_meaning(each), []).append(each)
        opened_count += _tell(session, debtor_id, by_meaning, given)
    looks.mark(session, {heads[each.debtor_id] for each in mine})
    return opened_count


def _heads(session: Session, changes: Iterable[SourceChangeRecord]) -> dict[UUID, UUID]:
    """Give the debtors of changes, each with itself or the one that it was merged into meanwhile."""
    heads = {}
    for debtor_id in {each.debtor_id for each in changes}:
        debtor = debtors.get(session, debtor_id)
        assert debtor is not None
        heads[debtor_id] = debtor.id
    return heads


def _meaning(change: SourceChangeRecord) -> str:
    return meaning(change.kind, change.new_value)


def _tell(session: Session, debtor_id: UUID, by_meaning: dict[str, list[SourceChangeRecord]], given: Wiring) -> int:
    """Open the alerts of changes of one debtor that are no insolvency; gives how many were not open already."""
    subject, count = str(debtor_id), 0
    if warnings := by_meaning.get("warning"):
        data = _data(debtor_id, warnings)
        count += alerts.open_alert(session, CHANGED, subject, "warning", data, debtor_id=debtor_id, now=given.now)
    if notices := by_meaning.get("notice"):
        data, own = _data(debtor_id, notices), f"{subject} notice"
        count += alerts.open_alert(session, CHANGED, own, "notice", data, debtor_id=debtor_id, now=given.now)
    return count


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
