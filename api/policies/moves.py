"""What may become of a version: its states, the moves between them, and what each asks for."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.persons import require_person
from api.policies.service import get_version, kept
from api.problems import Conflict, NotAllowed
from api.records import held_orders, policies, waiting_orders
from api.records.policies import PolicyRecord
from api.wiring import Wiring

SHADOWS_MAX = 3  # Each is judged by beside the active one, at every check.


@dataclass(frozen=True, slots=True)
class Move:
    """A move of versions in one of the states `of`; `act` is what a person does, `else_told` why not in another."""

    act: str
    of: tuple[str, ...]
    else_told: str


# A shadow decides nothing, so it needs no approval; only activation does. Nothing is final but the document itself.
APPROVE = Move("approve a policy", ("draft", "shadow"), "Only a draft or a shadow can be approved.")
SHADOW = Move("put a policy in shadow", ("draft", "retired"), "Only a draft or a retired version goes into shadow.")
RETIRE = Move(
    "retire a policy",
    ("draft", "shadow"),
    "Only a draft or a shadow can be retired; an active one is, by activating another.",
)
ACTIVATE = Move("activate a policy", ("draft", "shadow", "retired"), "It decides already.")


def approve(version: int, given: Wiring) -> bytes:
    """Approve a version: by a person, and by another one than its maker."""
    with given.transaction() as session:
        record = _begun(session, version, APPROVE, given)
        if given.caller.subject == record.made_by:
            raise NotAllowed("Who made a policy may not approve it.", code="second_approver_needed")
        _require_state(record, APPROVE)
        if record.approved_by is not None:
            raise Conflict("It is approved already.", code="wrong_state")
        record.approved_by, record.approved_at = given.caller.subject, given.now
        return kept(session, record, given)


def put_in_shadow(version: int, given: Wiring) -> bytes:
    """Let a version be judged by beside the active one, without any effect; approved or not."""
    with given.transaction() as session:
        record = _begun(session, version, SHADOW, given)
        _require_state(record, SHADOW)
        if policies.count_in(session, "shadow") >= SHADOWS_MAX:
            raise Conflict(f"At most {SHADOWS_MAX} versions are in shadow at once.", code="too_many_shadows")
        policies.shadow(session, record, given.now)
        return kept(session, record, given)


def retire(version: int, given: Wiring) -> bytes:
    """Put a version aside that does not decide; it may come back."""
    with given.transaction() as session:
        record = _begun(session, version, RETIRE, given)
        _require_state(record, RETIRE)
        record.state = "retired"
        return kept(session, record, given)


def activate(version: int, replaces: int | None, given: Wiring) -> bytes:
    """Make an approved version the one that decisions are made by; one that was so before may come back.

    Whoever names the version it `replaces` is refused when another one is active: two who act at once do not undo each
    other unseen.
    """
    with given.transaction() as session:
        record = _begun(session, version, ACTIVATE, given)
        _require_state(record, ACTIVATE)
        if record.approved_by is None and record.activated_at is None:
            raise Conflict("A second person must approve it first.", code="not_approved")
        active = policies.active_version(session)
        if replaces is not None and replaces != active:
            raise Conflict(f"Version {active} is active, not version {replaces}.", code="another_is_active")
        policies.activate(session, record, given.now)
        policies.tell_activated(session, record, given.now)
        held_orders.look_again_at_all(session)
        waiting_orders.count_again(session, given.today)
        return kept(session, record, given)


def _begun(session: Session, version: int, move: Move, given: Wiring) -> PolicyRecord:
    """Begin a move, one at a time for each seller, and give the version as it stands then. Raises NotFound."""
    given.once.claim(session)
    policies.one_at_a_time(session)
    record = get_version(session, version)
    require_person(given, move.act)
    return record


def _require_state(record: PolicyRecord, move: Move) -> None:
    if record.state not in move.of:
        raise Conflict(f"It is {record.state}. {move.else_told}", code="wrong_state")
