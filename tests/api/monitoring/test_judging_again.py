"""Judging again: a decision like any other where something is news, and nothing that anybody was answered changes."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import text

from api.identity.debtors import locked_debtor
from api.limit_writing import NewLimit, write_limit
from api.monitoring.judging_again import judge_again
from api.records import debtors, decisions, limits, policies, shadow_decisions
from api.wiring import of_ourselves
from scoring.facts import CreditLimit
from tests.web_checks import assert_documented


@pytest.fixture
def again(watch):
    """Judges debtors again; gives how many decisions that made."""
    return lambda *whom: judge_again(of_ourselves(watch.house, watch.seller), whom)


@pytest.fixture
def customer(sessions, seller, clock, debtor_id):
    """The debtor, followed as one that was accepted."""
    enter_monitoring(sessions, seller, clock, debtor_id)
    return debtor_id


def enter_monitoring(sessions, seller, clock, whom):
    with sessions.of(seller.id) as session:
        debtors.enter_phase(session, debtors.get(session, whom), "monitoring", clock.now(seller))


@pytest.fixture
def made(sessions, seller):
    """Gives the decisions on a debtor, oldest first."""

    def read(whom):
        with sessions.of(seller.id) as session:
            query = text(
                "SELECT id, kind, outcome, risk_class, asked_by FROM decision WHERE debtor_id = :id ORDER BY id"
            )
            return session.execute(query, {"id": whom}).all()

    return read


def test_a_class_that_is_worse_by_what_is_stored_is_a_decision_that_can_be_read_and_replayed(
    app, watch, again, customer, *, limited, decided, reported, made, client_of
):
    limited("1000.00", "low")
    decided(customer, "accept", "low")
    reported(customer, "bankruptcy")
    assert again(customer) == 1
    (_, decision) = made(customer)
    assert (decision.kind, decision.outcome, decision.asked_by) == ("monitoring", "decline", "machine")
    assert customer in watch.marks()
    watch.look(customer)
    alert = watch.alerts(customer)["class_worsened"]
    assert (alert.data["decision_id"], alert.severity) == (str(decision.id), "urgent")
    finance = client_of("finance")
    replay = finance.post(f"/v1/decisions/{decision.id}/replay")
    assert (replay.status_code, replay.json["identical"]) == (200, True), replay.text
    shown = finance.get(f"/v1/decisions/{decision.id}")
    assert_documented(app, "GET", "/v1/decisions/{decision_id}", 200, shown.json)
    assert "insolvency_event" in [each["code"] for each in shown.json["reasons"]]
    assert finance.get(f"/v1/decisions/{decision.id}/explanation").status_code == 200
    listed = finance.get(f"/v1/decisions?kind=monitoring&debtor_id={customer}").json["items"]
    assert [each["id"] for each in listed] == [str(decision.id)]


def test_it_is_told_by_one_event(sessions, seller, again, customer, decided, reported):
    decided(customer, "accept", "low")
    reported(customer, "bankruptcy")
    again(customer)
    with sessions.of(seller.id) as session:
        told = session.scalars(text("SELECT data FROM event WHERE type = 'debtor.judged_again.v1'")).all()
    assert [(each["outcome_before"], each["outcome"]) for each in told] == [("accept", "decline")]


def test_facts_that_say_the_same_add_nothing(again, customer, limited, decided, reported, made):
    limited("1000.00", "low")
    decided(customer, "accept", "low")
    assert again(customer) == 0  # What is stored suffices for no class.
    reported(customer, "bankruptcy")
    assert [again(customer), again(customer)] == [1, 0]
    reported(customer, "bankruptcy")
    assert again(customer) == 0
    assert len(made(customer)) == 2


def test_a_prospect_is_not_judged_without_being_asked_for(again, debtor_id, decided, reported, made):
    decided(debtor_id, "accept", "low")
    reported(debtor_id, "bankruptcy")
    assert again(debtor_id) == 0
    assert len(made(debtor_id)) == 1


def test_a_debtor_of_whom_a_report_is_broken_stops_no_other(
    again, customer, new_debtor, sessions, seller, *, clock, decided, reported, made
):
    other = new_debtor()
    enter_monitoring(sessions, seller, clock, other)
    for each in (customer, other):
        decided(each, "accept", "low")
        reported(each, "bankruptcy")
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE credit_report SET facts = '{}' WHERE debtor_id = :id"), {"id": customer})
    assert again(customer, other) == 1
    assert [len(made(each)) for each in (customer, other)] == [1, 2]


def test_several_who_judge_at_once_decide_once(again, customer, decided, reported, made):
    decided(customer, "accept", "low")
    reported(customer, "bankruptcy")
    together = Barrier(4)

    def judge(_):
        together.wait()
        return again(customer)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(judge, range(4))) == 1
    assert len(made(customer)) == 2


def test_the_policy_lowers_the_limit_of_a_company_by_it(watch, again, customer, limited, decided, reported, made):
    limited("1000.00", "low")
    decided(customer, "accept", "low")
    reported(customer, "bankruptcy")
    again(customer)
    watch.minute()
    with watch.sessions.of(watch.seller.id) as session:
        lowered = limits.versions(session, customer, "own")[-1]
    assert (lowered.limit_amount, lowered.decision_id) == (Decimal(0), made(customer)[-1].id)
    assert watch.events("class_worsened") == ["opened", "ended"]
    assert again(customer) == 0


@pytest.mark.parametrize("is_natural_person", [True, None])
def test_of_a_natural_person_it_is_a_proposal_for_a_person(
    watch, again, new_debtor, sessions, seller, *, clock, limited, decided, reported, client_of, is_natural_person
):
    person = new_debtor(legal_form=None, is_natural_person=is_natural_person)
    enter_monitoring(sessions, seller, clock, person)
    limited("1000.00", "low", whom=person)
    decided(person, "accept", "low")
    reported(person, "bankruptcy")
    assert again(person) == 1
    watch.minute()
    with sessions.of(seller.id) as session:
        decision_id = decisions.newest(session, person).id
        standing = limits.versions(session, person, "own")[-1]
        assert session.scalar(text("SELECT count(*) FROM hold")) == 0
    said = client_of("finance").get(f"/v1/decisions/{decision_id}").json
    assert (said["outcome"], said["requires_human_review"]) == ("refer", True)
    assert said["proposal"]["outcome"] == "decline"
    assert standing.limit_amount == Decimal(1000)
    assert "proposal" not in client_of("sales").get(f"/v1/decisions/{decision_id}").json


# --- Whoever reads the newest decision --------------------------------------------------------------------------------


def test_sales_reads_what_was_answered_and_finance_what_is_known(client_of, customer, decided, again, reported):
    decided(customer, "accept", "low")
    reported(customer, "bankruptcy")
    again(customer)
    for role, kind, outcome in (("sales", "credit_check", "accept"), ("finance", "monitoring", "decline")):
        newest = client_of(role).get(f"/v1/debtors/{customer}").json["newest_decision"]
        assert (newest["kind"], newest["outcome"]) == (kind, outcome)


@pytest.mark.parametrize(
    ("answered", "judged_again", "expected"),
    [
        ("low", None, ("low",)),
        ("low", "high", ("low", "high")),
        ("high", "low", ("high", "low")),
        (None, "low", (None, "low")),
    ],
)
def test_both_classes_are_known_where_it_was_judged_again_since(
    sessions, seller, customer, decided, answered, judged_again, expected
):
    if answered:
        decided(customer, "accept", answered)
    if judged_again:
        decided(customer, "accept", judged_again, kind="monitoring")
    with sessions.of(seller.id) as session:
        assert decisions.known_classes(session, customer) == expected
    decided(customer, "accept", "normal")
    with sessions.of(seller.id) as session:
        assert decisions.known_classes(session, customer) == ("normal",)


@pytest.mark.parametrize(
    ("answered", "judged_again", "status"),
    [("low", None, 201), ("low", "high", 403), ("high", "low", 403), ("high", None, 403)],
)
def test_judging_again_gives_nobody_more_authority(customer, decided, client_of, answered, judged_again, status):
    decided(customer, "accept", answered)
    if judged_again:
        decided(customer, "accept", judged_again, kind="monitoring")
    limit = {"limit": {"kind": "amount", "amount": {"amount": "20000.00", "currency": "EUR"}}, "grounds": "Known well."}
    answer = client_of("finance", subject="fin@example.com").post(f"/v1/debtors/{customer}/limits", json=limit)
    assert answer.status_code == status, answer.text


def test_a_version_that_is_tried_out_judges_what_was_answered_only(sessions, seller, clock, customer, decided):
    with sessions.of(seller.id) as session:
        active = session.execute(text("SELECT version, document, digest FROM policy WHERE state = 'active'")).one()
        tried = policies.add(
            session, name="x", document=active.document, digest=active.digest, made_by="t", now=clock.now(seller)
        )
        tried.state, tried.shadowed_at = "shadow", clock.now(seller)
        session.flush()
        nobody = UUID(int=0)
        for kind, count in (("monitoring", 0), ("credit_check", 1)):
            decided(customer, "accept", "low", kind=kind, policy_version=active.version)
            assert shadow_decisions.count_waiting(session, tried, nobody) == count


def test_a_class_is_told_where_it_is_another(again, customer, *, decided, reported, made, clock, sessions, seller):
    def told():
        with sessions.of(seller.id) as session:
            query = text(
                "SELECT data FROM event WHERE debtor_id = :id AND type = 'debtor.class_changed.v1' ORDER BY id"
            )
            return [(each["from"], each["to"]) for each in session.scalars(query, {"id": customer})]

    def limit(amount, risk_class):
        today = clock.today(seller)
        new = NewLimit(
            scope="own",
            limit=CreditLimit("amount", amount),
            currency="EUR",
            risk_class=risk_class,
            valid_from=today,
            valid_until=None,
            next_review_on=None,
            decided_by="somebody",
            grounds="A test.",
        )
        with sessions.of(seller.id) as session:
            write_limit(session, locked_debtor(session, customer), new, clock.now(seller))

    decided(customer, "accept", "low")
    reported(customer, "bankruptcy")
    assert again(customer) == 1
    worse = made(customer)[-1].risk_class
    assert told() == [("low", worse)]
    limit(Decimal(1000), "normal")
    limit(Decimal(2000), "normal")
    assert told() == [("low", worse), (worse, "normal")]
