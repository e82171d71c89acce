"""One monitoring run: asks sources what changed, looks at who did, has debtors watched, and ends what is over."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Session

from api.monitoring.asking import ask_all, end_outages, tell_outages
from api.monitoring.consequences import concerned, follow
from api.monitoring.ending import end_over
from api.monitoring.forgetting import find_forgotten
from api.monitoring.judging_again import judge_again
from api.monitoring.looking import INSOLVENT, look_at_debtors
from api.monitoring.renewing import renew
from api.monitoring.watching import BEFORE_ALL, Watching, watch_all
from api.problems import NotFound
from api.records import alerts, source_changes, watches
from api.records.sellers import Seller
from api.wiring import House, Wiring, of_ourselves
from scoring.policy.document import Policy

STAGES = ("asking", "looking", "watching", "asking_new", "looking_new", "ending", "done")
BATCH_COUNT = 100  # So small that no order waits long for a debtor that is locked with its batch.
WORSENED, KIN_INSOLVENT = "class_worsened", "group_insolvency_event"


@dataclass(slots=True)
class Tally:
    """How far a run has come: its stage, and where debtors are put in how far through the book."""

    stage: str = STAGES[0]
    watching: Watching = field(default_factory=Watching)
    changes_count: int = 0
    looked_at_count: int = 0
    reviewed_count: int = 0
    decided_count: int = 0
    alerts_opened_count: int = 0
    alerts_ended_count: int = 0

    def document(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        return asdict(self) | {"watching": asdict(self.watching) | {"after": str(self.watching.after)}}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Take up what was put down."""
        walk = Watching(**{**document["watching"], "after": UUID(document["watching"]["after"])})
        return cls(**{**document, "watching": walk})


# Notes how far a run has come, of how many debtors it knows by then, in the transaction that came so far.
Keep = Callable[[Session, Tally, int | None], None]


def run(house: House, seller: Seller, policy: Policy, tally: Tally, keep: Keep) -> Tally:
    """Go on with a run until it is done. A run that was killed goes on where it was, and does nothing twice."""

    def passed(session: Session, total: int) -> None:
        keep(session, tally, total)

    # Who is watched already does not wait for those who are put in, which takes long for a new book.
    if tally.stage == "asking":
        _ask(house, seller, tally, "looking", keep)
    if tally.stage == "looking":
        look_at_changed(house, seller, policy, tally, keep)
        _enter(house, seller, tally, "watching", keep)
    if tally.stage == "watching":
        if tally.watching.after == BEFORE_ALL:
            find_forgotten(house, seller, tally.watching.failed)
        watch_all(house, seller, policy.sources, tally.watching, passed)
        with house.sessions.of(seller.id) as session:
            are_new = watches.any_since_asked(session)
        _enter(house, seller, tally, "asking_new" if are_new else "ending", keep)
    if tally.stage == "asking_new":
        _ask(house, seller, tally, "looking_new", keep)
    if tally.stage == "looking_new":
        look_at_changed(house, seller, policy, tally, keep)
        _enter(house, seller, tally, "ending", keep)
    if tally.stage == "ending":
        _look_at_told(of_ourselves(house, seller), tally)
        tell_outages(house, seller, tally.watching.failed)
        end_outages(house, seller, tally.watching.failed)
        _enter(house, seller, tally, "done", keep)
    return tally


def look_at_changed(house: House, seller: Seller, policy: Policy, tally: Tally, keep: Keep) -> None:
    """Look at all debtors of whom something changed that nobody has looked at, batch by batch.

    They are judged again before a change is done with, and looked at after it. A change is done with in the transaction
    that opens its own alert and marks its debtor, so each is followed once, and by the worker where this is killed.
    """
    given, after = of_ourselves(house, seller), BEFORE_ALL
    while True:
        with given.transaction() as session:
            debtor_ids = source_changes.due(session, after, BATCH_COUNT)
            changes = source_changes.pending(session, debtor_ids)
            whom = concerned(session, changes)
        if not debtor_ids:
            return
        tally.reviewed_count += renew(given, policy, changes)
        tally.decided_count += judge_again(given, whom.debtor_ids | whom.kin)
        with given.transaction() as session:
            tally.alerts_opened_count += follow(session, changes, given)
            tally.looked_at_count += len(debtor_ids)
            keep(session, tally, None)
        # What is told of an insolvency its kin are told by, once it is there.
        _look(given, whom.debtor_ids, tally)
        _look(given, whom.kin, tally)
        after = debtor_ids[-1]


def _look_at_told(given: Wiring, tally: Tally) -> None:
    """Look again at those of whom what may be over by now is told; first judge again whose class was worse."""
    with given.transaction() as session:
        worsened = alerts.debtors_of(session, WORSENED)
        insolvent = alerts.debtors_of(session, INSOLVENT)
    for start in range(0, len(worsened), BATCH_COUNT):
        tally.decided_count += judge_again(given, worsened[start : start + BATCH_COUNT])
    _look(given, [*worsened, *insolvent], tally)
    with given.transaction() as session:
        kin = alerts.debtors_of(session, KIN_INSOLVENT)
    _look(given, kin, tally)
    tally.alerts_ended_count += end_over(given)


def _look(given: Wiring, debtor_ids: Collection[UUID], tally: Tally) -> None:
    looked = look_at_debtors(given, debtor_ids)
    tally.alerts_opened_count += looked.opened_count
    tally.alerts_ended_count += looked.ended_count


def look_at_what_came(house: House, seller: Seller) -> Tally:
    """Look at who changed between runs; without a policy nobody says what follows, so that they wait for one."""
    tally = Tally()
    with house.sessions.of(seller.id) as session:
        try:
            policy = house.policies.active(session).policy
        except NotFound:
            return tally
    look_at_changed(house, seller, policy, tally, lambda *_: None)
    return tally


def _ask(house: House, seller: Seller, tally: Tally, then: str, keep: Keep) -> None:
    tally.changes_count += ask_all(house, seller, tally.watching.failed)
    tell_outages(house, seller, tally.watching.failed)
    _enter(house, seller, tally, then, keep)


def _enter(house: House, seller: Seller, tally: Tally, stage: str, keep: Keep) -> None:
    tally.stage = stage
    with house.sessions.of(seller.id) as session:
        keep(session, tally, None)
