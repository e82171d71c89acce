"""One errand to an insurer: takes a request so that nobody else asks about it, and notes how it stands."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import cover_requests, debtors, identities, insurance_policies
from providers.insurers import CoverKey, CoverRequest, InsurancePolicyKey
from providers.ports import CompanyKey, Identifier

DEADLINE_SECONDS = 60.0  # For all calls of one errand, while nobody waits.
LEASE = timedelta(seconds=3 * DEADLINE_SECONDS)  # So that no errand outlives it.
AFTER_FAILURE = timedelta(minutes=30)  # Should an errand end without a word.
PENDING_AGAIN, STANDING_AGAIN = timedelta(hours=4), timedelta(days=1)
DOWN_AGAIN, DOWN_AGAIN_MAX = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Errand:
    """A request as it was taken, until `leased_until` (real time), with all that the insurer must be told.

    `key` is what finds it again: `buyer` and `reference`, of a change what it was before; `state` as it was found.
    `fault_code` says how the look before failed, `failing_since` since when looks fail so (the seller's time).
    """

    id: UUID
    kind: str
    state: str
    tries: int
    debtor_id: UUID
    policy_id: UUID
    provider: str
    insurance: InsurancePolicyKey
    company: CompanyKey
    amount: Decimal
    currency: str
    starts_on: date
    replaces_id: UUID | None
    key: dict[str, Any]
    leased_until: datetime
    fault_code: str | None
    failing_since: datetime | None

    def asked_of(self, buyer: Identifier) -> CoverRequest:
        """The request as it is sent: the same however often, since a lost one is found by it."""
        return CoverRequest(buyer, self.amount, self.currency, str(self.id), self.starts_on)


def take(session: Session, request_id: UUID, now: datetime, real_now: datetime) -> Errand | None:
    """Take a request; None where somebody is at it, or where nobody can be asked about it. `now` is the seller's."""
    until = real_now + LEASE
    if not cover_requests.lease(session, request_id, real_now, until, now + AFTER_FAILURE):
        return None
    record = cover_requests.get(session, request_id)
    policy = None if record is None else insurance_policies.get(session, record.insurance_policy_id)
    debtor = None if record is None else debtors.get(session, record.debtor_id)
    if record is None or policy is None or debtor is None or policy.provider is None:
        return None
    numbers = identities.numbers_of(session, debtor.id)
    return Errand(
        id=record.id,
        kind=record.kind,
        state=record.state,
        tries=record.tries,
        debtor_id=debtor.id,
        policy_id=policy.id,
        provider=policy.provider,
        insurance=InsurancePolicyKey(policy.numbers, policy.currency),
        company=CompanyKey(
            debtor.name, debtor.country, tuple(Identifier(each.scheme, each.country, each.value) for each in numbers)
        ),
        amount=record.requested_amount,
        currency=record.currency,
        starts_on=record.starts_on,
        replaces_id=record.replaces_id,
        key=dict(record.key or {}),
        leased_until=until,
        fault_code=None if record.fault is None else record.fault["code"],
        failing_since=record.failing_since,
    )


def identifier_of(told: dict[str, str]) -> Identifier:
    """Give an insurer's number of a buyer as it was kept."""
    return Identifier(told["scheme"], told["country"], told["value"])


def as_kept(number: Identifier) -> dict[str, str]:
    """Give an insurer's number of a buyer as it is kept."""
    return {"scheme": number.scheme, "country": number.country, "value": number.value}


def cover_key(key: dict[str, Any], name: str = "reference") -> CoverKey | None:
    """Give by what a cover is found again; None while the insurer has told nothing."""
    return CoverKey(key[name], identifier_of(key["buyer"])) if name in key else None


def wait_after(tries: int, retry_after_seconds: int | None) -> timedelta:
    """Say how long a source that failed is left alone: each time twice as long, and never shorter than it asks for."""
    doubled: timedelta = DOWN_AGAIN * (1 << min(tries, 10))
    return max(min(doubled, DOWN_AGAIN_MAX), timedelta(seconds=retry_after_seconds or 0))
