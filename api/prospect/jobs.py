"""What the queue starts in the prospect room: credit checks asked many at once."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.problems import Problem
from api.prospect.schemas import CreditCheckSchema
from api.prospect.service import check_credit
from api.records import jobs
from api.records.sellers import Seller
from api.wiring import Caller, House, Wiring, answer_bytes


def enqueue_batch(items: list[dict[str, Any]], given: Wiring) -> bytes:
    """Put checked requests in the queue as one job; gives the answer that names it."""
    caller = given.caller
    asked_by = {"credential_id": str(caller.credential_id), "role": caller.role, "subject": caller.subject}
    with given.transaction() as session:
        given.once.claim(session)
        arguments = {"items": items, "caller": asked_by | {"actor": caller.actor}, "language": given.language}
        job = jobs.enqueue(session, "credit_check_batch", arguments, given.now)
        answer = answer_bytes({"job_id": job.id, "state": "queued"})
        given.once.keep(session, 202, answer)
    return answer


@dataclass(frozen=True, slots=True)
class _OnceInBatch:
    """Notes a decision in its job in the decision's own transaction: a batch that is run again leaves it out."""

    job_id: UUID
    index: int

    def claim(self, session: Session) -> None:
        """Nothing to do: each item has its place."""

    def keep(self, session: Session, status: int, answer: bytes) -> None:
        """Note what was decided."""
        decided = orjson.loads(answer)
        names = ("debtor_id", "outcome", "risk_class")
        note = {"index": self.index, "decision_id": decided["id"], **{name: decided[name] for name in names}}
        jobs.add_item(session, self.job_id, note)


def run_batch(house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any]) -> dict[str, Any]:
    """Answer each request of a batch, one after the other; one that cannot be answered does not stop the others."""
    asked_by = arguments["caller"]
    caller = Caller(
        seller, UUID(asked_by["credential_id"]), asked_by["role"], asked_by["subject"], actor=asked_by["actor"]
    )
    items, schema = arguments["items"], CreditCheckSchema()
    with house.sessions.of(seller.id) as session:
        done_before = {each["index"] for each in jobs.items(session, job_id)["items"]}
    for index, item in enumerate(items):
        if index in done_before:  # By a worker that was killed after it.
            continue
        try:
            given = Wiring(house, caller, _OnceInBatch(job_id, index), arguments["language"])
            check_credit(schema.load(item), given)
        except Problem as problem:
            with house.sessions.of(seller.id) as session:
                jobs.add_item(session, job_id, {"index": index, "code": problem.code, "detail": problem.detail})
        with house.sessions.of(seller.id) as session:
            jobs.progress(session, job_id, index + 1, len(items))
    with house.sessions.of(seller.id) as session:
        return jobs.items(session, job_id)


JOBS = {"credit_check_batch": run_batch}
