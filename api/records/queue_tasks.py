"""What the queue holds for one seller: so that who moves its clock can see that a day's work is done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """One task that waits or runs; `ids` are its arguments beside the seller's."""

    id: int
    name: str
    ids: dict[str, UUID]
    is_running: bool


WAITING = text("""
SELECT q.id, q.task_name, q.args, q.status = 'doing' AS is_running FROM queue.procrastinate_jobs q
WHERE q.status IN ('todo', 'doing') AND q.args ->> 'seller_id' = :seller_id AND (
    q.task_name = ANY(CAST(:names AS text[]))
    OR q.task_name = 'creditgate.run_job' AND EXISTS (SELECT FROM job
        WHERE job.id = CAST(q.args ->> 'job_id' AS uuid) AND job.kind = ANY(CAST(:kinds AS text[])))
) ORDER BY q.id
""")
FORGET = text("DELETE FROM queue.procrastinate_jobs WHERE id = :id AND status = 'todo'")


def waiting(session: Session, names: Collection[str], kinds: Collection[str]) -> Sequence[Waiting]:
    """Give the tasks of this session's seller that are not done: those of these names, and jobs of these kinds."""
    full_names = [f"creditgate.{name}" for name in names]
    values = {"seller_id": str(session.info["seller_id"]), "names": full_names, "kinds": list(kinds)}
    return [
        Waiting(
            id=row.id,
            name=row.task_name.removeprefix("creditgate."),
            ids={name: UUID(value) for name, value in row.args.items() if name != "seller_id"},
            is_running=row.is_running,
        )
        for row in session.execute(WAITING, values)
    ]


def forget(session: Session, task_id: int) -> None:
    """Take a task that was done out of the queue, unless somebody has begun with it too."""
    session.execute(FORGET, {"id": task_id})
