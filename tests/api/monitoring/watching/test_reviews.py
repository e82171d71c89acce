"""After a change: reports are bought anew only by a plan for it and within its budget; classes are looked at again."""

import copy
from decimal import Decimal

import pytest
from sqlalchemy import text

from api.records import policies
from api.records.base import new_id
from scoring.canonical import canonical_json, digest
from scoring.policy.document import shipped

DECIDED = text(
    "INSERT INTO credit_limit SELECT (jsonb_populate_record(l,"
    " jsonb_build_object('id', CAST(:id AS uuid), 'risk_class', 'blocked', 'known_at', CAST(:now AS text)))).*"
    " FROM credit_limit l"
)
PLAN = {
    "name": "review",
    "purposes": ["credit_review"],
    "deadline_seconds": 10,
    "steps": [{"ask": {"company_register": ["kvk"], "credit_bureau": ["creditsafe"]}}],
}


@pytest.fixture
def rules(sessions, seller, clock):
    """Puts a policy in force, as one that was stored: the shipped one with other sections of `sources`."""

    def put(effects=None, **sources):
        document = copy.deepcopy(shipped()["default"])
        document["alerts"] = {**document["alerts"], **({} if effects is None else {"effects": effects})}
        document["sources"] = {**document["sources"], **sources}
        written = canonical_json(document).decode()
        with sessions.of(seller.id) as session:
            session.execute(text("UPDATE policy SET state = 'retired' WHERE state = 'active'"))
            now = clock.now(seller)
            record = policies.add(session, name="x", document=written, digest=digest(document), made_by="t", now=now)
            record.state = "active"

    return put


@pytest.fixture
def plans():
    return shipped()["default"]["sources"]["plans"]


def fall(followed, run, time):
    """Lets a watched company go bankrupt; gives its id and what the run says that finds it."""
    debtor_id = followed("90000029")
    run()
    time.pass_by(days=21)
    return debtor_id, run()


def reports_of(sessions, seller):
    with sessions.of(seller.id) as session:
        query = text("SELECT kind, provider, purpose FROM credit_report ORDER BY kind")
        return [tuple(each) for each in session.execute(query)]


def test_no_plan_for_it_buys_nothing(followed, run, time, sessions, seller):
    _, result = fall(followed, run, time)
    assert (result["reviewed_count"], reports_of(sessions, seller)) == (0, [])


def test_a_plan_for_it_buys_once_what_changed_and_the_class_is_looked_at(
    rules, plans, followed, run, time, sessions, seller, open_alerts
):
    rules(plans=[PLAN, *plans])
    debtor_id, result = fall(followed, run, time)
    assert result["reviewed_count"] == 1
    expected = [("company_register", "kvk", "credit_review"), ("credit_bureau", "creditsafe", "credit_review")]
    assert reports_of(sessions, seller) == expected
    subject = str(debtor_id)
    assert sorted(open_alerts()) == [("class_worsened", subject), ("insolvency_event", subject)]
    assert (result["decided_count"], result["alerts_opened_count"]) == (1, 2)
    assert run()["decided_count"] == 0
    assert reports_of(sessions, seller) == expected
    with sessions.of(seller.id) as session:  # Somebody decided on it by what is known now.
        session.execute(DECIDED, {"id": new_id(), "now": time().isoformat()})
    run()
    assert open_alerts() == [("insolvency_event", subject)]


def test_what_the_budget_does_not_allow_is_not_bought(rules, plans, followed, run, time, sessions, seller):
    rules(plans=[{**PLAN, "cost_max": "1.00"}, *plans], prices={"creditsafe": Decimal("4.50"), "kvk": Decimal("0.02")})
    fall(followed, run, time)
    assert [kind for kind, *_ in reports_of(sessions, seller)] == ["company_register"]


@pytest.mark.parametrize(
    ("effects", "holds"), [({"insolvency_event": "stop_supply"}, ["stop_supply"]), ({"insolvency_event": "none"}, [])]
)
def test_the_effects_of_the_policy_say_whether_supply_stops(
    rules, followed, run, minute, time, *, sessions, seller, open_alerts, effects, holds
):
    # What policies of before said of it stands there still, and says nothing.
    rules(effects, watching={"natural_persons": False, "stop_supply_when_insolvent": not holds})
    debtor_id, _ = fall(followed, run, time)
    minute()
    assert open_alerts() == [("insolvency_event", str(debtor_id))]
    with sessions.of(seller.id) as session:
        assert session.scalars(text("SELECT kind FROM hold")).all() == holds


def test_a_policy_may_have_natural_persons_watched(rules, followed, run):
    followed("90000012", is_natural_person=True, legal_form="eenmanszaak")
    assert run()["watching"]["begun_count"] == 0
    rules(watching={"natural_persons": True})
    assert run()["watching"]["begun_count"] == 2  # At the bureau and at the register.
