"""Merges two debtors that are one company: one stays and points on, and nothing that bound it is lost."""

from uuid import UUID

from sqlalchemy.orm import Session

from api import onboarding
from api.debtor_answer import debtor_answer
from api.identity.debtors import get_debtor
from api.persons import is_decider
from api.problems import BadInput, Conflict, NotAllowed
from api.prospect.merging_limits import end_limits
from api.prospect.regrouping import refuse_regroup, regrouped
from api.records import (
    alerts,
    applications,
    debtor_locks,
    debtors,
    exposure,
    held_orders,
    holds,
    merges,
    order_handing_over,
    waiting_orders,
)
from api.records.debtors import DebtorRecord
from api.records.holds import HoldRecord
from api.wiring import Wiring, answer_bytes

# Of limits that end with the debtor, of what was granted without terms, and of exposure that is counted elsewhere: told
# anew where it is so.
OF_LIMITS = frozenset({"limit_expired", "review_due", "limit_not_taken_over", "limit_nearly_used", "class_worsened"})
ENDING_ALERTS = OF_LIMITS | {"over_limit", "terms_not_signed"}
MACHINE = "machine"


def merge_debtors(into_id: UUID, merged_id: UUID, given: Wiring) -> bytes:
    """Make two debtors that are one company one: the merged one stays and points on.

    Raises Conflict when the merged one has a ledger of its own: its invoices would change hands unseen. Raises
    NotAllowed for who may not end, or give to another, what finance decided.
    """
    with given.transaction() as session:
        given.once.claim(session)
        debtors.change_groups(session)
        into, merged = get_debtor(session, into_id), get_debtor(session, merged_id)
        if into.id != into_id or merged.id != merged_id:
            raise Conflict("One of them was merged before.", code="merged_before")
        if into_id == merged_id:
            raise BadInput("A debtor cannot be merged into itself.", code="merge_into_itself")
        debtor_locks.lock(session, [into_id, merged_id])
        moved = debtors.children(session, merged_id)
        _refuse(session, into_id, merged_id, given, regroups=bool(moved))
        exposure.regroup(session, moved, merged_id, into_id)
        debtors.merge(session, merged, into, given.now)
        _take_over(session, into, merged, given)
        session.flush()
        regrouped(session, moved, {into_id, merged_id, merged.parent_id or into_id}, given)
        held_orders.look_again(session, [into_id])
        answer = answer_bytes(debtor_answer(session, into, given.today))
        given.once.keep(session, 201, answer)
        return answer


def _refuse(session: Session, into_id: UUID, merged_id: UUID, given: Wiring, *, regroups: bool) -> None:
    if into_id in debtors.descendants(session, merged_id):
        raise Conflict("That debtor is a parent of the one it would merge into.", code="merge_of_parent")
    if debtors.has_ledger(session, merged_id):
        raise Conflict("That debtor has invoices or payments; merge the other one into it.", code="debtor_has_ledger")
    if regroups:
        refuse_regroup(session, merged_id, into_id, given)
    if not is_decider(given) and merges.is_decided(session, merged_id):
        detail = "A limit, hold, security or cover is on that debtor: only a person of finance may merge it away."
        raise NotAllowed(detail, code="person_needed")


def _take_over(session: Session, into: DebtorRecord, merged: DebtorRecord, given: Wiring) -> None:
    """Give a debtor all that follows the one that was merged into it, and end what does not. Both must be locked."""
    by, now = given.caller.name, given.now
    end_limits(session, merged, into, given)
    brought = [each.id for each in holds.in_force(session, merged.id, given.today)]
    orders = order_handing_over.hand_over(
        session, merged.id, into.id, by=by, actor=given.caller.actor, today=given.today, now=now
    )
    if orders:
        # What was released before was judged beside another exposure.
        waiting_orders.check_again(session, [into.id])
    moved = merges.hand_over(session, merged.id, into.id) | ({"order": orders} if orders else {})
    ended = merges.end_own_guarantees(session, into.id, by, now)
    alerts.hand_over(session, merged.id, into.id, ENDING_ALERTS, now=now)
    for hold in holds.in_force(session, into.id, given.today):
        if hold.id in brought:
            _tell_hold(session, hold, by, given)
    _hold_for_reports(session, into, merged, given)
    _wait_once(session, into, set(moved.get("application", ())), given)
    if into.phase == "prospect" and merged.phase != "prospect":
        debtors.enter_phase(session, into, "acceptance", now)
    if merged.onboarding_missing is not None:
        onboarding.begin(session, into, given.house.policies, now)
    else:
        onboarding.recount(session, into, given.house.policies, now)
    told = {
        "from_debtor_id": str(merged.id),
        "taken": {kind: [str(each) for each in ids] for kind, ids in moved.items()},
        "ended_securities": [str(each) for each in ended],
    }
    debtors.tell(session, "debtor.took_over.v1", into.id, told, now)
    into.version, into.changed_at = into.version + 1, now


def _tell_hold(session: Session, hold: HoldRecord, by: str, given: Wiring) -> None:
    told = {"hold_id": str(hold.id), "kind": hold.kind, "scope": hold.scope, "by": by}
    debtors.tell(session, "debtor.hold_placed.v1", hold.debtor_id, told, given.now)


def _hold_for_reports(session: Session, into: DebtorRecord, merged: DebtorRecord, given: Wiring) -> None:
    """Keep orders waiting where a report that stays with the merged debtor tells what may stand against them."""
    bad = merges.bad_reports(session, merged.id)
    if not bad:
        return
    named = ", ".join(f"{kind} of {provider}" for kind, provider in bad)
    hold = HoldRecord(
        debtor_id=into.id,
        kind="account_on_hold",
        scope="own",
        grounds=f"Reports on debtor {merged.id}, merged into this one, may stand against it: {named}.",
        placed_by=MACHINE,
        placed_at=given.now,
        ends_on=None,
    )
    session.add(hold)
    session.flush()
    _tell_hold(session, hold, MACHINE, given)


def _wait_once(session: Session, into: DebtorRecord, moved: set[UUID], given: Wiring) -> None:
    """Withdraw what came along where the debtor's own application for the same scope waits: a person decides once.

    Who took one has the other then, and not more time for it.
    """
    waiting = applications.of_debtor(session, into.id, applications.WAITING)
    for stays in [each for each in waiting if each.id not in moved]:
        for goes in [each for each in waiting if each.id in moved and each.scope == stays.scope]:
            stays.owner, stays.taken_at = stays.owner or goes.owner, stays.taken_at or goes.taken_at
            stays.due_at = min(filter(None, (stays.due_at, goes.due_at)))
            applications.replace(session, goes, stays.id, given.now)
