"""HTTP of webhooks: where a seller's events are sent to, and how that goes."""

from typing import Any
from uuid import UUID

from flask import Response

from api.events import deliveries, webhooks
from api.events.webhook_schemas import (
    DeliveriesQuery,
    MadeWebhookSchema,
    NewWebhookSchema,
    RotatedSchema,
    RotationSchema,
    SentAgainSchema,
    SinceSchema,
    TryOutSchema,
    WebhookChangeSchema,
    WebhookDeliverySchema,
    WebhookSchema,
)
from api.records.webhook_deliveries import Wanted
from api.web.answers import json_answer
from api.web.blueprint import ETAG, Blueprint
from api.web.permissions import permission
from api.web.schemas import PageQuery, page_schema
from api.wiring import wiring

blueprint = Blueprint("webhooks", __name__, description="What happened, sent to addresses of the seller's own.")


@blueprint.route("/webhooks", methods=["POST"])
@permission("webhook.manage")
@blueprint.arguments(NewWebhookSchema)
@blueprint.response(201, MadeWebhookSchema)
def make_webhook(request: dict[str, Any]) -> Response:
    """Have events sent to an address, from now on. The secret they are signed with is shown this once."""
    return json_answer(webhooks.make(wiring(), request), 201)


@blueprint.route("/webhooks", methods=["GET"])
@permission("webhook.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(WebhookSchema))
def list_webhooks(query: dict[str, Any]) -> Response:
    """List the webhooks, the newest first."""
    return json_answer(webhooks.page(wiring(), **query))


@blueprint.route("/webhooks/<uuid:webhook_id>", methods=["GET"])
@permission("webhook.read")
@blueprint.response(200, WebhookSchema, headers=ETAG)
def show_webhook(webhook_id: UUID) -> Response:
    """Show a webhook."""
    answer, etag = webhooks.read(wiring(), webhook_id)
    return json_answer(answer, headers={"ETag": etag})


@blueprint.route("/webhooks/<uuid:webhook_id>", methods=["PATCH"])
@permission("webhook.manage")
@blueprint.arguments(WebhookChangeSchema)
@blueprint.response(200, WebhookSchema, headers=ETAG)
@blueprint.problems(412, 428)
def change_webhook(request: dict[str, Any], webhook_id: UUID) -> Response:
    """Change a webhook, pause it, or take it up again: it goes on where it stopped."""
    answer, etag = webhooks.change(wiring(), webhook_id, request)
    return json_answer(answer, headers={"ETag": etag})


@blueprint.route("/webhooks/<uuid:webhook_id>", methods=["DELETE"])
@permission("webhook.manage")
@blueprint.response(204)
def delete_webhook(webhook_id: UUID) -> Response:
    """Delete a webhook, with its secret and the log of its deliveries. Nothing more is sent."""
    webhooks.delete(wiring(), webhook_id)
    return Response(status=204)


@blueprint.route("/webhooks/<uuid:webhook_id>/secret-rotations", methods=["POST"])
@permission("webhook.manage")
@blueprint.arguments(RotationSchema, required=False)
@blueprint.response(201, RotatedSchema)
def rotate_webhook_secret(request: dict[str, Any], webhook_id: UUID) -> Response:
    """Sign with another secret, shown this once; the one before counts on beside it for the overlap."""
    return json_answer(webhooks.rotate(wiring(), webhook_id, request["overlap_hours"]), 201)


@blueprint.route("/webhooks/<uuid:webhook_id>/tests", methods=["POST"])
@permission("webhook.manage")
@blueprint.response(200, TryOutSchema)
def try_webhook_out(webhook_id: UUID) -> Response:
    """Send an event of the type `webhook.test.v1` now, and tell how the receiver took it."""
    return json_answer(webhooks.try_out(wiring(), webhook_id))


@blueprint.route("/webhooks/<uuid:webhook_id>/deliveries", methods=["GET"])
@permission("webhook.read")
@blueprint.arguments(DeliveriesQuery, location="query")
@blueprint.response(200, page_schema(WebhookDeliverySchema))
def list_webhook_deliveries(query: dict[str, Any], webhook_id: UUID) -> Response:
    """List what was delivered, waits or was parked, the newest first, with each try."""
    limit, after = query.pop("limit"), query.pop("after")
    return json_answer(deliveries.page(wiring(), webhook_id, Wanted(**query), limit, after))


@blueprint.route("/webhooks/<uuid:webhook_id>/redeliveries", methods=["POST"])
@permission("webhook.manage")
@blueprint.arguments(SinceSchema)
@blueprint.response(202, SentAgainSchema)
def send_all_again(request: dict[str, Any], webhook_id: UUID) -> Response:
    """Send again all that was parked since a time, or all that was parked or delivered since then."""
    return json_answer(deliveries.send_all_again(wiring(), webhook_id, request), 202)


@blueprint.route("/webhook-deliveries/<uuid:delivery_id>", methods=["GET"])
@permission("webhook.read")
@blueprint.response(200, WebhookDeliverySchema)
def show_webhook_delivery(delivery_id: UUID) -> Response:
    """Show a delivery with each try."""
    return json_answer(deliveries.read(wiring(), delivery_id))


@blueprint.route("/webhook-deliveries/<uuid:delivery_id>/redeliveries", methods=["POST"])
@permission("webhook.manage")
@blueprint.response(202, WebhookDeliverySchema)
def send_again(delivery_id: UUID) -> Response:
    """Send an event again, under the same id."""
    return json_answer(deliveries.send_again(wiring(), delivery_id), 202)
