"""What the queue starts in the policies room: rescorings of a whole book."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.policies import service
from api.policies.trying.rescoring import Rescoring, rescore
from api.policies.trying.rescoring_answer import rescoring_answer
from api.policies.trying.rescoring_tally import Tally
from api.policy_shelf import PolicyShelf, Rules
from api.problems import Conflict
from api.records import jobs
from api.records.sellers import Seller
from api.wiring import House, Wiring, answer_bytes
from scoring.documents import DocumentInvalid

KIND = "rescoring"


def enqueue_rescoring(version: int, loss_given_default: str | None, given: Wiring) -> bytes:
    """Put a rescoring in the queue; gives the answer that names it. Raises NotFound and Conflict."""
    with given.transaction() as session:
        given.once.claim(session)
        rules_of(session, version, given.house.policies)
        active = given.house.policies.active(session)
        arguments = {
            "policy_version": version,
            "active_version": active.version,
            "loss_given_default": loss_given_default,
        }
        job = jobs.enqueue(session, KIND, arguments, given.now)
        answer = answer_bytes({"job_id": job.id, "state": "queued"})
        given.once.keep(session, 202, answer)
    return answer


def rules_of(session: Session, version: int, shelf: PolicyShelf) -> Rules:
    """Find a version to judge by. Raises NotFound, and Conflict for one whose document cannot be read any more."""
    service.get_version(session, version)
    try:
        return shelf.version(session, version)
    except DocumentInvalid as error:
        raise Conflict("This program cannot read the version's document any more.", code="policy_unreadable") from error


def run_rescoring(house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any]) -> dict[str, Any]:
    """Rescore the book. One that was killed goes on where it was, unless that was on another day: facts are of one."""
    today = house.clock.today(seller)
    with house.sessions.of(seller.id) as session:
        active, version = (
            house.policies.version(session, arguments[name]) for name in ("active_version", "policy_version")
        )
        job = jobs.get(session, job_id)
    found = (job.result if job else None) or {}
    tally = Tally.from_document(found["so_far"]) if found.get("as_of") == today.isoformat() else Tally()

    def keep(session: Session, tally: Tally, total: int) -> None:
        jobs.keep(session, job_id, {"as_of": today.isoformat(), "so_far": tally.document()})
        jobs.progress(session, job_id, tally.done_count, total)

    ordered = Rescoring(active, version, today, house.clock.now(seller))
    share = arguments["loss_given_default"]
    rescored = rescore(house, seller, ordered, tally, keep)
    return rescoring_answer(rescored, ordered, None if share is None else Decimal(share))


JOBS = {KIND: run_rescoring}
