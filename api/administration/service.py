"""What the office does: makes and revokes keys, changes settings, takes in vendor credentials."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.problems import BadInput, Fault
from api.records import keys
from api.records.keys import KeyRecord, NewKey
from api.records.secrets import PROVIDER_PREFIX, SecretRecord
from api.records.sellers import SellerRecord
from api.web.answers import etag_of, require_match
from api.web.paging import Page, page_of
from api.wiring import Wiring, answer_bytes

PROVIDER = re.compile(r"[a-z][a-z0-9_]{0,49}")

log = structlog.get_logger()


def make_key(given: Wiring, new: NewKey, now: datetime) -> dict[str, Any]:
    """Make a key and show it, once. The answer that is kept for a repeat is without it."""
    with given.transaction() as session:
        given.once.claim(session)
        key = keys.add(session, given.seller, new, now)
        record = session.get_one(KeyRecord, {"seller_id": given.seller.id, "id": keys.id_of(key)})
        answer = {**key_answer(record), "mode": given.seller.mode, "key": None}
        given.once.keep(session, 201, answer_bytes(answer))
    log.info("key_made", key_id=str(record.id), role=record.role, by=str(given.caller.credential_id))
    return {**answer, "key": key}


def revoke_key(given: Wiring, key_id: UUID, now: datetime) -> dict[str, Any]:
    """Revoke a key for good. Raises NotFound."""
    with given.transaction() as session:
        given.once.claim(session)
        answer = key_answer(keys.revoke(session, key_id, now))
        given.once.keep(session, 200, answer_bytes(answer))
    log.info("key_revoked", key_id=str(key_id), by=str(given.caller.credential_id))
    return answer


def read_keys(given: Wiring, limit: int, after: str | None) -> Page:
    """Give a page of the seller's keys, the newest first."""
    with given.transaction() as session:
        page = page_of(session, select(KeyRecord), [KeyRecord.id], limit, after, newest_first=True)
    return Page([key_answer(record) for record in page.items], page.next)


def key_answer(record: KeyRecord) -> dict[str, Any]:
    """Show a key without its secret."""
    return {
        "id": record.id,
        "name": record.name,
        "role": record.role,
        "subject": record.subject,
        "insurer_id": record.insurer_id,
        "created_at": record.created_at,
        "expires_at": record.expires_at,
        "revoked_at": record.revoked_at,
    }


def read_settings(given: Wiring) -> tuple[dict[str, Any], str]:
    """Give the seller's settings and the entity tag of this version of them."""
    with given.transaction() as session:
        record = session.get_one(SellerRecord, given.seller.id)
    return settings_answer(record), _etag(record)


def change_settings(given: Wiring, changes: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """Change what is named of the settings. Raises StaleVersion when they were changed since they were read."""
    with given.transaction() as session:
        # The table of sellers has no row security: the id of the caller's own seller stands in for it here.
        record = session.get_one(SellerRecord, given.seller.id, with_for_update={"key_share": True})
        require_match(_etag(record))
        record.time_zone = changes.get("time_zone", record.time_zone)
    return settings_answer(record), _etag(record)


def settings_answer(record: SellerRecord) -> dict[str, Any]:
    """Show a seller's settings."""
    return {
        "name": record.name,
        "mode": record.mode,
        "time_zone": record.time_zone,
        "currency": record.currency,
    }


def _etag(record: SellerRecord) -> str:
    return etag_of(record.time_zone)


def keep_provider_credential(given: Wiring, provider: str, values: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Encrypt and keep a vendor's credential in place of the one before. Raises BadInput for such a name."""
    if not PROVIDER.fullmatch(provider):
        fault = Fault("", "bad_provider", "Must be lower-case letters, digits and underscores, at most 50.")
        raise BadInput("A provider cannot be called that.", faults=[fault])
    with given.transaction() as session:
        given.house.vault.keep(session, PROVIDER_PREFIX + provider, orjson.dumps(dict(values)).decode(), now)
    log.info("provider_credential_kept", provider=provider, by=str(given.caller.credential_id))
    return {"provider": provider, "changed_at": now}


def read_provider_credentials(given: Wiring) -> dict[str, Any]:
    """Say which vendors' credentials are kept, and since when; never what they are."""
    with given.transaction() as session:
        kept = _provider_secrets(session)
    items = [{"provider": name.removeprefix(PROVIDER_PREFIX), "changed_at": changed_at} for name, changed_at in kept]
    return {"items": items}


def _provider_secrets(session: Session) -> list[tuple[str, datetime]]:
    query = select(SecretRecord.name, SecretRecord.changed_at).where(SecretRecord.name.startswith(PROVIDER_PREFIX))
    return [(name, changed_at) for name, changed_at in session.execute(query.order_by(SecretRecord.name))]
