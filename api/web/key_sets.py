"""The public keys of token issuers: fetched from the registered address only, and kept for a while."""

import json
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import jwt
import requests
import structlog

from api.problems import Problem

FETCH_SECONDS_MAX = 5.0
KEY_SET_BYTES_MAX = 256_000
FRESH_SECONDS = 600
REFETCH_SECONDS_MIN = 30

log = structlog.get_logger()


class KeySetUnavailable(Problem):
    """The issuer's keys cannot be had now."""

    code = "issuer_unavailable"


@dataclass(slots=True)
class _KeySet:
    """One issuer's keys. `tried_at` bounds how often it is asked, whatever tokens arrive."""

    lock: Lock = field(default_factory=Lock)
    keys: dict[str | None, Any] | None = None
    fetched_at: float = 0.0
    tried_at: float | None = None


class KeySets:
    """Key sets by their address."""

    def __init__(self, *, refetch_seconds_min: float = REFETCH_SECONDS_MIN) -> None:
        self._sets: dict[str, _KeySet] = {}
        self._lock = Lock()
        self._refetch_seconds_min = refetch_seconds_min

    def key(self, url: str, key_id: str | None) -> Any | None:
        """Give the public key of this id, or None. Without an id, the only key there is.

        Raises KeySetUnavailable while the issuer has never answered.
        """
        with self._lock:
            known = self._sets.setdefault(url, _KeySet())
        with known.lock:  # One fetch at a time for one issuer; the others of it wait for its result.
            if self._is_due(known, key_id):
                self._fetch(url, known)
            if known.keys is None:
                raise KeySetUnavailable("The issuer's keys cannot be fetched now.")
            if key_id is None:
                return next(iter(known.keys.values())) if len(known.keys) == 1 else None
            return known.keys.get(key_id)

    def _is_due(self, known: _KeySet, key_id: str | None) -> bool:
        now = time.monotonic()
        if known.tried_at is not None and now - known.tried_at < self._refetch_seconds_min:
            return False
        is_unknown = known.keys is None or (key_id is not None and key_id not in known.keys)
        return is_unknown or now - known.fetched_at > FRESH_SECONDS

    def _fetch(self, url: str, known: _KeySet) -> None:
        known.tried_at = time.monotonic()
        try:
            known.keys = _public_keys(_get(url))
            known.fetched_at = time.monotonic()
        except (requests.RequestException, ValueError) as error:
            # What was fetched before goes on serving: an issuer's hiccup must not lock everybody out.
            log.warning("key_set_unavailable", url=url, error=type(error).__name__)


def _get(url: str) -> Any:
    deadline = time.monotonic() + FETCH_SECONDS_MAX
    with requests.get(url, timeout=(3, 3), allow_redirects=False, stream=True) as response:
        if response.status_code != requests.codes.ok:
            raise ValueError(f"status {response.status_code}")
        body = bytearray()
        for part in response.iter_content(8192):
            body += part
            if len(body) > KEY_SET_BYTES_MAX or time.monotonic() > deadline:
                raise ValueError("too large or too slow")
    return json.loads(body)


def _public_keys(document: Any) -> dict[str | None, Any]:
    """Give the signing keys of a key set by their ids; what cannot be read or is not for signing is left out."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("not a key set")
    keys: dict[str | None, Any] = {}
    for entry in document["keys"]:
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("kty") == "oct":
            continue
        try:
            key = jwt.PyJWK(entry).key
        except jwt.PyJWTError:
            continue
        public_key = getattr(key, "public_key", None)
        keys[entry.get("kid")] = public_key() if public_key else key
    return keys
