"""Limits that are passed without an order being asked for: by time, and by who joins a group; and who may do so."""

import copy
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from api.acceptance.ticks import pass_time_of
from api.clock import real_now
from api.identity.debtors import locked_debtor
from api.limit_writing import NewLimit, write_limit
from api.orders import ticks
from api.records.reports import ReportRecord
from api.records.securities import SecurityRecord
from scoring.facts import CreditLimit
from scoring.policy.document import shipped
from tests.api.orders.conftest import eur
from tests.web_checks import assert_documented, assert_problem


@pytest.fixture
def over(erp):
    """Gives the alerts of limits that are passed, open ones: whose, of which scope, and by how much."""

    def found():
        items = erp.get("/v1/alerts?kind=over_limit&open=true").json["items"]
        return [(each["debtor_id"], each["data"]["scope"], each["data"]["over_limit_amount"]) for each in items]

    return found


@pytest.fixture
def regroup(app):
    def send(client, debtor_id, parent_id):
        etag = client.get(f"/v1/debtors/{debtor_id}").headers["ETag"]
        sent = {"parent_id": None if parent_id is None else str(parent_id)}
        answer = client.patch(f"/v1/debtors/{debtor_id}", json=sent, headers={"If-Match": etag})
        assert_documented(app, "PATCH", "/v1/debtors/{debtor_id}", answer.status_code, answer.json)
        return answer

    return send


@pytest.fixture
def may(erp):
    return lambda order: erp.post(f"/v1/orders/{order['id']}/deliveries/preview", json={"rest": True}).json


def codes(answer):
    return [each["code"] for each in answer["reasons"]]


class TestByTime:
    def test_what_comes_inside_the_horizon_is_told(self, placed, pay, worker, *, limited, today, time, over, debtor_id):
        limited("1000.00")
        placed("1000.00", delivery_on=(today() + timedelta(days=80)).isoformat())
        placed("700.00", delivery_on=(today() + timedelta(days=82)).isoformat())
        worker.tick()
        assert over() == []
        time.pass_by(days=21)
        worker.tick()
        assert over() == []
        time.pass_by(days=2)
        worker.tick()
        assert over() == [(str(debtor_id), "own", eur("700.00"))]
        pay("600.00")
        worker.tick()
        assert over() == [(str(debtor_id), "own", eur("100.00"))]
        pay("100.00")
        worker.tick()
        assert over() == []

    def test_it_is_told_at_the_gate_too_and_of_who_it_is(
        self, placed, limited, today, time, *, over, new_debtor, worker
    ):
        """The first who asks of a group lets time pass for all of it."""
        top = new_debtor()
        child, other = (new_debtor(parent_id=str(top)) for _ in range(2))
        for each in (child, other):
            limited("1000.00", whom=each)
        limited("1500.00", whom=top, scope="group")
        later = (today() + timedelta(days=61)).isoformat()
        placed("600.00", whom=child)
        placed("1200.00", whom=child, delivery_on=later)
        time.pass_by(days=2)
        assert codes(placed("1.00", whom=other)) == ["limit_exceeded"]
        assert sorted(over()) == sorted([(str(child), "own", eur("800.00")), (str(top), "group", eur("300.00"))])
        limited("2000.00", whom=top, scope="group")
        worker.tick()
        assert over() == [(str(child), "own", eur("800.00"))]

    def test_a_longer_horizon_counts_at_once(
        self, client_of, placed, may, *, limited, today, worker, over, exposure, debtor_id
    ):
        limited("1000.00")
        placed("1000.00")
        later = placed("700.00", delivery_on=(today() + timedelta(days=80)).isoformat())
        ann, bob = (client_of("credit_manager", subject=f"{name}@example.com") for name in ("ann", "bob"))
        document = copy.deepcopy(shipped()["default"])
        document["orders"]["horizon_days"] = 90
        version = ann.post("/v1/policies", json={"name": "farther", "document": document}).json["version"]
        bob.post(f"/v1/policies/{version}/approvals", json={})
        assert bob.post(f"/v1/policies/{version}/activations", json={}).status_code == 201
        worker.tick()
        assert exposure() == {"reserved": "1700.00"}
        assert over() == [(str(debtor_id), "own", eur("700.00"))]
        assert codes(may(later)) == ["limit_exceeded"]

    def test_what_is_invoiced_without_a_word_of_its_delivery(
        self, placed, bill, worker, house, seller, *, limited, today, over, sessions, debtor_id
    ):
        limited("1000.00")
        placed("1000.00")
        later = placed("700.00", delivery_on=(today() + timedelta(days=80)).isoformat())
        bill("700.00", later["order_reference"])
        query = (
            "SELECT count(*) FROM queue.procrastinate_jobs"
            " WHERE task_name = 'creditgate.tell_over_limit' AND args ->> 'debtor_id' = :id"
        )
        with sessions.of(seller.id) as session:
            assert session.scalar(text(query), {"id": str(debtor_id)}) == 1
        ticks.tell_over_limit_of(house, seller, debtor_id)
        assert over() == [(str(debtor_id), "own", eur("700.00"))]


