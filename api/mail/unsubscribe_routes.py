"""HTTP of ending mail: for who reads it, without a key; a mail program posts to the same address (RFC 8058)."""

from flask import Response, current_app

from api.mail import unsubscribing
from api.mail.rendering import write_page
from api.mail.words import WORDS
from api.web.blueprint import Blueprint
from api.web.permissions import public
from api.wiring import House

HTML = "text/html; charset=utf-8"
POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

blueprint = Blueprint("unsubscribing", __name__, description="Ending mail, without a key.")


@blueprint.route("/mail-unsubscriptions/<string(maxlength=2000):token>", methods=["GET"])
@public
@blueprint.response(200, {"type": "string"}, content_type="text/html")
def show_mail_unsubscription(token: str) -> Response:
    """Show whose mail of which kind would end; nothing ends by looking."""
    asked = unsubscribing.look(token, _house())
    words = WORDS[f"ask_{asked.stream.kind}"].of(asked.language).format(address=asked.stream.address)
    return _page(write_page(words, WORDS["stop"].of(asked.language), asked.language))


@blueprint.route("/mail-unsubscriptions/<string(maxlength=2000):token>", methods=["POST"])
@public
@blueprint.response(200, {"type": "string"}, content_type="text/html")
def end_mail(token: str) -> Response:
    """End it. The token alone says what is asked, so that a body is not read, and a repeat changes nothing."""
    asked = unsubscribing.look(token, _house())
    unsubscribing.end(asked, _house())
    words = WORDS[f"done_{asked.stream.kind}"].of(asked.language).format(address=asked.stream.address)
    return _page(write_page(words, None, asked.language))


def _house() -> House:
    house: House = current_app.extensions["creditgate"]
    return house


def _page(html: str) -> Response:
    return Response(html, 200, {"Content-Security-Policy": POLICY}, content_type=HTML)
