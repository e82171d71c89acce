"""How calls to Coface are signed: a token of an hour beside the key of the account."""

from dataclasses import replace
from datetime import timedelta

from providers.coface.searching import PROVIDER
from providers.errors import NotUnderstood
from providers.http import Line, Reply, Request, Signature
from providers.memory import Token
from providers.payload import Payload
from providers.sign_in import token_of_seconds

DATA = "/bi/icon-data/v1"
KEY_HEADER = "x-api-key"
NOT_THERE, NOT_THERE_CODE = 404, "resource_not_found"
TOKEN_LIVES = timedelta(minutes=55)  # Of an hour, where that is not told.


def sign_in(line: Line) -> Token:
    """The token that calls are signed with: of the three that come back, the one that says who we are."""
    credentials = line.credentials
    reply = line.send(
        Request(
            "sign_in",
            "/authentication/v1/token",
            method="POST",
            json={
                "username": credentials["username"],
                "password": credentials["password"],
                "grantType": "password",
            },
            headers={KEY_HEADER: credentials["api_key"]},
        )
    )
    answer = Payload(PROVIDER, reply.document)
    return token_of_seconds(answer, "idToken", lives=("expiresIn",), now=line.real_now(), assumed=TOKEN_LIVES)


SIGNATURE = Signature(sign_in, lambda token: {"authorization": token})


def send(line: Line, request: Request) -> Reply:
    """Do one call, signed in both ways. Raises SourceError."""
    key = {KEY_HEADER: line.credentials["api_key"]}
    return line.send(replace(request, headers={**request.headers, **key}, signature=SIGNATURE))


def is_not_there(reply: Reply, line: Line) -> bool:
    """Whether Coface itself says that there is none. Raises NotUnderstood for a 404 of somebody before it."""
    if reply.status != NOT_THERE:
        return False
    if Payload(PROVIDER, reply.document).text("code") != NOT_THERE_CODE:
        raise NotUnderstood(line.provider, "404 without a word of Coface's")
    return True