class TestByWhoJoins:
    @pytest.fixture
    def group(self, new_debtor, limited):
        """A group with a limit, and a debtor of it."""
        top = new_debtor()
        child = new_debtor(parent_id=str(top))
        limited("2000.00", whom=top, scope="group")
        limited(None, whom=child, limit_kind="unlimited")
        return top, child

    def test_a_machine_neither_takes_out_nor_brings_in(
        self, app, erp, client_of, placed, *, group, regroup, debtor_id, shown, worker
    ):
        top, child = group
        placed("2000.00", whom=child)
        held = placed("400.00", whom=child)
        assert held["state"] == "held"
        refused = regroup(erp, child, None)
        assert_problem(app, refused, 403, "group_is_bound")
        assert "finance" in refused.json["detail"]
        assert_problem(app, regroup(erp, debtor_id, top), 403, "group_is_bound")
        worker.tick()
        assert shown(held)["state"] == "held"

    def test_a_group_without_a_limit_is_the_systems_to_tell(self, erp, new_debtor, regroup, debtor_id):
        top = new_debtor()
        assert regroup(erp, debtor_id, top).status_code == 200
        assert regroup(erp, debtor_id, None).status_code == 200

    def test_who_leaves_a_hold_of_its_group_behind(self, app, erp, finance, new_debtor, held, regroup, debtor_id):
        top = new_debtor()
        assert regroup(erp, debtor_id, top).status_code == 200
        held(whom=top, scope="group")
        assert_problem(app, regroup(erp, debtor_id, None), 403, "group_is_bound")
        assert regroup(finance, debtor_id, None).status_code == 200

    @pytest.fixture
    def insolvent(self, sessions, seller, today):
        """Lets a register tell of a bankruptcy."""

        def tell(whom):
            told = {"code": "bankruptcy", "occurred_on": str(today() - timedelta(days=9)), "ended_on": None}
            facts = {"provider": "creditsafe", "retrieved_on": str(today()), "events": [told]}
            named = {"debtor_id": whom, "kind": "credit_bureau", "provider": "creditsafe", "retrieved_at": real_now()}
            asked = {"raw": {}, "facts": facts, "purpose": "credit_assessment", "relation": "customer"}
            with sessions.of(seller.id) as session:
                session.add(ReportRecord(**named, **asked))

        return tell

    def test_a_machine_takes_nobody_out_of_the_group_of_an_insolvent_parent(
        self, app, client_of, erp, finance, placed, shown, *, new_debtor, regroup, insolvent, limited, worker, time
    ):
        """The group has no limit and no hold: what holds its orders is the insolvency alone."""
        top, elsewhere = new_debtor(), new_debtor()
        middle = new_debtor(parent_id=str(top))
        child = new_debtor(parent_id=str(middle))
        limited("1000.00", whom=child)
        insolvent(top)
        held = placed("100.00", whom=child)
        assert (held["state"], codes(held)) == ("held", ["parent_insolvent"])
        for machine in (erp, client_of("finance")):
            for whom, parent in ((child, None), (child, elsewhere), (middle, None)):
                refused = regroup(machine, whom, parent)
                assert_problem(app, refused, 403, "group_is_bound")
                assert "insolvent" in refused.json["detail"]
            merged = machine.post(f"/v1/debtors/{elsewhere}/merges", json={"merged_debtor_id": str(middle)})
            assert_problem(app, merged, 403, "group_is_bound")
        # Below the same parent it stays held.
        assert regroup(erp, child, top).status_code == 200
        worker.tick()
        assert (shown(held)["state"], codes(shown(held))) == ("held", ["parent_insolvent"])
        assert regroup(finance, child, None).status_code == 200
        worker.tick()
        assert shown(held)["state"] == "released"

    def test_what_leaves_and_comes_back_is_told_and_checked(
        self, finance, placed, shown, may, *, group, regroup, over, worker, sound
    ):
        top, child = group
        placed("2000.00", whom=child)
        waits = placed("401.01", whom=child)
        assert regroup(finance, child, None).status_code == 200
        worker.tick()
        assert shown(waits)["state"] == "released"
        assert may(waits)["may_deliver"]
        assert regroup(finance, child, top).status_code == 200
        assert over() == [(str(top), "group", eur("401.01"))]
        assert codes(may(waits)) == ["limit_exceeded"]
        assert regroup(finance, child, None).status_code == 200
        assert over() == []
        assert may(waits)["may_deliver"]

    def test_who_is_below_comes_along(self, finance, new_debtor, placed, may, *, limited, group, regroup, over):
        top, _ = group
        parent = new_debtor()
        below = new_debtor(parent_id=str(parent))
        limited("5000.00", whom=below)
        order = placed("5000.00", whom=below)
        assert may(order)["may_deliver"]
        assert regroup(finance, parent, top).status_code == 200
        assert over() == [(str(top), "group", eur("3000.00"))]
        assert codes(may(order)) == ["limit_exceeded"]

    def test_a_merge_takes_no_debtor_out_of_a_group(
        self, app, erp, finance, new_debtor, placed, *, group, over, limited
    ):
        top, child = group
        placed("2000.00", whom=child)
        other = new_debtor()
        limited("1500.00", whom=other, scope="group")
        path, sent = f"/v1/debtors/{other}/merges", {"merged_debtor_id": str(top)}
        assert_problem(app, erp.post(path, json=sent), 403, "group_is_bound")
        assert finance.post(path, json=sent).status_code == 201
        assert over() == [(str(other), "group", eur("500.00"))]


