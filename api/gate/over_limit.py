"""Tells of limits that exposure has passed without anybody being asked: one alert for each, ended when it is over.

Time does so, when a part of an order comes inside the horizon, and debtors that join a group.
"""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.facts import order_facts
from api.gate.reading import gate_of
from api.records import alerts, gate
from api.web.money import money_answer
from api.wiring import Wiring
from scoring.limit_use import LevelUse, limit_use
from scoring.order_stages import OrderProgress
from scoring.policy.document import Policy

OVER_LIMIT = "over_limit"


def tell_over_limit(session: Session, debtor_id: UUID, policy: Policy, given: Wiring) -> None:
    """Open or end the alerts of a debtor's own limit and of the group limits above it. It must be locked with them."""
    found = gate_of(session, gate.way(session, debtor_id, is_grouped=True), policy, given)
    nothing = OrderProgress(Decimal(0))
    facts = order_facts(session, found, nothing, policy.currency, Decimal(0), is_first=False)
    told = set()
    for use in limit_use(facts).levels:
        subject = _subject(use.level.scope, UUID(use.level.debtor_id))
        told.add(subject)
        if use.headroom is not None and use.headroom < 0:
            _open(session, subject, use, policy.currency, given)
        else:
            alerts.end_alert(session, OVER_LIMIT, subject, now=given.now)
    # A group that has no limit any more is no level.
    for scope, each in (("own", debtor_id), *(("group", each) for each in found.way.path)):
        if _subject(scope, each) not in told:
            alerts.end_alert(session, OVER_LIMIT, _subject(scope, each), now=given.now)


def _open(session: Session, subject: str, use: LevelUse, currency: str, given: Wiring) -> None:
    level = use.level
    assert level.most is not None
    data = {
        "scope": level.scope,
        "limit_amount": money_answer(level.most, currency),
        "exposure_amount": money_answer(level.exposure, currency),
        "over_limit_amount": money_answer(level.exposure - level.most, currency),
    }
    alerts.open_alert(session, OVER_LIMIT, subject, "warning", data, debtor_id=UUID(level.debtor_id), now=given.now)


def _subject(scope: str, debtor_id: UUID) -> str:
    return f"{scope}:{debtor_id}"
