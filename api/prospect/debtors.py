"""Keeps debtors: adds them, changes what a caller may set, and gives them names."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.debtor_answer import debtor_answer
from api.identity.debtors import get_debtor
from api.problems import BadInput, Conflict, Fault, NotAllowed
from api.prospect.regrouping import refuse_regroup, regrouped
from api.prospect.reserved import OF_COVER, refuse_changed_facts, refuse_critical
from api.records import debtor_locks, debtors, exposure, held_orders, identities
from api.records.debtors import DebtorRecord
from api.records.identities import NameTaken, OfficialNumber, Reference
from api.wiring import Wiring, answer_bytes

Names = Sequence[OfficialNumber | Reference]
SALES_MAY_SET = frozenset({"name", "country", "account_owner"})
MAY_CURE = frozenset({"parent_id", *OF_COVER})  # Held orders may wait for these.


def add_debtor(values: Mapping[str, Any], names: Names, given: Wiring) -> bytes:
    """Add a debtor in phase prospect.

    Raises Conflict when another debtor has one of its numbers or references, and NotAllowed for what sales may not say:
    whether a natural person is protected, or a debtor spared, is finance's to tell.
    """
    beyond = sorted(set(values) - SALES_MAY_SET) if given.caller.role == "sales" else []
    if beyond:
        raise NotAllowed(f"Your role 'sales' may not set: {', '.join(beyond)}.")
    values = refuse_critical(values, False, given)
    with given.transaction() as session:
        given.once.claim(session)
        if values.get("parent_id"):
            debtors.change_groups(session)
        values = _with_parent(session, values, None)
        try:
            debtor = debtors.add(session, values, phase="prospect", names=names, now=given.now)
        except NameTaken as taken:
            raise name_taken(taken) from taken
        answer = answer_bytes(debtor_answer(session, debtor, given.today))
        given.once.keep(session, 201, answer)
        return answer


def lock_to_change(session: Session, debtor_id: UUID, values: Mapping[str, Any]) -> DebtorRecord:
    """Find a debtor and lock it, and the groups and its next parent too when that is to change.

    Raises NotFound, and Conflict.
    """
    parent = None
    if "parent_id" in values:
        debtors.change_groups(session)
        parent = debtors.get(session, values["parent_id"]) if values["parent_id"] else None
    debtor = get_debtor(session, debtor_id)
    debtor_locks.lock(session, {debtor.id, parent.id} if parent else {debtor.id})
    if debtor.merged_into_id is not None:
        raise Conflict("It was merged into another debtor a moment ago.", code="merged_before")
    return debtor


def change_debtor(session: Session, debtor: DebtorRecord, values: Mapping[str, Any], given: Wiring) -> None:
    """Set what a caller may set, and tell which of it changed. The debtor must be locked to change.

    Raises NotAllowed and BadInput for what is not the caller's to say.
    """
    refuse_changed_facts(debtor, values, given)
    values = _with_parent(session, refuse_critical(values, debtor.critical, given), debtor.id)
    changed = sorted(name for name, value in values.items() if getattr(debtor, name) != value)
    if not changed:
        return
    # Whom room comes back to: those of the group that the debtor leaves, of the one it joins, and the debtor itself.
    groups = {debtor.id}
    if "parent_id" in changed:
        ends = [each for each in (debtor.parent_id, values["parent_id"]) if each is not None]
        refuse_regroup(session, debtor.parent_id, values["parent_id"], given)
        groups |= set(ends)
        exposure.regroup(session, [debtor.id], debtor.parent_id, values["parent_id"])
    for name in changed:
        setattr(debtor, name, values[name])
    if MAY_CURE & set(changed):
        session.flush()
        held_orders.look_again(session, groups)
    if "parent_id" in changed:
        regrouped(session, [debtor.id], groups, given)
    _note_change(session, debtor, changed, given)


def _note_change(session: Session, debtor: DebtorRecord, changed: list[str], given: Wiring) -> None:
    debtor.version, debtor.changed_at = debtor.version + 1, given.now
    debtors.tell(session, "debtor.changed.v1", debtor.id, {"changed": changed}, given.now)


def add_names(debtor_id: UUID, names: Names, given: Wiring) -> bytes:
    """Give a debtor further numbers or references. Raises Conflict when another debtor has one of them."""
    with given.transaction() as session:
        given.once.claim(session)
        try:
            debtor = name_debtor(session, debtor_id, names, given)
        except NameTaken as taken:
            raise name_taken(taken) from taken
        answer = answer_bytes(debtor_answer(session, debtor, given.today))
        given.once.keep(session, 201, answer)
        return answer


def name_debtor(session: Session, debtor_id: UUID, names: Names, given: Wiring) -> DebtorRecord:
    """Lock a debtor and give it further numbers or references. Raises NotFound, Conflict and NameTaken."""
    debtor = lock_to_change(session, debtor_id, {})
    identities.add(session, debtor.id, names, given.now)
    _note_change(session, debtor, ["references"], given)
    return debtor


def _with_parent(session: Session, values: Mapping[str, Any], debtor_id: UUID | None) -> Mapping[str, Any]:
    """Give the values with the parent as it is now: a merged one points on.

    Raises BadInput for a parent that does not exist, or that is below the debtor itself.
    """
    parent_id = values.get("parent_id")
    if parent_id is None:
        return values
    parent = debtors.get(session, parent_id)
    if parent is None:
        fault = Fault("/parent_id", "debtor_not_found", "There is no such debtor.")
    elif debtor_id is not None and debtor_id in {parent.id, *debtors.ancestors(session, parent.id)}:
        fault = Fault("/parent_id", "group_ring", "The parent is this debtor, or stands below it.")
    else:
        return {**values, "parent_id": parent.id}
    raise BadInput("The parent cannot be used.", faults=[fault])


def name_taken(taken: NameTaken) -> Conflict:
    """Say to a caller that a number or reference is another debtor's."""
    return Conflict(f"Debtor {taken.debtor_id} already has {taken.words}.", code="reference_taken")
