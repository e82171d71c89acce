"""Reads what orders of a debtor are judged on, by the policy in force and as the seller's clock has it."""

from datetime import timedelta

from sqlalchemy.orm import Session

from api.gate.facts import Gate
from api.records import gate
from api.records.gate import Way
from api.wiring import Wiring
from scoring.policy.document import Policy


def gate_of(session: Session, way: Way, policy: Policy, given: Wiring) -> Gate:
    """Read the gate of a debtor that is locked, or of which a snapshot is seen."""
    overdue_before = given.today - timedelta(days=policy.orders.overdue_days)
    return Gate(way, gate.read(session, way, given.now, given.today, overdue_before), policy, given.today)
