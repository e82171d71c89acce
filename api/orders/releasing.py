"""A person releases an order that waits: within his authority at once, above it when a second person agrees.

That is a held order, or a released one of which more counts now than was judged, so that it may not leave.

The machine's decision stays what it is. The gate is asked once more under the lock, so that everybody decides on what
is, and a release never passes a refusal or a stop of supply.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import Entered, in_one_transaction
from api.orders.answers import order_answer
from api.orders.deadlines import end_of_day
from api.orders.gate import Judged, enter_order, judged, released
from api.orders.overdue_decisions import end_overdue
from api.orders.verdict_answers import verdict_answer
from api.persons import beyond_authority, is_same, refuse_own, require_person
from api.problems import BadInput, Conflict, Fault, NotAllowed, NotFound
from api.records import order_rows, order_steps, verdicts
from api.records.order_rows import Order, OrderStep
from api.records.verdicts import Verdict, VerdictApprovalRecord, VerdictRecord
from api.wiring import Wiring, answer_bytes
from scoring.acceptance import Decider, may_second, roles_within, within_authority
from scoring.judgement import Outcome
from scoring.money import Money
from scoring.orders.releasing import release_amount


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A person's release: why, and the last day on which the order may be delivered, None: as long as any other."""

    grounds: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class _Matter:
    """An order that waits, under the lock, judged anew for a person who is to decide on it."""

    entered: Entered
    order: Order
    found: Judged

    @property
    def at_stake(self) -> Money:
        """What somebody must have authority for."""
        return Money(release_amount(self.found.facts), self.found.facts.currency)


def release_order(order_id: UUID, asked: NewRelease, given: Wiring) -> bytes:
    """Keep a person's verdict that an order goes out; above his authority it waits for a second person.

    Raises NotAllowed for a machine, for his own order and where nobody could second it, Conflict for an order that
    does not wait, is refused now or stands under a stop of supply, BadInput for a day that is over.
    """
    decider = require_person(given, "release an order")
    return in_one_transaction(given, partial(_release, order_id=order_id, asked=asked, decider=decider, given=given))


def second_release(order_id: UUID, verdict_id: UUID, approved: bool, grounds: str, given: Wiring) -> bytes:
    """Keep what a second person says of a release that waits for one.

    Raises NotAllowed for its author, for whose order it is and beyond authority, and Conflict where the order is not
    what it was, or the release waits for nobody.
    """
    second = require_person(given, "second a release")
    said = partial(_second, order_id=order_id, verdict_id=verdict_id, approved=approved, grounds=grounds)
    return in_one_transaction(given, partial(said, second=second, given=given))


def _release(session: Session, order_id: UUID, asked: NewRelease, decider: Decider, given: Wiring) -> bytes:
    given.once.claim(session)
    matter = _matter(session, order_id, decider, given)
    if asked.until is not None and asked.until < given.today:
        fault = Fault("/until", "in_the_past", "The release would be over before it begins.")
        raise BadInput("The order cannot be released so.", faults=[fault])
    record = _record(matter, asked, decider, given)
    order = matter.order
    if not record.needs_second:
        order = _let_go(session, matter, record, None, given)
    else:
        order = _kept_waiting(session, matter, record, given)
    session.add(record)
    session.flush()
    return _answered(session, order, Verdict(record, None), matter, given)


def _second(
    session: Session,
    order_id: UUID,
    verdict_id: UUID,
    approved: bool,
    grounds: str,
    second: Decider,
    given: Wiring,
) -> bytes:
    given.once.claim(session)
    matter = _matter(session, order_id, second, given)
    waiting = _waiting(session, matter.order, verdict_id)
    if is_same(second.subject, waiting.given_by):
        raise NotAllowed("The second person must be another one.", code="second_approver_needed")
    stake, risk_class, policy = matter.at_stake, matter.found.facts.risk_class, matter.entered.rules.policy
    first = Decider(waiting.given_by, waiting.role)
    if not may_second(first, second, stake.amount, risk_class, policy):
        raise beyond_authority(second, stake, risk_class, policy)
    approval = VerdictApprovalRecord(
        verdict_id=waiting.id,
        approved=approved,
        grounds=grounds,
        given_by=second.subject,
        role=second.role,
        given_at=given.now,
    )
    order = matter.order
    if approved:
        order = _let_go(session, matter, waiting, second, given)
    else:
        order = _kept_waiting(session, matter, waiting, given, refused_by=second)
    session.add(approval)
    session.flush()
    return _answered(session, order, Verdict(waiting, approval), matter, given)


