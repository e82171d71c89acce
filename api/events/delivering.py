"""One run of deliveries to one webhook: queue what is new, lease what is due, send it, and write how it went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import SystemRandom
from time import monotonic
from uuid import UUID

import structlog

from api.clock import real_now
from api.events.bodies import Judgements, judgements_of
from api.events.cloud_events import cloud_event
from api.events.failing import note_failed, note_gone, note_rest, note_well
from api.records import sellers, webhook_deliveries, webhook_leases, webhooks
from api.records.base import new_id
from api.records.secrets import SecretUnreadable
from api.records.sellers import Seller
from api.records.webhook_leases import Leased, Tried
from api.webhook_signing import secrets_that_count, signed_headers
from api.wiring import House, answer_bytes
from providers.hooks import HookLine, HookRules, Posted
from providers.reading import wait_seconds

SECOND, MINUTE, HOUR = 1.0, 60.0, 3600.0
_random = SystemRandom()
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """How deliveries are tried: `waits` are the seconds after each failed try, about 36 hours; then it is parked.

    A run begins no post after `run_seconds`; `lease_seconds` is longer than any run, so that nobody else sends the
    same meanwhile. A webhook of which nothing was taken for `failing` is paused.
    """

    hook: HookRules = field(default_factory=HookRules)
    waits: tuple[float, ...] = (
        *(5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE),
        *(HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 10 * HOUR, 12 * HOUR),
    )
    jitter: float = 0.2
    run_seconds: float = 5.0
    lease_seconds: float = 60.0
    run_most: int = 50
    queue_most: int = 1000
    failing: timedelta = timedelta(hours=24)

    def due_at(self, failed_count: int, now: datetime) -> datetime | None:
        """Give when to try again after so many failed tries; None when it is to be parked."""
        if failed_count > len(self.waits):
            return None
        spread = _random.uniform(1 - self.jitter, 1 + self.jitter)
        return now + timedelta(seconds=self.waits[failed_count - 1] * spread)


@dataclass(slots=True)
class Run:
    """What a run has to send, and what became of it; `rest_until` is when the receiver wants to be asked again."""

    seller: Seller
    webhook_id: UUID
    address: str
    ordered: bool
    is_failing: bool
    secrets: Sequence[str] = field(repr=False)
    lease_id: UUID
    leased: Sequence[Leased]
    judgements: Judgements
    tried: list[Tried] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)
    rest_until: datetime | None = None


def deliver_some(
    house: House, seller_id: UUID, webhook_id: UUID, rules: DeliveryRules, is_stopping: Callable[[], bool] = bool
) -> tuple[int, bool]:
    """Do one run for a webhook; safe beside others who do the same. Gives how many were leased, and whether all there
    was room for, so that there may be more.

    Killed at any moment it loses nothing: what it had leased is due again when the lease is over, under the same id.
    """
    run = _begun(house, seller_id, webhook_id, rules)
    if run is None:
        return 0, False
    _send(run, rules, is_stopping)
    _record(house, run, rules)
    return len(run.leased), len(run.leased) == rules.run_most


def _begun(house: House, seller_id: UUID, webhook_id: UUID, rules: DeliveryRules) -> Run | None:
    with house.sessions.of_nobody() as session:
        seller = sellers.get(session, seller_id)
    if seller is None:
        return None
    with house.sessions.of(seller_id) as session:
        webhook = webhooks.get(session, webhook_id, locked=True)
        now = real_now()
        if webhook is None or webhook.state != "active" or (webhook.resting_until or now) > now:
            return None
        webhook_deliveries.queue_new(session, webhook, rules.queue_most, now)
        is_failing = webhook.failing_since is not None
        most = 1 if is_failing else rules.run_most  # One to see whether it is well again.
        lease_id, until = new_id(), now + timedelta(seconds=rules.lease_seconds)
        leased = webhook_leases.lease(session, webhook, lease_id, most, now, until)
        if not leased:
            return None
        try:
            secrets = secrets_that_count(session, house.vault, webhook_id, now)
        except (SecretUnreadable, KeyError) as error:  # Nothing is sent unsigned; who runs us must mend it.
            log.error("webhook_secret_unreadable", webhook_id=str(webhook_id), error=type(error).__name__)
            session.rollback()
            return None
        judgements = judgements_of(session, [each.event for each in leased])
        address, ordered = webhook.address, webhook.ordered
    return Run(seller, webhook_id, address, ordered, is_failing, secrets, lease_id, leased, judgements)


def _send(run: Run, rules: DeliveryRules, is_stopping: Callable[[], bool]) -> None:
    """Send one after the other; what is not sent is left: after a receiver that is not there, after 410, after one that
    asks us to wait, and with `ordered` what follows a failed one of the same debtor.
    """
    began, is_over, held = monotonic(), False, set()
    with HookLine(run.address, rules.hook) as line:
        for each in run.leased:
            is_over = is_over or is_stopping() or monotonic() - began > rules.run_seconds
            if is_over or (run.ordered and each.event.subject_id in held):
                run.left.append(each.id)
                continue
            body = answer_bytes(cloud_event(each.event, run.seller, run.judgements))
            now = real_now()
            posted = line.post(body, signed_headers(run.secrets, str(each.event.id), body, now))
            due_at = None if posted.error is None else rules.due_at(each.failed_count + 1, real_now())
            run.rest_until = _rest_until(posted)
            if due_at is not None and run.rest_until is not None:
                due_at = max(due_at, run.rest_until)
            run.tried.append(Tried(each.id, now, posted.duration_ms, posted.status, posted.error, due_at))
            if posted.error is not None:
                held.add(each.event.subject_id)
                is_over = posted.error == "gone" or not posted.is_answered or run.rest_until is not None


def _rest_until(posted: Posted) -> datetime | None:
    """Give until when a receiver asks us to wait, an hour at most; None where it does not ask."""
    if posted.retry_after is None:
        return None
    now = real_now()
    seconds = wait_seconds({"Retry-After": posted.retry_after}, now)
    return now + timedelta(seconds=seconds) if seconds else None


def _record(house: House, run: Run, rules: DeliveryRules) -> None:
    """Write how it went, and what it tells of the webhook, in one transaction: the webhook is locked first, as ever."""
    with house.sessions.of(run.seller.id) as session:
        now = real_now()
        errors = [each.error for each in run.tried]
        business_now = house.clock.now(run.seller)
        if "gone" in errors:
            note_gone(session, run.webhook_id, now, business_now)
        elif None in errors and run.is_failing:
            note_well(session, run.webhook_id)
        elif errors and None not in errors:
            note_failed(session, run.webhook_id, rules.failing, now, business_now)
        if run.rest_until is not None:
            note_rest(session, run.webhook_id, run.rest_until)
        webhook_leases.record(session, run.lease_id, run.tried)
        webhook_leases.release(session, run.lease_id, run.left, now)
