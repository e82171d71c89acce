"""What operators count: requests by route, method and status, their times, and events going out; of no seller."""

import hmac
import ipaddress
import os
from time import perf_counter

from flask import Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

from api.clock import real_now
from api.problems import NotAuthenticated
from api.web.blueprint import Blueprint
from api.web.event_metrics import event_metrics
from api.web.log import route_template
from api.web.permissions import public

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("creditgate_requests", "Requests answered.", ("route", "method", "status"))
SECONDS = Histogram(
    "creditgate_request_seconds",
    "How long requests took.",
    ("route", "method"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)

blueprint = Blueprint("metrics", __name__, url_prefix="", description="What operators count.")


def count_request(answer: Response) -> None:
    """Count one request."""
    route, method = route_template(), request.method if request.method in METHODS else "other"
    REQUESTS.labels(route, method, answer.status_code).inc()
    SECONDS.labels(route, method).observe(perf_counter() - g.started)


@blueprint.route("/metrics")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@public
def read_metrics() -> Response:
    """Show the counts, in the text form of Prometheus; with its own token, without one only to this machine."""
    _refuse_strangers(current_app.config["CREDITGATE"].metrics_token)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    told = generate_latest(registry) + event_metrics(current_app.extensions["creditgate"].sessions, real_now())
    return Response(told, content_type=CONTENT_TYPE_LATEST)


def _refuse_strangers(token: str | None) -> None:
    if token:
        given = request.headers.get("Authorization", "")
        if hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return
    elif _is_of_this_machine():
        return
    raise NotAuthenticated("The metrics need their own token.")


def _is_of_this_machine() -> bool:
    # A proxy on this machine has its address too, and says for whom it asks.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    return request.remote_addr is not None and ipaddress.ip_address(request.remote_addr).is_loopback
