"""Runs one job that the queue names, and keeps how it went."""

import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from api.records import jobs, sellers
from api.records.sellers import Seller
from api.wiring import House

Handler = Callable[[House, Seller, UUID, dict[str, Any]], dict[str, Any]]

log = structlog.get_logger(__name__)


class SellerGone(LookupError):
    """The queue names a seller that does not exist."""


def run_by(handlers: Mapping[str, Handler], house: House, seller_id: UUID, job_id: UUID, *, is_last: bool) -> None:
    """Run one job by the handler of its kind. A job may be run twice: its handler must be safe to repeat."""
    seller = seller_of(house, seller_id)
    with house.sessions.of(seller_id) as session:
        job = jobs.get(session, job_id)
        if job is None or job.state in ("succeeded", "failed"):
            return
        kind, arguments = job.kind, job.arguments
        jobs.start(job, house.clock.now(seller))
    try:
        result = handlers[kind](house, seller, job_id, arguments)
    except jobs.CannotBeDone as failure:
        with house.sessions.of(seller_id) as session:
            jobs.fail(session, job_id, failure.error, _finished_at(house, seller_id), failure.result)
        return
    except Exception as error:
        log.error("job_failed", kind=kind, job_id=str(job_id), error=type(error).__name__, trace=traceback.format_exc())
        if is_last:
            fault = {"code": "internal_error", "detail": type(error).__name__}
            with house.sessions.of(seller_id) as session:
                jobs.fail(session, job_id, fault, _finished_at(house, seller_id))
        raise
    with house.sessions.of(seller_id) as session:
        jobs.succeed(session, job_id, result, _finished_at(house, seller_id))


def seller_of(house: House, seller_id: UUID) -> Seller:
    """Give a seller as it is now. Raises SellerGone."""
    with house.sessions.of_nobody() as session:
        seller = sellers.get(session, seller_id)
    if seller is None:
        raise SellerGone(str(seller_id))
    return seller


def _finished_at(house: House, seller_id: UUID) -> datetime:
    """A test seller's clock may have been moved on meanwhile."""
    return house.clock.now(seller_of(house, seller_id))
