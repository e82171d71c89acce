"""Alerts: one open for one cause, whoever opens it and however often; opening and ending are told as events."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.records import alert_handling, alerts, debtors
from api.records.alerts import AlertRecord, Called
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
        assert not alerts.open_alert(session, KIND, SUBJECT, "warning", {"days": 2}, now=NOW + timedelta(1))
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
        ended = alert_handling.Wanted(debtor_id=debtor_id, is_open=False)
        of_debtor = session.scalars(alert_handling.listing(ended, NOW.date())).all()
        assert [each.kind for each in of_debtor] == ["over_limit"]
        open_ones = alert_handling.listing(alert_handling.Wanted(is_open=True), NOW.date())
        assert session.scalars(open_ones).all() == []
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


def test_two_who_tell_the_same_raise_it_once(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        alerts.open_alert(session, KIND, SUBJECT, "notice", {}, now=NOW)

    def raise_it(number: int) -> bool:
        with sessions.of(seller.id) as session:
            return alerts.open_alert(session, KIND, SUBJECT, "urgent", {}, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(raise_it, range(8)))
    assert [kind for kind, _, _ in told(sessions, seller)] == ["alert.opened.v1", "alert.raised.v1"]


def test_many_are_told_in_one_go_and_numbered_without_gaps(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        ids = [debtors.add(session, {"country": "NL"}, phase="monitoring", names=(), now=NOW).id for _ in range(3)]
    called = [Called(kind, str(each), "notice", {}, each) for each in ids for kind in ("over_limit", "review_due")]
    with sessions.of(seller.id) as session:
        assert len(alerts.open_alerts(session, called, now=NOW)) == 6
        assert alerts.open_alerts(session, called, now=NOW) == set()
        assert alerts.end_alerts(session, [(each.kind, each.subject) for each in called[:2]], now=NOW) == 2
    with sessions.of(seller.id) as session:
        for number, each in enumerate(ids):
            events = select(EventRecord.sequence).where(EventRecord.subject_id == each).order_by(EventRecord.sequence)
            assert session.scalars(events).all() == [1, 2, 3, 4, 5][: 5 if number == 0 else 3]
