"""What the office does: makes and revokes keys, changes settings, takes in vendor credentials."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import source_refusals
from api.problems import BadInput, Fault, NotFound
from api.records import keys, source_states
from api.records.keys import KeyRecord, NewKey
from api.records.secrets import PROVIDER_PREFIX, SecretRecord
from api.records.sellers import SellerRecord
from api.web.answers import etag_of, require_match
from api.web.bodies import is_storable
from api.web.faults import pointer_to
from api.web.fields import CONTROL_CHARACTERS
from api.web.paging import Page, page_of
from api.wiring import Wiring, answer_bytes
from providers.catalog import Source

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
    return settings_answer(record, given), _etag(record)


def change_settings(given: Wiring, changes: Mapping[str, str | None]) -> tuple[dict[str, Any], str]:
    """Change what is named of the settings. Raises StaleVersion when they were changed since they were read."""
    with given.transaction() as session:
        # The table of sellers has no row security: the id of the caller's own seller stands in for it here.
        record = session.get_one(SellerRecord, given.seller.id, with_for_update={"key_share": True})
        require_match(_etag(record))
        for name, value in changes.items():
            setattr(record, name, value)
    return settings_answer(record, given), _etag(record)


def settings_answer(record: SellerRecord, given: Wiring) -> dict[str, Any]:
    """Show a seller's settings."""
    return {
        "name": record.name,
        "mode": record.mode,
        "time_zone": record.time_zone,
        "currency": record.currency,
        "finance_address": record.finance_address,
        "sends_mail": given.house.config.mail is not None,
    }


def _etag(record: SellerRecord) -> str:
    return etag_of(record.time_zone, record.finance_address)


def keep_provider_credential(given: Wiring, provider: str, values: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Encrypt and keep a vendor's credential in place of the one before.

    Raises BadInput for a vendor that is no source here, and for every text that its source needs and that is missing,
    that it does not know, or that has not the form it must have.
    """
    source = _source(given, provider)
    _refuse_wrong_values(source, values)
    with given.transaction() as session:
        given.house.vault.keep(session, PROVIDER_PREFIX + provider, orjson.dumps(dict(values)).decode(), now)
        _forget_sign_in(session, source, given.now)
    given.house.credentials.forget(given.seller.id)
    log.info("provider_credential_kept", provider=provider, by=str(given.caller.credential_id))
    return {"provider": provider, "changed_at": now}


def take_provider_credential_away(given: Wiring, provider: str) -> None:
    """Forget a vendor's credential, and what was signed in with it. Raises NotFound where none is kept."""
    with given.transaction() as session:
        if not is_storable(provider) or not given.house.vault.forget(session, PROVIDER_PREFIX + provider):
            raise NotFound("No credential of such a provider is kept.")
        for source in given.house.catalog.sources:
            if source.provider == provider:
                _forget_sign_in(session, source, given.now)
    given.house.credentials.forget(given.seller.id)
    log.info("provider_credential_taken_away", provider=provider, by=str(given.caller.credential_id))


def _source(given: Wiring, provider: str) -> Source:
    try:
        return given.house.catalog.source(provider)
    except ValueError as error:
        known = ", ".join(sorted(each.provider for each in given.house.catalog.sources)) or "none"
        fault = Fault("", "unknown_provider", f"Must be one of the sources: {known}.")
        raise BadInput("There is no such source.", faults=[fault]) from error


def _refuse_wrong_values(source: Source, values: Mapping[str, str]) -> None:
    needed, optional = source.settings.credentials, source.settings.optional_credentials
    faults = [
        Fault(pointer_to("values", name), "required", "Missing data for required field.")
        for name in needed
        if name not in values
    ]
    faults += [
        Fault(pointer_to("values", name), "unknown_field", "The source needs no text of this name.")
        for name in values
        if name not in needed and name not in optional
    ]
    faults += [
        Fault(pointer_to("values", name), "malformed", fault)
        for name, text in values.items()
        if (name in needed or name in optional) and (fault := _fault_of(source, name, text))
    ]
    if faults:
        also = f", and takes {' and '.join(optional)}" if optional else ""
        raise BadInput(f"The source needs {' and '.join(needed) or 'no credential'}{also}.", faults=faults)


def _fault_of(source: Source, name: str, text: str) -> str | None:
    """What is wrong with one text; it is never shown itself."""
    if CONTROL_CHARACTERS.search(text) or not is_storable(text):
        return "Must be one line of plain characters."
    return source.settings.credential_fault(name, text)


def _forget_sign_in(session: Session, source: Source, now: datetime) -> None:
    """Forget what was signed in with other credentials, and that they were refused."""
    for settings in (source.settings, *source.services):
        source_states.forget_token(session, settings.provider)
        source_refusals.end(session, settings.provider, now)


def read_provider_credentials(given: Wiring) -> dict[str, Any]:
    """Say which vendors' credentials are kept, and since when; never what they are."""
    with given.transaction() as session:
        kept = _provider_secrets(session)
    items = [{"provider": name.removeprefix(PROVIDER_PREFIX), "changed_at": changed_at} for name, changed_at in kept]
    return {"items": items}


def _provider_secrets(session: Session) -> list[tuple[str, datetime]]:
    query = select(SecretRecord.name, SecretRecord.changed_at).where(SecretRecord.name.startswith(PROVIDER_PREFIX))
    return [(name, changed_at) for name, changed_at in session.execute(query.order_by(SecretRecord.name))]
