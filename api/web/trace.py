"""The trace id of a request: the caller's own W3C one, else a new one; it stands in every answer and log line."""

import re
import secrets

from flask import g, request

TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?")
NO_TRACE = "0" * 32


def start_trace() -> None:
    """Give the request its trace id, before anything can fail."""
    given = TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    is_valid = given and not given[0].startswith("ff") and given[1] != NO_TRACE and given[2] != "0" * 16
    g.trace_id = given[1] if given and is_valid else secrets.token_hex(16)


def trace_id() -> str:
    """Give the trace id of this request."""
    return str(g.get("trace_id", NO_TRACE))
