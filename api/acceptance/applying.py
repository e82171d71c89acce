"""Takes an application: decided by the machine as a check is, and what follows from that."""

from functools import partial

from sqlalchemy.orm import Session

from api import onboarding
from api.acceptance import states
from api.acceptance.answers import application_answer
from api.acceptance.applied import ApplicationRequest, content, given_again, replace_open
from api.acceptance.cover_contract import ToCover, faults_of_contract
from api.acceptance.limit_fields import limit_of
from api.acceptance.standing import standing_of
from api.credit_check.deciding import Decided, decide
from api.exchange import convert
from api.identity import identifying
from api.identity.debtors import locked_debtor
from api.limit_writing import NewLimit, write_limit
from api.problems import BadInput
from api.records import debtors
from api.records.applications import ApplicationRecord
from api.records.debtors import DebtorRecord
from api.wiring import Wiring, answer_bytes
from scoring.acceptance import MACHINE, limit_days
from scoring.applications import ON_LIMIT_IN_FORCE, Beside, answer_beside
from scoring.facts import CreditLimit
from scoring.judgement import Outcome
from scoring.money import Money


def apply(request: ApplicationRequest, given: Wiring) -> tuple[bytes, int]:
    """Take an application and decide on it. Gives the answer as it is sent and its status; raises Problems.

    What the same person asked before and still waits is given again (200), and nothing is asked or bought anew.
    """
    _refuse_unfit_contract(request, given)
    waiting = given_again(request, given)
    if waiting is not None:
        return waiting, 200
    return decide(request.check, "application", partial(_follow, request, given), given), 201


def _refuse_unfit_contract(request: ApplicationRequest, given: Wiring) -> None:
    """Refuse a contract that cannot cover what is asked, before anything is asked or bought."""
    if request.insurance_policy_id is None:
        return
    money = request.limit.money
    currency = None if money is None else money.currency
    with given.transaction() as session:
        debtor_id = identifying.find(session, request.check.named)
        debtor = None if debtor_id is None else debtors.get(session, debtor_id)
        if debtor is not None:
            whom = ToCover(debtor.country, debtor.is_natural_person, debtor.related_party, currency)
        elif request.check.named.company is not None:
            whom = ToCover(request.check.named.company.country, None, False, currency)
        else:
            return  # That there is no such debtor is told where it is looked for.
        faults = list(faults_of_contract(session, request.insurance_policy_id, whom, given.today))
    if faults:
        raise BadInput("Cover cannot be asked under this contract.", faults=faults)


def _follow(request: ApplicationRequest, given: Wiring, session: Session, decided: Decided) -> bytes:
    """Keep the application with what the machine said, and do what follows from it."""
    debtor = locked_debtor(session, decided.debtor.id)
    beside, limit = _judged(session, request, debtor, decided, given)
    application = _keep(session, request, decided, beside, given)
    replace_open(session, application, debtor, given.now)
    if debtor.phase == "prospect":
        debtors.enter_phase(session, debtor, "acceptance", given.now)
    if beside.writes_limit:
        write_limit(session, debtor, _machine_limit(application, limit, decided, given), given.now)
    if application.state == "referred":
        states.tell_referred(session, application, debtor, given.now)
    else:
        states.tell_decided(session, application, debtor, MACHINE, given.now)
    if application.state in states.ACCEPTED:
        onboarding.begin(session, debtor, given.house.policies, given.now)
    session.flush()
    return answer_bytes(application_answer(session, application, given))


def _judged(
    session: Session, request: ApplicationRequest, debtor: DebtorRecord, decided: Decided, given: Wiring
) -> tuple[Beside, CreditLimit]:
    """Say what becomes of the machine's answer beside what stands, and give the limit that the machine grants."""
    said, policy = decided.decision.judgement, decided.rules.policy
    asked, currency = request.limit.stored(policy)
    if asked.amount is not None:
        money = Money(asked.amount, currency)
        days = policy.evidence.rate_usable_days
        asked = CreditLimit("amount", convert(session, [money], policy.currency, given.today, days).total)
    granted = _granted(limit_of(said["limit"]), asked)
    refers = {each["code"] for each in said["reasons"] if each["effect"] == Outcome.REFER.value}
    standing = standing_of(session, debtor, request.scope, policy, given.today)
    return answer_beside(Outcome(said["outcome"]), refers, asked, granted, standing), granted


def _granted(limit: CreditLimit, asked: CreditLimit) -> CreditLimit:
    """The limit that the machine gives: what the rules allow, and never more than was asked for."""
    if limit.amount is None or asked.amount is None:
        return limit
    return CreditLimit("amount", min(limit.amount, asked.amount))


def _keep(
    session: Session, request: ApplicationRequest, decided: Decided, beside: Beside, given: Wiring
) -> ApplicationRecord:
    policy, decision, now = decided.rules.policy, decided.decision, given.now
    state = states.BY_OUTCOME[beside.outcome.value]
    application = ApplicationRecord(
        **content(request, policy),
        debtor_id=decided.debtor.id,
        decision_id=decision.id,
        state=state,
        because=beside.because or (ON_LIMIT_IN_FORCE if state == "approved" and not beside.writes_limit else None),
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


def _machine_limit(application: ApplicationRecord, limit: CreditLimit, decided: Decided, given: Wiring) -> NewLimit:
    said, policy, version = decided.decision.judgement, decided.rules.policy, decided.rules.version
    days = limit_days(said["risk_class"], given.today, policy.limits)
    codes = ", ".join(dict.fromkeys(each["code"] for each in said["reasons"]))
    return NewLimit(
        scope=application.scope,
        limit=limit,
        currency=policy.currency,
        risk_class=said["risk_class"],
        valid_from=given.today,
        valid_until=days.valid_until,
        next_review_on=days.next_review_on,
        decided_by=MACHINE,
        grounds=f"By policy version {version}: {codes}.",
        decision_id=decided.decision.id,
    )
