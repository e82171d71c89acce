"""Enters the gate of a debtor: locked with its group, or only looked at, with all its orders are judged on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from psycopg.errors import DeadlockDetected, UniqueViolation
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.gate.facts import Gate
from api.gate.over_limit import tell_over_limit
from api.gate.passing_time import let_time_pass
from api.gate.reading import gate_of
from api.policy_shelf import Rules
from api.problems import Conflict, NotFound
from api.records import gate
from api.records.gate import GroupChanged, Start
from api.records.identities import Reference
from api.wiring import Wiring

Result = TypeVar("Result")
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Entered:
    """The gate of one debtor under its lock, with the rules in force; `order_id` has the reference asked about."""

    gate: Gate
    rules: Rules
    order_id: UUID | None


def in_one_transaction(given: Wiring, do: Callable[[Session], Result]) -> Result:
    """Do something in one transaction; begin again where a group changed, or a twin was quicker, meanwhile.

    Raises Conflict when that does not end.
    """
    for _ in range(ATTEMPTS):
        try:
            with given.transaction(by_keys=True) as session:
                return do(session)
        except GroupChanged:
            continue
        except DBAPIError as error:
            if not isinstance(error.orig, DeadlockDetected | UniqueViolation):
                raise
    raise Conflict("Others changed the same debtor again and again: send it again.", code="busy")


def enter(
    session: Session,
    given: Wiring,
    debtor_id: UUID | None,
    reference: Reference | None = None,
    order_reference: str | None = None,
) -> Entered:
    """Lock a debtor and all above it, let time pass, and read what its orders are judged on.

    Raises NotFound for an unknown debtor, and GroupChanged where all must begin again.
    """
    start, debtor, rules = _start(session, given, debtor_id, reference, order_reference, locks=True)
    way = gate.lock_group(session, debtor) if start.is_grouped else gate.way(session, debtor, is_grouped=False)
    found = gate_of(session, way, rules.policy, given)
    if found.view.time_has_passed:
        for each in let_time_pass(session, found.view.members, rules.policy, given):
            tell_over_limit(session, each, rules.policy, given)
        found = gate_of(session, way, rules.policy, given)
    return Entered(found, rules, start.order_id)


def read_again(session: Session, entered: Entered, given: Wiring) -> Entered:
    """Read what a debtor that is locked already is judged on, after its orders were written."""
    return replace(entered, gate=gate_of(session, entered.gate.way, entered.rules.policy, given))


def look(given: Wiring, debtor_id: UUID, tell: Callable[[Session, Entered], Result]) -> Result:
    """Tell how a debtor stands at the gate without locking it: all of one moment, and as the gate would find it.

    Where time has passed that nobody has let pass, the gate lets it pass first. Raises NotFound for an unknown debtor.
    """
    for _ in range(ATTEMPTS):
        with given.house.sessions.snapshot_of(given.seller.id, by_keys=True) as session:
            start, debtor, rules = _start(session, given, debtor_id)
            way = gate.way(session, debtor, is_grouped=start.is_grouped)
            found = gate_of(session, way, rules.policy, given)
            if not found.view.time_has_passed:
                return tell(session, Entered(found, rules, None))
        in_one_transaction(given, lambda session: enter(session, given, debtor_id))
    raise Conflict("Its orders change again and again: ask again.", code="busy")


def _start(
    session: Session,
    given: Wiring,
    debtor_id: UUID | None,
    reference: Reference | None = None,
    order_reference: str | None = None,
    *,
    locks: bool = False,
) -> tuple[Start, UUID, Rules]:
    start = gate.start(session, debtor_id, reference, order_reference, locks=locks)
    if start.debtor_id is None:
        raise NotFound("There is no such debtor.", code="debtor_not_found")
    if start.active_version is None:
        raise NotFound("No policy is active.", code="no_active_policy")
    return start, start.debtor_id, given.house.policies.version(session, start.active_version)
