"""Signing in: once for all calls of a seller, and anew a little before the token ends or when it is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from providers.breaker import refuse_if_open
from providers.errors import SourceLate, SourceRefused
from providers.memory import Token
from providers.refusals import credentials_digest, note_refused, refuse_if_refused

if TYPE_CHECKING:
    from providers.asking import Signature
    from providers.http import Line

MARGIN_SECONDS = 60  # A token that ends sooner could be refused while the call is under way.


class _SignIn:
    """The lock of one seller's sign-in to one source; it lives as long as somebody signs in."""

    def __init__(self) -> None:
        self.lock = Lock()


_sign_ins: WeakValueDictionary[str, _SignIn] = WeakValueDictionary()
_sign_ins_lock = Lock()


def token(line: "Line", signature: "Signature", *, refused: Token | None = None) -> Token:
    """The token to sign with: the kept one while it is good, else a new one. Raises SourceError.

    `refused` is one that the source would not take: it is not used again, but what another has fetched since is.
    One thread of a process signs in at a time, and looks first whether any process has done so while it waited, or was
    refused: that is remembered, since who goes on signing in with wrong credentials is locked out.
    """
    kept = _kept(line, refused)
    if kept is not None:
        return kept
    refuse_if_open(line.settings, line.memory, line.real_now)  # Nobody waits for a sign-in that is not going to come.
    with _alone(line):
        kept = _kept(line, refused)
        if kept is not None:
            return kept
        refuse_if_refused(line, line.memory.refusal())
        if refused is not None:
            line.memory.keep_token(None)
        try:
            new = signature.sign_in(replace(line, signs_in=True))
        except SourceRefused as refusal:
            note_refused(line)  # Before the others are let go on.
            raise SourceRefused(line.provider, refusal.detail) from None
        line.memory.keep_token(new)
        return new


def _kept(line: "Line", refused: Token | None) -> Token | None:
    kept = line.memory.token()
    if kept is None or (refused is not None and kept.text == refused.text):
        return None
    return kept if kept.ends_at - timedelta(seconds=MARGIN_SECONDS) > line.real_now() else None


@contextmanager
def _alone(line: "Line") -> Iterator[None]:
    key = credentials_digest(line)
    with _sign_ins_lock:
        sign_in = _sign_ins.get(key)
        if sign_in is None:
            sign_in = _sign_ins[key] = _SignIn()
    if not sign_in.lock.acquire(timeout=line.seconds_left()):
        raise SourceLate(line.provider, "somebody else's sign-in took too long")
    try:
        yield
    finally:
        sign_in.lock.release()
