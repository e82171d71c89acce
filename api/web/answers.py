"""Answers as they are sent: JSON written straight from plain values, and the version of what two people may edit."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flask import Response, request
from werkzeug.exceptions import PreconditionRequired

from api.problems import StaleVersion
from api.wiring import answer_bytes


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Send a plain value as JSON. Decimals, dates and ids become text; schemas only document it."""
    return bytes_answer(answer_bytes(body), status, headers)


def bytes_answer(answer: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Send JSON that is written already, such as an answer that was kept."""
    return Response(answer, status, dict(headers) if headers else None, content_type="application/json")


def etag_of(*parts: object) -> str:
    """Give the entity tag of one version of a thing, from whatever tells its versions apart."""
    return '"' + sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:32] + '"'


def require_match(etag: str) -> None:
    """Refuse a change of any other version than the caller has read.

    Raises PreconditionRequired without `If-Match`, and StaleVersion when it names another version.
    """
    if not request.if_match:
        raise PreconditionRequired("Send If-Match with the ETag of the version you have read.")
    if not request.if_match.contains(etag.strip('"')):
        raise StaleVersion("It was changed since you read it; read it again.")


def match_if_sent(etag: str) -> None:
    """Refuse a change of any other version than the one the caller names; who names none takes it as it is.

    Raises StaleVersion.
    """
    if request.if_match:
        require_match(etag)