class TestByTheLimit:
    @pytest.fixture
    def look(self, house, seller, sessions, clock, worker):
        """Does what the acceptance ticks and the jobs that were put in the queue for this seller do."""

        def run():
            pass_time_of(house, seller)
            query = (
                "DELETE FROM queue.procrastinate_jobs WHERE task_name = 'creditgate.tell_over_limit'"
                " AND args ->> 'seller_id' = :id RETURNING args ->> 'debtor_id'"
            )
            with sessions.of(seller.id) as session:
                found = session.scalars(text(query), {"id": str(seller.id)}).all()
            for each in found:
                ticks.tell_over_limit_of(house, seller, UUID(each))
            worker.tick()
            return len(found)

        return run

    @pytest.fixture
    def decide(self, sessions, seller, clock, debtor_id):
        """Writes a limit as whoever decides on it does."""

        def write(kind, amount=None, whom=debtor_id, scope="own"):
            limit = CreditLimit(kind, None if amount is None else Decimal(amount))
            since = clock.today(seller)
            new = NewLimit(scope, limit, "EUR", "low", since, None, None, "mia@example.com", "x")
            with sessions.of(seller.id) as session:
                write_limit(session, locked_debtor(session, whom), new, clock.now(seller))

        return write

    @pytest.mark.parametrize(
        ("kind", "amount", "above"),
        [("amount", "600.00", "300.00"), ("amount", "0.00", "900.00"), ("none", None, "900.00")],
    )
    def test_a_limit_that_is_lowered_or_taken_back_is_told_until_it_is_raised(
        self, placed, limited, decide, look, over, debtor_id, *, kind, amount, above
    ):
        limited("1000.00")
        placed("900.00")
        look()
        assert over() == []
        decide(kind, amount)
        look()
        assert over() == [(str(debtor_id), "own", eur(above))]
        decide("amount", "900.00")
        look()
        assert over() == []

    def test_a_group_limit_that_is_lowered(self, placed, limited, decide, look, over, new_debtor):
        top = new_debtor()
        child = new_debtor(parent_id=str(top))
        limited("5000.00", whom=child)
        limited("1000.00", whom=top, scope="group")
        placed("900.00", whom=child)
        decide("amount", "500.00", whom=top, scope="group")
        look()
        assert over() == [(str(top), "group", eur("400.00"))]
        decide("none", whom=top, scope="group")  # A group need not have a limit.
        look()
        assert over() == []

    def test_a_limit_that_ends_is_told_when_its_last_day_is_over(
        self, placed, limited, look, over, erp, *, pay, today, time, debtor_id
    ):
        last_day = today() + timedelta(days=3)
        limited("1000.00", valid_until=last_day)
        placed("900.00")
        time.pass_by(days=3)
        look()
        assert over() == []
        time.pass_by(days=1)
        assert look() == 1
        assert over() == [(str(debtor_id), "own", eur("900.00"))]
        (alert,) = erp.get("/v1/alerts?kind=over_limit&open=true").json["items"]
        assert (alert["data"]["limit_amount"], alert["data"]["ended_on"]) == (eur("0.00"), str(last_day))
        assert look() == 0  # Each day is looked at once.
        pay("900.00")
        look()
        assert over() == []

    def test_a_temporary_limit_that_lapses_while_nobody_looked_for_days(
        self, placed, limited, look, over, today, time, debtor_id
    ):
        limited("600.00")
        limited("1000.00", is_temporary=True, valid_until=today() + timedelta(days=3))
        placed("900.00")
        look()
        time.pass_by(days=9)
        look()
        assert over() == [(str(debtor_id), "own", eur("300.00"))]

    def test_a_lower_limit_that_begins_later(self, placed, limited, look, over, today, time, debtor_id):
        limited("1000.00")
        limited("600.00", valid_from=today() + timedelta(days=3))
        placed("900.00")
        look()
        time.pass_by(days=2)
        look()
        assert over() == []
        time.pass_by(days=1)
        look()
        assert over() == [(str(debtor_id), "own", eur("300.00"))]

    def test_what_secured_the_limit_and_lapses_or_is_ended(
        self, placed, limited, look, over, sessions, seller, today, time, *, finance, debtor_id
    ):
        limited("600.00")
        ids = []
        for days in (3, 9):
            with sessions.of(seller.id) as session:
                record = SecurityRecord(
                    debtor_id=debtor_id,
                    kind="bank_guarantee",
                    amount=200,
                    currency="EUR",
                    raises_limit=True,
                    valid_from=today(),
                    valid_until=today() + timedelta(days=days),
                    recorded_by="test",
                    known_at=real_now(),
                )
                session.add(record)
                session.flush()
                ids.append(record.id)
        placed("900.00")
        look()
        assert over() == []
        time.pass_by(days=4)
        look()
        assert over() == [(str(debtor_id), "own", eur("100.00"))]
        ended = finance.post(f"/v1/debtors/{debtor_id}/securities/{ids[1]}/ends", json={})
        assert ended.status_code == 201, ended.text
        look()
        assert over() == [(str(debtor_id), "own", eur("300.00"))]

    def test_who_never_had_a_limit_is_above_none(self, bill, house, seller, over, debtor_id):
        bill("700.00")
        ticks.tell_over_limit_of(house, seller, debtor_id)
        assert over() == []
