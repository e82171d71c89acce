"""Tells of limits that exposure stands above without anybody being asked: one alert for each, ended when it is over.

What is invoiced brings it about, and time, when a part of an order comes inside the horizon, and debtors that join a
group; and whatever makes a limit less: a lower one, its end, and that of what secures it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.limit_levels import StandingLevel, standing_levels
from api.records import alerts, debtors
from api.web.money import money_answer
from api.wiring import Wiring
from scoring.orders import LimitLevel
from scoring.policy.document import Policy

OVER_LIMIT = "over_limit"
TOGETHER = 500


def tell_over_limit(session: Session, debtor_id: UUID, policy: Policy, given: Wiring) -> None:
    """Open or end the alerts of a debtor's own limit and of the group limits above it. It must be locked with them.

    What no rate is known for neither opens nor ends one.
    """
    path = (debtor_id, *debtors.path_above(session, debtor_id))
    over = {("own", debtor_id), *(("group", each) for each in path)}  # A group without a limit any more is no level.
    for each in standing_levels(session, [debtor_id], policy, given.today):
        scope, whose = each.level.scope, each.debtor_id
        if scope == "own" and whose != debtor_id:
            continue  # Whoever is above may not be what changed, and has alerts of its own.
        if not each.is_known:
            over.discard((scope, whose))
        elif (data := _told_of(each.level, policy.currency, given.today)) is not None:
            over.discard((scope, whose))
            subject = _subject(scope, whose)
            alerts.open_alert(session, OVER_LIMIT, subject, "warning", data, debtor_id=whose, now=given.now)
    alerts.end_alerts(session, [(OVER_LIMIT, _subject(*each)) for each in over], now=given.now)


def untold(session: Session, debtor_ids: Sequence[UUID], policy: Policy, today: date) -> list[UUID]:
    """Give whose limits are passed, of these debtors and all above them, while no alert says so. Nobody is locked."""
    levels = standing_levels(session, debtor_ids, policy, today)
    above = {
        _subject(each.level.scope, each.debtor_id): each.debtor_id
        for each in levels
        if each.is_known and _told_of(each.level, policy.currency, today) is not None
    }
    told = {subject for _, subject in alerts.open_among(session, [OVER_LIMIT], list(above))} if above else set()
    return sorted({debtor_id for subject, debtor_id in above.items() if subject not in told})


def outdated(session: Session, policy: Policy, today: date) -> list[UUID]:
    """Give whose open alerts do not say any more how they stand, with those that are over. Nobody is locked."""
    told = dict(alerts.still_open(session, OVER_LIMIT, {}))
    ids = sorted(set(alerts.debtors_of(session, OVER_LIMIT)))
    found = set[UUID]()
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER]
        stands = {
            _subject(each.level.scope, each.debtor_id): each for each in standing_levels(session, some, policy, today)
        }
        for debtor_id in some:
            mine = [each for each in (_subject("own", debtor_id), _subject("group", debtor_id)) if each in told]
            if any(_is_outdated(told[each], stands.get(each), policy, today) for each in mine):
                found.add(debtor_id)
    return sorted(found)


def _is_outdated(told: dict[str, Any], each: StandingLevel | None, policy: Policy, today: date) -> bool:
    if each is None:
        return True  # There is no such limit any more.
    return each.is_known and told != _told_of(each.level, policy.currency, today)


def _told_of(level: LimitLevel, currency: str, today: date) -> dict[str, Any] | None:
    """Give what an alert of a limit tells, None where exposure does not stand above it."""
    above = level.above(level.exposure, today)
    return _data(level, above, currency, today) if above > 0 else None


def _data(level: LimitLevel, above: Decimal, currency: str, today: date) -> dict[str, Any]:
    """Give what the alert tells; a limit that is not in force gives nothing, and `ended_on` says since when."""
    in_force = level.is_in_force(today)
    ended_on = None if in_force or level.valid_until is None else str(level.valid_until)
    most = level.most if in_force and level.most is not None else Decimal(0)
    return {
        "scope": level.scope,
        "limit_amount": money_answer(most, currency),
        "exposure_amount": money_answer(level.exposure, currency),
        "over_limit_amount": money_answer(above, currency),
        "ended_on": ended_on,
    }


def _subject(scope: str, debtor_id: UUID) -> str:
    return f"{scope}:{debtor_id}"