def _matter(session: Session, order_id: UUID, decider: Decider, given: Wiring) -> _Matter:
    """Lock an order, and judge it anew for who decides on it. Raises NotAllowed and Conflict."""
    entered, order = enter_order(session, given, order_id)
    # Who raised it asked for it as much as who placed it.
    refuse_own(decider, order.placed_by, order.actor, *order_steps.who_changed(session, order.id))
    if order.state == "refused":
        raise Conflict("The order was refused for good: nobody releases it.", code="order_refused")
    # What was released and counts for more now is judged before it leaves: that judgement may be a person's too.
    if order.state != "held" and not (order.state == "released" and order.check_due):
        raise Conflict(f"The order is {order.state}, not held.", code="order_not_held")
    found = judged(session, entered, order, "released", given)
    if found.judgement.outcome is Outcome.DECLINE:
        raise Conflict("The order is to be refused for good: nobody releases it.", code="order_refused")
    if found.facts.other_currencies:
        told = ", ".join(found.facts.other_currencies)
        raise Conflict(f"Without a recent rate of {told} nobody can weigh it.", code="currency_not_converted")
    if found.facts.supply_stopped:
        raise Conflict("Supply is stopped: end that first, with its own grounds.", code="supply_stopped")
    return _Matter(entered, order, found)


def _record(matter: _Matter, asked: NewRelease, decider: Decider, given: Wiring) -> VerdictRecord:
    """Give the verdict as it is kept. Raises NotAllowed where nobody could second it."""
    facts, policy, stake = matter.found.facts, matter.entered.rules.policy, matter.at_stake
    needs_second = not within_authority(stake.amount, facts.risk_class, decider.role, policy)
    covering = roles_within(stake.amount, facts.risk_class, policy)
    if needs_second and not covering and decider.role != "credit_manager":
        raise beyond_authority(decider, stake, facts.risk_class, policy)
    return VerdictRecord(
        debtor_id=matter.order.debtor_id,
        application_id=None,
        order_id=matter.order.id,
        decision_id=None,
        order_decision_id=matter.found.decision.id,
        verdict="accept",
        limit_kind="none",
        limit_amount=None,
        currency=stake.currency,
        valid_until=asked.until,
        terms=None,
        campari=None,
        grounds=asked.grounds,
        given_by=decider.subject,
        role=decider.role,
        risk_class=facts.risk_class,
        authority_amount=stake.amount,
        needs_second=needs_second,
        given_at=given.now,
    )


def _let_go(session: Session, matter: _Matter, verdict: VerdictRecord, second: Decider | None, given: Wiring) -> Order:
    """Release the order, marked with who did so, and until when."""
    decision = matter.found.decision
    judged_anew = replace(
        matter.order, outcome=decision.outcome, decision_id=decision.id, judged_at=decision.decided_at
    )
    after = released(matter.entered, judged_anew, given)
    ends_at = after.expires_at
    if verdict.valid_until is not None and ends_at is not None:
        ends_at = min(ends_at, end_of_day(verdict.valid_until, given.seller))
    after = replace(after, released_by=verdict.given_by, released_until=verdict.valid_until, expires_at=ends_at)
    end_overdue(session, after.id, given)
    told = {"released_by": verdict.given_by, "seconded_by": None if second is None else second.subject}
    return _write(session, matter, after, "order.released.v1", OrderStep("released", told, given.caller.name), given)


def _kept_waiting(
    session: Session, matter: _Matter, verdict: VerdictRecord, given: Wiring, refused_by: Decider | None = None
) -> Order:
    """Keep the new judgement beside the verdict that has no effect: the order waits as before."""
    kind = "release_waits" if refused_by is None else "release_refused"
    told = {"release_by": verdict.given_by}
    step = OrderStep(kind, told, given.caller.name)
    return _write(session, matter, matter.order, f"order.{kind}.v1", step, given)


def _write(session: Session, matter: _Matter, after: Order, event: str, step: OrderStep, given: Wiring) -> Order:
    return order_rows.write(
        session,
        matter.order,
        after,
        event=event,
        today=given.today,
        known_at=given.now,
        decision=matter.found.decision,
        step=replace(step, actor=given.caller.actor, told=step.data),
    )


def _waiting(session: Session, order: Order, verdict_id: UUID) -> VerdictRecord:
    """Find a release that waits for its second person, of the order as it is. Raises NotFound and Conflict."""
    found = next((each for each in verdicts.of_order(session, order.id) if each.record.id == verdict_id), None)
    if found is None:
        raise NotFound("There is no such release of this order.", code="verdict_not_found")
    if not found.waiting:
        raise Conflict("This release waits for nobody.", code="verdict_not_waiting")
    if order_steps.changed_since(session, order.id, found.record.given_at):
        raise Conflict("The order was changed since: it must be released anew.", code="order_changed")
    return found.record


def _answered(session: Session, order: Order, verdict: Verdict, matter: _Matter, given: Wiring) -> bytes:
    document = order_rows.judgement_of(session, order)
    answer = answer_bytes(
        {
            **verdict_answer(verdict, given.caller.role, matter.entered.rules.policy),
            "order": order_answer(order, document, given),
        }
    )
    given.once.keep(session, 201, answer)
    return answer
