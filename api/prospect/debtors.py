"""Keeps debtors: adds them, changes what a caller may set, gives them names, and merges two that are one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import debtors, identities
from api.records.debtors import DebtorRecord
from api.records.identities import NameTaken, OfficialNumber, Reference
from api.wiring import Wiring, answer_bytes

Names = Sequence[OfficialNumber | Reference]


def debtor_answer(session: Session, debtor: DebtorRecord) -> dict[str, Any]:
    """Give a debtor as callers see it."""
    numbers = identities.numbers_of(session, debtor.id)
    references = identities.references_of(session, debtor.id)
    return {
        "id": debtor.id,
        **{name: getattr(debtor, name) for name in debtors.COLUMNS_A_CALLER_SETS},
        "phase": debtor.phase,
        "identifiers": [{"scheme": each.scheme, "country": each.country, "value": each.value} for each in numbers],
        "references": [{"system": each.system, "value": each.value} for each in references],
        "merged_into_id": debtor.merged_into_id,
        "created_at": debtor.created_at,
        "changed_at": debtor.changed_at,
    }


def get_debtor(session: Session, debtor_id: UUID) -> DebtorRecord:
    """Find a debtor. Raises NotFound."""
    debtor = debtors.get(session, debtor_id)
    if debtor is None:
        raise NotFound("There is no such debtor.", code="debtor_not_found")
    return debtor


def add_debtor(values: Mapping[str, Any], names: Names, given: Wiring) -> bytes:
    """Add a debtor in phase prospect. Raises Conflict when another debtor has one of its numbers or references."""
    with given.transaction() as session:
        given.once.claim(session)
        _check_parent(session, values, None)
        try:
            debtor = debtors.add(session, values, phase="prospect", names=names, now=given.now)
        except NameTaken as taken:
            raise _name_taken(taken) from taken
        answer = answer_bytes(debtor_answer(session, debtor))
        given.once.keep(session, 201, answer)
        return answer


def change_debtor(session: Session, debtor: DebtorRecord, values: Mapping[str, Any], given: Wiring) -> None:
    """Set what a caller may set, and tell which of it changed. The debtor must be locked."""
    changed = sorted(name for name, value in values.items() if getattr(debtor, name) != value)
    if not changed:
        return
    _check_parent(session, values, debtor.id)
    for name in changed:
        setattr(debtor, name, values[name])
    debtor.version, debtor.changed_at = debtor.version + 1, given.now
    debtors.tell(session, "debtor.changed.v1", debtor.id, {"changed": changed}, given.now)


def add_names(debtor_id: UUID, names: Names, given: Wiring) -> bytes:
    """Give a debtor further numbers or references. Raises Conflict when another debtor has one of them."""
    with given.transaction() as session:
        given.once.claim(session)
        debtor = get_debtor(session, debtor_id)
        try:
            identities.add(session, debtor.id, names, given.now)
        except NameTaken as taken:
            raise _name_taken(taken) from taken
        debtors.tell(session, "debtor.changed.v1", debtor.id, {"changed": ["references"]}, given.now)
        answer = answer_bytes(debtor_answer(session, debtor))
        given.once.keep(session, 201, answer)
        return answer


def merge_debtors(into_id: UUID, merged_id: UUID, given: Wiring) -> bytes:
    """Make two debtors that are one company one: the merged one stays and points on.

    Raises Conflict when the merged one has a ledger of its own: its invoices would change hands unseen.
    """
    with given.transaction() as session:
        given.once.claim(session)
        into = get_debtor(session, into_id)
        get_debtor(session, merged_id)
        if into.id != into_id or into_id == merged_id:
            raise BadInput("A debtor cannot be merged into itself.", code="merge_into_itself")
        locked = {debtor.id: debtor for debtor in debtors.lock(session, [into_id, merged_id])}
        merged = locked[merged_id]
        if merged.merged_into_id is not None:
            raise Conflict("That debtor was merged before.", code="merged_before")
        if into_id in debtors.descendants(session, merged_id):
            raise Conflict("That debtor is a parent of the one it would merge into.", code="merge_of_parent")
        if debtors.has_ledger(session, merged_id):
            raise Conflict(
                "That debtor has invoices or payments; merge the other one into it.", code="debtor_has_ledger"
            )
        debtors.merge(session, merged, locked[into_id], given.now)
        answer = answer_bytes(debtor_answer(session, locked[into_id]))
        given.once.keep(session, 201, answer)
        return answer


def _check_parent(session: Session, values: Mapping[str, Any], debtor_id: UUID | None) -> None:
    """Refuse a parent that does not exist, or that is below the debtor itself."""
    parent_id = values.get("parent_id")
    if parent_id is None:
        return
    parent = debtors.get(session, parent_id)
    if parent is None:
        fault = Fault("/parent_id", "debtor_not_found", "There is no such debtor.")
    elif debtor_id is not None and debtor_id in {parent_id, *debtors.ancestors(session, parent_id)}:
        fault = Fault("/parent_id", "group_ring", "The parent is this debtor, or stands below it.")
    else:
        return
    raise BadInput("The parent cannot be used.", faults=[fault])


def _name_taken(taken: NameTaken) -> Conflict:
    return Conflict(f"Debtor {taken.debtor_id} already has {taken.words}.", code="reference_taken")
