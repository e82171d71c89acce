"""What is done with webhooks: made, changed, paused and taken up again, given another secret, tried out, deleted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.clock import real_now
from api.events import failing
from api.events.cloud_events import try_out_event
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound, TooMuchAtOnce
from api.records import webhook_deliveries, webhooks
from api.records.base import new_id
from api.records.webhooks import StateReason, WebhookRecord
from api.web.answers import etag_of, require_match
from api.web.paging import Page, page_of
from api.webhook_signing import begin_secret, forget_secrets, rotate_secret, secrets_that_count, signed_headers
from api.wiring import Wiring, answer_bytes
from providers.hooks import HookLine, HookRules
from providers.public_addresses import AddressRefused, place_of

WEBHOOKS_MAX = 50  # Of one seller: each is sent every event it wants, and tried for days.
# Somebody waits for it, and holds a thread of the web server meanwhile.
TRY_CONNECT_SECONDS, TRY_SECONDS = 3.0, 5.0

log = structlog.get_logger(__name__)


def make(given: Wiring, new: Mapping[str, Any]) -> dict[str, Any]:
    """Make a webhook and show its secret, once. Raises BadInput for an address that is not called, and
    Conflict where the seller has as many as it may.
    """
    _refuse_address(given, new["address"])
    now = real_now()
    with given.transaction() as session:
        given.once.claim(session)
        if webhooks.count_in_turn(session) >= WEBHOOKS_MAX:
            detail = f"There are {WEBHOOKS_MAX} webhooks already; delete one that is needed no more."
            raise Conflict(detail, code="too_many_webhooks")
        record = webhooks.add(session, dict(new), given.caller.name, now)
        secret = begin_secret(session, given.house.vault, record.id, now)
        answer = {**shown(given, record), "secret": None}
        given.once.keep(session, 201, answer_bytes(answer))
    log.info("webhook_made", webhook_id=str(record.id), by=given.caller.name)
    return {**answer, "secret": secret}


def shown(given: Wiring, record: WebhookRecord) -> dict[str, Any]:
    """Show a webhook, without its secret."""
    names = ("id", "address", "description", "types", "ordered", "state", "state_reason", "failing_since")
    when = ("resting_until", "created_by", "created_at", "changed_at")
    return {**{name: getattr(record, name) for name in (*names, *when)}, "mode": given.seller.mode}


def page(given: Wiring, limit: int, after: str | None) -> Page:
    """Give a page of the seller's webhooks, the newest first."""
    with given.transaction() as session:
        found = page_of(session, select(WebhookRecord), [WebhookRecord.id], limit, after, newest_first=True)
    return Page([shown(given, each) for each in found.items], found.next)


def read(given: Wiring, webhook_id: UUID) -> tuple[dict[str, Any], str]:
    """Give a webhook and the entity tag of its version. Raises NotFound."""
    with given.transaction() as session:
        record = found(session, webhook_id)
        return shown(given, record), _etag(record)


def change(given: Wiring, webhook_id: UUID, changes: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Change a webhook. Raises NotFound, StaleVersion, BadInput; NotAllowed for a machine where it stopped by itself.

    Taken up again, it goes on where it stopped: nothing that happened meanwhile is left out.
    """
    if "address" in changes:
        _refuse_address(given, changes["address"])
    now, values = real_now(), dict(changes)
    with given.transaction() as session:
        record = found(session, webhook_id, locked=True)
        require_match(_etag(record))
        state = values.pop("state", record.state)
        if "state" in changes:
            values["resting_until"] = None  # Whoever says how it stands knows better than its receiver did.
        if state != record.state:
            if record.state_reason in ("failing", "gone"):
                require_person(given, "say what becomes of a webhook that stopped by itself")
            values |= {"state": state, "state_reason": _paused_by(given) if state == "paused" else None}
            if state == "active":
                values["failing_since"] = None
                webhook_deliveries.take_up(session, record.id, now)
                failing.end_alert(session, record.id, given.now)
        webhooks.change(record, values, now)
        session.flush()
        return shown(given, record), _etag(record)


def _paused_by(given: Wiring) -> StateReason:
    return "by_request" if given.caller.subject is None else "by_person"


def delete(given: Wiring, webhook_id: UUID) -> None:
    """Delete a webhook with its secret, and all that was delivered to it. Raises NotFound."""
    with given.transaction() as session:
        record = found(session, webhook_id, locked=True)
        forget_secrets(session, given.house.vault, webhook_id)
        failing.end_alert(session, webhook_id, given.now)
        session.delete(record)
    log.info("webhook_deleted", webhook_id=str(webhook_id), by=given.caller.name)


def rotate(given: Wiring, webhook_id: UUID, overlap_hours: int) -> dict[str, Any]:
    """Give a webhook another secret, and show it once; the one before counts on for the overlap. Raises NotFound."""
    now, overlap = real_now(), timedelta(hours=overlap_hours)
    with given.transaction() as session:
        given.once.claim(session)
        found(session, webhook_id, locked=True)
        secret = rotate_secret(session, given.house.vault, webhook_id, overlap, now)
        answer = {"webhook_id": webhook_id, "secret": None, "earlier_until": now + overlap}
        given.once.keep(session, 201, answer_bytes(answer))
    log.info("webhook_secret_rotated", webhook_id=str(webhook_id), by=given.caller.name)
    return {**answer, "secret": secret}


def try_out(given: Wiring, webhook_id: UUID) -> dict[str, Any]:
    """Send an event of the type webhook.test.v1 at once, also to one that is paused. Raises NotFound, and TooMuchAtOnce
    while another one of the seller is tried out: nobody can hold our threads by receivers that never answer.
    """
    now = real_now()
    with given.transaction() as session:
        given.once.claim(session)
        address = found(session, webhook_id).address
        secrets = secrets_that_count(session, given.house.vault, webhook_id, now)
    event_id = new_id()
    body = answer_bytes(try_out_event(given.seller, event_id, webhook_id, given.now))
    rules = HookRules(TRY_CONNECT_SECONDS, TRY_SECONDS, given.house.config.webhooks_private)
    with webhooks.trying_alone(given.house.sessions, given.seller.id) as is_alone:
        if not is_alone:
            detail = "Another webhook of yours is being tried out; try this one when that is done."
            raise TooMuchAtOnce(detail, code="webhook_test_running", retry_after_seconds=round(TRY_SECONDS))
        with HookLine(address, rules) as line:
            posted = line.post(body, signed_headers(secrets, str(event_id), body, now))
    answer = {
        "event_id": event_id,
        "succeeded": posted.error is None,
        "status": posted.status,
        "error": posted.error,
        "duration_ms": posted.duration_ms,
    }
    with given.transaction() as session:
        given.once.keep(session, 200, answer_bytes(answer))
    return answer


def found(session: Session, webhook_id: UUID, *, locked: bool = False) -> WebhookRecord:
    """Find a webhook. Raises NotFound."""
    record = webhooks.get(session, webhook_id, locked=locked)
    if record is None:
        raise NotFound("There is no such webhook.")
    return record


def _etag(record: WebhookRecord) -> str:
    return etag_of(record.id, record.version)


def _refuse_address(given: Wiring, address: str) -> None:
    try:
        place_of(address, private_allowed=given.house.config.webhooks_private)
    except AddressRefused as refused:
        fault = Fault("/address", refused.code, refused.detail)
        raise BadInput("The address cannot be called.", faults=[fault]) from refused
