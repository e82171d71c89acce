"""What the queue starts of cover: a request to an insurer, and every few minutes whatever must be looked at again."""

import traceback
from typing import Any
from uuid import UUID

import structlog

from api.acceptance.cover_keeping import JOB
from api.acceptance.cover_looking import look
from api.acceptance.cover_unread import tell_unread
from api.clock import real_now
from api.records import cover_requests, jobs
from api.records.sellers import Seller
from api.wiring import House

log = structlog.get_logger(__name__)


def run_cover_request(house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any]) -> dict[str, Any]:
    """Ask an insurer for cover. What it does not take fails the job; what waits is looked at again by the tick."""
    request_id = UUID(arguments["cover_request_id"])
    look(house, seller, request_id)
    with house.sessions.of(seller.id) as session:
        record = cover_requests.get(session, request_id)
    assert record is not None
    result = {"cover_request_id": str(request_id), "state": record.state}
    if record.state == "failed" and record.fault is not None:
        error = {"code": record.fault["code"], "detail": record.fault["detail"]}
        raise jobs.CannotBeDone(error, result)
    return result


def look_at_covers_of(house: House, seller: Seller) -> int:
    """Look at every request of a seller that is due by its own clock; one that fails stops no other.

    Gives how many were looked at: what waits for an answer, and each cover that stands once a day, so that a reduction
    or a withdrawal at the insurer becomes known. What could not be read is told by alerts.
    """
    with house.sessions.of(seller.id) as session:
        due = cover_requests.due(session, house.clock.now(seller), real_now())
    count = 0
    for request_id in due:
        try:
            count += look(house, seller, request_id) is not None
        except Exception as error:
            told = {"seller_id": str(seller.id), "request_id": str(request_id), "error": type(error).__name__}
            log.error("cover_look_failed", **told, trace=traceback.format_exc())
    tell_unread(house, seller)
    return count


JOBS = {JOB: run_cover_request}
