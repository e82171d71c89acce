"""What the queue starts of sanctions lists: a screening of all debtors who are due."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.prospect.rescreening import NobodyToAsk, Tally, rescreen
from api.records import alerts, jobs
from api.records.sellers import Seller
from api.wiring import House
from providers.errors import SourceError

KIND = "sanctions_screening"
SOURCE_DOWN = "source_down"
NOBODY = {"code": "source_missing", "detail": "No sanctions list can be asked for this seller."}


def run_rescreening(house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any]) -> dict[str, Any]:
    """Screen all who are due. One that was killed goes on with those who are still due."""
    with house.sessions.of(seller.id) as session:
        job = jobs.get(session, job_id)
    begun = Tally(**job.result) if job and job.result else Tally()
    so_far = [begun]

    def keep(session: Session, tally: Tally, total: int) -> None:
        so_far[0] = tally
        jobs.keep(session, job_id, asdict(tally))
        jobs.progress(session, job_id, tally.screened_count, total)

    try:
        tally = rescreen(house, seller, begun, keep)
    except NobodyToAsk as nobody:
        raise jobs.CannotBeDone(NOBODY, asdict(so_far[0])) from nobody
    except SourceError as failed:
        # What is left stays due: the next screening goes on with it.
        _tell_outage(house, seller, failed)
        error = {"code": f"source_{failed.code}", "detail": str(failed)}
        raise jobs.CannotBeDone(error, asdict(so_far[0])) from failed
    _end_outages(house, seller)
    return asdict(tally)


def _tell_outage(house: House, seller: Seller, failed: SourceError) -> None:
    """Open the alert that a list could not be asked: until it can, a new entry on it stays unknown."""
    now, data = house.clock.now(seller), {"provider": failed.provider, "code": failed.code}
    with house.sessions.of(seller.id) as session:
        alerts.open_alert(session, SOURCE_DOWN, failed.provider, "warning", data, now=now)


def _end_outages(house: House, seller: Seller) -> None:
    """End the alerts of lists, once a screening came to its end."""
    lists, now = house.catalog.screening_providers, house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        for provider, _ in alerts.still_open(session, SOURCE_DOWN, {}):
            if provider in lists:
                alerts.end_alert(session, SOURCE_DOWN, provider, now=now)


JOBS = {KIND: run_rescreening}
