"""What the queue starts of monitoring: a run, asked for or of a new day; one at a time for each seller."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.monitoring.run import Tally, run
from api.problems import NotFound
from api.records import days_passed, jobs, watches
from api.records.sellers import Seller
from api.source_access import source_access
from api.wiring import House

KIND = "monitoring_run"
NO_POLICY = {"code": "no_active_policy", "detail": "No policy is active, so that nobody says what is to be watched."}
SCREENING = "sanctions_screening"  # Every debtor whose screening is of an older list is due for it.


def run_monitoring(house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run to the end. One that was killed goes on where it was; then the sanctions lists get their turn."""
    with house.sessions.of(seller.id) as session:
        job = jobs.get(session, job_id)
        try:
            policy = house.policies.active(session).policy
        except NotFound as none:
            raise jobs.CannotBeDone(NO_POLICY, {}) from none
    begun = Tally.from_document(job.result) if job and job.result else Tally()

    def keep(session: Session, tally: Tally, total: int | None) -> None:
        jobs.keep(session, job_id, tally.document())
        jobs.progress(session, job_id, tally.watching.passed_count, total or tally.watching.passed_count)

    tally = run(house, seller, policy, begun, keep)
    _screen_again(house, seller)
    return tally.document()


def _screen_again(house: House, seller: Seller) -> None:
    """Have those screened again whose screening is old, where the seller reaches a list for many."""
    sources = house.catalog.sources_for(None, "sanctions_list", source_access(house, seller))
    if not any(each.screening is not None for each in sources):
        return
    with house.sessions.of(seller.id) as session:
        if jobs.unfinished(session, SCREENING) is None:
            jobs.enqueue(session, SCREENING, {}, house.clock.now(seller))


def begin_run_of_new_day(house: House, seller: Seller) -> UUID | None:
    """Put a run in the queue where the seller's own day has begun since its last one; gives its id. Safe beside others.

    Who follows nobody has none, until it does.
    """
    today = house.clock.today(seller)
    with house.sessions.of(seller.id) as session:
        if not watches.any_followed(session):
            return None
        # Nobody else looks before this transaction has ended.
        running = jobs.unfinished(session, KIND)
        last = days_passed.last(session, KIND)
        if running is not None or (last is not None and last >= today):
            return None
        days_passed.look_until(session, KIND, today)
        return jobs.enqueue(session, KIND, {}, house.clock.now(seller)).id


JOBS = {KIND: run_monitoring}
