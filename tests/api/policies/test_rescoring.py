"""The whole book judged by another version: on the facts a check would gather, without effect, resumable."""

from decimal import Decimal
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from api.cli import main
from api.policies.trying import rescoring
from api.policies.trying.jobs import run_rescoring
from api.policies.trying.rescoring import Rescoring, gathered
from api.policies.trying.rescoring_answer import rescoring_answer
from api.policies.trying.rescoring_tally import BEFORE_ALL, MOST_CHANGED_COUNT, Tally
from api.records import checks, jobs
from api.records.base import new_id
from api.worker import run_job
from scoring.canonical import facts_document
from scoring.policy.document import shipped
from tests.api.policies.conftest import stricter
from tests.web_checks import assert_documented, assert_problem

PATH = "/v1/policies/{}/rescorings"
COMPANIES = ("90000001", "90000002", "90000003", "90000007")
COUNTED = ("decision", "decision_facts", "credit_report", "debtor", "event", "shadow_decision", "exposure_entry")


@pytest.fixture
def book(check, client_of):
    """Four debtors with reports, one of them with invoices, and one that nobody knows anything of."""
    ids = [check(number, order=None)["debtor_id"] for number in COMPANIES]
    integration = client_of("integration")
    unknown = {"name": "Nobody", "country": "NL", "references": [{"system": "erp", "value": "1"}]}
    assert integration.post("/v1/debtors", json=unknown).status_code == 201
    invoices = [
        {
            "debtor_id": ids[1],
            "invoice_number": f"F{place}",
            "invoiced_on": "2026-01-05",
            "due_on": "2026-02-04",
            "amount": {"amount": "1250.00", "currency": currency},
        }
        for place, currency in enumerate(("EUR", "EUR", "USD"))
    ]
    answer = integration.post("/v1/invoices", json={"items": invoices})
    assert answer.status_code == 201, answer.text
    return ids


def started(client: Any, version: int, **query: str) -> Any:
    answer = client.post(PATH.format(version), query_string=query)
    assert answer.status_code == 202, answer.text
    return answer.json["job_id"]


def rescored(client: Any, house: Any, seller: Any, version: int, **query: str) -> dict[str, Any]:
    job_id = started(client, version, **query)
    run_job(house, seller.id, job_id, is_last=True)
    job = client.get(f"/v1/jobs/{job_id}").json
    assert (job["state"], job["errors"]) == ("succeeded", [])
    return dict(job)


def test_facts_are_those_of_a_check_without_an_order(house, sessions, seller, book, check):
    check(COMPANIES[1], order=None)  # Again: its reports are stored now.
    with sessions.of(seller.id) as session:
        rules = house.policies.active(session)
        page = checks.book_page(session, BEFORE_ALL, 10)
        ordered = Rescoring(rules, rules, house.clock.today(seller), house.clock.now(seller))
        facts = dict(
            zip(
                [str(each.debtor.id) for each in page],
                gathered(session, page, rules, ordered),
                strict=True,
            )
        )
        query = (
            "SELECT f.facts FROM decision_facts f JOIN decision d ON d.id = f.decision_id ORDER BY d.id DESC LIMIT 1"
        )
        last = orjson.loads(session.scalar(text(query)))
    assert facts_document(facts[book[1]]) == last
    assert last["behaviour"]["overdue_amount"] != "0"


def test_a_rescoring_tells_who_moves_and_touches_nothing(app, client_of, house, sessions, seller, new_version, book):
    version = new_version(stricter())
    counts = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in COUNTED)

    def counted() -> tuple[int, ...]:
        with sessions.of(seller.id) as session:
            return tuple(session.execute(text(counts)).one())

    before = counted()
    job = rescored(client_of("finance"), house, seller, version, loss_given_default="0.45")
    assert_documented(app, "get", "/v1/jobs/{job_id}", 200, job)
    assert counted() == before
    assert job["progress"] == {"done": 5, "total": 5}
    told = job["result"]
    assert (told["policy_version"], told["active_version"], told["debtors_count"]) == (version, 1, 5)
    assert (told["judged_count"], told["failures"]) == (5, [])
    classes = {each["risk_class"]: each for each in told["class_shares"]}
    assert sum(each["active_count"] for each in told["class_shares"]) == 5
    assert all(each["active_count"] == each["version_count"] for each in classes.values())
    assert classes[None]["active_share"] is None
    assert told["comparison"]["limits"]["lower_count"] > 0
    assert Decimal(told["comparison"]["expected_loss"]["at_risk_amount"]) == 2500
    assert told["without_grade"]["active"]["count"] == classes[None]["active_count"]
    assert told["without_grade"]["active"]["reasons"]
    assert {each["debtor_id"] for each in told["most_changed"]} <= set(book)
    assert told["most_changed"]
    assert {each["code"] for each in told["warnings"]} == {"normal_share_outside"}
    assert told["evidence_differences"] == []


def test_the_same_policy_moves_nobody(client_of, house, seller, new_version, book):
    told = rescored(client_of("finance"), house, seller, new_version(shipped()["default"]))["result"]
    assert told["most_changed"] == []
    assert all(each["active"] == each["version"] for each in told["comparison"]["outcomes"])


def test_each_version_is_judged_on_facts_by_its_own_windows(client_of, house, seller, new_version, book):
    evidence = {**shipped()["default"]["evidence"], "report_fresh_days": 1}
    sources = {**shipped()["default"]["sources"], "needed": []}
    told = rescored(client_of("finance"), house, seller, new_version(stricter(evidence=evidence, sources=sources)))[
        "result"
    ]
    settings = {each["setting"] for each in told["evidence_differences"]}
    assert settings == {"evidence.report_fresh_days", "sources.needed"}


