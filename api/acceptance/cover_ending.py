"""Ends the requests for cover of an application that is withdrawn, also where an insurer turns out to have them."""

from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.cover_keeping import Asker, add_withdrawal, is_not_asked, take_back
from api.acceptance.insurance_policies import get_policy
from api.records import applications, cover_requests


def end_requests(session: Session, application_id: UUID, asker: Asker) -> None:
    """End the requests that were made for an application and have no answer yet; its debtor must be locked.

    What an insurer may have is given back by a request of its own. Whether one that is `sent` arrived is found out
    first, and then `give_back` does the same.
    """
    for record in cover_requests.open_of_application(session, application_id):
        policy = get_policy(session, record.insurance_policy_id)
        if is_not_asked(record, policy):
            take_back(session, record, asker.now)
        elif record.state == "pending" and cover_requests.successor(session, record.id) is None:
            add_withdrawal(session, record, policy, asker)


def give_back(session: Session, request_id: UUID, asker: Asker) -> None:
    """Give back what an insurer turns out to have of an application that was withdrawn while nobody knew."""
    record = cover_requests.get(session, request_id)
    if record is None or record.kind != "new" or record.application_id is None:
        return
    application = applications.get(session, record.application_id)
    if application is not None and application.withdrawn_at is not None:
        add_withdrawal(session, record, get_policy(session, record.insurance_policy_id), asker)
