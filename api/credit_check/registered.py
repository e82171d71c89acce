"""Leaves with a debtor what the company register tells of it and nobody said: name, legal form, and what it is."""

from sqlalchemy.orm import Session

from api.check_facts import Judged
from api.records import debtor_locks, debtors
from api.wiring import Wiring
from scoring.facts import CheckFacts
from scoring.natural_person import is_natural_person
from scoring.policy.document import Policy

FILLED = ("name", "legal_form", "is_natural_person")


def fill_in(session: Session, judged: Judged, facts: CheckFacts, given: Wiring) -> None:
    """Set what is null of a debtor by the register, and tell so; what a register contradicts is nobody's to fill in."""
    if all(getattr(judged.debtor, name) is not None for name in FILLED):
        return
    told = _told(facts, judged.rules.policy)
    if all(value is None or getattr(judged.debtor, name) is not None for name, value in told.items()):
        return
    (debtor,) = debtor_locks.lock(session, {judged.debtor.id})
    filled = sorted(name for name, value in told.items() if value is not None and getattr(debtor, name) is None)
    if not filled:
        return
    for name in filled:
        setattr(debtor, name, told[name])
    debtor.version, debtor.changed_at = debtor.version + 1, given.now
    session.flush()
    debtors.tell(session, "debtor.changed.v1", debtor.id, {"changed": filled}, given.now)


def _told(facts: CheckFacts, policy: Policy) -> dict[str, str | bool | None]:
    register = facts.register
    if register is None or register.identity_mismatch:
        return {}
    by_form = is_natural_person(facts, policy) if register.legal_form else None
    return {"name": register.name, "legal_form": register.legal_form, "is_natural_person": by_form}
