"""HTTP of the orders room: orders placed, previewed, listed and shown, with their history and decisions."""

from typing import Any
from uuid import UUID

from flask import Response

from api.known_time import since
from api.orders.answers import order_answer
from api.orders.history import decision_answer, get_decision, history_answer, replay
from api.orders.history_schemas import OrderDecisionSchema, OrderHistorySchema, OrderReplaySchema, OrdersQuery
from api.orders.placing import NewOrder, place_order, preview_order
from api.orders.schemas import NewOrderSchema, OrderSchema
from api.problems import NotFound
from api.records import order_listing, order_rows
from api.web.answers import bytes_answer, etag_of, json_answer
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
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


@blueprint.route("/orders", methods=["GET"])
@permission("order.read")
@blueprint.arguments(OrdersQuery, location="query")
@blueprint.response(200, page_schema(OrderSchema))
@blueprint.doc(responses=CSV_TOO)
def list_orders(query: dict[str, Any]) -> Response:
    """List orders, the newest first; of those changed since a time what changed last."""
    given = wiring()
    names = ("debtor_id", "state", "outcome", "order_reference")
    changed_since = since(query["changed_since"], given)
    filters = order_listing.Filters(**{name: query[name] for name in names}, changed_since=changed_since)
    with given.transaction() as session:
        listed = order_listing.listing(filters)
        keys = order_listing.LISTED_BY if changed_since is None else order_listing.CHANGED_BY
        page = page_of(session, listed, keys, query["limit"], query["after"], newest_first=True)
        items = [order_answer(order_listing.as_order(record), document, given) for record, document in page.items]
        return list_answer(OrderSchema, items, page.next)


@blueprint.route("/orders/<uuid:order_id>/history", methods=["GET"])
@permission("order.read")
@blueprint.response(200, OrderHistorySchema)
def show_history(order_id: UUID) -> Response:
    """Show all that happened to an order, and why: decisions, changes, deliveries, and what people said."""
    given = wiring()
    with given.transaction() as session:
        return json_answer(history_answer(session, order_id, given))


@blueprint.route("/orders/<uuid:order_id>/decisions/<uuid:decision_id>", methods=["GET"])
@permission("order.read")
@blueprint.response(200, OrderDecisionSchema)
def show_order_decision(order_id: UUID, decision_id: UUID) -> Response:
    """Show one decision of the gate."""
    given = wiring()
    with given.transaction() as session:
        return json_answer(decision_answer(get_decision(session, order_id, decision_id), given))


@blueprint.route("/orders/<uuid:order_id>/decisions/<uuid:decision_id>/replay", methods=["POST"])
@permission("decision.replay")
@blueprint.response(200, OrderReplaySchema)
@blueprint.alt_response(410)
def replay_order_decision(order_id: UUID, decision_id: UUID) -> Response:
    """Judge the kept facts of a decision again by the policy and engine that made it, and compare byte by byte."""
    given = wiring()
    with given.transaction() as session:
        return json_answer(replay(get_decision(session, order_id, decision_id), session, given.house.policies))
