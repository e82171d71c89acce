"""The vendor credentials of sellers in the clear, for some seconds, so that a check costs no further round trip."""

from collections.abc import Mapping
from threading import Lock
from uuid import UUID

import orjson
from cachetools import TTLCache

from api.records.secrets import PROVIDER_PREFIX, Vault
from api.records.sessions import Sessions

KEPT_SECONDS = 5.0  # As long as another process may go on with what was changed here.
KEPT_SELLERS_MAX = 1000

Credentials = Mapping[str, Mapping[str, str]]


class CredentialShelf:
    """Reads a seller's vendor credentials, by provider, and keeps them for a moment. Its repr shows none of them."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._kept: TTLCache[UUID, Credentials] = TTLCache(maxsize=KEPT_SELLERS_MAX, ttl=KEPT_SECONDS)
        self._lock = Lock()

    def of(self, sessions: Sessions, seller_id: UUID) -> Credentials:
        """Give the credentials of a seller by provider. Raises SecretUnreadable when no key opens one of them.

        That is not taken for "no credentials": a source that must be asked would then quietly be left out.
        """
        with self._lock:
            kept = self._kept.get(seller_id)
        if kept is not None:
            return kept
        with sessions.of(seller_id) as session:
            texts = self._vault.read_all(session, PROVIDER_PREFIX)
        found = {name.removeprefix(PROVIDER_PREFIX): orjson.loads(text) for name, text in texts.items()}
        with self._lock:
            self._kept[seller_id] = found
        return found

    def forget(self, seller_id: UUID) -> None:
        """Read them anew at the next use."""
        with self._lock:
            self._kept.pop(seller_id, None)
