"""Monitoring at D&B: companies in a registration of the seller, and what has changed about them, replayed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from providers.dnb.client import NOT_FOUND, SIGNATURE, find, is_not_found
from providers.dnb.notifications import changes_of, oldest_first
from providers.dnb.searching import DUNS, DUNS_COUNTRY, PROVIDER
from providers.errors import NotUnderstood, SourceRefused
from providers.http import Line, Reply, Request
from providers.payload import Payload
from providers.ports import Change, CompanyKey, Identifier

# None of these is in a contract that is public; they are what clients of D&B call.
SUBJECTS, REPLAY = "subjects", "notifications/replay"
ADDED, REMOVED = (200, 201, 202, 204, 409), (200, 202, 204, 404)
REFERENCE = "registration"  # What a seller hands in beside its key: D&B sets a registration up, not we.
REPLAY_DAYS = 14  # So long notifications can be had again; what is older is lost.
PAGE_SIZE = 100


class Registration:
    """Companies watched in the seller's registration, which must deliver by API and not only by files."""

    def watch(self, company: CompanyKey, line: Line) -> Identifier:
        """Add a company. Raises NotUnderstood for one that D&B does not know, SourceRefused without a registration."""
        duns = find(company, line)
        if duns is None:
            raise NotUnderstood(line.provider, "no company is surely this one")
        _send(line, "watch", f"{SUBJECTS}/{quote(duns, safe='')}", "POST", ADDED)
        return Identifier(DUNS, DUNS_COUNTRY, duns)

    def unwatch(self, watched: Identifier, line: Line) -> None:
        """Take a company out, or find it gone."""
        _send(line, "unwatch", f"{SUBJECTS}/{quote(watched.value, safe='')}", "DELETE", REMOVED)

    def watched_count(self, line: Line) -> None:
        """Not known: nothing that is public tells how a registration's companies are counted."""
        return None

    def changes(self, since: datetime, line: Line) -> tuple[Change, ...]:
        """What was told since a time, replayed, so that an answer that was lost can be had again."""
        begin = max(since, line.real_now() - timedelta(days=REPLAY_DAYS))
        found: dict[str, Change] = {}
        while True:
            asked = {"replayStartTimestamp": begin.isoformat(), "maxNotifications": PAGE_SIZE}
            reply = _send(line, "changes", REPLAY, "GET", (200, NOT_FOUND), params=asked)
            if is_not_found(reply, line):  # D&B's way to say that there are none.
                break
            notifications = Payload(PROVIDER, reply.document).items("notifications")
            new = {each.id: each for told in notifications for each in changes_of(told) if each.id not in found}
            found |= new
            if len(notifications) < PAGE_SIZE:
                break
            # The next page is asked for from the last time of this one.
            latest = max((each.changed_at for each in new.values()), default=begin)
            if latest <= begin:
                raise NotUnderstood(line.provider, "more was told than can be asked for")
            begin = latest
        return oldest_first(found)


def _send(line: Line, operation: str, path: str, method: str, expect: Collection[int], **parts: Any) -> Reply:
    reference = line.credentials.get(REFERENCE)
    if not reference:
        raise SourceRefused(line.provider, "no monitoring registration was handed in")
    whole = f"/v1/monitoring/registrations/{quote(reference, safe='')}/{path}"
    return line.send(Request(operation, whole, method=method, signature=SIGNATURE, expect=expect, **parts))
