"""Takes an application: decided by the machine as a check is, and what follows from that."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api import onboarding
from api.acceptance import states
from api.acceptance.answers import application_answer
from api.acceptance.granting import NewLimit, write_limit
from api.acceptance.limit_fields import GivenLimit, limit_of
from api.credit_check.asking import CheckRequest
from api.credit_check.deciding import Decided, decide
from api.exchange import convert
from api.identity.debtors import locked_debtor
from api.problems import BadInput, Fault
from api.records import debtors
from api.records.applications import ApplicationRecord
from api.records.insurance_policies import InsurancePolicyRecord
from api.wiring import Wiring, answer_bytes
from scoring.acceptance import MACHINE, limit_days
from scoring.facts import CreditLimit
from scoring.money import Money


@dataclass(frozen=True, slots=True)
class ApplicationRequest:
    """What is applied for. `check` is all of it that the machine judges."""

    check: CheckRequest
    limit: GivenLimit
    scope: str
    insurance_policy_id: UUID | None = None


def apply(request: ApplicationRequest, given: Wiring) -> bytes:
    """Take an application and decide on it; gives the answer as it is sent. Raises Problems."""
    if request.insurance_policy_id is not None:
        _require_insurance_policy(request.insurance_policy_id, given)
    return decide(request.check, "application", partial(_follow, request, given), given)


def _require_insurance_policy(insurance_policy_id: UUID, given: Wiring) -> None:
    """Refuse one that is not there before anything is asked or bought."""
    with given.transaction() as session:
        if session.get(InsurancePolicyRecord, (given.seller.id, insurance_policy_id)) is None:
            fault = Fault("/insurance_policy_id", "insurance_policy_not_found", "There is no such insurance policy.")
            raise BadInput("The application names what is not there.", faults=[fault])


def _follow(request: ApplicationRequest, given: Wiring, session: Session, decided: Decided) -> bytes:
    """Keep the application with what the machine said, and do what follows from it."""
    debtor = locked_debtor(session, decided.debtor.id)
    application = _keep(session, request, decided, given)
    if debtor.phase == "prospect":
        debtors.enter_phase(session, debtor, "acceptance", given.now)
    if application.state == "approved":
        write_limit(session, debtor, _machine_limit(session, application, decided, given), given.now)
    if application.state == "referred":
        states.tell_referred(session, application, debtor, given.now)
    else:
        states.tell_decided(session, application, debtor, MACHINE, given.now)
    if application.state in states.ACCEPTED:
        onboarding.begin(session, debtor, given.house.policies, given.now)
    session.flush()
    return answer_bytes(application_answer(session, application, given))


def _keep(session: Session, request: ApplicationRequest, decided: Decided, given: Wiring) -> ApplicationRecord:
    policy, decision, now = decided.rules.policy, decided.decision, given.now
    limit, currency = request.limit.stored(policy)
    sales, days = request.check.monthly_sales, request.check.payment_term_days
    state = states.BY_OUTCOME[decision.judgement["outcome"]]
    application = ApplicationRecord(
        debtor_id=decided.debtor.id,
        decision_id=decision.id,
        insurance_policy_id=request.insurance_policy_id,
        scope=request.scope,
        requested_kind=limit.kind,
        requested_amount=limit.amount,
        currency=currency,
        requested_terms=None if days is None else {"payment_term_days": days},
        monthly_sales=None if sales is None else sales.amount,
        monthly_sales_currency=None if sales is None else sales.currency,
        state=state,
        owner=None,
        taken_at=None,
        due_at=states.deadline(now, policy) if state == "referred" else None,
        applied_by=given.caller.name,
        actor=given.caller.actor,
        applied_at=now,
        changed_at=now,
        version=1,
    )
    session.add(application)
    session.flush()
    return application


def _machine_limit(session: Session, application: ApplicationRecord, decided: Decided, given: Wiring) -> NewLimit:
    """The limit that the machine gives: what the rules allow, and never more than was asked for."""
    said, policy, version = decided.decision.judgement, decided.rules.policy, decided.rules.version
    granted = limit_of(said["limit"])
    if granted.amount is not None and application.requested_amount is not None:
        asked = Money(application.requested_amount, application.currency)
        most = convert(session, [asked], policy.currency, given.today, policy.evidence.rate_usable_days).total
        granted = CreditLimit("amount", min(granted.amount, most))
    days = limit_days(said["risk_class"], given.today, policy.limits)
    codes = ", ".join(dict.fromkeys(each["code"] for each in said["reasons"]))
    return NewLimit(
        scope=application.scope,
        limit=granted,
        currency=policy.currency,
        risk_class=said["risk_class"],
        valid_from=given.today,
        valid_until=days.valid_until,
        next_review_on=days.next_review_on,
        decided_by=MACHINE,
        grounds=f"By policy version {version}: {codes}.",
        decision_id=decided.decision.id,
    )