def test_a_rescoring_that_was_killed_goes_on_where_it_was(
    client_of, house, sessions, seller, new_version, book, monkeypatch
):
    monkeypatch.setattr(rescoring, "BATCH_COUNT", 2)
    client, version = client_of("finance"), new_version(stricter())
    whole = rescored(client, house, seller, version)["result"]
    job_id = started(client, version)
    judged: list[Any] = []
    sound = rescoring.judge

    def judge(engine: str, facts: Any, policy: Any) -> Any:
        judged.append(facts)
        if len(judged) == 6:
            raise KeyboardInterrupt
        return sound(engine, facts, policy)

    monkeypatch.setattr(rescoring, "judge", judge)
    with sessions.of(seller.id) as session:
        arguments = jobs.get(session, job_id).arguments
    with pytest.raises(KeyboardInterrupt):
        run_rescoring(house, seller, job_id, arguments)
    assert client.get(f"/v1/jobs/{job_id}").json["progress"] == {"done": 2, "total": 5}
    assert run_rescoring(house, seller, job_id, arguments) == whole
    assert len(judged) == 6 + 6


def test_what_was_put_down_on_another_day_is_begun_again(client_of, house, sessions, seller, new_version, book):
    client, version = client_of("finance"), new_version(stricter())
    job_id = started(client, version)
    with sessions.of(seller.id) as session:
        arguments = jobs.get(session, job_id).arguments
        stale = Tally(done_count=77)
        jobs.keep(session, job_id, {"as_of": "2020-01-01", "so_far": stale.document()})
    assert run_rescoring(house, seller, job_id, arguments)["debtors_count"] == 5


def test_a_debtor_that_cannot_be_judged_stops_no_other(client_of, house, seller, new_version, book, monkeypatch):
    sound = rescoring.judge

    def judge(engine: str, facts: Any, policy: Any) -> Any:
        if facts.exposure.amount == 2500:
            raise ZeroDivisionError("by nothing")
        return sound(engine, facts, policy)

    monkeypatch.setattr(rescoring, "judge", judge)
    told = rescored(client_of("finance"), house, seller, new_version(stricter()))["result"]
    assert told["failures"] == [{"error": "ZeroDivisionError", "count": 1}]
    assert (told["debtors_count"], told["judged_count"]) == (5, 4)


def test_who_may_rescore_and_read_it(app, client_of, house, seller, new_seller, new_version, book):
    version, unreadable = new_version(stricter()), new_version({"engine": "2"})
    for role in ("sales", "integration", "admin", "insurer"):
        assert_problem(app, client_of(role).post(PATH.format(version)), 403, "not_allowed")
    manager = client_of("credit_manager")
    assert_problem(app, manager.post(PATH.format(99)), 404, "not_found")
    assert_problem(app, manager.post(PATH.format(unreadable)), 409, "policy_unreadable")
    assert_problem(app, client_of("finance", seller=new_seller()).post(PATH.format(version)), 404, "not_found")
    job_id = started(manager, version)
    assert manager.get(f"/v1/jobs/{job_id}").status_code == 200
    for role in ("sales", "integration"):
        assert_problem(app, client_of(role).get(f"/v1/jobs/{job_id}"), 404, "not_found")


def test_the_command_prints_a_table(config, database_urls, monkeypatch, seller, new_version, book):
    version = new_version(stricter())
    monkeypatch.setenv("CREDITGATE_DATABASE_URL", database_urls[1])
    monkeypatch.setenv("CREDITGATE_SECRET_KEYS", config.secret_keys[0])
    arguments = ["rescore", "--seller", seller.name, "--version"]
    ran = CliRunner().invoke(main, [*arguments, str(version), "--loss-given-default", "0.45"])
    assert ran.exit_code == 0, ran.output
    for words in (
        f"version {version}",
        "no class",
        "limits higher 0, lower",
        "without a grade, active: 1",
        "warning: normal is",
    ):
        assert words in ran.output
    assert "There is no policy version 99" in CliRunner().invoke(main, [*arguments, "99"]).output


def many_debtors(sessions: Any, seller: Any, like: str, count: int) -> None:
    """Debtors with the reports of one that is there."""
    ids = [new_id() for _ in range(count)]
    for table, column, names in (
        ("debtor", "id", "'id', n"),
        ("credit_report", "debtor_id", "'id', gen_random_uuid(), 'debtor_id', n"),
    ):
        statement = f"""
            INSERT INTO {table} SELECT (jsonb_populate_record(one.whole, jsonb_build_object({names}))).*
            FROM (SELECT t AS whole FROM {table} t WHERE {column} = :like) one, unnest(CAST(:ids AS uuid[])) n"""
        with sessions.of(seller.id) as session:
            session.execute(text(statement), {"like": like, "ids": ids})


@pytest.mark.slow
def test_ten_thousand_debtors_are_rescored(house, sessions, seller, new_version, book):
    version = new_version(stricter())
    many_debtors(sessions, seller, book[1], 10_000)
    with sessions.of(seller.id) as session:
        active, rules = house.policies.active(session), house.policies.version(session, version)
    ordered = Rescoring(active, rules, house.clock.today(seller), house.clock.now(seller))
    batches: list[int] = []
    tally = rescoring.rescore(
        house, seller, ordered, Tally(), lambda _, so_far, total: batches.append(so_far.done_count)
    )
    told = rescoring_answer(Tally.from_document(tally.document()), ordered, None)
    assert (told["judged_count"], len(told["most_changed"])) == (10_005, MOST_CHANGED_COUNT)
    assert batches[0] == 500
    assert len(tally.groups) < 20
