"""A person's verdict beside the machine's decision: it counts at once within authority, above it a second agrees."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance import states
from api.acceptance.answers import verdict_answer
from api.acceptance.effects import take_effect
from api.acceptance.finding import decision_of, locked_application
from api.acceptance.judging import Weighed, refuse_what_no_person_may, weigh, weigh_anew
from api.acceptance.limit_fields import GivenLimit
from api.acceptance.matter import Matter
from api.acceptance.overriding import direction_beside
from api.persons import beyond_authority, is_same, refuse_own, require_person
from api.problems import Conflict, Fault, NotAllowed, NotFound
from api.records import applications, verdicts
from api.records.applications import ApplicationRecord
from api.records.verdicts import Verdict, VerdictApprovalRecord, VerdictRecord
from api.web.answers import etag_of, match_if_sent
from api.wiring import Wiring, answer_bytes
from scoring.acceptance import Decider, may_second
from scoring.policy.document import Policy


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says. `limit` None: where it must be said of an acceptance, it stays as it is otherwise.

    `faults` are of what could not be read, which is left out.
    """

    verdict: str
    grounds: str
    limit: GivenLimit | None = None
    terms: dict[str, Any] | None = None
    valid_until: date | None = None
    campari: dict[str, Any] | None = None
    faults: tuple[Fault, ...] = ()


def give_verdict(application_id: UUID, said: Said, given: Wiring) -> bytes:
    """Keep a person's verdict on an application; gives it as it is sent. Raises Problems.

    The machine's decision stays what it is. Above the person's authority the verdict waits for a second.
    """
    decider = require_person(given, "give a verdict")
    with given.transaction() as session:
        given.once.claim(session)
        application, debtor = locked_application(session, application_id)
        match_if_sent(etag_of(application.id, application.version))
        refuse_own(decider, application.applied_by, application.actor)
        _refuse_decided(session, application)
        rules = given.house.policies.active(session)
        matter = Matter(application, debtor, decision_of(session, application), rules)
        weighed = weigh(session, matter, said, given)
        needs_second = _needs_second(decider, weighed, rules.policy)
        record = _record(matter, said, weighed, decider, needs_second, given)
        record.direction = direction_beside(session, matter, record, given)
        session.add(record)
        session.flush()
        if needs_second:
            due_at = application.due_at or states.deadline(given.now, rules.policy)
            applications.enter(application, "seconding", given.now, due_at)
            states.tell_referred(session, application, debtor, given.now)
        else:
            take_effect(session, matter, record, given)
        return _answered(session, Verdict(record, None), matter, given)


def approve(application_id: UUID, verdict_id: UUID, approved: bool, grounds: str, given: Wiring) -> bytes:
    """Keep what a second person says of a verdict that waits for one; gives the verdict as it is sent.

    Raises NotAllowed for its author, for who applied, and for a role whose authority does not cover it.
    """
    second = require_person(given, "second a verdict")
    with given.transaction() as session:
        given.once.claim(session)
        application, debtor = locked_application(session, application_id)
        waiting = _waiting(session, application, verdict_id)
        if application.state != "seconding":
            raise Conflict(f"The application is {application.state}.", code="application_decided")
        refuse_own(second, application.applied_by, application.actor)
        if is_same(second.subject, waiting.given_by):
            raise NotAllowed("The second person must be another one.", code="second_approver_needed")
        rules = given.house.policies.active(session)
        matter = Matter(application, debtor, decision_of(session, application), rules)
        if approved and waiting.verdict != "decline":
            refuse_what_no_person_may(session, matter)
        _require_second(session, waiting, second, matter, given)
        approval = VerdictApprovalRecord(
            verdict_id=waiting.id,
            approved=approved,
            grounds=grounds,
            given_by=second.subject,
            role=second.role,
            given_at=given.now,
        )
        session.add(approval)
        session.flush()
        if approved:
            take_effect(session, matter, waiting, given)
        else:
            _back_to_the_machine(session, matter, given)
        return _answered(session, Verdict(waiting, approval), matter, given)


def _refuse_decided(session: Session, application: ApplicationRecord) -> None:
    """Refuse a second verdict: who thinks otherwise decides on the limit, or has it applied for again."""
    if application.state == "seconding":
        raise Conflict("A verdict waits for its second person already.", code="verdict_waiting")
    if application.state in ("agreed", "withdrawn"):
        raise Conflict(f"The application is {application.state}.", code="application_decided")
    decided = [each.record for each in verdicts.of_application(session, application.id) if each.in_force]
    if decided:
        detail = f"{decided[-1].given_by} has decided on it already."
        raise Conflict(detail, code="application_decided")


def _needs_second(decider: Decider, weighed: Weighed, policy: Policy) -> bool:
    """Whether somebody else must agree. Raises NotAllowed where nobody could second this person's verdict."""
    if weighed.is_within(decider, policy):
        return False
    if not weighed.can_be_seconded(decider, policy):
        raise beyond_authority(decider, weighed.amount, weighed.risk_class, policy)
    return True


def _require_second(session: Session, waiting: VerdictRecord, second: Decider, matter: Matter, given: Wiring) -> None:
    policy = matter.rules.policy
    weighed = weigh_anew(session, waiting, matter, given)
    first = Decider(waiting.given_by, waiting.role)
    if not may_second(first, second, weighed.weight, weighed.risk_class, policy):
        raise beyond_authority(second, weighed.amount, weighed.risk_class, policy)


def _waiting(session: Session, application: ApplicationRecord, verdict_id: UUID) -> VerdictRecord:
    found = next(
        (each for each in verdicts.of_application(session, application.id) if each.record.id == verdict_id), None
    )
    if found is None:
        raise NotFound("There is no such verdict on this application.", code="verdict_not_found")
    if not found.waiting:
        raise Conflict("This verdict waits for nobody.", code="verdict_not_waiting")
    return found.record


def _back_to_the_machine(session: Session, matter: Matter, given: Wiring) -> None:
    """A verdict that a second person refused has no effect: all is as the machine left it."""
    application = matter.application
    state = states.of_machine(application, matter.decision.judgement["outcome"])
    applications.enter(application, state, given.now, application.due_at if state == "referred" else None)
    if state == "referred":
        states.tell_referred(session, application, matter.debtor, given.now)


def _record(
    matter: Matter, said: Said, weighed: Weighed, decider: Decider, needs_second: bool, given: Wiring
) -> VerdictRecord:
    return VerdictRecord(
        debtor_id=matter.debtor.id,
        application_id=matter.application.id,
        order_id=None,
        decision_id=matter.application.decision_id,
        order_decision_id=None,
        verdict=said.verdict,
        limit_kind=weighed.limit.kind,
        limit_amount=weighed.limit.amount,
        currency=weighed.currency,
        valid_until=weighed.valid_until,
        terms=said.terms,
        campari=weighed.campari,
        grounds=said.grounds,
        given_by=decider.subject,
        role=decider.role,
        risk_class=weighed.risk_class,
        authority_amount=weighed.weight,
        needs_second=needs_second,
        given_at=given.now,
    )


def _answered(session: Session, verdict: Verdict, matter: Matter, given: Wiring) -> bytes:
    session.flush()
    shown = verdict_answer(verdict, given.caller.role, matter.rules.policy)
    answer = answer_bytes(shown | {"application_state": matter.application.state})
    given.once.keep(session, 201, answer)
    return answer
