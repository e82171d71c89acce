"""Does what alerts bring about by themselves: a limit is put up for review or lowered, supply stopped, orders judged.

What the policy says of each kind; each alert is followed once, and once more when it was raised.
"""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import in_one_transaction
from api.identity.debtors import locked_debtor
from api.limit_writing import NewLimit, write_limit
from api.monitoring.facts import is_natural_person
from api.records import (
    alert_steps,
    alerts,
    debtor_signals,
    debtors,
    decisions,
    held_orders,
    holds,
    limits,
    waiting_orders,
)
from api.records.alert_steps import MACHINE
from api.records.alerts import AlertRecord
from api.records.debtor_signals import REVIEW_GROUNDS
from api.records.debtors import DebtorRecord
from api.records.holds import HoldRecord
from api.records.sellers import Seller
from api.wiring import House, Wiring, of_ourselves
from scoring.facts import CreditLimit
from scoring.monitoring.judging import effect_of
from scoring.policy.alerts import Effect

STOP = "stop_supply"


def follow_alerts(house: House, seller: Seller, debtor_id: UUID) -> None:
    """Do what the open alerts of a debtor bring about and was not done yet. Safe to run twice."""
    given = of_ourselves(house, seller)
    in_one_transaction(given, partial(_follow, debtor_id=debtor_id, given=given))


def _follow(session: Session, debtor_id: UUID, given: Wiring) -> None:
    debtor = locked_debtor(session, debtor_id)
    policy = given.house.policies.active(session).policy
    forms = (debtor_signals.registered_form(session, debtor.id), debtor.legal_form)
    is_person = is_natural_person(forms, debtor.is_natural_person, policy)
    for alert in alerts.open_of(session, [debtor.id], tuple(policy.alerts.effects)):
        effect = effect_of(alert.kind, policy, is_natural_person=is_person)
        if effect == "none" or alert_steps.is_followed(session, alert.id):
            continue
        done = _bring_about(session, debtor, alert, effect, given)
        alert_steps.add_by_machine(session, "followed", [(alert.id, alert.severity)], given.now, note=done)


def _bring_about(session: Session, debtor: DebtorRecord, alert: AlertRecord, effect: Effect, given: Wiring) -> Effect:
    """Do it under the debtor's lock; gives what was done: what lowers nothing is a review."""
    if effect == STOP:
        _stop_supply(session, debtor, alert, given)
    elif effect == "lower" and _is_declined(session, debtor):
        _write(session, debtor, alert, given, lowers=True)
    elif effect in ("lower", "review"):
        effect = "review"
        _write(session, debtor, alert, given, lowers=False)
    waiting_orders.check_again(session, [debtor.id])
    held_orders.look_again(session, [debtor.id])
    return effect


def _is_declined(session: Session, debtor: DebtorRecord) -> bool:
    """Whether the newest decision declines; what other ones grant was asked for one order, and is no limit."""
    newest = decisions.newest(session, debtor.id)
    return newest is not None and newest.outcome == "decline"


def _write(session: Session, debtor: DebtorRecord, alert: AlertRecord, given: Wiring, *, lowers: bool) -> None:
    """Write the standing limit anew, to be reviewed today; `lowers`: to nothing, by the decision that declines.

    A temporary limit is left to its days, since a standing one that is written later would end it.
    """
    standing = limits.applying(session, debtor.id, given.today)
    if standing is None or (standing.valid_until is not None and standing.valid_until < given.today):
        return  # There is none, or it is over, of which another alert tells.
    is_for_review = standing.next_review_on is not None and standing.next_review_on <= given.today
    if not lowers and (standing.is_temporary or is_for_review):
        return
    limit = CreditLimit(standing.limit_kind, standing.limit_amount)  # type: ignore[arg-type]  # A column of text.
    new = NewLimit(
        scope="own",
        limit=limit,
        currency=standing.currency,
        risk_class=standing.risk_class,
        valid_from=given.today,
        valid_until=standing.valid_until,
        next_review_on=given.today,
        decided_by=MACHINE,
        grounds=REVIEW_GROUNDS + alert.kind,
    )
    newest = decisions.newest(session, debtor.id)
    if lowers and newest is not None:
        grounds = f"Lowered because of an alert: {alert.kind}"
        nothing = CreditLimit("amount", Decimal(0))
        new = replace(new, limit=nothing, risk_class=newest.risk_class, decision_id=newest.id, grounds=grounds)
    write_limit(session, debtor, new, given.now)


def _stop_supply(session: Session, debtor: DebtorRecord, alert: AlertRecord, given: Wiring) -> None:
    """Stop supply until a person ends that, unless it is stopped already."""
    if any(each.kind == STOP and each.scope == "own" for each in holds.in_force(session, debtor.id, given.today)):
        return
    record = HoldRecord(
        debtor_id=debtor.id,
        kind=STOP,
        scope="own",
        grounds=f"Because of an alert: {alert.kind}",
        placed_by=MACHINE,
        placed_at=given.now,
    )
    session.add(record)
    session.flush()
    told = {"hold_id": str(record.id), "kind": STOP, "scope": "own", "by": MACHINE}
    debtors.tell(session, "debtor.hold_placed.v1", debtor.id, told, given.now)
