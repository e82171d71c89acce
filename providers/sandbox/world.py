"""What the sandbox remembers while it runs, and what time it is for whoever asks."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import RLock
from typing import Any, cast

import jwt
from flask import current_app, request

from providers.http import NOW_HEADER
from providers.sandbox.calls import Calls
from providers.sandbox.faults import Faults

PASSWORD = "sandbox"  # noqa: S105 - what every credential must be, as the documentation says.
TOKEN_SECONDS = 3600
_NAME = "creditgate-sandbox"


@dataclass(slots=True)
class World:
    """One sandbox. `real_now` is the machine's time (UTC), by which tokens end; `kept` is what vendors remember.

    Whoever reads or changes `kept` holds `lock`.
    """

    real_now: Callable[[], datetime]
    token_seconds: int = TOKEN_SECONDS
    faults: Faults = field(default_factory=Faults)
    calls: Calls = field(default_factory=Calls)
    kept: dict[str, Any] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    _key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    _ended: set[str] = field(default_factory=set, repr=False)

    def new_token(self, provider: str) -> str:
        """A token of a provider: a JWT whose `exp` says when it ends."""
        ends_at = self.real_now() + timedelta(seconds=self.token_seconds)
        claims = {"iss": provider, "exp": int(ends_at.timestamp()), "jti": secrets.token_hex(8)}
        return jwt.encode(claims, self._key, algorithm="HS256")

    def is_token(self, provider: str, text: str) -> bool:
        """Whether a token is of this provider and has not ended."""
        options: Any = {"verify_exp": False}  # By the time that we were given, not by the library's own clock.
        try:
            claims = jwt.decode(text, self._key, algorithms=["HS256"], issuer=provider, options=options)
        except jwt.InvalidTokenError:
            return False
        return text not in self._ended and claims["exp"] > self.real_now().timestamp()

    def end_token(self, text: str) -> None:
        """Have a token end before its time."""
        with self.lock:
            self._ended.add(text)


def put_in(app: Any, world: World) -> None:
    """Give an app its world."""
    app.extensions[_NAME] = world


def world() -> World:
    """The world of the app that answers this request."""
    return cast(World, current_app.extensions[_NAME])


def now() -> datetime:
    """The time for whoever asks: that of the header, else the machine's. Raises ValueError for an unreadable one."""
    told = request.headers.get(NOW_HEADER)
    if told is None:
        return world().real_now()
    given = datetime.fromisoformat(told)
    if given.tzinfo is None:
        raise ValueError(f"{NOW_HEADER} must have a zone")
    return given


def day(age: int) -> date:
    """The day that is so many days from today (-400: 400 days ago)."""
    return now().date() + timedelta(days=age)


def body() -> dict[str, Any]:
    """The JSON object that was sent; empty where there is none."""
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def bearer() -> str | None:
    """The token that the request carries."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" and text.strip() else None


def basic_is(user: str, password: str) -> bool:
    """Whether the request signs in with this user and this password."""
    given = request.authorization
    return given is not None and given.type == "basic" and (given.username, given.password) == (user, password)
