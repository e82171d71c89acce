"""Alerts over HTTP: open ones first, then the newest; by kind, debtor and state; as CSV too."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from api.records import alerts, debtors
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.web_checks import assert_documented

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_open_ones_come_first_page_by_page(
    client_of: Callable[..., FlaskClient], sessions: Sessions, seller: Seller, app: Flask
) -> None:
    with sessions.of(seller.id) as session:
        debtor_id = debtors.add(session, {"country": "NL"}, phase="monitoring", names=(), now=NOW).id
        for number in range(6):
            now = NOW + timedelta(hours=number)
            of = {"debtor_id": debtor_id} if number == 2 else {}
            kind = ("statement_missing", "statement_repeated")[number % 2]
            alerts.open_alert(session, kind, str(number), "notice", {"number": number}, now=now, **of)
        for number in (5, 3):
            alerts.end_alert(session, "statement_repeated", str(number), now=NOW + timedelta(days=1))
    client = client_of("credit_manager")
    listed, path = [], "/v1/alerts?limit=4"
    while path:
        page = client.get(path).json
        assert_documented(app, "get", "/v1/alerts", 200, page)
        listed += [each["subject"] for each in page["items"]]
        path = page["next"] and f"/v1/alerts?limit=4&after={page['next']}"
    assert listed == ["4", "2", "1", "0", "5", "3"]
    filters = {"kind=statement_repeated": "1 5 3", "open=false": "5 3", "kind=webhook_paused": ""}
    filters |= {"kind=statement_missing&open=true": "4 2 0"}
    for query, subjects in {**filters, f"debtor_id={debtor_id}": "2"}.items():
        items = client.get(f"/v1/alerts?{query}").json["items"]
        assert [each["subject"] for each in items] == subjects.split(), query
    as_csv = client.get("/v1/alerts?open=false", headers={"Accept": "text/csv"}).text.splitlines()
    assert as_csv[0].startswith(
        "id,kind,subject,severity,state,debtor_id,for_role,owner,account_owner,credit_owner,data,"
    )
    assert len(as_csv) == 3
