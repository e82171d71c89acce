"""What cures a held order beside money: groups, another policy, a critical debtor, and what is late no more."""

import copy
from datetime import timedelta

import pytest

from scoring.policy.document import shipped


@pytest.fixture
def put(finance):
    """Changes a debtor, as who may say which group it belongs to."""

    def send(debtor_id, **more):
        etag = finance.get(f"/v1/debtors/{debtor_id}").headers["ETag"]
        answer = finance.patch(f"/v1/debtors/{debtor_id}", json=more, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.text

    return send


class TestGroups:
    @pytest.fixture
    def group(self, new_debtor, limited):
        """Two debtors of one group with 1,000 together, each with much of its own."""
        top = new_debtor()
        members = [new_debtor(parent_id=str(top)) for _ in range(2)]
        limited("1000.00", whom=top, scope="group")
        for each in members:
            limited("5000.00", whom=each)
        return top, *members

    @pytest.fixture
    def whole(self, sessions, seller):
        """Gives what a debtor and all below it add up to."""
        from api.records import exposure

        def of(debtor_id):
            with sessions.of(seller.id) as session:
                return {each.stage: str(each.amount) for each in exposure.group_balances(session, debtor_id)}

        return of

    def test_who_leaves_takes_its_reservations_along(self, group, put, placed, shown, worker, whole):
        top, one, other = group
        placed("900.00", whom=one)
        waits = placed("400.00", whom=other)
        assert (waits["state"], whole(top)) == ("held", {"reserved": "1000.0000"})
        put(one, parent_id=None)
        worker.judge()
        assert shown(waits)["state"] == "released"
        assert (whole(top), whole(one)) == ({"reserved": "400.0000"}, {"reserved": "900.0000"})

    def test_who_waits_for_the_groups_room_goes_out_on_its_own(self, group, put, placed, shown, worker):
        _, one, other = group
        placed("900.00", whom=one)
        waits = placed("400.00", whom=other)
        put(other, parent_id=None)
        worker.judge()
        assert shown(waits)["state"] == "released"

    def test_who_joins_brings_its_reservations_in(self, group, new_debtor, put, placed, limited, whole):
        top, one, _ = group
        joins = new_debtor()
        limited("5000.00", whom=joins)
        placed("800.00", whom=joins)
        put(joins, parent_id=str(top))
        assert whole(top) == {"reserved": "800.0000"}
        answer = placed("300.00", whom=one)
        assert (answer["state"], answer["prepayment_required"]["amount"]) == ("held", "100.00")


class TestLateItems:
    """An order waits for a person, since what is open is too late; then less of it is."""

    @pytest.fixture
    def late(self, bill, placed, limited, today):
        limited("5000.00")
        body = {"invoice_number": "F1", "due_on": (today() - timedelta(days=40)).isoformat()}
        body["invoiced_on"] = body["due_on"]
        bill("100.00", **body)
        waits = placed("10.00")
        assert (waits["outcome"], waits["reasons"][0]["code"]) == ("refer", "oldest_open_item")
        return waits, body

    def test_a_dispute(self, late, bill, shown, worker):
        waits, body = late
        assert bill("100.00", **body, disputed=True)["state"] == "taken"
        worker.judge()
        assert shown(waits)["state"] == "released"

    def test_more_that_is_not_due(self, bill, placed, shown, limited, worker, today):
        limited("5000.00")
        yesterday = (today() - timedelta(days=1)).isoformat()
        bill("100.00", invoiced_on=yesterday, due_on=yesterday)
        waits = placed("10.00")
        assert [each["code"] for each in waits["reasons"]] == ["overdue_share"]
        bill("900.00", due_on=(today() + timedelta(days=30)).isoformat())
        worker.judge()
        assert shown(waits)["state"] == "released"


def test_another_policy(client_of, placed, shown, limited, worker):
    limited("1000.00", "normal")
    first, second = placed("100.00"), placed("100.00")
    assert (first["state"], second["outcome"]) == ("released", "hold_first_payment")
    document = copy.deepcopy(shipped()["default"])
    document["first_payment"]["classes"] = ["high"]
    ann, bob = (client_of("credit_manager", subject=f"{name}@example.com") for name in ("ann", "bob"))
    version = ann.post("/v1/policies", json={"name": "trusting", "document": document}).json["version"]
    assert bob.post(f"/v1/policies/{version}/approvals", json={}).status_code == 201
    assert bob.post(f"/v1/policies/{version}/activations", json={}).status_code == 201
    worker.judge()
    assert shown(second)["state"] == "released"


def test_a_debtor_that_is_critical(placed, shown, client_of, limited, worker, debtor_id):
    limited("1000.00", "normal")
    placed("100.00")
    waits = placed("100.00")
    fleur = client_of("finance", subject="fleur@example.com")
    marked = fleur.post(f"/v1/debtors/{debtor_id}/critical-marks", json={"critical": True, "grounds": "Sole supplier."})
    assert marked.status_code == 201, marked.text
    worker.judge()
    assert shown(waits)["state"] == "released"


class TestZero:
    def test_zero_read_as_unlimited(self, placed, limited):
        """A limit of zero is no credit, none decided is none, and only unlimited is unlimited."""
        limited("0.00")
        zero = placed("0.01")
        assert (zero["state"], zero["prepayment_required"]["amount"]) == ("held", "0.01")
        limited(None, limit_kind="none")
        none = placed("0.01")
        assert (none["state"], none["reasons"][0]["code"]) == ("held", "limit_missing_or_expired")
        limited(None, limit_kind="unlimited")
        assert placed("999999.99")["state"] == "released"
