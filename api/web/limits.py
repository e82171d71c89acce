"""How much a caller may send: requests a minute for each credential, failures for each address, bytes for each body."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

from cachetools import TTLCache
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from api.clock import real_now

FAILURES_PER_MINUTE = 60
MINUTE = timedelta(minutes=1)

Route = TypeVar("Route", bound=Callable[..., Any])


def large_body(view: Route) -> Route:
    """Mark a route that takes a body as large as an import. Stands under `@blueprint.route`."""
    view.large_body = True  # type: ignore[attr-defined]
    return view


def bound_body(bytes_max: int) -> None:
    """Refuse a larger body before any of it is read, and stop reading one that does not say how large it is."""
    request.max_content_length = bytes_max
    request.max_form_memory_size = bytes_max
    if request.content_length is not None and request.content_length > bytes_max:
        raise RequestEntityTooLarge(f"The body may have {bytes_max} bytes at most.")


def whole_body() -> bytes:
    """Give the body of this request, read once. Raises RequestEntityTooLarge.

    Read a large one from `request.stream` in parts instead; that raises the same.
    """
    data = request.get_data(cache=True)
    bytes_max = request.max_content_length
    # A body that does not say how long it is was cut off at the bound, without a word.
    if request.content_length is None and bytes_max is not None and len(data) >= bytes_max:
        raise RequestEntityTooLarge(f"The body must have less than {bytes_max} bytes.")
    return data


@dataclass(slots=True)
class _Window:
    """What was counted in one minute."""

    ends_at: datetime
    count: int = 0


class Limits:
    """Counts in this process alone: with several processes a caller gets as many times the limit at most.

    A counter of our own: the library starts a thread with each request, a tenth of a check.
    """

    def __init__(self, requests_per_minute: int) -> None:
        self._requests = requests_per_minute
        self._windows: TTLCache[tuple[str, str], _Window] = TTLCache(100_000, MINUTE.total_seconds())
        self._lock = Lock()

    def count_request(self, credential_id: str) -> None:
        """Count a request of a credential. Raises TooManyRequests."""
        self._count(self._requests, "credential", credential_id)

    def count_failure(self) -> None:
        """Count a failed authentication of the caller's address. Raises TooManyRequests.

        Others at the same address with a good credential are not held back.
        """
        self._count(FAILURES_PER_MINUTE, "address", request.remote_addr or "")

    def _count(self, maximum: int, kind: str, name: str) -> None:
        with self._lock:
            window = self._windows.get((kind, name))
            if window is None:
                window = self._windows[kind, name] = _Window(real_now() + MINUTE)
            window.count += 1
        if window.count <= maximum:
            return
        wait = str(max(1, math.ceil((window.ends_at - real_now()).total_seconds())))
        error = TooManyRequests("Too many requests; wait as long as Retry-After says.")
        error.creditgate_headers = {  # type: ignore[attr-defined]
            "Retry-After": wait,
            "RateLimit-Limit": str(maximum),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": wait,
        }
        raise error
