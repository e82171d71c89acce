"""The log: JSON lines on standard error, one for each request; no secrets, bodies, query values or personal data."""

import logging
import sys
from time import perf_counter
from typing import Any

import structlog
from flask import Response, g, request

from api.web.trace import trace_id

log = structlog.get_logger()


SHARED: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_log() -> None:
    """Send the log of this process, and of the libraries in it, to standard error as JSON lines."""
    structlog.configure(
        processors=[*SHARED, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),  # A line at a time, since processes share it.
    )
    root = logging.getLogger()
    root.handlers[:] = [json_handler()]
    root.setLevel(logging.WARNING)


def json_handler() -> logging.Handler:
    """Make a handler that writes what libraries log as our own lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    return handler


def log_request(answer: Response) -> None:
    """Tell of one request: its route as a template, since a path may hold what is personal."""
    wiring = g.get("wiring")
    caller = wiring.caller if wiring else None
    log.info(
        "request",
        method=request.method,
        route=route_template(),
        status=answer.status_code,
        code=g.get("problem_code"),
        duration_ms=round((perf_counter() - g.started) * 1000, 1),
        trace_id=trace_id(),
        seller_id=str(caller.seller.id) if caller else None,
        credential_id=str(caller.credential_id) if caller else None,
        role=caller.role if caller else None,
    )


def route_template() -> str:
    """Give the route of this request as it is written in the code."""
    return request.url_rule.rule if request.url_rule else "unknown"
