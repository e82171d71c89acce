"""What a sign-in gave, read the same way for every vendor: a token that can stand in a header, and when it ends."""

from datetime import datetime, timedelta
from decimal import Decimal

import jwt

from providers.errors import NotUnderstood
from providers.memory import Token
from providers.payload import Payload

_LONGEST = timedelta(days=30)  # A life beyond this, or one that is over at once, is no life that anybody meant.


def token_text(answer: Payload, name: str) -> str:
    """The token in an answer. Raises NotUnderstood for what could not stand in a header."""
    text = answer.text(name)
    if text is None or not text.isascii() or not text.isprintable() or " " in text:
        raise answer.not_understood(name, "is no token")
    return text


def token_of_seconds(answer: Payload, name: str, *, lives: tuple[str, ...], now: datetime, assumed: timedelta) -> Token:
    """The token `name`, which lives as many seconds as the first of `lives` tells, else `assumed`."""
    for each in lives:
        seconds = answer.number(each)
        if seconds is not None and 0 < seconds <= Decimal(int(_LONGEST.total_seconds())):
            return Token(token_text(answer, name), now + timedelta(seconds=int(seconds)))
    return Token(token_text(answer, name), now + assumed)


def token_of_jwt(answer: Payload, name: str, *, now: datetime, assumed: timedelta) -> Token:
    """The token `name`, which ends when it says itself (`exp`), else after `assumed`.

    An end that is over by our clock is not believed: a clock that is off must not make us sign in for every call.
    """
    text = token_text(answer, name)
    try:
        claims = jwt.decode(text, options={"verify_signature": False, "verify_exp": False})
        ends = Payload("token", claims).number("exp")
    except (jwt.InvalidTokenError, NotUnderstood):
        ends = None
    left = None if ends is None else ends - Decimal(int(now.timestamp()))
    if left is not None and 0 < left <= Decimal(int(_LONGEST.total_seconds())):
        return Token(text, now + timedelta(seconds=int(left)))
    return Token(text, now + assumed)
