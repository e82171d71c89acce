"""What the tests of the monitoring room share: a debtor with a limit and orders, a clock, and the minute's turn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from api.clock import Clock, real_now
from api.monitoring.following import follow_alerts
from api.monitoring.looking import look_at_debtors
from api.monitoring.ticks import look_at_seller
from api.records.alerts import AlertRecord
from api.records.decisions import DecisionRecord
from api.records.reports import ReportRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House, of_ourselves

# The same house, clock, debtor and ledger as those of orders.
from tests.api.orders.conftest import (  # noqa: F401
    app,
    bill,
    clock,
    debtor_id,
    erp,
    finance,
    held,
    house,
    limited,
    new_debtor,
    order,
    pay,
    placed,
    shown,
    the_time,
    time,
    today,
)

FOLLOW = text(
    "DELETE FROM queue.procrastinate_jobs WHERE task_name = 'creditgate.follow_alerts' AND status = 'todo'"
    " AND args ->> 'seller_id' = :seller_id RETURNING args ->> 'debtor_id'"
)


@dataclass
class Watch:
    """The worker's part of this seller, done at once, and what is told then."""

    house: House
    seller: Seller
    sessions: Sessions

    def minute(self) -> None:
        """Look at what calls for it, and do what follows from it, until nothing does."""
        while True:
            look_at_seller(self.house, self.seller)
            with self.sessions.of(self.seller.id) as session:
                due = session.scalars(FOLLOW, {"seller_id": str(self.seller.id)}).all()
            if not due:
                return
            for each in due:
                follow_alerts(self.house, self.seller, UUID(each))

    def look(self, *debtor_ids: UUID) -> None:
        """Look at debtors, and at nobody else."""
        look_at_debtors(of_ourselves(self.house, self.seller), debtor_ids)

    def alerts(self, whom: UUID | None = None) -> dict[str, AlertRecord]:
        """Give the alerts that are not over, of a debtor or of everybody, by kind."""
        with self.sessions.of(self.seller.id) as session:
            query = select(AlertRecord).where(AlertRecord.ended_at.is_(None))
            if whom is not None:
                query = query.where(AlertRecord.debtor_id == whom)
            return {each.kind: each for each in session.scalars(query)}

    def events(self, kind: str) -> list[str]:
        """Give what was told of alerts of a kind."""
        told = text("SELECT type FROM event WHERE type LIKE 'alert.%' AND data ->> 'kind' = :kind ORDER BY id")
        with self.sessions.of(self.seller.id) as session:
            types = session.scalars(told, {"kind": kind}).all()
        return [each.removeprefix("alert.").removesuffix(".v1") for each in types]

    def marks(self) -> set[UUID]:
        """Give who is to be looked at."""
        with self.sessions.of(self.seller.id) as session:
            return set(session.scalars(text("SELECT debtor_id FROM debtor_to_look_at")))


@pytest.fixture
def watch(house: House, seller: Seller, sessions: Sessions) -> Watch:  # noqa: F811
    return Watch(house, seller, sessions)


@pytest.fixture
def decided(sessions: Sessions, seller: Seller, clock: Clock) -> Callable[..., None]:  # noqa: F811
    """Writes a decision on a debtor, made now."""

    def write(whom: UUID, outcome: str, risk_class: str | None, **more: Any) -> None:
        values = {
            "kind": "credit_check",
            "as_of": clock.today(seller),
            "decided_at": clock.now(seller),
            "limit_kind": "none",
            "currency": "EUR",
            "judgement": "{}",
            "policy_version": 1,
            "policy_digest": "d",
            "engine_version": "1",
            "sources": [],
            "asked_by": "test",
            **more,
        }
        with sessions.of(seller.id) as session:
            session.add(DecisionRecord(debtor_id=whom, outcome=outcome, risk_class=risk_class, **values))

    return write


@pytest.fixture
def reported(sessions: Sessions, seller: Seller) -> Callable[..., None]:
    """Writes what the company register tells of a debtor now."""

    def write(whom: UUID, *codes: str, legal_form: str | None = None) -> None:
        events = [{"code": each, "occurred_on": "2026-01-05"} for each in codes]
        with sessions.of(seller.id) as session:
            session.add(
                ReportRecord(
                    debtor_id=whom,
                    provider="kvk",
                    kind="company_register",
                    retrieved_at=real_now(),
                    facts={"status": "active", "events": events, "legal_form": legal_form},
                    raw={},
                    purpose="credit_assessment",
                    relation="customer",
                )
            )

    return write
