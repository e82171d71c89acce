"""Tells of limits that exposure stands above without anybody being asked: one alert for each, ended when it is over.

Time does so, when a part of an order comes inside the horizon, and debtors that join a group; and whatever makes a
limit less: a lower one, its end, and that of what secures it.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.facts import order_facts
from api.gate.reading import gate_of
from api.records import alerts, gate
from api.web.money import money_answer
from api.wiring import Wiring
from scoring.order_stages import OrderProgress
from scoring.orders import LimitLevel, OrderFacts
from scoring.policy.document import Policy

OVER_LIMIT = "over_limit"


def tell_over_limit(session: Session, debtor_id: UUID, policy: Policy, given: Wiring) -> None:
    """Open or end the alerts of a debtor's own limit and of the group limits above it. It must be locked with them."""
    found = gate_of(session, gate.way(session, debtor_id, is_grouped=True), policy, given)
    nothing = OrderProgress(Decimal(0))
    facts = order_facts(session, found, nothing, policy.currency, Decimal(0), is_first=False)
    told = set()
    for level in facts.levels:
        if level.scope == "own" and found.standing is None:
            continue  # Nobody ever gave a limit that it could be above.
        subject = _subject(level.scope, UUID(level.debtor_id))
        told.add(subject)
        above = level.above(level.exposure, facts.as_of)
        if above > 0:
            data = _data(level, above, facts)
            debtor = UUID(level.debtor_id)
            alerts.open_alert(session, OVER_LIMIT, subject, "warning", data, debtor_id=debtor, now=given.now)
        else:
            alerts.end_alert(session, OVER_LIMIT, subject, now=given.now)
    # A group that has no limit any more is no level.
    for scope, each in (("own", debtor_id), *(("group", each) for each in found.way.path)):
        if _subject(scope, each) not in told:
            alerts.end_alert(session, OVER_LIMIT, _subject(scope, each), now=given.now)


def _data(level: LimitLevel, above: Decimal, facts: OrderFacts) -> dict[str, Any]:
    """Give what the alert tells; a limit that is not in force gives nothing, and `ended_on` says since when."""
    in_force = level.is_in_force(facts.as_of)
    ended_on = None if in_force or level.valid_until is None else str(level.valid_until)
    most = level.most if in_force and level.most is not None else Decimal(0)
    return {
        "scope": level.scope,
        "limit_amount": money_answer(most, facts.currency),
        "exposure_amount": money_answer(level.exposure, facts.currency),
        "over_limit_amount": money_answer(above, facts.currency),
        "ended_on": ended_on,
    }


def _subject(scope: str, debtor_id: UUID) -> str:
    return f"{scope}:{debtor_id}"
