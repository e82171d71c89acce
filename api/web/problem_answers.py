"""The one presenter: what went wrong, as `application/problem+json` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from api.problems import (
    BadInput,
    Conflict,
    Fault,
    Gone,
    InProgress,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Problem,
    StaleVersion,
    TooMuchAtOnce,
    Unavailable,
)
from api.web.answers import bytes_answer
from api.web.bodies import Unreadable
from api.web.idempotency import AnsweredBefore
from api.web.key_sets import KeySetUnavailable
from api.web.trace import trace_id
from api.wiring import answer_bytes

CONTENT_TYPE = "application/problem+json"
STATUS: dict[type[Problem], int] = {
    Unreadable: 400,
    NotAuthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    StaleVersion: 412,
    BadInput: 422,
    TooMuchAtOnce: 429,
    KeySetUnavailable: 503,
    Unavailable: 503,
}
# In our own words, since the interpreter's phrases differ between its versions.
TITLES = {
    400: "The request cannot be read",
    401: "We do not know who asks",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    410: "Gone",
    412: "Changed since it was read",
    413: "Too large",
    415: "Unsupported content type",
    422: "Bad input",
    428: "Precondition required",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}
CODES = {
    400: "unreadable_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_content_type",
    428: "precondition_required",
    429: "too_many_requests",
}
# Where the framework's words would tell of itself.
DETAILS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take this method; `Allow` names those it does.",
    500: "Something went wrong on our side; it is in our log.",
}
RETRY_AFTER_SECONDS = 2

log = structlog.get_logger()


def problem_answer(
    status: int, code: str, detail: str, faults: tuple[Fault, ...] = (), headers: dict[str, str] | None = None
) -> Response:
    """Write one problem. `status` is the HTTP status."""
    body: dict[str, Any] = {
        "type": f"urn:creditgate:problem:{code}",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "trace_id": trace_id(),
    }
    if faults:
        body["errors"] = [_fault_answer(fault) for fault in faults]
    g.problem_code = code
    return Response(answer_bytes(body), status, headers, content_type=CONTENT_TYPE)


def _fault_answer(fault: Fault) -> dict[str, Any]:
    answer: dict[str, Any] = {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail}
    return answer if fault.line is None else {**answer, "line": fault.line, "column": fault.column}


def _of_problem(problem: Problem) -> Response:
    status = next(STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS)
    headers = {}
    if isinstance(problem, NotAuthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="creditgate"'
    if isinstance(problem, InProgress | TooMuchAtOnce):
        headers["Retry-After"] = str(problem.retry_after_seconds)
    elif status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return problem_answer(status, problem.code, problem.detail, problem.faults, headers)


def _of_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 and error.response is not None:
        return error.get_response()  # type: ignore[return-value]
    # Werkzeug knows which methods are allowed and when to retry; its HTML body is not ours.
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    headers.update(getattr(error, "creditgate_headers", {}))
    code = CODES.get(status, "internal_error" if status >= 500 else "bad_request")
    return problem_answer(status, code, DETAILS.get(status) or error.description or "", (), headers)


def _of_database_error(error: Exception) -> Response:
    is_passing = isinstance(error, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
    if not is_passing:
        return _of_anything_else(error)
    log.error("database_unavailable", trace_id=trace_id(), error=type(error).__name__)
    return _of_problem(Unavailable("The database cannot be reached now; try again."))


def _of_anything_else(error: Exception) -> Response:
    # The traceback says where; the values in it may be secrets or personal data and stay out of the log.
    log.error("internal_error", trace_id=trace_id(), error=type(error).__name__, where=_where(error))
    return problem_answer(500, "internal_error", DETAILS[500])


def _where(error: BaseException) -> list[str]:
    places = []
    traceback = error.__traceback__
    while traceback:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-12:]


def _of_answered_before(before: AnsweredBefore) -> Response:
    return bytes_answer(before.answer, before.status, {"Idempotent-Replayed": "true"})


def present_problems(app: Flask) -> None:
    """Make the app answer every error in this form, and a repeated request with its first answer."""
    app.register_error_handler(Problem, _released(_of_problem))
    app.register_error_handler(HTTPException, _released(_of_http_exception))
    app.register_error_handler(DBAPIError, _released(_of_database_error))
    app.register_error_handler(PoolTimeout, _released(_of_database_error))
    app.register_error_handler(AnsweredBefore, _of_answered_before)
    app.register_error_handler(Exception, _released(_of_anything_else))


def _released(present: Any) -> Any:
    """Present an error after giving up the request's claim: what failed may be sent again."""

    def present_released(error: Exception) -> Response:
        wiring = g.get("wiring")
        if wiring is not None:
            try:
                wiring.once.release()
            except Exception as failure:
                log.warning("claim_not_released", trace_id=trace_id(), error=type(failure).__name__)
        answer: Response = present(error)
        return answer

    return present_released
