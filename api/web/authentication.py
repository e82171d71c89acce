"""Who asks: a key of ours, or a token of a registered issuer, in `Authorization: Bearer`."""

import hmac
import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import TTLCache
from flask import Request

from api.problems import BadInput, NotAuthenticated
from api.records import issuers, keys
from api.records.issuers import FoundIssuer
from api.records.keys import FoundKey
from api.records.sessions import Sessions
from api.web import tokens
from api.web.credentials import Credential
from api.web.key_sets import KeySets

KEY = re.compile(r"cg_(live|test)_([0-9a-f]{32})_([0-9a-f]{64})")
TOKEN_LENGTH_MAX = 8_000
ACTOR = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}")
NO_SECRET = bytes(32)

# So long may a revoked key still be taken by a process other than the one that revoked it.
CACHED_SECONDS = 1.0


class Authenticator:
    """Tells who sent a request; remembers what it looked up for a second."""

    def __init__(self, sessions: Sessions, now: Callable[[], datetime], key_sets: KeySets | None = None) -> None:
        self._sessions = sessions
        self._now = now
        self._key_sets = key_sets or KeySets()
        self._keys: TTLCache[UUID, FoundKey] = TTLCache(10_000, CACHED_SECONDS)
        self._issuers: TTLCache[str, list[FoundIssuer]] = TTLCache(1_000, CACHED_SECONDS)
        self._lock = Lock()

    def credential(self, request: Request) -> Credential:
        """Give the credential of a request. Raises NotAuthenticated."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        bearer = bearer.strip()
        if scheme.lower() != "bearer" or not bearer:
            raise NotAuthenticated("Send Authorization: Bearer with a key or a token.")
        key = KEY.fullmatch(bearer)
        if key:
            return self._of_key(key[1], UUID(hex=key[2]), key[3])
        if bearer.count(".") != 2 or len(bearer) > TOKEN_LENGTH_MAX:
            raise tokens.refused()
        return self._of_token(bearer)

    def forget(self) -> None:
        """Look everything up anew: a key was revoked, or a seller changed, by this very process."""
        with self._lock:
            self._keys.clear()
            self._issuers.clear()

    def _of_key(self, mode: str, key_id: UUID, secret: str) -> Credential:
        found = self._remembered(self._keys, key_id, keys.find)
        # An unknown id costs the same lookup and the same comparison as a wrong secret.
        is_right = hmac.compare_digest(sha256(secret.encode()).digest(), found.secret_sha256 if found else NO_SECRET)
        if found is None or not is_right or found.revoked_at is not None or found.seller.mode != mode:
            raise tokens.refused()
        if found.expires_at is not None and found.expires_at <= self._now():
            raise tokens.refused()
        return Credential(found.seller, found.id, found.role, found.subject, found.insurer_id)

    def _of_token(self, token: str) -> Credential:
        found = self._remembered(self._issuers, tokens.issuer_named_by(token), issuers.find)
        return tokens.verify(token, found or [], self._key_sets)

    def _remembered(self, cache: Any, key: Any, find: Callable[..., Any]) -> Any:
        """Give what is remembered, else look it up; that something is not there is never remembered."""
        with self._lock:
            found = cache.get(key)
        if found is None:
            with self._sessions.of_nobody() as session:
                found = find(session, key)
            if found:
                with self._lock:
                    cache[key] = found
        return found


def actor_of(request: Request) -> str | None:
    """Give the person a CRM says it acts for: shown, and no ground for anything. Raises BadInput."""
    actor = request.headers.get("Creditgate-Actor")
    if actor is None:
        return None
    try:
        actor = actor.encode("latin-1").decode().strip()  # Headers arrive as Latin-1, whatever they were sent in.
    except UnicodeError as error:
        raise BadInput("Creditgate-Actor must be UTF-8.", code="bad_actor") from error
    if not ACTOR.fullmatch(actor):
        raise BadInput("Creditgate-Actor must be 1 to 200 printable characters.", code="bad_actor")
    return actor
