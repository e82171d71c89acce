"""A customer goes bankrupt while it is watched: the run finds it, finance is told, and orders stop."""

from typing import Any

from tests.web_checks import assert_documented


def placed(erp: Any, debtor_id: Any, reference: str) -> dict[str, Any]:
    order = {"debtor_id": str(debtor_id), "order_reference": reference}
    answer = erp.post("/v1/orders", json=order | {"amount": {"amount": "100.00", "currency": "EUR"}})
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json)


def test_a_customer_that_goes_bankrupt_gets_no_further_order(app, erp, followed, run, minute, open_alerts, time):
    debtor_id = followed("90000029")
    sound = followed("90000001")
    assert run()["watching"]["begun_count"] == 2
    watched = erp.get(f"/v1/watches?debtor_id={debtor_id}")
    assert_documented(app, "GET", "/v1/watches", 200, watched.json)
    assert [(each["provider"], each["state"]) for each in watched.json["items"]] == [("creditsafe", "watched")]
    assert placed(erp, debtor_id, "before")["state"] == "released"
    time.pass_by(days=19)
    assert run()["changes_count"] == 0
    assert open_alerts() == []
    time.pass_by(days=2)
    result = run()
    assert (result["changes_count"], result["looked_at_count"], result["alerts_opened_count"]) == (1, 1, 1)
    assert open_alerts() == [("insolvency_event", str(debtor_id))]
    alert = erp.get("/v1/alerts?kind=insolvency_event").json["items"][0]
    assert (alert["severity"], alert["data"]["changes"][0]["new"]) == ("urgent", "Bankruptcy")
    changes = erp.get(f"/v1/source-changes?debtor_id={debtor_id}")
    assert_documented(app, "GET", "/v1/source-changes", 200, changes.json)
    assert [(each["kind"], each["old"], each["new"]) for each in changes.json["items"]] == [
        ("insolvency", "No", "Bankruptcy")
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
