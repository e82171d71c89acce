"""HTTP of the orders room: orders placed, previewed and shown."""

from uuid import UUID

from flask import Response

from api.orders.answers import order_answer
from api.orders.placing import NewOrder, place_order, preview_order
from api.orders.schemas import NewOrderSchema, OrderSchema
from api.problems import NotFound
from api.records import order_rows
from api.web.answers import bytes_answer, etag_of, json_answer
from api.web.blueprint import Blueprint
from api.web.permissions import permission
from api.wiring import wiring

blueprint = Blueprint("orders", __name__, description="The gate: may this order go out?")


@blueprint.route("/orders", methods=["POST"])
@permission("order.place")
@blueprint.arguments(NewOrderSchema)
@blueprint.response(201, OrderSchema)
@blueprint.alt_response(200, schema=OrderSchema, description="It was placed before, with the same content.")
@blueprint.alt_response(404)
def create_order(asked: NewOrder) -> Response:
    """Ask whether an order may go out. What may is reserved at once; what may not is held, or refused for good."""
    placed = place_order(asked, wiring())
    return bytes_answer(placed.answer, 201 if placed.is_new else 200)


@blueprint.route("/orders/preview", methods=["POST"])
@permission("order.place")
@blueprint.arguments(NewOrderSchema)
@blueprint.response(200, OrderSchema)
@blueprint.alt_response(404)
def preview(asked: NewOrder) -> Response:
    """Give the answer that this order would get now, without any effect."""
    return bytes_answer(preview_order(asked, wiring()))


@blueprint.route("/orders/<uuid:order_id>", methods=["GET"])
@permission("order.read")
@blueprint.response(200, OrderSchema)
@blueprint.alt_response(404)
def show_order(order_id: UUID) -> Response:
    """Show an order with the gate's newest answer to it."""
    given = wiring()
    with given.transaction() as session:
        order = order_rows.get(session, order_id)
        if order is None:
            raise NotFound("There is no such order.", code="order_not_found")
        answer = order_answer(order, order_rows.judgement_of(session, order), given)
    return json_answer(answer, headers={"ETag": etag_of(order.id, order.version)})
