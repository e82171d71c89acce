"""Keeps requests for cover as rows, has connected insurers asked, and takes back what nobody was asked yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.acceptance.cover_taking import AFTER_FAILURE
from api.records import cover_requests, jobs
from api.records.covers import CoverRequestRecord
from api.records.insurance_policies import InsurancePolicyRecord
from scoring.money import Money

JOB = "cover_request"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for cover, and when, by the seller's clock."""

    name: str
    now: datetime
    today: date


def add_request(
    session: Session, policy: InsurancePolicyRecord, amount: Money, values: Mapping[str, Any], asker: Asker
) -> CoverRequestRecord:
    """Keep a request under a contract; where its insurer has a connection, a job asks it."""
    connected = policy.provider is not None
    record = cover_requests.add(
        session,
        {
            **values,
            "insurance_policy_id": policy.id,
            "job_id": None,
            "requested_amount": amount.amount,
            "currency": amount.currency,
            "starts_on": asker.today,
            "state": "queued" if connected else "pending",
            "fault": None,
            "asked_by": asker.name,
            "asked_at": asker.now,
            "changed_at": asker.now,
            # Should its job be lost, the tick takes it up.
            "look_again_at": asker.now + AFTER_FAILURE if connected else None,
        },
    )
    if connected:
        record.job_id = jobs.enqueue(session, JOB, {"cover_request_id": str(record.id)}, asker.now).id
        session.flush()
    return record


def add_withdrawal(
    session: Session, before: CoverRequestRecord, policy: InsurancePolicyRecord, asker: Asker
) -> CoverRequestRecord:
    """Keep that what a request led to is given back."""
    values = {
        "kind": "withdrawal",
        "replaces_id": before.id,
        "key": old_key(before),
        "debtor_id": before.debtor_id,
        "application_id": before.application_id,
    }
    return add_request(session, policy, Money(before.requested_amount, before.currency), values, asker)


def take_back(session: Session, record: CoverRequestRecord, now: datetime) -> None:
    """Take back what was not asked yet: nobody has to be told."""
    record.state, record.look_again_at, record.changed_at = "withdrawn", None, now
    session.flush()


def is_not_asked(record: CoverRequestRecord, policy: InsurancePolicyRecord) -> bool:
    """Whether nobody has to be told that a request is taken back; where people ask, they know themselves."""
    return record.state == "queued" or (policy.provider is None and record.state == "pending")


def old_key(record: CoverRequestRecord) -> dict[str, Any] | None:
    """Give by what the insurer finds what a request led to; None while it has told nothing."""
    key = record.key or {}
    if "reference" not in key:
        return None
    return {"buyer": key["buyer"], "buyer_name": key.get("buyer_name"), "old_reference": key["reference"]}
