"""Versions in shadow judge each decision once, whatever happens beside them, and touch nothing that is live."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api.policies.trying import shadowing
from api.policies.trying.shadowing import judge_shadows, judge_shadows_of, judge_waiting
from api.records import policies, shadow_decisions
from api.records.base import new_id
from api.worker import make_queue
from scoring.policy.document import shipped
from tests.api.policies.conftest import stricter

Rows = Callable[[], list[Any]]
QUERY = "SELECT * FROM shadow_decision ORDER BY policy_version, decision_id"
# A copy of a decision and its facts, under an id of another time.
COPY = """
WITH copied AS (
    INSERT INTO decision SELECT (jsonb_populate_record(d, jsonb_build_object('id', CAST(:id AS text)))).*
    FROM decision d WHERE d.id = :of RETURNING id)
INSERT INTO decision_facts (seller_id, decision_id, facts)
SELECT f.seller_id, copied.id, f.facts FROM decision_facts f, copied WHERE f.decision_id = :of
"""


@pytest.fixture
def rows(sessions, seller) -> Rows:
    def read() -> list[Any]:
        with sessions.of(seller.id) as session:
            return list(session.execute(text(QUERY)))

    return read


def copies(sessions, seller, decision_id: str, count: int) -> list[UUID]:
    """Further decisions like one that was made."""
    ids = [new_id() for _ in range(count)]
    with sessions.of(seller.id) as session:
        for each in ids:
            session.execute(text(COPY), {"id": each, "of": UUID(decision_id)})
    return ids


def earlier(decision_id: UUID, by: timedelta) -> UUID:
    return UUID(int=decision_id.int - (int(by.total_seconds() * 1000) << 80))


def test_a_version_in_shadow_judges_what_the_active_one_decided(house, seller, new_version, check, rows):
    check()  # Before it went into shadow.
    version = new_version(stricter())
    decided = check()
    assert (decided["outcome"], decided["policy_version"]) == ("accept", 1)
    assert judge_waiting(house, seller, version, whole=False) == 1
    (row,) = rows()
    assert (str(row.decision_id), row.policy_version, row.state) == (decided["id"], version, "judged")
    assert (row.outcome, row.limit_kind, row.limit_amount) == ("accept_prepayment", "amount", 0)
    assert (row.grade, str(row.pd)) == (decided["grade"], decided["pd"])
    assert (row.decided_binding, row.binding, row.order_amount) == (decided["binding"], "grade", 2500)
    assert row.differs == ["outcome", "limit", "binding"]


def test_the_same_policy_differs_in_nothing(house, seller, new_version, check, rows):
    version = new_version(shipped()["default"])
    for number in ("90000002", "90000007", "90000001"):
        check(number)
    assert judge_waiting(house, seller, version, whole=True) == 3
    assert [row.differs for row in rows()] == [[], [], []]


def test_an_application_is_judged_by_a_shadow_as_a_check_is(house, seller, new_version, client_of, rows):
    version = new_version(stricter())
    asked = {"company": {"country": "NL", "kvk_number": "90000001"}, "purpose": "credit_assessment"}
    asked |= {"relation": "customer", "requested_limit": {"amount": "2500.00", "currency": "EUR"}}
    decision = client_of("finance").post("/v1/applications", json=asked).json["decision"]
    assert judge_waiting(house, seller, version, whole=False) == 1
    (row,) = rows()
    assert (str(row.decision_id), row.outcome, decision["outcome"]) == (decision["id"], "accept_prepayment", "accept")


def test_nothing_is_judged_twice(house, seller, new_version, check, rows):
    version = new_version(stricter())
    check()
    assert [judge_waiting(house, seller, version, whole=whole) for whole in (False, True, False)] == [1, 0, 0]
    check()
    assert judge_waiting(house, seller, version, whole=False) == 1
    assert len(rows()) == 2


def test_each_version_in_shadow_judges_for_itself_and_no_other(house, seller, new_version, check, rows):
    first, second = new_version(stricter()), new_version(shipped()["default"])
    new_version(stricter(), in_shadow=False)
    check()
    judge_shadows_of(house, seller, whole=False)
    assert [(row.policy_version, row.outcome) for row in rows()] == [(first, "accept_prepayment"), (second, "accept")]


def test_what_a_manager_tries_out_is_no_live_decision(house, seller, new_version, client_of, rows):
    version, draft = new_version(stricter()), new_version(stricter(), in_shadow=False)
    manager = client_of("credit_manager")
    body = {"company": {"country": "NL", "kvk_number": "90000002"}, "purpose": "credit_assessment", "relation": "x"}
    for tried in (version, draft):
        manager.post("/v1/credit-checks", json=body | {"policy_version": tried, "relation": "prospect"})
    assert judge_waiting(house, seller, version, whole=True) == 0


def test_a_version_that_left_the_shadow_judges_no_more(house, sessions, seller, new_version, check, rows):
    version = new_version(stricter())
    check()
    with sessions.of(seller.id) as session:
        record = policies.get(session, version)
        policies.activate(session, record, house.clock.now(seller))
    assert judge_waiting(house, seller, version, whole=True) == 0


# --- Late commits, batches and workers at once -----------------------------------------------------------------------


@pytest.mark.parametrize(("by", "found"), [(timedelta(minutes=30), [1, 0]), (timedelta(hours=5), [0, 1])])
def test_a_decision_committed_late_is_judged_all_the_same(house, sessions, seller, new_version, check, by, found):
    version = new_version(stricter())
    late, last = (check()["id"] for _ in range(2))
    with sessions.of(seller.id) as session:
        session.execute(text(COPY), {"id": earlier(UUID(last), by), "of": UUID(late)})
    # The two were judged while the third was not committed yet.
    with sessions.of(seller.id) as session:
        record = policies.get(session, version)
        two = [
            each
            for each in shadow_decisions.waiting(session, record, UUID(int=0), 9)
            if str(each.decision_id) in (late, last)
        ]
        shadow_decisions.add(
            session,
            version,
            [
                shadow_decisions.ShadowDecision(each.decision_id, "erased", shadow_decisions.Said(), None)
                for each in two
            ],
            house.clock.now(seller),
        )
    assert [judge_waiting(house, seller, version, whole=whole) for whole in (False, True)] == found


def test_many_are_judged_in_batches(house, sessions, seller, new_version, check, rows, monkeypatch):
    monkeypatch.setattr(shadowing, "BATCH_COUNT", 7)
    version = new_version(stricter())
    ids = copies(sessions, seller, check()["id"], 20)
    assert judge_waiting(house, seller, version, whole=False) == 21
    assert {row.decision_id for row in rows()} >= set(ids)


def test_workers_at_once_judge_each_decision_once(house, sessions, seller, new_version, check, rows, monkeypatch):
    monkeypatch.setattr(shadowing, "BATCH_COUNT", 3)
    version = new_version(stricter())
    copies(sessions, seller, check()["id"], 40)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: judge_waiting(house, seller, version, whole=False), range(12)))
    judge_waiting(house, seller, version, whole=False)
    assert sum(counts) <= 41
    assert [row.state for row in rows()] == ["judged"] * 41


def test_a_worker_leaves_a_version_that_another_is_at(house, sessions, seller, new_version, check):
    version, other = new_version(stricter()), new_version(stricter())
    check()
    with sessions.of(seller.id) as session:
        assert shadow_decisions.alone(session, version)
        assert judge_waiting(house, seller, version, whole=False) == 0
        assert judge_waiting(house, seller, other, whole=False) == 1
    assert judge_waiting(house, seller, version, whole=False) == 1


def test_a_worker_that_is_killed_leaves_what_it_kept(house, sessions, seller, new_version, check, rows, monkeypatch):
    monkeypatch.setattr(shadowing, "BATCH_COUNT", 5)
    version = new_version(stricter())
    copies(sessions, seller, check()["id"], 11)
    add = shadow_decisions.add

    def killed(*arguments: Any) -> None:
        if len(rows()) >= 5:
            raise KeyboardInterrupt
        add(*arguments)

    with monkeypatch.context() as killing:
        killing.setattr(shadow_decisions, "add", killed)
        with pytest.raises(KeyboardInterrupt):
            judge_waiting(house, seller, version, whole=False)
    assert len(rows()) == 5
    assert judge_waiting(house, seller, version, whole=False) == 7


# --- What cannot be judged -------------------------------------------------------------------------------------------


def test_erased_facts_are_counted_as_such(house, sessions, seller, new_version, check, rows):
    version = new_version(stricter())
    erased, kept = check()["id"], check()["id"]
    with sessions.of(seller.id) as session:
        session.execute(text("DELETE FROM decision_facts WHERE decision_id = :id"), {"id": UUID(erased)})
    assert judge_waiting(house, seller, version, whole=False) == 2
    states = {str(row.decision_id): (row.state, row.outcome, row.differs) for row in rows()}
    assert states == {
        erased: ("erased", None, []),
        kept: ("judged", "accept_prepayment", ["outcome", "limit", "binding"]),
    }


POISONS = {
    "no such engine": stricter(engine="99"),
    "not readable any more": {"engine": "2", "nonsense": True},
    "in another currency": stricter(currency="USD"),
}


@pytest.mark.parametrize("document", POISONS.values(), ids=list(POISONS))
def test_a_version_that_cannot_judge_fails_by_itself(house, seller, new_version, check, rows, document):
    poisoned, sound = new_version(document), new_version(stricter())
    before = check()
    judge_shadows_of(house, seller, whole=False)
    after = check()
    for name in ("outcome", "grade", "credit_limit", "reasons", "policy_version"):
        assert after[name] == before[name]
    told = {row.policy_version: (row.state, row.error) for row in rows()}
    assert told[sound] == ("judged", None)
    assert told[poisoned][0] == "failed"
    assert told[poisoned][1]
    assert judge_waiting(house, seller, poisoned, whole=True) == 1  # The second check; the first is not tried again.


def test_one_judgement_that_raises_stops_no_other(house, seller, new_version, check, rows, monkeypatch):
    version = new_version(stricter())
    for order in ("100.00", "200.00", "300.00"):
        check(order=order)
    sound = shadowing.judge

    def judge(engine: str, facts: Any, policy: Any) -> Any:
        if facts.asked.order_amount == 200:
            raise RecursionError("too deep")
        return sound(engine, facts, policy)

    monkeypatch.setattr(shadowing, "judge", judge)
    assert judge_waiting(house, seller, version, whole=False) == 3
    told = {(row.state, row.order_amount, row.error) for row in rows()}
    assert told == {("judged", 100, None), ("judged", 300, None), ("failed", None, "RecursionError: too deep")}


def test_what_the_database_cannot_hold_is_kept_as_failed(house, seller, new_version, check, rows, monkeypatch):
    version = new_version(stricter())
    for order in ("100.00", "200.00"):
        check(order=order)
    sound = shadowing.said_of

    def said_of(judgement: Any) -> Any:
        said = sound(judgement)
        return (
            shadow_decisions.Said(**{**_fields(said), "pd": 1000})
            if judgement.terms.prepayment_required == 200
            else said
        )

    monkeypatch.setattr(shadowing, "said_of", said_of)
    assert judge_waiting(house, seller, version, whole=False) == 2
    assert sorted((row.state, row.error) for row in rows()) == [("failed", "NumericValueOutOfRange"), ("judged", None)]


def _fields(said: Any) -> dict[str, Any]:
    return {name: getattr(said, name) for name in said.__slots__}


def test_a_seller_whose_shadow_fails_stops_no_other(house, seller, new_version, check, rows, monkeypatch):
    first, second = new_version(stricter()), new_version(stricter())
    check()
    sound = shadowing.judge_waiting

    def judge(house: Any, seller: Any, version: int, **options: Any) -> int:
        if version == first:
            raise ValueError("broken")
        return sound(house, seller, version, **options)

    monkeypatch.setattr(shadowing, "judge_waiting", judge)
    judge_shadows(house, whole=False)
    assert [row.policy_version for row in rows()] == [second]


# --- The worker and the walls ----------------------------------------------------------------------------------------


def test_the_worker_judges_every_minute(house, config, seller, new_version, check, rows):
    new_version(stricter())
    check()
    queue = make_queue(house, config.database_url)
    minutely = {each.task.name: each.cron for each in queue.periodic_registry.periodic_tasks.values()}
    assert minutely["creditgate.judge_shadows"] == "* * * * *"
    with queue.open():
        queue.tasks["creditgate.judge_shadows"].defer(timestamp=0)
        queue.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    assert [row.state for row in rows()] == ["judged"]


def test_what_was_judged_is_never_changed(house, sessions, seller, new_version, check):
    version = new_version(stricter())
    check()
    judge_waiting(house, seller, version, whole=False)
    for change in ("DELETE FROM shadow_decision", "UPDATE shadow_decision SET outcome = 'accept'"):
        with pytest.raises(Exception, match="permission denied"), sessions.of(seller.id) as session:
            session.execute(text(change))
