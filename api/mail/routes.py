"""HTTP of the mail room: how a person wants mail, and what became of the mails there are."""

from typing import Any
from uuid import UUID

from flask import Response

from api.mail import choosing
from api.mail.resending import mail_answer, resend
from api.mail.schemas import MailPreferencesAnswer, MailPreferencesSchema, MailSchema, MailsQuery
from api.records import mails
from api.records.mails import MailRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("mail", __name__, description="Mail for people: alerts at once or in a digest.")


@blueprint.route("/mail-preferences", methods=["GET"])
@permission("mail.choose")
@blueprint.response(200, MailPreferencesAnswer)
def read_mail_preferences() -> Response:
    """Give how you get mail."""
    return json_answer(choosing.read_preferences(wiring()))


@blueprint.route("/mail-preferences", methods=["PUT"])
@permission("mail.choose")
@blueprint.arguments(MailPreferencesSchema)
@blueprint.response(200, MailPreferencesAnswer)
def put_mail_preferences(request: dict[str, Any]) -> Response:
    """Say how you want mail, all of it at once."""
    return json_answer(choosing.put_preferences(wiring(), request))


@blueprint.route("/mails", methods=["GET"])
@permission("mail.read")
@blueprint.arguments(MailsQuery, location="query")
@blueprint.response(200, page_schema(MailSchema))
def list_mails(query: dict[str, Any]) -> Response:
    """List mails, the newest first: what waits, what was sent, and what could not be."""
    with wiring().transaction() as session:
        listed = mails.listing(query["state"], query["address"])
        page = page_of(session, listed, [MailRecord.id], query["limit"], query["after"], newest_first=True)
    return json_answer({"items": [mail_answer(each) for each in page.items], "next": page.next})


@blueprint.route("/mails/<uuid:mail_id>/resends", methods=["POST"])
@permission("mail.resend")
@blueprint.response(201, MailSchema)
@blueprint.alt_response(404)
def create_mail_resend(mail_id: UUID) -> Response:
    """Have a mail that was parked sent again, just as it was; only a person may."""
    return bytes_answer(resend(mail_id, wiring()), 201)
