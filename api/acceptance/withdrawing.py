"""Withdraws an application that who asked for it wants no more; what waits of it ends with it."""

from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.answers import application_answer
from api.acceptance.cover_ending import end_requests
from api.acceptance.cover_keeping import Asker
from api.acceptance.finding import locked_application
from api.persons import is_same
from api.problems import Conflict, NotAllowed
from api.records import applications
from api.records.applications import WAITING, ApplicationRecord
from api.records.debtors import DebtorRecord
from api.web.answers import etag_of, match_if_sent
from api.wiring import Wiring, answer_bytes


def withdraw_application(application_id: UUID, reason: str, given: Wiring) -> bytes:
    """Withdraw an application that waits for a person; gives it as it is sent.

    Its referral ends, and so does the request for cover that was made for it. Raises NotAllowed for who neither asked
    for it nor has the debtor as its account owner, and Conflict for one that waits for nobody.
    """
    with given.transaction() as session:
        given.once.claim(session)
        application, debtor = locked_application(session, application_id)
        match_if_sent(etag_of(application.id, application.version))
        _refuse_others(application, debtor, given)
        if application.state not in WAITING:
            detail = f"It waits for nobody: the application is {application.state}."
            raise Conflict(detail, code="application_decided")
        _end(session, application, debtor, reason, given)
        answer = answer_bytes(application_answer(session, application, given))
        given.once.keep(session, 201, answer)
        return answer


def _refuse_others(application: ApplicationRecord, debtor: DebtorRecord, given: Wiring) -> None:
    caller = given.caller
    if caller.name == application.applied_by:
        return
    # For whom a machine asked is whom it named: who takes back what was asked for him gains nothing by it.
    if caller.subject and any(is_same(caller.subject, each) for each in (application.actor, debtor.account_owner)):
        return
    detail = "Only who asked for it, or the debtor's account owner, withdraws it; who decides may decline it."
    raise NotAllowed(detail, code="not_the_asker")


def _end(session: Session, application: ApplicationRecord, debtor: DebtorRecord, reason: str, given: Wiring) -> None:
    applications.withdraw(session, application, given.caller.name, reason, given.now)
    end_requests(session, application.id, Asker(given.caller.name, given.now, given.today))
    session.flush()
