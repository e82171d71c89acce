"""What all of Creditsafe's routes share: the sign-in they demand, and how they answer and refuse."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from providers.sandbox.creditsafe_documents import CORRELATION_ID
from providers.sandbox.world import bearer, world

WORDS = {
    400: "Invalid search criteria",
    403: "Access forbidden",
    404: "Company not found",
    429: "Too many requests",
}

routes = Blueprint("creditsafe", __name__)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in Creditsafe's form: a token that is no good has an `error`, everything else a `message`."""
    if status == 401:
        return {"error": "The token is either invalid or has expired"}
    return {"correlationId": CORRELATION_ID, "message": WORDS.get(status, "Something went wrong"), "details": ""}


def answer(document: Any, status: int = 200) -> Response:
    """An answer with a status."""
    made = jsonify(document)
    made.status_code = status
    return made


def refuse(status: int, details: str = "") -> Response:
    """A refusal that says what was wrong."""
    return answer({**problem(status), "details": details}, status)


@routes.before_request
def signed_in() -> Response | None:
    """Demand a token that has not ended of everything but the sign-in itself."""
    token = bearer()
    if request.endpoint == "creditsafe.authenticate" or (token and world().is_token("creditsafe", token)):
        return None
    return answer(problem(401), 401)
