"""Credit checks asked together, answered by the worker through the real queue."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.prospect.jobs import run_batch
from api.records import jobs
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from api.worker import run_job
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]


def request(kvk_number: str) -> dict[str, Any]:
    return {
        "company": {"country": "NL", "kvk_number": kvk_number},
        "purpose": "credit_assessment",
        "relation": "prospect",
    }


ITEMS = [request("90000001"), {"debtor_reference": {"system": "erp", "value": "nobody"}}, request("90000007")]


def test_a_batch_answers_each_item_and_stops_for_none(
    client_of: ClientOf, app: Flask, house: House, seller: Seller
) -> None:
    client = client_of("sales")
    started = client.post("/v1/credit-checks/batches", json={"items": ITEMS})
    assert_documented(app, "post", "/v1/credit-checks/batches", 202, started.json)
    run_job(house, seller.id, started.json["job_id"], is_last=True)
    job = client.get(f"/v1/jobs/{started.json['job_id']}").json
    assert_documented(app, "get", "/v1/jobs/{job_id}", 200, job)
    assert (job["state"], job["progress"]) == ("succeeded", {"done": 3, "total": 3})
    told = [(item["index"], item.get("outcome"), item.get("code")) for item in job["result"]["items"]]
    assert told == [(0, "accept", None), (1, None, "debtor_not_found"), (2, "decline", None)]
    decided = client.get(f"/v1/decisions/{job['result']['items'][0]['decision_id']}").json
    assert decided["outcome"] == "accept"


def test_a_batch_that_is_run_again_decides_nothing_twice(
    client_of: ClientOf, house: House, seller: Seller, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = client_of("sales").post("/v1/credit-checks/batches", json={"items": ITEMS}).json
    with sessions.of(seller.id) as session:
        job = jobs.get(session, started["job_id"])
        assert job is not None
    with monkeypatch.context() as killing:
        killing.setattr(jobs, "progress", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_batch(house, seller, job.id, job.arguments)
    result = run_batch(house, seller, job.id, job.arguments)
    assert [item["index"] for item in result["items"]] == [0, 1, 2]
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM decision")) == 2


def test_every_fault_of_a_batch_is_named(client_of: ClientOf, app: Flask) -> None:
    items = [request("90000001"), request("12"), {"debtor_id": "x"}]
    answer = client_of("sales").post("/v1/credit-checks/batches", json={"items": items})
    problem = assert_problem(app, answer, 422, "bad_input")
    assert {fault["pointer"] for fault in problem["errors"]} == {
        "/items/1/company/kvk_number",
        "/items/2/debtor_id",
    }
