"""One effect for one request, however often it is sent: the `Idempotency-Key` of a POST."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from flask import Request, g
from sqlalchemy.orm import Session
from webargs import core

from api.problems import BadInput, Conflict, Fault, InProgress
from api.records import idempotency
from api.records.idempotency import RequestKey
from api.records.sessions import Sessions
from api.web.bodies import json_body
from api.web.limits import whole_body
from api.wiring import Caller

HEADER = "Idempotency-Key"
RETRY_AFTER_SECONDS = 2  # Most twins are done by then.
KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")


class AnsweredBefore(Exception):
    """This very request was answered; here is that answer."""

    def __init__(self, status: int, answer: bytes) -> None:
        super().__init__("answered before")
        self.status = status
        self.answer = answer


class RequestOnce:
    """The `Once` of a request. Without the header it does nothing."""

    def __init__(self, request: Request, caller: Caller, sessions: Sessions, now: Callable[[], datetime]) -> None:
        self._request = request
        self._caller = caller
        self._sessions = sessions
        self._now = now
        self._key = _key_of(request, caller)
        self._claimed_at: datetime | None = None

    def claim(self, session: Session) -> None:
        """Claim the request in the first transaction.

        Raises AnsweredBefore, Conflict for another request under the same key, InProgress while a twin is running.
        """
        if self._key is None:
            return
        now = self._now()
        fingerprint = _fingerprint(self._request)
        earlier = idempotency.claim(session, self._key, fingerprint, now)
        if earlier is None:
            self._claimed_at = now
            return
        if earlier.request_sha256 != fingerprint:
            raise Conflict("The Idempotency-Key was used for another request.", code="idempotency_key_reused")
        if earlier.status is not None:
            raise AnsweredBefore(earlier.status, earlier.answer or b"")
        raise InProgress("The same request is still running.", retry_after_seconds=RETRY_AFTER_SECONDS)

    def keep(self, session: Session, status: int, answer: bytes) -> None:
        """Keep the answer in the transaction of the effect. Raises InProgress when a twin has taken over meanwhile."""
        if self._key is None or self._claimed_at is None:
            return
        if not idempotency.keep(session, self._key, self._claimed_at, status, answer):
            # Our effect must not stand beside the twin's: this undoes it.
            raise InProgress("The same request was taken over by a later one.", retry_after_seconds=RETRY_AFTER_SECONDS)

    def release(self) -> None:
        """Give up the claim of a request that failed, when its transaction was committed before."""
        if self._key is None or self._claimed_at is None:
            return
        with self._sessions.of(self._caller.seller.id, self._caller.insurer_id) as session:
            idempotency.release(session, self._key, self._claimed_at)


def remember_body(digest: bytes) -> None:
    """Say what the body of this request is, for a route that streams it: its SHA-256, before `claim`."""
    g.body_sha256 = digest


def _key_of(request: Request, caller: Caller) -> RequestKey | None:
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not KEY.fullmatch(key):
        fault = Fault("", "bad_idempotency_key", "Must be 1 to 255 printable ASCII characters.")
        raise BadInput("The Idempotency-Key cannot be used.", code="bad_idempotency_key", faults=[fault])
    return RequestKey(caller.credential_id, f"{request.method} {request.path}", key)


def _fingerprint(request: Request) -> bytes:
    """Give the SHA-256 of what is asked; the order of fields and the spaces between them do not matter."""
    asked = sha256(f"{request.method} {request.path}?{request.query_string.decode('latin-1')}\n".encode())
    digest = g.get("body_sha256")
    if digest is None:
        digest = _body_digest(request)
    asked.update(digest)
    return asked.digest()


def _body_digest(request: Request) -> bytes:
    if not request.mimetype.endswith("json"):
        return sha256(whole_body()).digest()
    body = json_body()
    written = b"" if body is core.missing else json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return sha256(written).digest()
