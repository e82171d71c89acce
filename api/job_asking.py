"""Puts a job in the queue that somebody asked for, unless one of its kind waits or runs already."""

from api.records import jobs
from api.wiring import Wiring, answer_bytes


def enqueue_alone(given: Wiring, kind: str) -> bytes:
    """Enqueue a job of a kind without arguments, or find the one that is not done; gives the answer that names it."""
    with given.transaction() as session:
        given.once.claim(session)
        job = jobs.unfinished(session, kind) or jobs.enqueue(session, kind, {}, given.now)
        answer = answer_bytes({"job_id": job.id, "state": job.state})
        given.once.keep(session, 202, answer)
    return answer
