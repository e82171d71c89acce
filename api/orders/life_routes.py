"""HTTP of an order's life: changed, renewed, delivered, cancelled, released by a person."""

from typing import Any
from uuid import UUID

from flask import Response

from api.orders.cancelling import cancel_order
from api.orders.changing import change_order
from api.orders.delivering import NewDelivery, book_delivery, preview_delivery
from api.orders.life_schemas import (
    BookedDeliverySchema,
    CancellationSchema,
    DeliveryPreviewSchema,
    MayDeliverSchema,
    MovedSchema,
    NewDeliverySchema,
    NewReleaseSchema,
    OrderChangeSchema,
    ReleaseApprovalSchema,
    ReleaseSchema,
    RenewalSchema,
)
from api.orders.releasing import NewRelease, release_order, second_release
from api.orders.renewing import renew_order
from api.orders.schemas import OrderSchema
from api.web.answers import bytes_answer, etag_of, match_if_sent
from api.web.blueprint import Blueprint
from api.web.permissions import permission
from api.wiring import wiring

IF_MATCH_TOO: dict[str, Any] = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The `ETag` of the version you have read; without it the order is changed as it is.",
}

blueprint = Blueprint("order_life", __name__, description="What becomes of an order.")


@blueprint.route("/orders/<uuid:order_id>/changes", methods=["POST"])
@permission("order.change")
@blueprint.arguments(OrderChangeSchema)
@blueprint.response(201, MovedSchema)
@blueprint.alt_response(412)
@blueprint.headers(IF_MATCH_TOO)
def create_change(sent: dict[str, Any], order_id: UUID) -> Response:
    """Change an order. Less, or later, is free; more, or sooner, is asked of the gate and may not be applied."""

    def must_match(id: UUID, version: int) -> None:
        match_if_sent(etag_of(id, version))

    return bytes_answer(change_order(order_id, sent, must_match, wiring()), 201)


@blueprint.route("/orders/<uuid:order_id>/renewals", methods=["POST"])
@permission("order.change")
@blueprint.arguments(RenewalSchema)
@blueprint.response(201, MovedSchema)
def create_renewal(data: dict[str, Any], order_id: UUID) -> Response:
    """Ask again for an expired order, or for a longer reservation of a released one."""
    return bytes_answer(renew_order(order_id, data["delivery_on"], wiring()), 201)


@blueprint.route("/orders/<uuid:order_id>/deliveries", methods=["POST"])
@permission("order.deliver")
@blueprint.arguments(NewDeliverySchema)
@blueprint.response(201, BookedDeliverySchema)
@blueprint.alt_response(200, schema=BookedDeliverySchema, description="It was booked before, with the same content.")
def create_delivery(asked: NewDelivery, order_id: UUID) -> Response:
    """Book what has left, whatever the gate thinks of it; past the gate it raises an alert."""
    booked = book_delivery(order_id, asked, wiring())
    return bytes_answer(booked.answer, 201 if booked.is_new else 200)


@blueprint.route("/orders/<uuid:order_id>/deliveries/preview", methods=["POST"])
@permission("order.read")
@blueprint.arguments(DeliveryPreviewSchema)
@blueprint.response(200, MayDeliverSchema)
def preview_of_delivery(data: dict[str, Any], order_id: UUID) -> Response:
    """Ask before anything is shipped whether it may leave now. Nothing is changed."""
    return bytes_answer(preview_delivery(order_id, data["amount"], wiring()))


@blueprint.route("/orders/<uuid:order_id>/cancellations", methods=["POST"])
@permission("order.change")
@blueprint.arguments(CancellationSchema)
@blueprint.response(201, OrderSchema)
def create_cancellation(data: dict[str, Any], order_id: UUID) -> Response:
    """Cancel what is not delivered of an order, and give its room back."""
    return bytes_answer(cancel_order(order_id, data["grounds"], wiring()), 201)


@blueprint.route("/orders/<uuid:order_id>/releases", methods=["POST"])
@permission("order.release")
@blueprint.arguments(NewReleaseSchema)
@blueprint.response(201, ReleaseSchema)
def create_release(asked: NewRelease, order_id: UUID) -> Response:
    """Release a held order on grounds of your own; above your authority it waits for a second person."""
    return bytes_answer(release_order(order_id, asked, wiring()), 201)


@blueprint.route("/orders/<uuid:order_id>/releases/<uuid:verdict_id>/approvals", methods=["POST"])
@permission("order.release")
@blueprint.arguments(ReleaseApprovalSchema)
@blueprint.response(201, ReleaseSchema)
def create_release_approval(data: dict[str, Any], order_id: UUID, verdict_id: UUID) -> Response:
    """Agree to a release that waits for a second person, or refuse it."""
    return bytes_answer(second_release(order_id, verdict_id, data["approved"], data["grounds"], wiring()), 201)
