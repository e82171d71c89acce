"""Backtests over HTTP and by command: what one tells of a small ledger worked by hand, and that it is kept once."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from api.cli import main
from api.policies.backtest.jobs import backtest_policy
from api.problems import BadInput
from api.records import backtests, jobs
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.worker import run_job
from scoring.policy.document import shipped
from tests.api.policies.small_ledger import PERIOD, backtested, learn_small_ledger, stricter
from tests.records.random_ledgers import Learner
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]


@pytest.fixture
def learner(sessions: Sessions, seller: Seller) -> Learner:
    return learn_small_ledger(sessions, seller)


@pytest.fixture
def manager(client_of: ClientOf) -> FlaskClient:
    return client_of("credit_manager", subject="maker@seller.example")


def named(items: list[dict[str, Any]], key: str, value: Any) -> dict[str, Any]:
    return next(each for each in items if each[key] == value)


def test_what_a_backtest_tells_of_a_small_ledger(learner, manager, house, seller, app: Flask) -> None:
    told = backtested(manager, house, seller)
    assert_documented(app, "get", "/v1/backtests/{backtest_id}", 200, told)
    result = told["result"]
    assert result["coverage"] == {
        "orders": 18,
        "orders_with_history": 15,
        "debtors": 2,
        "debtors_with_history": 2,
        "orders_with_report": 0,
        "orders_in_other_currencies": 0,
    }
    assert (result["compared_missing"], result["comparison"]) == ("same_policy", None)
    assert result["period"] == PERIOD | {"ledger_from": "2025-01-01", "ledger_to": "2025-12-31"}
    # Late by 30, 45, 65 and, still open, 75 days at the end.
    rates = {each["name"]: (each["cases"], each["events"], each["undecided"]) for each in result["targets"]}
    assert rates["invoice_over_0_days_late"] == (18, 4, 0)
    assert rates["invoice_over_15_days_late"] == (18, 4, 0)
    assert rates["invoice_over_30_days_late"] == (18, 3, 0)
    assert rates["invoice_over_90_days_late"] == (17, 0, 1)
    assert rates["debtor_any_over_30_days_late_in_90_days"] == (18, 4, 0)
    measures = result["measures"][0]
    whole = named(measures["targets"], "name", "invoice_over_30_days_late")["with_history"]
    # The late one is graded worse each time, once it has paid at all.
    assert (whole["cases"], whole["events"], whole["auc"], whole["gini"], whole["ks"]) == (
        15,
        3,
        "1.000000",
        "1.000000",
        "1.000000",
    )
    assert (whole["roc"][0], whole["roc"][-1][:2]) == (["0.000000", "0.000000", None], ["1.000000", "1.000000"])
    nobody = named(measures["targets"], "name", "invoice_over_90_days_late")["with_history"]
    assert (nobody["missing"], nobody["auc"]) == ("no_events", None)
    assert sum(each["orders"] for each in measures["outcomes"]) == 18
    assert sum(each["orders"] for each in measures["classes"]) == 18


def test_margin_and_loss_are_of_what_the_policy_accepted(learner, manager, house, seller) -> None:
    shares = {"margin_share": "0.25", "loss_given_default": "1", "prepaid_kept_share": "0", "funding_rate": "0"}
    result = backtested(manager, house, seller, **shares)["result"]
    assert result["economics"] == shares
    measures = result["measures"][0]
    accepted = named(measures["outcomes"], "outcome", "accept")
    earned = measures["earned"]["on_account"]
    assert accepted["orders"] > 0
    assert (earned["orders"], earned["order_amount"]) == (accepted["orders"], accepted["amount"])
    assert Decimal(earned["margin_amount"]) == Decimal(accepted["amount"]) / 4
    assert earned["realised_loss_amount"] == "0.00"
    assert Decimal(earned["expected_loss_amount"]) > 0
    assert measures["earned"]["waiting"]["margin_amount"] == "0.00"


def test_why_orders_wait_or_get_no_credit_is_told(learner, manager, house, seller) -> None:
    version = stricter(manager)
    candidate, active = backtested(manager, house, seller, version=version)["result"]["measures"]
    for measures in (candidate, active):
        stopped = sum(each["orders"] for each in measures["outcomes"] if each["outcome"] != "accept")
        assert stopped > 0
        assert all(0 < each["orders"] <= stopped for each in measures["reasons"])
        # Each order has a reason for the very outcome that it got.
        for each in measures["outcomes"]:
            if each["outcome"] != "accept" and each["orders"]:
                of_it = [found["orders"] for found in measures["reasons"] if found["effect"] == each["outcome"]]
                assert sum(of_it) >= each["orders"]
        assert sum(each["orders"] for each in measures["zero_limits"]) == measures["limits"]["zero"]
    # No grade of this policy gets credit: every order that has one is stopped by it, also where a person decides.
    assert [each["binding"] for each in candidate["zero_limits"]] == ["grade"]
    without, ungraded = (named(candidate["reasons"], "code", code) for code in ("grade_without_credit", "no_pd"))
    assert (without["effect"], without["amount"]) == ("accept_prepayment", "1500.00")
    assert without["orders"] + ungraded["orders"] == 18


@pytest.mark.parametrize("funding_rate", ["0.0333", "0.0777"])
def test_what_is_written_adds_up_to_the_cent(learner, manager, house, seller, funding_rate: str) -> None:
    shares = {"margin_share": "0.123457", "prepaid_kept_share": "0.333333", "funding_rate": funding_rate}
    result = backtested(manager, house, seller, version=stricter(manager), **shares)["result"]
    earned = [measures["earned"] for measures in result["measures"]]
    for by_standing in earned:
        whole = by_standing["all"]
        for name in whole:
            parts = sum(Decimal(each[name]) for standing, each in by_standing.items() if standing != "all")
            assert parts == Decimal(whole[name]), name
    sides = [side[role] for side in result["comparison"]["swap"] for role in ("candidate", "active")]
    for each in (*sides, *(each for by_standing in earned for each in by_standing.values())):
        lost = Decimal(each["realised_loss_amount"]) + Decimal(each["funding_amount"])
        assert Decimal(each["result_amount"]) == Decimal(each["margin_amount"]) - lost


def test_another_policy_is_laid_beside_the_active_one(learner, manager, house, seller) -> None:
    version = stricter(manager)
    result = backtested(manager, house, seller, version=version)["result"]
    assert [(each["role"], each["version"]) for each in result["policies"]] == [("candidate", version), ("active", 1)]
    candidate, active = result["measures"]
    assert named(candidate["outcomes"], "outcome", "accept")["orders"] == 0
    accepted = named(active["outcomes"], "outcome", "accept")
    sides = {each["side"]: each for each in result["comparison"]["swap"]}
    assert (sides["both"]["orders"], sides["only_candidate"]["orders"]) == (0, 0)
    assert (sides["only_active"]["orders"], sides["only_active"]["amount"]) == (accepted["orders"], accepted["amount"])
    assert sum(each["orders"] for each in sides.values()) == 18
    # Both give the same probabilities, so that they separate alike; all that is late is of one debtor.
    difference = named(result["comparison"]["targets"], "name", "invoice_over_30_days_late")["with_history"]
    assert (difference["auc_difference"], difference["low"], difference["missing"]) == (
        "0.000000",
        None,
        "events_of_one",
    )
    assert sum(each["orders"] for each in result["comparison"]["class_moves"]) == 18


def test_the_same_backtest_tells_the_same_to_the_byte(learner, manager, house, seller) -> None:
    first, second = (backtested(manager, house, seller) for _ in range(2))
    assert first["id"] != second["id"]
    assert json.dumps(first["result"], sort_keys=True) == json.dumps(second["result"], sort_keys=True)
    listed = manager.get("/v1/policies/1/backtests").json["items"]
    assert [each["id"] for each in listed] == [second["id"], first["id"]]


def test_a_backtest_is_ordered_once_and_kept_once(
    learner, manager, house, seller, sessions: Sessions, app: Flask
) -> None:
    started = manager.post("/v1/policies/1/backtests", json=PERIOD, headers={"Idempotency-Key": "one"})
    again = manager.post("/v1/policies/1/backtests", json=PERIOD, headers={"Idempotency-Key": "one"})
    assert_documented(app, "post", "/v1/policies/{version}/backtests", 202, started.json)
    assert again.json == started.json
    assert_problem(app, manager.get(f"/v1/backtests/{started.json['backtest_id']}"), 404, "not_found")
    run_job(house, seller.id, started.json["job_id"], is_last=True)
    job = manager.get(f"/v1/jobs/{started.json['job_id']}").json
    assert (job["state"], job["progress"]) == ("succeeded", {"done": 2, "total": 2})
    with sessions.of(seller.id) as session:
        record = jobs.get(session, started.json["job_id"])
        before = backtests.get(session, started.json["backtest_id"])
    assert backtest_policy(house, seller, record.id, record.arguments) == record.result
    page = manager.get("/v1/policies/1/backtests").json
    assert_documented(app, "get", "/v1/policies/{version}/backtests", 200, page)
    assert [each["id"] for each in page["items"]] == [str(before.id)]
    assert datetime.fromisoformat(page["items"][0]["made_at"]) == before.made_at


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/from", "/to"}),
        ({"from": "2025-02-01", "to": "2025-01-01"}, {"/to"}),
        (PERIOD | {"margin_share": "1.5", "funding_rate": 0.05}, {"/margin_share", "/funding_rate"}),
        (PERIOD | {"since": "2025-01-01", "as_known": "often"}, {"/since", "/as_known"}),
    ],
)
def test_every_fault_of_a_request_is_named(manager, app: Flask, body: dict[str, Any], pointers: set[str]) -> None:
    answer = manager.post("/v1/policies/1/backtests", json=body)
    assert answer.status_code == 422
    assert {each["pointer"] for each in answer.json["errors"]} == pointers


def test_what_cannot_be_tested_when_its_turn_comes_fails_for_good(manager, house, seller, monkeypatch) -> None:
    started = manager.post("/v1/policies/1/backtests", json=PERIOD).json

    def refuse(*_: Any) -> None:
        raise BadInput("The policy cannot be used.", code="policy_invalid")

    monkeypatch.setattr("api.policies.backtest.jobs.run_backtest", refuse)
    run_job(house, seller.id, started["job_id"], is_last=False)
    job = manager.get(f"/v1/jobs/{started['job_id']}").json
    assert (job["state"], job["errors"][0]["code"]) == ("failed", "policy_invalid")


NO_ORDERS = "There is no order in EUR from 2031-01-01 to 2031-12-31: the ledger tells of 2025-01-01 to 2025-12-31."


def test_a_period_without_orders_fails_with_the_period_of_the_ledger(learner, manager, house, seller) -> None:
    started = manager.post("/v1/policies/1/backtests", json={"from": "2031-01-01", "to": "2031-12-31"}).json
    run_job(house, seller.id, started["job_id"], is_last=False)
    job = manager.get(f"/v1/jobs/{started['job_id']}").json
    assert (job["state"], [(each["code"], each["detail"]) for each in job["errors"]]) == (
        "failed",
        [("no_orders", NO_ORDERS)],
    )
    assert manager.get(f"/v1/backtests/{started['backtest_id']}").status_code == 404


def test_who_may_read_a_backtest_may_not_order_one(learner, manager, house, seller, client_of, app: Flask) -> None:
    told = backtested(manager, house, seller)
    finance, sales = client_of("finance"), client_of("sales")
    assert finance.get(f"/v1/backtests/{told['id']}").json == told
    assert_problem(app, finance.post("/v1/policies/1/backtests", json=PERIOD), 403, "not_allowed")
    assert_problem(app, sales.get(f"/v1/backtests/{told['id']}"), 403, "not_allowed")
    assert_problem(app, manager.post("/v1/policies/9/backtests", json=PERIOD), 404, "not_found")
    assert_problem(app, manager.get("/v1/policies/9/backtests"), 404, "not_found")


@pytest.fixture
def command(database_urls, seller) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        environment = {"CREDITGATE_DATABASE_URL": database_urls[1], "CREDITGATE_OWNER_DATABASE_URL": None}
        period = ["--from", PERIOD["from"], "--to", PERIOD["to"]]
        return CliRunner().invoke(main, ["backtest", "--seller", seller.name, *period, *arguments], env=environment)

    return run


def test_the_command_writes_what_the_route_keeps(
    learner, manager, house, seller, command: Callable[..., Result], tmp_path: Path
) -> None:
    kept = backtested(manager, house, seller)["result"]
    told = command("--version", "1", "--out", str(tmp_path / "out"))
    assert told.exit_code == 0, told.output
    assert json.loads((tmp_path / "out" / "result.json").read_bytes()) == kept
    assert "18 orders of 2 debtors, 15 with history" in told.output
    assert "invoice_over_30_days_late" in told.output


def test_a_policy_may_be_a_file(learner, command: Callable[..., Result], tmp_path: Path) -> None:
    document = {**shipped()["default"], "limits": {**shipped()["default"]["limits"], "capacity": {}}}
    (tmp_path / "stricter.yaml").write_text(yaml.safe_dump(document), "utf-8")
    told = command("--policy", str(tmp_path / "stricter.yaml"), "--as-known")
    assert told.exit_code == 0, told.output
    assert "accepted by only_active:" in told.output
    assert "not accepted: 18 orders, refer by no_pd: There is nothing to judge the debtor on yet." in told.output


def test_what_cannot_be_tested_is_told(command: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("engine: '1'\n", "utf-8")
    (tmp_path / "latin.yaml").write_bytes(b"engine: \xff\xff")
    dollars = dict(shipped()["default"], currency="USD")
    (tmp_path / "dollars.yaml").write_text(yaml.safe_dump(dollars), "utf-8")
    for arguments, words in (
        ((), "either --policy or --version"),
        (("--version", "9"), "no policy version 9"),
        (("--policy", str(tmp_path / "bad.yaml")), "limits"),
        (("--policy", str(tmp_path / "dollars.yaml")), "must be in EUR"),
        (("--policy", str(tmp_path / "latin.yaml")), "not written in utf-8"),
        (("--version", "1", "--margin-share", "2"), "not from 0 to 1"),
        (("--version", "1", "--margin-share", "much"), "not a number"),
    ):
        told = command(*arguments)
        assert told.exit_code != 0
        assert words in told.output


def test_the_command_says_nothing_but_that_a_period_has_no_orders(
    learner, command: Callable[..., Result], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    told = command("--version", "1", "--from", "2031-01-01", "--to", "2031-12-31", "--out", str(out))
    assert told.exit_code == 1
    assert [line for line in told.output.splitlines() if line.strip() and "debtors" not in line] == [
        f"Error: {NO_ORDERS}"
    ]
    assert not out.exists()


def test_an_empty_ledger_is_told(command: Callable[..., Result]) -> None:
    told = command("--version", "1")
    assert told.exit_code == 1
    assert "from 2025-01-01 to 2025-12-31: the ledger holds no invoice at all." in told.output


def test_an_engine_that_is_not_kept_is_told(learner, command: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "unheard.yaml").write_text(yaml.safe_dump(dict(shipped()["default"], engine="none")), "utf-8")
    told = command("--policy", str(tmp_path / "unheard.yaml"))
    assert told.exit_code == 1
    assert "engine: 'none' is not one of" in told.output
