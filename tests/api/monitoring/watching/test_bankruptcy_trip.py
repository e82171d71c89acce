"""A customer goes bankrupt while it is watched: the run finds it, finance is told, and orders stop."""

from typing import Any

import requests

from api.monitoring.streams import read_streams
from api.records import debtors
from api.records.identities import OfficialNumber
from providers.companies_house.streams import TOPICS
from tests.web_checks import assert_documented


def placed(erp: Any, debtor_id: Any, reference: str) -> dict[str, Any]:
    order = {"debtor_id": str(debtor_id), "order_reference": reference}
    answer = erp.post("/v1/orders", json=order | {"amount": {"amount": "100.00", "currency": "EUR"}})
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json)


def test_a_customer_that_goes_bankrupt_gets_no_further_order(app, erp, followed, run, minute, open_alerts, time):
    debtor_id = followed("90000029")
    sound = followed("90000001")
    assert run()["watching"]["begun_count"] == 4  # Each at the bureau and at the register.
    watched = erp.get(f"/v1/watches?debtor_id={debtor_id}")
    assert_documented(app, "GET", "/v1/watches", 200, watched.json)
    stands = {each["provider"]: each["state"] for each in watched.json["items"]}
    assert stands == {"creditsafe": "watched", "kvk": "watched"}
    assert placed(erp, debtor_id, "before")["state"] == "released"
    time.pass_by(days=19)
    assert run()["changes_count"] == 0
    assert open_alerts() == []
    time.pass_by(days=2)
    result = run()
    assert (result["changes_count"], result["looked_at_count"], result["alerts_opened_count"]) == (2, 1, 1)
    assert open_alerts() == [("insolvency_event", str(debtor_id))]
    alert = erp.get("/v1/alerts?kind=insolvency_event").json["items"][0]
    assert alert["severity"] == "urgent"
    assert {each["new"] for each in alert["data"]["changes"]} == {"Bankruptcy", "FAIL"}
    changes = erp.get(f"/v1/source-changes?debtor_id={debtor_id}")
    assert_documented(app, "GET", "/v1/source-changes", 200, changes.json)
    assert sorted((each["provider"], each["kind"], each["new"]) for each in changes.json["items"]) == [
        ("creditsafe", "insolvency", "Bankruptcy"),
        ("kvk", "insolvency", "FAIL"),
    ]
    minute()
    after = placed(erp, debtor_id, "after")
    assert after["state"] == "held"
    assert "stop_supply" in [each["code"] for each in after["reasons"]]
    assert placed(erp, sound, "of another")["state"] == "released"
    again = run()
    minute()
    assert (again["changes_count"], again["alerts_opened_count"]) == (0, 0)
    assert open_alerts() == [("insolvency_event", str(debtor_id))]


def test_a_portfolio_that_somebody_deleted_is_made_again_with_all_who_were_in_it(erp, followed, run, time, vendors):
    followed("90000029")
    followed("90000001")
    run()
    base = f"{vendors.address}/creditsafe"
    told = {"username": "sandbox", "password": "sandbox"}
    token = requests.post(f"{base}/authenticate", json=told, timeout=10).json()["token"]
    signed = {"Authorization": f"Bearer {token}"}
    path = f"{base}/monitoring/portfolios"
    (portfolio,) = requests.get(path, headers=signed, timeout=10).json()["data"]["portfolios"]
    assert requests.delete(f"{path}/{portfolio['portfolioId']}", headers=signed, timeout=10).status_code == 200
    assert run()["watching"]["begun_count"] == 2
    (made,) = requests.get(path, headers=signed, timeout=10).json()["data"]["portfolios"]
    assert made["portfolioId"] != portfolio["portfolioId"]
    watched = requests.get(f"{path}/{made['portfolioId']}/companies", headers=signed, timeout=10).json()
    assert watched["totalCount"] == 2
    assert {each["state"] for each in erp.get("/v1/watches").json["items"]} == {"watched"}
    assert run()["watching"]["begun_count"] == 0
    time.pass_by(days=21)
    assert run()["changes_count"] > 0


def test_a_british_customer_that_is_wound_up_is_told_by_the_stream_between_runs(
    house, seller, sessions, run, open_alerts, time, vendors
):
    number = OfficialNumber("coh", "GB", "99000030")
    values = {"name": "Phantom Parcels Ltd", "country": "GB", "is_natural_person": False}
    with sessions.of(seller.id) as session:
        debtor_id = debtors.add(session, values, phase="monitoring", names=(number,), now=house.clock.now(seller)).id
    run()
    assert vendors.calls("companies_house_stream") == len(TOPICS)
    time.pass_by(days=19)
    read_streams(house, seller)
    assert open_alerts() == []
    time.pass_by(days=2)
    read_streams(house, seller)
    assert open_alerts() == [("insolvency_event", str(debtor_id))]
    read_streams(house, seller)
    assert open_alerts() == [("insolvency_event", str(debtor_id))]


def test_a_stream_whose_timepoint_is_too_old_begins_anew_and_says_so(
    house, seller, sessions, run, open_alerts, time, vendors
):
    number = OfficialNumber("coh", "GB", "99000024")
    values = {"name": "Imaginary Kettles Ltd", "country": "GB", "is_natural_person": False}
    with sessions.of(seller.id) as session:
        debtors.add(session, values, phase="monitoring", names=(number,), now=house.clock.now(seller))
    run()
    time.pass_by(days=100)
    assert run()["watching"]["failed"] == {"companies_house": "timepoint_too_old"}
    assert ("source_down", "companies_house") in open_alerts()
    assert run()["watching"]["failed"] == {}
    assert ("source_down", "companies_house") not in open_alerts()
    with vendors.fault("rate_limited", provider="companies_house_stream"):
        assert run()["watching"]["failed"] == {"companies_house": "busy"}
