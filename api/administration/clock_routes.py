"""The clock of a test seller over HTTP."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response

from api.administration.clock import Wish, begin_move, read_clock, require_test_seller
from api.administration.clock_schemas import ClockMoveRequest, ClockMoveSchema, SellerClockSchema
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.permissions import permission
from api.wiring import wiring

Route = TypeVar("Route", bound=Callable[..., Any])

blueprint = Blueprint("clock", __name__, description="The clock of a test seller, which can be moved on.")


def of_test_sellers(view: Route) -> Route:
    """Turn live sellers away before anything else is said of what they sent."""

    @wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        require_test_seller(wiring().seller)
        return view(*arguments, **named)

    return guarded  # type: ignore[return-value]


@blueprint.route("/sandbox/clock", methods=["GET"])
@permission("clock.read")
@blueprint.response(200, SellerClockSchema)
def read_seller_clock() -> Response:
    """Say what time it is for a test seller, and which job moves its clock on, if one does."""
    return json_answer(read_clock(wiring()))


@blueprint.route("/sandbox/clock", methods=["POST"])
@permission("clock.move")
@of_test_sellers
@blueprint.arguments(ClockMoveRequest)
@blueprint.response(202, ClockMoveSchema)
def move_seller_clock(data: dict[str, Any]) -> Response:
    """Move the clock of a test seller on, day by day: what each day brings happens on it. There is no way back."""
    return bytes_answer(begin_move(wiring(), Wish(**data)), 202)
