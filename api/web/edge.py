"""What happens around every route: who asks and may he, before it; headers, log and counts, after it."""

from time import perf_counter
from typing import Literal

from flask import Flask, Response, g, request

from api.clock import real_now
from api.problems import NotAuthenticated
from api.web.authentication import Authenticator, actor_of
from api.web.bodies import refuse_unread_query
from api.web.idempotency import RequestOnce
from api.web.limits import Limits, bound_body
from api.web.log import log_request
from api.web.metrics import count_request
from api.web.permissions import PUBLIC, permission_of, require
from api.web.trace import start_trace, trace_id
from api.wiring import Caller, House, Wiring

LANGUAGES: tuple[Literal["en"], Literal["nl"]] = ("en", "nl")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class Edge:
    """Stands around every route of one app."""

    def __init__(self, app: Flask, house: House) -> None:
        self._app = app
        self._house = house
        self._limits = Limits(house.config.requests_per_minute)
        self.authenticator = Authenticator(house.sessions, real_now)
        app.before_request(self._before)
        app.after_request(self._after)

    def _before(self) -> None:
        g.started = perf_counter()
        start_trace()
        if request.endpoint is None:
            return  # No such route: Flask says so, whoever asks.
        view = self._app.view_functions[request.endpoint]
        config = self._house.config
        bound_body(config.import_bytes_max if hasattr(view, "large_body") else config.body_bytes_max)
        needed = permission_of(view)
        if needed is None or needed == PUBLIC:
            return
        caller = self._caller()
        self._limits.count_request(str(caller.credential_id))
        require(caller, needed)
        refuse_unread_query(getattr(view, "reads_query", False))
        once = RequestOnce(request, caller, self._house.sessions, real_now)
        g.wiring = Wiring(self._house, caller, once, _language())

    def _caller(self) -> Caller:
        try:
            known = self.authenticator.credential(request)
        except NotAuthenticated:
            self._limits.count_failure()
            raise
        return Caller(known.seller, known.id, known.role, known.subject, known.insurer_id, actor_of(request))

    def _after(self, answer: Response) -> Response:
        answer.headers["Trace-Id"] = trace_id()
        for name, value in SECURITY_HEADERS.items():
            answer.headers.setdefault(name, value)
        if request.is_secure:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        count_request(answer)
        log_request(answer)
        return answer


def _language() -> Literal["en", "nl"]:
    """Give the first language the caller wants that we have; `nl-NL` and `nl-BE` are Dutch too."""
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])
