"""What all of Atradius's routes share: the sign-in they demand, and how they answer and refuse."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from providers.sandbox.world import PASSWORD, basic_is, bearer, world

routes = Blueprint("atradius", __name__)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in the form of Atradius; its gateway has a form of its own (not confirmed)."""
    if status in (401, 403, 429, 503):
        words = {401: "Invalid access token", 403: "Forbidden", 429: "Spike arrest violation"}
        return {"fault": {"faultstring": words.get(status, "The Service is temporarily unavailable")}}
    return {"errors": [{"detail": "Bad request", "source": {"parameter": ""}}]}


def answer(document: Any, status: int = 200) -> Response:
    """An answer with a status."""
    made = jsonify(document)
    made.status_code = status
    return made


def refuse(*faults: tuple[str, str]) -> Response:
    """Say everything that is wrong with a request, as (parameter, words)."""
    return answer({"errors": [{"detail": words, "source": {"parameter": name}} for name, words in faults]}, 400)


@routes.before_request
def signed_in() -> Response | None:
    """Demand the app's key and a correlation id of every call, and a token of all but the sign-in."""
    if request.headers.get("Atradius-App-Key") != PASSWORD:
        return answer(problem(401), 401)
    if not request.headers.get("Atradius-Correlation-Id"):
        return refuse(("Atradius-Correlation-Id", "Is required."))
    token = bearer()
    if request.endpoint == "atradius.sign_in" or (token and world().is_token("atradius", token)):
        return None
    return answer(problem(401), 401)


@routes.post("/authenticate/v2/tokens")
def sign_in() -> Response:
    """Give a token."""
    if not basic_is(PASSWORD, PASSWORD):
        return answer(problem(401), 401)
    here = world()
    token = {"access_token": here.new_token("atradius"), "token_type": "Bearer", "expires_in": here.token_seconds}
    return answer({"data": token})
