"""Jobs: work that can wait, with its state and progress; put in the queue by the transaction that caused it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import CheckConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId

# Procrastinate's own SQL function, called on our connection, so that the job joins our transaction.
DEFER = text(
    "SELECT queue.procrastinate_defer_jobs_v1(ARRAY[ROW("
    ":queue, :task, 0, NULL, NULL, CAST(:arguments AS jsonb), CAST(:begins_at AS timestamptz))"
    "::queue.procrastinate_job_to_defer_v1])"
)


# What takes minutes never makes wait what takes a moment. Procrastinate calls its first queue `default`.
QUICK, LONG = LANES = ("default", "long")


class JobRecord(WithId, Base):
    """One piece of work. The queue carries only its ids; what it is about stands here."""

    __tablename__ = "job"
    __table_args__ = (CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed')", name="state"),)
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str]
    progress_done: Mapped[int]
    progress_total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    errors: Mapped[list[Any]]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class CannotBeDone(Exception):
    """A job fails however often it is tried: `error` says why, with a code and a detail; `result` how far it came."""

    def __init__(self, error: dict[str, Any], result: dict[str, Any]) -> None:
        super().__init__(error["code"])
        self.error = error
        self.result = result


def enqueue(
    session: Session,
    kind: str,
    arguments: Mapping[str, Any],
    created_at: datetime,
    *,
    begins_at: datetime | None = None,
) -> JobRecord:
    """Add a job that starts when this transaction commits, and not at all when it does not.

    With `begins_at`, a real time, the worker begins with it no earlier: whoever adds it does it meanwhile.
    """
    job = JobRecord(
        kind=kind,
        arguments=dict(arguments),
        state="queued",
        progress_done=0,
        progress_total=None,
        result=None,
        errors=[],
        created_at=created_at,
        started_at=None,
        finished_at=None,
    )
    session.add(job)
    session.flush()
    _defer(session, "run_job", LONG, {"job_id": job.id}, begins_at)
    return job


def defer(session: Session, task: str, *, lane: str = QUICK, **ids: UUID) -> None:
    """Put a task of the worker in a lane of the queue for this session's seller; its arguments are ids only."""
    _defer(session, task, lane, ids, None)


def _defer(session: Session, task: str, lane: str, ids: Mapping[str, UUID], begins_at: datetime | None) -> None:
    named = {"seller_id": str(session.info["seller_id"]), **{name: str(value) for name, value in ids.items()}}
    arguments = orjson.dumps(named).decode()
    values = {"queue": lane, "task": f"creditgate.{task}", "arguments": arguments, "begins_at": begins_at}
    session.execute(DEFER, values)


def get(session: Session, job_id: UUID) -> JobRecord | None:
    """Find a job."""
    return session.get(JobRecord, (session.info["seller_id"], job_id))


ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('job ' || :kind || ' ' || :seller_id, 0))")


def unfinished(session: Session, kind: str) -> JobRecord | None:
    """Find the job of a kind that waits or runs, the oldest of them; None where there is none.

    Nobody else looks before this transaction has ended: who finds none may enqueue the only one.
    """
    session.execute(ONE_AT_A_TIME, {"kind": kind, "seller_id": str(session.info["seller_id"])})
    query = select(JobRecord).where(JobRecord.kind == kind, JobRecord.state.in_(("queued", "running")))
    return session.scalars(query.order_by(JobRecord.id).limit(1)).first()


def is_any_unfinished(session: Session, kind: str, since: datetime) -> bool:
    """Whether a job of a kind waits or runs that was added since a time of the seller's clock."""
    query = select(JobRecord.id).where(JobRecord.kind == kind, JobRecord.state.in_(("queued", "running")))
    return session.scalar(query.where(JobRecord.created_at >= since).limit(1)) is not None


def start(job: JobRecord, now: datetime) -> None:
    """Say that a job runs. One that a killed worker left goes on from what it had done."""
    job.state, job.started_at = "running", job.started_at or now


def succeed(session: Session, job_id: UUID, result: dict[str, Any], now: datetime) -> None:
    """Keep the result of a job."""
    _finish(session, job_id, {"state": "succeeded", "result": result, "finished_at": now})


def fail(
    session: Session, job_id: UUID, error: dict[str, Any], now: datetime, result: dict[str, Any] | None = None
) -> None:
    """Keep why a job could not be done, and with `result` how far it came."""
    came = {} if result is None else {"result": result}
    _finish(session, job_id, {"state": "failed", "errors": [error], "finished_at": now, **came})


def _finish(session: Session, job_id: UUID, values: dict[str, Any]) -> None:
    session.execute(update(JobRecord).where(JobRecord.id == job_id).values(**values))


def progress(session: Session, job_id: UUID, done: int, total: int | None) -> None:
    """Write how far a job is; `total` is None while nobody knows."""
    session.execute(update(JobRecord).where(JobRecord.id == job_id).values(progress_done=done, progress_total=total))


def keep(session: Session, job_id: UUID, result: dict[str, Any]) -> None:
    """Write how far a job has come, for the worker that goes on with it when this one is killed."""
    session.execute(update(JobRecord).where(JobRecord.id == job_id).values(result=result))


ADD_ITEM = text(
    "UPDATE job SET result = jsonb_build_object('items', coalesce(result -> 'items', '[]') || CAST(:item AS jsonb))"
    " WHERE id = :job_id"
)


def add_item(session: Session, job_id: UUID, item: dict[str, Any]) -> None:
    """Add what became of one of the things a job is about, in the transaction in which it became so."""
    session.execute(ADD_ITEM, {"job_id": job_id, "item": orjson.dumps(item).decode()})


def items(session: Session, job_id: UUID) -> dict[str, Any]:
    """Give what became of each of the things so far."""
    return session.scalar(select(JobRecord.result).where(JobRecord.id == job_id)) or {"items": []}
