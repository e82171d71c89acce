"""One run of deliveries to one webhook: queue what is new, lease what is due, send it, and write how it went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import SystemRandom
from time import monotonic
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

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
UNSIGNED_REST = timedelta(minutes=1)  # Else whoever looks for work would find it all the time.

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """How deliveries are tried: `waits` are the seconds after each failed try, about 36 hours; then it is parked.

    A run begins no post after `run_seconds`, and none that could end after its lease, whose `lease_seconds` count from
    before it was taken: so nobody else sends the same meanwhile. A webhook of which nothing was taken for
    `failing` is paused.
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

    def most(self, seconds_each: float | None) -> int:
        """Give how many a run leases where each takes so long (None: nobody knows yet): what it can send in its time,
        so that the others are left to runs beside it.
        """
        return self.run_most if not seconds_each else max(1, min(self.run_most, int(self.run_seconds / seconds_each)))

    def due_at(self, failed_count: int, now: datetime) -> datetime | None:
        """Give when to try again after so many failed tries; None when it is to be parked."""
        if failed_count > len(self.waits):
            return None
        spread = _random.uniform(1 - self.jitter, 1 + self.jitter)
        return now + timedelta(seconds=self.waits[failed_count - 1] * spread)


@dataclass(frozen=True, slots=True)
class Turn:
    """How one run is to be done: `seconds_each` is how long a post took lately, None where nobody knows.

    `tell_more` is called before the first post where there may be more than this run has leased. Without
    `failing_too` nothing is sent to a webhook that fails.
    """

    is_stopping: Callable[[], bool] = bool
    tell_more: Callable[[], None] = lambda: None
    seconds_each: float | None = None
    failing_too: bool = True


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run went: how many it leased; whether the webhook fails, and how long a post took, None where nothing was
    sent.
    """

    leased_count: int
    is_failing: bool | None = None
    seconds_each: float | None = None


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
    leased_at: float  # Before it was, by the monotonic clock.
    leased: Sequence[Leased]
    judgements: Judgements
    tried: list[Tried] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)
    rest_until: datetime | None = None


def deliver_some(
    house: House, seller_id: UUID, webhook_id: UUID, rules: DeliveryRules, turn: Turn | None = None
) -> Ran:
    """Do one run for a webhook; safe beside others who do the same.

    Killed at any moment it loses nothing: what it had leased is due again when the lease is over, under the same id.
    """
    turn = turn or Turn()
    run = _begun(house, seller_id, webhook_id, rules, turn)
    if run is None:
        return Ran(0)
    if run.leased and not run.is_failing and len(run.leased) == rules.most(turn.seconds_each):
        turn.tell_more()
    _send(run, rules, turn.is_stopping)
    _record(house, run, rules)
    if not run.tried:
        return Ran(len(run.leased), is_failing=run.is_failing or None)
    is_failing = all(each.error is not None for each in run.tried)
    seconds_each = sum(each.duration_ms for each in run.tried) / len(run.tried) / 1000
    return Ran(len(run.leased), is_failing, seconds_each)


def _begun(house: House, seller_id: UUID, webhook_id: UUID, rules: DeliveryRules, turn: Turn) -> Run | None:
    """Queue and lease. A run with nothing leased is of a webhook that fails, and is left alone for that."""
    with house.sessions.of_nobody() as session:
        seller = sellers.get(session, seller_id)
    if seller is None:
        return None
    with house.sessions.of(seller_id) as session:
        webhook = webhooks.get(session, webhook_id, locked=True)
        now, leased_at = real_now(), monotonic()
        if webhook is None or webhook.state != "active" or (webhook.resting_until or now) > now:
            return None
        address, ordered, is_failing = webhook.address, webhook.ordered, webhook.failing_since is not None
        lease_id, until = new_id(), now + timedelta(seconds=rules.lease_seconds)
        if is_failing and not turn.failing_too:
            return Run(seller, webhook_id, address, ordered, is_failing, (), lease_id, leased_at, (), {})
        webhook_deliveries.queue_new(session, webhook, rules.queue_most, now)
        most = 1 if is_failing else rules.most(turn.seconds_each)  # One to see whether it is well again.
        leased = webhook_leases.lease(session, webhook, lease_id, most, now, until)
        if not leased:
            return None
        secrets = _secrets(session, house, webhook_id, now)
        judgements = judgements_of(session, [each.event for each in leased]) if secrets else {}
        if not secrets:
            session.rollback()
    if not secrets:
        with house.sessions.of(seller_id) as session:
            note_rest(session, webhook_id, now + UNSIGNED_REST)
        return None
    return Run(seller, webhook_id, address, ordered, is_failing, secrets, lease_id, leased_at, leased, judgements)


def _secrets(session: Session, house: House, webhook_id: UUID, now: datetime) -> Sequence[str]:
    """Give the secrets to sign with; none where they cannot be read: nothing is sent unsigned, who runs us must act."""
    try:
        return secrets_that_count(session, house.vault, webhook_id, now)
    except (SecretUnreadable, KeyError) as error:
        log.error("webhook_secret_unreadable", webhook_id=str(webhook_id), error=type(error).__name__)
        return ()


def _send(run: Run, rules: DeliveryRules, is_stopping: Callable[[], bool]) -> None:
    """Send one after the other; what is not sent is left: after a receiver that is not there, after 410, after one that
    asks us to wait, when the time is over, and with `ordered` what follows a failed one of the same debtor.
    """
    is_over, held = False, set()
    lease_end = run.leased_at + rules.lease_seconds - rules.hook.answer_seconds
    until = min(monotonic() + rules.run_seconds, lease_end)
    with HookLine(run.address, rules.hook) as line:
        for each in run.leased:
            is_over = is_over or is_stopping() or monotonic() > until
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
