"""Who is at a referral: a person takes an application or a held order from the desk, and gives it back."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.desk import shown
from api.acceptance.finding import get_application
from api.identity.debtors import locked_debtor
from api.persons import is_same, refuse_own, require_person
from api.problems import Conflict, NotFound
from api.records import applications, debtors, order_rows, order_steps, referrals
from api.records.applications import WAITING, ApplicationRecord
from api.records.order_rows import Order
from api.wiring import Wiring, answer_bytes
from scoring.acceptance import Decider


@dataclass(frozen=True, slots=True)
class _Referral:
    """What waits for a person, its debtor locked."""

    debtor_id: UUID
    waits_for: ApplicationRecord | Order

    @property
    def owner(self) -> str | None:
        """Who took it."""
        return self.waits_for.owner


def take(referral_id: UUID, grounds: str | None, given: Wiring) -> bytes:
    """Take a referral; gives it as the desk shows it.

    Raises Conflict where another person has it and no grounds are given to take it over, and where it waits no more;
    NotAllowed for who asked for it.
    """
    person = require_person(given, "take a referral")
    with given.transaction() as session:
        given.once.claim(session)
        found = _waiting(session, referral_id)
        _refuse_own(session, found, person)
        before = found.owner
        is_his = before is not None and is_same(person.subject, before)
        if before is not None and not is_his and grounds is None:
            raise Conflict(f"{before} took it; say on which grounds you take it over.", code="taken_by_another")
        if not is_his:
            _own(session, found, person.subject, grounds, given)
        return _kept(session, referral_id, given)


def release(referral_id: UUID, grounds: str | None, given: Wiring) -> bytes:
    """Give a referral back to the desk; gives it as the desk shows it. Raises Conflict as `take` does."""
    person = require_person(given, "give a referral back")
    with given.transaction() as session:
        given.once.claim(session)
        found = _waiting(session, referral_id)
        if found.owner is None:
            raise Conflict("Nobody has taken it.", code="not_taken")
        if not is_same(person.subject, found.owner) and grounds is None:
            raise Conflict(f"{found.owner} took it; say on which grounds you give it back.", code="taken_by_another")
        _own(session, found, None, grounds, given)
        return _kept(session, referral_id, given)


def _waiting(session: Session, referral_id: UUID) -> _Referral:
    """Lock the debtor of what waits. Raises NotFound, and Conflict where it waits no more."""
    order = order_rows.get(session, referral_id)
    if order is None and applications.get(session, referral_id) is None:
        raise NotFound("There is no such application or order.", code="referral_not_found")
    if order is not None:
        debtor = locked_debtor(session, order.debtor_id)
        order = order_rows.get(session, referral_id)
        assert order is not None
        if not order.waits_for_person:
            raise Conflict(f"It waits for no person: the order is {order.state}.", code="not_waiting")
        return _Referral(debtor.id, order)
    debtor = locked_debtor(session, get_application(session, referral_id).debtor_id)
    application = get_application(session, referral_id)
    if application.state not in WAITING:
        raise Conflict(f"It waits for nobody: the application is {application.state}.", code="not_waiting")
    return _Referral(debtor.id, application)


def _refuse_own(session: Session, found: _Referral, person: Decider) -> None:
    asked = found.waits_for
    if isinstance(asked, Order):
        refuse_own(person, asked.placed_by, asked.actor, *order_steps.who_changed(session, asked.id))
    else:
        refuse_own(person, asked.applied_by, asked.actor)


def _own(session: Session, found: _Referral, owner: str | None, grounds: str | None, given: Wiring) -> None:
    told, asked = {"owner": owner, "before": found.owner, "grounds": grounds}, found.waits_for
    if isinstance(asked, Order):
        order_rows.own(session, asked, owner)
        debtors.tell(session, "order.taken.v1", found.debtor_id, {"order_id": str(asked.id), **told}, given.now)
        return
    asked.owner, asked.taken_at = owner, None if owner is None else given.now
    asked.changed_at, asked.version = given.now, asked.version + 1
    told = {"application_id": str(asked.id), **told}
    debtors.tell(session, "application.taken.v1", found.debtor_id, told, given.now)


def _kept(session: Session, referral_id: UUID, given: Wiring) -> bytes:
    session.flush()
    policy = given.house.policies.active(session).policy
    row = referrals.one(session, referrals.desk(policy.authority.referral_days), referral_id)
    assert row is not None
    answer = answer_bytes(shown(session, [row], given)[0])
    given.once.keep(session, 201, answer)
    return answer
