"""HTTP of notices: the one public address that vendors send to, making and ending addresses, and what came."""

from typing import Any
from uuid import UUID

from flask import Response, current_app
from sqlalchemy import select

from api.clock import real_now
from api.monitoring import notices as taking
from api.monitoring.notice_schemas import (
    MadeNoticeAddressSchema,
    NewNoticeAddressSchema,
    NoticeAddressesQuery,
    NoticeAddressSchema,
    NoticeJobSchema,
    NoticeReadingSchema,
    NoticeSchema,
    NoticesQuery,
    NoticeTakenSchema,
)
from api.records import notices
from api.records.notices import NoticeAddressRecord, NoticeRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.limits import whole_body
from api.web.paging import page_of
from api.web.permissions import permission, public
from api.web.schemas import page_schema
from api.wiring import House, wiring

blueprint = Blueprint("notices", __name__, description="What vendors send by themselves.")

ANYTHING = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}
SHOWN = ("id", "provider", "sha256", "state", "fault", "changes_count", "received_at", "read_at")


@blueprint.route("/notices/<string:provider>/<string:token>", methods=["POST"])
@public
@blueprint.doc(requestBody=ANYTHING)
@blueprint.response(202, NoticeTakenSchema)
def take_notice(provider: str, token: str) -> Response:
    """Take a notice of a vendor, as it is, and read it later. The same notice again changes nothing."""
    house: House = current_app.extensions["creditgate"]
    seller = taking.seller_at(house, provider, token, real_now())
    taking.take(house, seller, provider, whole_body())
    return json_answer({"state": "received"}, 202)


@blueprint.route("/notices", methods=["GET"])
@permission("notice.read")
@blueprint.arguments(NoticesQuery, location="query")
@blueprint.response(200, page_schema(NoticeSchema))
def list_notices(query: dict[str, Any]) -> Response:
    """List notices, the newest first."""
    with wiring().transaction() as session:
        listed = notices.listing(query["provider"], query["state"])
        page = page_of(session, listed, [NoticeRecord.id], query["limit"], query["after"], newest_first=True)
        items = [{name: getattr(each, name) for name in SHOWN} for each in page.items]
        return json_answer({"items": items, "next": page.next})


@blueprint.route("/notice-readings", methods=["POST"])
@permission("notice.read_again")
@blueprint.arguments(NoticeReadingSchema)
@blueprint.response(202, NoticeJobSchema)
def create_notice_reading(data: dict[str, Any]) -> Response:
    """Have a notice read again that could not be read."""
    return bytes_answer(taking.read_again(data["notice_id"], wiring()), 202)


@blueprint.route("/notice-addresses", methods=["POST"])
@permission("notice_address.manage")
@blueprint.arguments(NewNoticeAddressSchema)
@blueprint.response(201, MadeNoticeAddressSchema)
def create_notice_address(data: dict[str, Any]) -> Response:
    """Make an address for a vendor's notices, or a new one: the one before ends a day later."""
    return json_answer(taking.make_address(data["provider"], wiring(), real_now()), 201)


@blueprint.route("/notice-addresses", methods=["GET"])
@permission("notice_address.manage")
@blueprint.arguments(NoticeAddressesQuery, location="query")
@blueprint.response(200, page_schema(NoticeAddressSchema))
def list_notice_addresses(query: dict[str, Any]) -> Response:
    """List addresses without their secrets, the newest first."""
    with wiring().transaction() as session:
        record = NoticeAddressRecord
        page = page_of(session, select(record), [record.id], query["limit"], query["after"], newest_first=True)
        return json_answer({"items": [taking.address_answer(each) for each in page.items], "next": page.next})


@blueprint.route("/notice-addresses/<uuid:address_id>/revocations", methods=["POST"])
@permission("notice_address.manage")
@blueprint.response(200, NoticeAddressSchema)
def create_notice_address_revocation(address_id: UUID) -> Response:
    """End an address at once."""
    return bytes_answer(taking.end_address(address_id, wiring(), real_now()))
