"""What follows from changes that sources tell of: alerts, a stop of supply where the policy says so, the group told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import alerts, debtor_locks, debtors, holds, source_changes, watches
from api.records.holds import HoldRecord
from api.records.source_changes import SourceChangeRecord
from api.wiring import Wiring
from scoring.acceptance import MACHINE
from scoring.policy.document import Policy
from scoring.watching import ends_watch, meaning

CHANGED, INSOLVENT, MEMBER_INSOLVENT = "bureau_change", "insolvency_event", "group_member_insolvent"
SHOWN_CHANGES_MAX = 20  # In one alert; all of them are in the list of changes.


@dataclass(frozen=True, slots=True)
class Followed:
    """How many alerts were opened, and who else of the groups of the insolvent was told."""

    opened_count: int
    members: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class _Story:
    """What is told of one debtor, by what it means, and all above and below it."""

    debtor_id: UUID
    by_meaning: Mapping[str, Sequence[SourceChangeRecord]]
    group: Collection[UUID]


def follow(session: Session, changes: Sequence[SourceChangeRecord], policy: Policy, given: Wiring) -> Followed:
    """Do what follows from changes that nobody has looked at, and note that they are looked at, in one transaction."""
    heads = {each: _head(session, each) for each in {change.debtor_id for change in changes}}
    insolvent = {heads[each.debtor_id] for each in changes if _meaning(each) == "insolvency"}
    groups = {each: {*debtors.ancestors(session, each), *debtors.descendants(session, each)} for each in insolvent}
    debtor_locks.lock(session, {*heads.values(), *(member for group in groups.values() for member in group)})
    opened_count = 0
    told: set[UUID] = set()
    mine = source_changes.take(session, changes)
    for debtor_id in sorted({heads[each.debtor_id] for each in mine}):
        own = [each for each in mine if heads[each.debtor_id] == debtor_id]
        by_meaning: dict[str, list[SourceChangeRecord]] = {}
        for each in own:
            if ends_watch(each.kind, each.new_value):
                watches.note_ended(session, each.debtor_id, each.provider, given.now)
            by_meaning.setdefault(_meaning(each), []).append(each)
        story = _Story(debtor_id, by_meaning, groups.get(debtor_id, ()))
        opened_count += _follow_one(session, story, policy, given)
        if "insolvency" in by_meaning:
            told |= {*story.group}
    return Followed(opened_count, frozenset(told))


def _head(session: Session, debtor_id: UUID) -> UUID:
    """Give a debtor, or the one that it was merged into meanwhile."""
    debtor = debtors.get(session, debtor_id)
    assert debtor is not None
    return debtor.id


def _meaning(change: SourceChangeRecord) -> str:
    return meaning(change.kind, change.new_value)


def _follow_one(session: Session, story: _Story, policy: Policy, given: Wiring) -> int:
    """Open the alerts of one debtor; gives how many were not open already."""
    debtor_id, subject, count = story.debtor_id, str(story.debtor_id), 0
    if insolvent := story.by_meaning.get("insolvency"):
        # One for each source that tells of it, beside whatever stored reports say by themselves.
        for provider in sorted({each.provider for each in insolvent}):
            told, own = [each for each in insolvent if each.provider == provider], f"{subject} {provider}"
            data = _data(debtor_id, told)
            count += alerts.open_alert(session, INSOLVENT, own, "urgent", data, debtor_id=debtor_id, now=given.now)
        if policy.sources.watching.stop_supply_when_insolvent:
            _stop_supply(session, debtor_id, insolvent[-1], given)
        for member in sorted(story.group):
            of_group = {"debtor_id": str(member), "insolvent_debtor_id": subject, "known_at": data["known_at"]}
            own = f"{member} {subject}"
            count += alerts.open_alert(
                session, MEMBER_INSOLVENT, own, "urgent", of_group, debtor_id=member, now=given.now
            )
    if warnings := story.by_meaning.get("warning"):
        data = _data(debtor_id, warnings)
        count += alerts.open_alert(session, CHANGED, subject, "warning", data, debtor_id=debtor_id, now=given.now)
    if notices := story.by_meaning.get("notice"):
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


def _stop_supply(session: Session, debtor_id: UUID, change: SourceChangeRecord, given: Wiring) -> None:
    """Stop supply to a locked debtor, unless it is stopped already; only a person lets it go on."""
    there = [(each.kind, each.scope) for each in holds.in_force(session, debtor_id, given.today)]
    if ("stop_supply", "own") in there:
        return
    grounds = f"{change.provider} tells of an insolvency ({change.kind}: {change.new_value or 'no value told'})."
    hold = HoldRecord(
        debtor_id=debtor_id,
        kind="stop_supply",
        scope="own",
        grounds=grounds,
        placed_by=MACHINE,
        placed_at=given.now,
        ends_on=None,
    )
    session.add(hold)
    session.flush()
    told = {"hold_id": str(hold.id), "kind": hold.kind, "scope": hold.scope, "by": MACHINE}
    debtors.tell(session, "debtor.hold_placed.v1", debtor_id, told, given.now)
