"""What time alone brings about: referrals past their deadline, limits that end or are due for a review."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api import onboarding
from api.identity.debtors import locked_debtor
from api.limit_writing import EXPIRED, REVIEW, alert_subject
from api.policy_shelf import PolicyShelf
from api.records import (
    alerts,
    applications,
    days_passed,
    debtors,
    held_orders,
    holds,
    jobs,
    limits,
    securities,
)
from api.records.applications import OVERDUE
from api.records.limits import CreditLimitRecord
from api.records.sellers import Seller
from api.wiring import House

LIMITS_LOOKED_AT = "limits"


@dataclass(frozen=True, slots=True)
class Moment:
    """The time where a seller is."""

    now: datetime
    today: date


def pass_time_of(house: House, seller: Seller) -> None:
    """Do for one seller what its clock calls for; safe to run as often as one likes."""
    moment = Moment(house.clock.now(seller), house.clock.today(seller))
    with house.sessions.of(seller.id) as session:
        _follow_referrals(session, moment)
        _follow_limits(session, moment)
        _wake_orders(session, moment)
        _tell_over_limits(session, moment)
        incomplete = debtors.with_incomplete_file(session)
    for debtor_id in incomplete:
        with house.sessions.of(seller.id) as session:
            _recount(session, debtor_id, house.policies, moment)


def _recount(session: Session, debtor_id: UUID, policies: PolicyShelf, moment: Moment) -> None:
    """Look whether a file became complete by what was asked of registers and lists meanwhile."""
    onboarding.recount(session, locked_debtor(session, debtor_id), policies, moment.now)


def _follow_referrals(session: Session, moment: Moment) -> None:
    """Alert whoever owns a referral, or the debtor's credit owner, once its deadline has passed."""
    late = applications.past_due(session, moment.now)
    named = {each.id: each for each in debtors.several(session, {each.debtor_id for each in late})}
    for each in late:
        owner = each.owner or named[each.debtor_id].credit_owner
        data = {
            "application_id": str(each.id),
            "debtor_id": str(each.debtor_id),
            "state": each.state,
            "due_at": each.due_at.isoformat() if each.due_at else None,
            "owner": owner,
        }
        subject = str(each.id)
        alerts.open_alert(session, OVERDUE, subject, "warning", data, debtor_id=each.debtor_id, now=moment.now)
    waiting = {str(each.id) for each in late}
    for subject, _ in alerts.still_open(session, OVERDUE, {}):
        if subject not in waiting:
            alerts.end_alert(session, OVERDUE, subject, now=moment.now)


def _follow_limits(session: Session, moment: Moment) -> None:
    """Open the alerts that standing limits call for, and end those that are over."""
    called_for = {EXPIRED: set[str](), REVIEW: set[str]()}
    for limit in limits.due(session, moment.today):
        subject = alert_subject(limit.debtor_id, limit.scope)
        kind = _alert_of(limit, moment.today)
        if kind is None:
            continue
        called_for[kind].add(subject)
        alerts.open_alert(session, kind, subject, "warning", _data(limit), debtor_id=limit.debtor_id, now=moment.now)
    for kind, subjects in called_for.items():
        for subject, _ in alerts.still_open(session, kind, {}):
            if subject not in subjects:
                alerts.end_alert(session, kind, subject, now=moment.now)


def _alert_of(limit: CreditLimitRecord, today: date) -> str | None:
    """What a limit calls for: whose last day is past needs a decision, and no review any more."""
    if limit.valid_until is not None and limit.valid_until < today:
        return EXPIRED
    if limit.next_review_on is not None and limit.next_review_on <= today:
        return REVIEW
    return None


def _data(limit: CreditLimitRecord) -> dict[str, str | None]:
    return {
        "debtor_id": str(limit.debtor_id),
        "limit_id": str(limit.id),
        "scope": limit.scope,
        "valid_until": str(limit.valid_until) if limit.valid_until else None,
        "next_review_on": str(limit.next_review_on) if limit.next_review_on else None,
    }


def _tell_over_limits(session: Session, moment: Moment) -> None:
    """Have debtors looked at whose limit, or what raises it, begins or ended since the day that was looked at last.

    The first time that is everybody who ever had a limit. No day is passed over, and each is looked at once.
    """
    since = days_passed.last(session, LIMITS_LOOKED_AT) or date.min
    if since >= moment.today:
        return
    for debtor_id in sorted(
        limits.changing(session, since, moment.today) | securities.lapsed(session, since, moment.today)
    ):
        jobs.defer(session, "tell_over_limit", lane=jobs.LONG, debtor_id=debtor_id)
    days_passed.look_until(session, LIMITS_LOOKED_AT, moment.today)


def _wake_orders(session: Session, moment: Moment) -> None:
    """Have orders looked at that waited for this day: on which a limit or a guarantee begins, or a hold is over."""
    begun = limits.beginning(session, moment.today) | securities.beginning(session, moment.today)
    held_orders.look_again(session, begun | holds.over_by_itself(session, moment.today))
