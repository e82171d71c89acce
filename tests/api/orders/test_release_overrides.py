"""Releases of orders among the overrides: the gate beside the person, and what became of the order."""

import pytest

from tests.web_checks import assert_documented


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def fleur(client_of, time):
    return client_of("finance", subject="fleur@example.com")


def release(client, order):
    answer = client.post(f"/v1/orders/{order['id']}/releases", json={"grounds": "Known for years."})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_release_stands_beside_what_the_gate_said(app, fleur, placed, limited, erp):
    limited("1000.00")
    placed("1000.00")
    order = placed("200.00")
    assert order["outcome"] == "accept_prepayment"
    verdict = release(fleur, order)
    page = fleur.get("/v1/overrides").json
    assert_documented(app, "get", "/v1/overrides", 200, page)
    (item,) = page["items"]
    assert (item["kind"], item["order_id"], item["application_id"]) == ("order", order["id"], None)
    assert (item["verdict_id"], item["direction"]) == (verdict["id"], "more_credit")
    assert (item["machine"]["outcome"], item["machine"]["prepayment_required"]) == ("accept_prepayment", eur("200.00"))
    assert (item["person"]["given_by"], item["person"]["grounds"]) == ("fleur@example.com", "Known for years.")
    assert (item["since"]["order"]["state"], item["since"]["order"]["delivered_amount"]) == ("released", eur("0.00"))
    counted = {name: page["counts"][name] for name in ("verdicts", "overrides", "more_credit")}
    assert counted == {"verdicts": 1, "overrides": 1, "more_credit": 1}
    path = f"/v1/orders/{order['id']}/deliveries"
    delivery = {"delivery_reference": "1", "delivered_on": item["person"]["given_at"][:10], "amount": eur("200.00")}
    assert erp.post(path, json=delivery).status_code == 201
    (item,) = fleur.get("/v1/overrides").json["items"]
    assert item["since"]["order"]["delivered_amount"] == eur("200.00")


def test_they_are_asked_for_by_kind(fleur, placed, limited):
    limited("1000.00")
    placed("1000.00")
    release(fleur, placed("200.00"))
    assert len(fleur.get("/v1/overrides?kind=order").json["items"]) == 1
    of_applications = fleur.get("/v1/overrides?kind=application").json
    assert (of_applications["items"], of_applications["counts"]["verdicts"]) == ([], 0)


def test_a_release_that_a_second_person_refused_overrides_nothing(fleur, client_of, placed, limited):
    limited("1000.00", "high")
    order = placed("500000.00")  # Beyond anybody's authority: a credit manager after a credit manager.
    mia, max_ = (client_of("credit_manager", subject=f"{name}@example.com") for name in ("mia", "max"))
    waiting = release(mia, order)
    assert waiting["waiting"]
    assert fleur.get("/v1/overrides").json["items"] == []
    path = f"/v1/orders/{order['id']}/releases/{waiting['id']}/approvals"
    assert max_.post(path, json={"approved": False, "grounds": "Too much."}).status_code == 201
    assert fleur.get("/v1/overrides").json["items"] == []
    again = release(mia, order)
    path = f"/v1/orders/{order['id']}/releases/{again['id']}/approvals"
    assert max_.post(path, json={"approved": True, "grounds": "He paid the last."}).status_code == 201
    (item,) = fleur.get("/v1/overrides").json["items"]
    assert (item["person"]["given_by"], item["person"]["seconded_by"]) == ("mia@example.com", "max@example.com")
