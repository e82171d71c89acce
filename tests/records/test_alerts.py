"""Alerts: one open for one cause, whoever opens it and however often; opening and ending are told as events."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.records import alerts, debtors
from api.records.alerts import AlertRecord
from api.records.events import EventRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KIND, SUBJECT = "statement_missing", "NL91ABNA0417164300"


def told(sessions: Sessions, seller: Seller) -> list[tuple[str, UUID, dict[str, Any]]]:
    with sessions.of(seller.id) as session:
        query = select(EventRecord).where(EventRecord.type.startswith("alert.")).order_by(EventRecord.sequence)
        return [(each.type, each.subject_id, each.data) for each in session.scalars(query)]


def test_an_alert_is_opened_once_and_gets_newer_data(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        assert alerts.open_alert(session, KIND, SUBJECT, "warning", {"days": 1}, now=NOW)
        assert not alerts.open_alert(session, KIND, SUBJECT, "urgent", {"days": 2}, now=NOW + timedelta(1))
    with sessions.of(seller.id) as session:
        (record,) = session.scalars(select(AlertRecord))
        assert (record.severity, record.data, record.opened_at) == ("warning", {"days": 2}, NOW)
        assert alerts.end_alert(session, KIND, SUBJECT, now=NOW + timedelta(2))
        assert not alerts.end_alert(session, KIND, SUBJECT, now=NOW + timedelta(3))
        assert alerts.open_alert(session, KIND, SUBJECT, "notice", {}, now=NOW + timedelta(4))
    found = told(sessions, seller)
    assert [(kind, subject) for kind, subject, _ in found] == [
        ("alert.opened.v1", seller.id),
        ("alert.ended.v1", seller.id),
        ("alert.opened.v1", seller.id),
    ]
    shown = {name: found[1][2][name] for name in ("kind", "subject", "severity", "data")}
    assert shown == {"kind": KIND, "subject": SUBJECT, "severity": "warning", "data": {"days": 2}}
    assert found[0][2]["alert_id"] == found[1][2]["alert_id"] == str(record.id)


def test_an_alert_of_a_debtor_is_told_among_its_events(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        debtor_id = debtors.add(session, {"country": "NL"}, phase="monitoring", names=(), now=NOW).id
        alerts.open_alert(session, "over_limit", str(debtor_id), "urgent", {}, debtor_id=debtor_id, now=NOW)
        alerts.end_alert(session, "over_limit", str(debtor_id), now=NOW)
        of_debtor = session.scalars(alerts.listing(None, debtor_id, False)).all()
        assert [each.kind for each in of_debtor] == ["over_limit"]
        assert session.scalars(alerts.listing(None, None, True)).all() == []
    assert [subject for _, subject, _ in told(sessions, seller)] == [debtor_id] * 2


def test_two_at_once_open_one(sessions: Sessions, seller: Seller) -> None:
    def open_it(number: int) -> bool:
        with sessions.of(seller.id) as session:
            return alerts.open_alert(session, KIND, SUBJECT, "warning", {"by": number}, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(open_it, range(8)))
    assert opened.count(True) == 1
    assert len(told(sessions, seller)) == 1


def test_only_those_about_the_same_are_found(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        for account in ("A", "A 1"):
            alerts.open_alert(session, KIND, f"{account}, 1", "warning", {"account": account, "n": 1}, now=NOW)
        assert alerts.still_open(session, KIND, {"account": "A"}) == [("A, 1", {"account": "A", "n": 1})]
        assert alerts.still_open(session, "other", {"account": "A"}) == []


@pytest.mark.parametrize("severity", alerts.SEVERITIES)
def test_every_severity_is_taken(sessions: Sessions, seller: Seller, severity: Any) -> None:
    with sessions.of(seller.id) as session:
        assert alerts.open_alert(session, KIND, severity, severity, {}, now=NOW)
