"""How a mail is told, and has a parked one sent again once what stood in its way is mended."""

from typing import Any
from uuid import UUID

from api.clock import real_now
from api.persons import require_person
from api.problems import Conflict, Gone, NotFound
from api.records import mails
from api.records.mails import MailRecord
from api.wiring import Wiring, answer_bytes

TOLD = (
    *("id", "address", "kind", "language", "state", "attempts", "fault_code", "fault_detail"),
    *("made_at", "sent_at", "resent_by", "resent_at", "erased_at"),
)


def resend(mail_id: UUID, given: Wiring) -> bytes:
    """Have a parked mail tried anew; gives it as it is sent.

    Raises NotFound, NotAllowed for a machine, Conflict for one that is not parked, and Gone for one whose content was
    erased.
    """
    person = require_person(given, "have a mail sent again")
    with given.transaction() as session:
        given.once.claim(session)
        mail = mails.get(session, mail_id)
        if mail is None:
            raise NotFound("There is no such mail.", code="mail_not_found")
        if mail.state != "parked":
            raise Conflict("The mail waits to be sent, or was.", code="mail_not_parked")
        if mail.erased_at is not None:
            raise Gone("What the mail told was erased.", code="mail_erased")
        mails.send_again(mail, person.subject, real_now())
        session.flush()
        answer = answer_bytes(mail_answer(mail))
        given.once.keep(session, 201, answer)
        return answer


def mail_answer(mail: MailRecord) -> dict[str, Any]:
    """Give a mail and what became of it; of what it tells only of which alerts."""
    told = [fact for part in ("new", "open", "ended") for fact in mail.content.get(part, ())]
    return {name: getattr(mail, name) for name in TOLD} | {
        "next_attempt_at": mail.next_attempt_at if mail.state == "waiting" else None,
        "alert_ids": [fact["alert_id"] for fact in told],
    }
