"""The policies in use, parsed once per process: a version never changes, so it is never read twice."""

from dataclasses import dataclass
from threading import Lock
from uuid import UUID

import orjson
from cachetools import LRUCache
from sqlalchemy.orm import Session

from api.problems import NotFound
from api.records import policies
from scoring.policy.document import Policy, stored_policy


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of a seller's policy."""

    version: int
    digest: str
    policy: Policy


class PolicyShelf:
    """Keeps the parsed policies that were used last."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[UUID, int], Rules] = LRUCache(maxsize=1000)
        self._lock = Lock()

    def active(self, session: Session) -> Rules:
        """Give the rules in force for the session's seller. Raises NotFound when none are active."""
        version = policies.active_version(session)
        if version is None:
            raise NotFound("No policy is active.", code="no_active_policy")
        return self.version(session, version)

    def version(self, session: Session, version: int) -> Rules:
        """Give one version of the session's seller, whatever its state. Raises NotFound."""
        key = (session.info["seller_id"], version)
        with self._lock:
            rules = self._kept.get(key)
        if rules is None:
            record = policies.get(session, version)
            if record is None:
                raise NotFound(f"There is no policy version {version}.")
            rules = Rules(version, record.digest, stored_policy(orjson.loads(record.document)))
            with self._lock:
                self._kept[key] = rules
        return rules
