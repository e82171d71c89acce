"""The streams of Companies House as the sandbox plays them: what has happened by now, heartbeats, and an end."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from flask import Blueprint, Response, jsonify, request

from providers.sandbox.companies_house import problem
from providers.sandbox.company import Company, companies
from providers.sandbox.falling import fell_at, note_streamed
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import PASSWORD, basic_is, now

# Of each topic: the kind of resource, where it is below a company, and what is streamed of one that was wound up.
TOPICS: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "companies": ("company-profile", "", {"company_status": "liquidation"}),
    "insolvency-cases": ("company-insolvency", "/insolvency", {"cases": [{"type": "compulsory-liquidation"}]}),
    "charges": ("company-charges", "/charges", None),
    "officers": ("company-officers", "/officers", None),
}
STRANGER = "99000099"  # Streams are never still for long: whoever begins now hears of somebody whom nobody knows.
TOO_OLD = timedelta(days=60)
HEARTBEATS, HEARTBEAT_SECONDS = 20, 0.05

routes = Blueprint("companies_house_stream", __name__)
VENDOR = Vendor(routes, problem)


@routes.before_request
def sign_in() -> Response | None:
    """Demand the key of the stream, which is the user; there is no password."""
    if basic_is(PASSWORD, ""):
        return None
    answer = jsonify(problem(401))
    answer.status_code = 401
    return answer


@routes.get("/<any(companies, 'insolvency-cases', charges, officers):topic>")
def stream(topic: str) -> Response:
    """The changes on a topic since a timepoint, which is here the second of the caller's time."""
    note_streamed()
    until, since = int(now().timestamp()), request.args.get("timepoint", type=int)
    if since is not None and not until - TOO_OLD.total_seconds() <= since <= until:
        return Response(status=416)
    lines = [_line(topic, STRANGER, {}, now())] if since is None else []
    for company in companies():
        at = fell_at(company) if "coh" in company.numbers else None
        data = TOPICS[topic][2]
        if since is not None and at is not None and data is not None and int(at.timestamp()) > since:
            lines.append(_line(topic, company.numbers["coh"], _data(company, data), at))
    return Response(_told(lines), mimetype="application/json")


def _told(lines: list[bytes]) -> Iterator[bytes]:
    yield from lines
    for _ in range(HEARTBEATS):
        yield b"\n"
        sleep(HEARTBEAT_SECONDS)


def _data(company: Company, data: dict[str, Any]) -> dict[str, Any]:
    return {"company_number": company.numbers["coh"], **data}


def _line(topic: str, number: str, data: dict[str, Any], at: datetime) -> bytes:
    kind, below, _ = TOPICS[topic]
    told = {
        "resource_kind": kind,
        "resource_uri": f"/company/{number}{below}",
        "resource_id": number,
        "data": data,
        "event": {
            "type": "changed",
            "timepoint": int(at.timestamp()),
            "published_at": at.replace(tzinfo=None).isoformat(timespec="seconds"),
            "fields_changed": [],
        },
    }
    return json.dumps(told).encode() + b"\n"
