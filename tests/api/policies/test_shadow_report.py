"""What a version in shadow says beside what was decided: the sums, each decision, and who may see them."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from api.policies.trying.shadowing import judge_shadows_of
from api.records import policies, shadow_decisions, shadow_report
from api.worker import make_queue
from scoring.comparison import NOTHING, Said, sums_of, total
from scoring.policy.document import shipped
from tests.api.policies.conftest import stricter
from tests.web_checks import assert_documented, assert_problem

REPORT, DECISIONS = "/v1/policies/{}/shadow-report", "/v1/policies/{}/shadow-decisions"


@pytest.fixture
def finance(client_of):
    return client_of("finance")


@pytest.fixture
def judged(house, seller, new_version, check):
    """A stricter version that judged an accepted order, one that was refused, and a check without an order."""
    version = new_version(stricter())
    check("90000002", order="2500.00")
    check("90000007", order="1000.00")
    check("90000001", order=None)
    judge_shadows_of(house, seller, whole=False)
    return version


def cells(rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {(row["active"], row["version"], row["count"]) for row in rows}


def test_a_report_tells_who_moves_and_what_it_costs(app, finance, judged):
    report = finance.get(REPORT.format(judged), query_string={"loss_given_default": "0.4"}).json
    assert_documented(app, "get", "/v1/policies/{version}/shadow-report", 200, report)
    assert (report["policy_version"], report["active_version"], report["state"]) == (judged, 1, "shadow")
    counts = [report[f"{name}_count"] for name in ("waiting", "judged", "erased", "failed")]
    assert counts == [0, 3, 0, 0]
    told = report["comparison"]
    assert cells(told["outcomes"]) == {("accept", "accept_prepayment", 2), ("decline", "decline", 1)}
    assert all(row["active"] == row["version"] for row in told["classes"])
    assert (told["grades"]["better_count"], told["grades"]["worse_count"]) == (0, 0)
    assert told["limits"]["lower_count"] == 2
    assert told["limits"]["version_amount"] == "0.00"
    assert Decimal(told["limits"]["active_amount"]) > 2500
    assert sum(row["count"] for row in told["limits_by_binding"]) == 3
    loss = told["expected_loss"]
    assert (loss["loss_given_default"], loss["at_risk_count"], loss["at_risk_amount"]) == ("0.4", 2, "3500.00")
    assert loss["active_amount"] == loss["version_amount"]  # The grades are the same.
    assert report["evidence_differences"] == []


def test_the_policys_own_loss_given_default_goes_first(finance, house, seller, new_version, check):
    provisions = {"loss_given_default": "0.25"}
    version = new_version(stricter(provisions=provisions))
    check()
    judge_shadows_of(house, seller, whole=False)
    path = REPORT.format(version)
    told = [
        finance.get(path, query_string=query).json["comparison"]["expected_loss"]
        for query in ({}, {"loss_given_default": "0.9"})
    ]
    assert [each["loss_given_default"] for each in told] == ["0.25", "0.25"]


def test_without_a_loss_given_default_there_is_no_loss_and_why(app, finance, judged):
    loss = finance.get(REPORT.format(judged)).json["comparison"]["expected_loss"]
    assert (loss["active_amount"], loss["version_amount"], loss["missing"]) == (None, None, "no_loss_given_default")
    for share in ("1.01", "-0.1", "half"):
        answer = finance.get(REPORT.format(judged), query_string={"loss_given_default": share})
        assert_problem(app, answer, 422, "bad_input")


def test_what_facts_were_gathered_by_otherwise_is_told(finance, new_version):
    evidence = {**shipped()["default"]["evidence"], "late_days": 30}
    report = finance.get(REPORT.format(new_version(stricter(evidence=evidence)))).json
    assert [each["setting"] for each in report["evidence_differences"]] == ["evidence.late_days"]
    assert report["evidence_differences"][0]["version"] == 30


def test_what_waits_is_counted_and_judged_once_more(finance, house, config, new_version, check):
    version = new_version(stricter())
    check()
    assert finance.get(REPORT.format(version)).json["waiting_count"] == 1
    queue = make_queue(house, config.database_url)
    with queue.open():
        queue.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, queues=["long"])
    report = finance.get(REPORT.format(version)).json
    assert (report["waiting_count"], report["judged_count"]) == (0, 1)


def test_erased_and_failed_are_counted_apart(finance, house, sessions, seller, new_version, check):
    version, poisoned = new_version(stricter()), new_version(stricter(engine="99"))
    unreadable = new_version({"engine": "2"})
    check()
    with sessions.of(seller.id) as session:
        session.execute(text("DELETE FROM decision_facts"))
    check()
    judge_shadows_of(house, seller, whole=False)
    told = {}
    for each in (version, poisoned, unreadable):
        report = finance.get(REPORT.format(each)).json
        told[each] = (
            *(report[f"{name}_count"] for name in ("waiting", "judged", "erased", "failed")),
            report["comparison"],
        )
    assert told[version][:4] == (0, 1, 1, 0)
    assert told[poisoned][:4] == (0, 0, 1, 1)
    assert told[unreadable] == (0, 0, 1, 1, None)


def test_each_decision_is_shown_with_both_sides(app, finance, judged):
    page = finance.get(DECISIONS.format(judged)).json
    assert_documented(app, "get", "/v1/policies/{version}/shadow-decisions", 200, page)
    assert len(page["items"]) == 3
    changed = finance.get(DECISIONS.format(judged), query_string={"changed": "true", "limit": 1}).json
    (item,) = changed["items"]
    assert item["active"]["outcome"] == "accept"
    assert item["version"]["outcome"] == "accept_prepayment"
    assert item["differs"] == ["outcome", "limit", "binding"]
    assert item["version"]["credit_limit"] == {"kind": "amount", "amount": {"amount": "0.00", "currency": "EUR"}}
    query = {"changed": "true", "after": changed["next"]}
    rest = finance.get(DECISIONS.format(judged), query_string=query).json
    assert (len(rest["items"]), rest["next"]) == (1, None)
    (same,) = finance.get(DECISIONS.format(judged), query_string={"changed": "false"}).json["items"]
    assert (same["active"]["outcome"], same["differs"]) == ("decline", [])


@pytest.mark.parametrize("path", [REPORT, DECISIONS])
def test_only_finance_sees_what_a_shadow_says(app, client_of, judged, path):
    for role in ("sales", "integration", "admin", "insurer"):
        assert_problem(app, client_of(role).get(path.format(judged)), 403, "not_allowed")
    assert client_of("credit_manager").get(path.format(judged)).status_code == 200


@pytest.mark.parametrize("path", [REPORT, DECISIONS])
def test_a_version_that_was_never_in_shadow_has_no_report(app, finance, client_of, new_seller, judged, path):
    assert_problem(app, finance.get(path.format(1)), 409, "never_in_shadow")
    assert_problem(app, finance.get(path.format(99)), 404, "not_found")
    other = client_of("finance", seller=new_seller())
    assert_problem(app, other.get(path.format(judged)), 404, "not_found")


def spread(sessions: Any, seller: Any, version: int, count: int) -> None:
    """Many decisions beside what was said of them, of all kinds, written by SQL."""
    made = """
        INSERT INTO decision SELECT (jsonb_populate_record(one.whole, jsonb_build_object(
            'id', gen_random_uuid(), 'outcome', (ARRAY['accept', 'refer', 'decline'])[1 + n % 3], 'grade', 'G' || n % 9,
            'pd', CASE WHEN n % 7 > 0 THEN (n % 1000) / 100000.0 END,
            'limit_kind', (ARRAY['none', 'amount', 'unlimited'])[1 + n % 3],
            'limit_amount', CASE WHEN n % 3 = 1 THEN n % 5000 END))).*
        FROM (SELECT d AS whole FROM decision d LIMIT 1) one, generate_series(1, :count) n"""
    said = """
        INSERT INTO shadow_decision (seller_id, policy_version, decision_id, state, outcome, risk_class, grade, pd,
            limit_kind, limit_amount, currency, binding, decided_binding, order_amount, differs, judged_at)
        SELECT seller_id, :version, id, 'judged', (ARRAY['accept', 'refer'])[1 + n % 2], 'low', 'G' || n % 8,
            CASE WHEN n % 5 > 0 THEN (n % 900) / 90000.0 END, (ARRAY['none', 'amount', 'unlimited'])[1 + n % 4 % 3],
            CASE WHEN n % 4 % 3 = 1 THEN n % 4000 END, currency, (ARRAY['need', 'grade'])[1 + n % 2], 'need',
            CASE WHEN n % 3 > 0 THEN n END, '[]', decided_at
        FROM (SELECT d.*, row_number() OVER (ORDER BY id) AS n FROM decision d) d"""
    with sessions.of(seller.id) as session:
        session.execute(text(made), {"count": count})
    with sessions.of(seller.id) as session:
        session.execute(text(said), {"version": version})


def test_the_sums_are_those_of_each_decision_by_itself(sessions, seller, new_version, check):
    version = new_version(stricter())
    check()
    spread(sessions, seller, version, 400)
    with sessions.of(seller.id) as session:
        record = policies.get(session, version)
        rows = session.execute(shadow_decisions.listing(record)).all()
        _, groups = shadow_report.groups(session, record)
    expected = NOTHING
    for row in rows:
        shadow = row[0]
        pair = Said(row.limit_kind, row.limit_amount, row.pd), Said(shadow.limit_kind, shadow.limit_amount, shadow.pd)
        expected = expected.plus(sums_of(*pair, shadow.order_amount))
    assert total(groups) == expected
    assert expected.higher_count
    assert expected.lower_count
    assert expected.rated_count


@pytest.mark.slow
def test_a_report_of_100_000_decisions_is_told(finance, sessions, seller, new_version, check):
    version = new_version(stricter())
    check()
    spread(sessions, seller, version, 100_000)
    report = finance.get(REPORT.format(version)).json
    page = finance.get(DECISIONS.format(version), query_string={"changed": "true"}).json
    assert (report["waiting_count"], report["judged_count"], page["items"]) == (0, 100_001, [])
    assert sum(row["count"] for row in report["comparison"]["outcomes"]) == 100_001
