"""What each fault does to an answer: before the vendor does anything, or to what it was about to say."""

import time
from collections.abc import Iterator

from flask import Response, g, json

from providers.sandbox.company import Company
from providers.sandbox.faults import Fault, FaultKind
from providers.sandbox.mentions import marks
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import bearer, world

STATUSES: dict[FaultKind, int] = {"rate_limited": 429, "error": 503, "expired_token": 401}
HUGE_BYTES = 64_000_000
ELSEWHERE = "http://elsewhere.invalid/"
MAINTENANCE = "<!doctype html><html><title>Maintenance</title><h1>We will be back soon</h1></html>"
_CHUNK = 64 * 1024


def begin_fault(vendor: Vendor, text: str, company: Company | None) -> Response | None:
    """Answer in place of the vendor, which then did nothing; None where it shall answer itself."""
    g.fault = None
    fault = world().faults.take(vendor.provider, (text, *(marks(company) if company else ())))
    if fault is None and company is not None and vendor.provider in company.down:
        fault = Fault(0, vendor.provider, "error")
    if fault is None:
        return None
    g.fault = fault
    return _in_place(vendor, fault)


def _in_place(vendor: Vendor, fault: Fault) -> Response | None:
    if fault.kind == "slow":
        time.sleep(fault.seconds or 0)
        return None
    if fault.kind in STATUSES:
        return _refused(vendor, fault)
    if fault.kind == "maintenance":
        return Response(MAINTENANCE, mimetype="text/html")
    if fault.kind == "redirect":
        return Response(status=302, headers={"Location": ELSEWHERE})
    if fault.kind == "huge":
        return Response(_huge(), mimetype="application/json")
    return None


def _refused(vendor: Vendor, fault: Fault) -> Response:
    if fault.kind == "expired_token":
        world().end_token(bearer() or "")
    status = STATUSES[fault.kind]
    answer = Response(json.dumps(vendor.problem(status)), status, mimetype="application/json")
    if fault.seconds is not None and fault.kind != "expired_token":
        answer.headers["Retry-After"] = str(round(fault.seconds))
    return answer


def spoil(answer: Response) -> Response:
    """Spoil what the vendor said; whatever was ordered has been done, as with a lost answer."""
    fault: Fault | None = g.get("fault")
    if fault is None or fault.kind not in ("broken_json", "cut"):
        return answer
    whole = answer.get_data()
    half = whole[: len(whole) // 2]
    if fault.kind == "broken_json":
        answer.set_data(half)
        return answer
    answer.response = iter([half])  # The header still promises all of it; the connection ends before.
    answer.headers["Content-Length"] = str(max(len(whole), 1))
    return answer


def _huge() -> Iterator[bytes]:
    yield b'{"padding": "'
    for _ in range(HUGE_BYTES // _CHUNK):
        yield b"x" * _CHUNK
    yield b'"}'
