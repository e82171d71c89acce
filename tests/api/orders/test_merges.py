"""Debtors that are merged: what bound the one that goes binds the one that stays, and nothing is counted twice."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from api.clock import real_now
from api.records import alerts, ledger_drift, limits
from api.records.applications import AgreedTermsRecord
from api.records.limits import CreditLimitRecord
from api.records.reports import ReportRecord
from api.records.securities import SecurityRecord
from tests.web_checks import assert_problem

TIMES = 4


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def merge(finance):
    def do(merged, into, client=None):
        path, sent = f"/v1/debtors/{into}/merges", {"merged_debtor_id": str(merged)}
        return (client or finance).post(path, json=sent)

    return do


@pytest.fixture
def merged_well(merge):
    def do(merged, into):
        answer = merge(merged, into)
        assert answer.status_code == 201, answer.text
        return answer.json

    return do


@pytest.fixture
def events(sessions, seller):
    def of(debtor_id):
        query = "SELECT type, data FROM event WHERE debtor_id = :id ORDER BY sequence"
        with sessions.of(seller.id) as session:
            return [(row.type, row.data) for row in session.execute(text(query), {"id": debtor_id})]

    return of


@pytest.fixture
def balance(sessions, seller):
    """What a debtor and all below it have reserved, and the debtor alone."""

    def of(debtor_id):
        query = (
            "SELECT coalesce(sum(amount), 0), coalesce(sum(amount + below_amount), 0) FROM exposure_balance"
            " WHERE debtor_id = :id AND stage IN ('reserved', 'delivered')"
        )
        with sessions.of(seller.id) as session:
            return tuple(session.execute(text(query), {"id": debtor_id}).one())

    return of


@pytest.fixture
def open_alerts(finance):
    def of(debtor_id):
        items = finance.get(f"/v1/alerts?debtor_id={debtor_id}&open=true").json["items"]
        return {each["kind"]: each["data"] for each in items}

    return of


class TestHolds:
    @pytest.mark.parametrize("kind", ["account_on_hold", "stop_supply"])
    def test_a_hold_follows(self, kind, new_debtor, limited, held, placed, merged_well, finance, *, events):
        kept, gone = new_debtor(), new_debtor()
        limited("1000.00", whom=kept)
        held(kind, whom=gone)
        merged_well(gone, kept)
        answer = placed("1.00", whom=kept)
        assert (answer["state"], answer["outcome"]) == ("held", "refer")
        holds = finance.get(f"/v1/debtors/{kept}/holds").json["items"]
        assert [(each["kind"], each["in_force"], each["placed_by"]) for each in holds] == [(kind, True, "test")]
        assert "debtor.hold_placed.v1" in [type for type, _ in events(kept)]
        # A person ends it where it is now, or by the name of who had it.
        ended = finance.post(f"/v1/debtors/{gone}/holds/{holds[0]['id']}/ends", json={"grounds": "done"})
        assert ended.status_code == 201, ended.text
        assert placed("1.00", whom=kept)["state"] == "released"

    def test_what_finance_decided_is_not_merged_away_by_others(self, app, erp, new_debtor, held, merge):
        kept, gone = new_debtor(), new_debtor()
        held(whom=gone)
        assert_problem(app, merge(gone, kept, erp), 403, "person_needed")


class TestLimits:
    def test_the_own_limit_stands_and_the_others_ends(
        self, new_debtor, limited, merged_well, finance, events, *, open_alerts
    ):
        kept, gone = new_debtor(), new_debtor()
        limited("1000.00", whom=kept)
        limited("5000.00", whom=gone)
        merged_well(gone, kept)
        in_force = finance.get(f"/v1/debtors/{kept}/limits").json["in_force"]["own"]
        assert in_force["limit"]["amount"] == eur("1000.00")
        assert "debtor.limit_changed.v1" in [type for type, _ in events(gone)]
        assert "limit_not_taken_over" not in open_alerts(kept)
        # What was decided of the one that was merged stays readable under its id.
        told = finance.get(f"/v1/debtors/{gone}/limits").json
        assert [each["limit"]["amount"] for each in told["items"]] == [None, eur("5000.00")]
        assert told["debtor_id"] == str(gone)

    def test_a_limit_is_never_taken_over_but_told(
        self, new_debtor, limited, merged_well, placed, sessions, *, seller, open_alerts, finance
    ):
        kept, gone = new_debtor(), new_debtor()
        limited("5000.00", whom=gone)
        merged_well(gone, kept)
        answer = placed("10.00", whom=kept)
        assert (answer["outcome"], [each["code"] for each in answer["reasons"]]) == (
            "accept_prepayment",
            ["limit_missing_or_expired"],
        )
        told = open_alerts(kept)["limit_not_taken_over"]
        assert (told["merged_debtor_id"], told["limit"]["amount"]) == (str(gone), eur("5000.00"))
        with sessions.of(seller.id) as session:
            last = limits.versions(session, gone, "own")[-1]
            assert (last.limit_kind, str(kept) in last.grounds) == ("none", True)
        sent = {"limit": {"kind": "amount", "amount": eur("100.00")}, "grounds": "known"}
        answer = finance.post(f"/v1/debtors/{kept}/limits", json=sent)
        if answer.status_code == 201:
            assert "limit_not_taken_over" not in open_alerts(kept)

    @pytest.mark.parametrize("ends_in_days", [None, 30, -1])
    def test_a_ceiling_of_a_group_stays(
        self, ends_in_days, new_debtor, limited, merged_well, placed, today, *, sessions, seller, open_alerts
    ):
        kept, gone = new_debtor(), new_debtor()
        child = new_debtor(parent_id=str(gone))
        limited("5000.00", whom=child)
        ends = None if ends_in_days is None else today() + timedelta(days=ends_in_days)
        limited("100.00", whom=gone, scope="group", valid_until=ends, valid_from=today() - timedelta(days=9))
        merged_well(gone, kept)
        answer = placed("100.01", whom=child)
        assert answer["state"] == "held"
        codes = {each["code"] for each in answer["reasons"]}
        assert codes & {"limit_exceeded", "limit_missing_or_expired"}
        assert "limit_not_taken_over" in open_alerts(kept)

    def test_a_limit_that_is_over_is_nothing_to_decide(self, new_debtor, limited, merged_well, today, *, open_alerts):
        kept, gone = new_debtor(), new_debtor()
        yesterday = today() - timedelta(days=1)
        limited("100.00", whom=gone, valid_from=yesterday, valid_until=yesterday)
        merged_well(gone, kept)
        assert open_alerts(kept) == {}


class TestEvidence:
    def test_securities_and_terms_follow(self, sessions, seller, new_debtor, limited, placed, merged_well, today):
        kept, gone = new_debtor(), new_debtor()
        limited("100.00", whom=kept)
        with sessions.of(seller.id) as session:
            session.add(security(gone, today()))
        merged_well(gone, kept)
        assert placed("600.00", whom=kept)["state"] == "released"
        assert placed("0.01", whom=kept)["state"] == "held"

    def test_terms_follow(self, sessions, seller, new_debtor, limited, placed, merged_well):
        kept, gone = new_debtor(), new_debtor()
        limited("100.00", whom=gone)  # With terms.
        with sessions.of(seller.id) as session:
            session.add(CreditLimitRecord(**limit_of(kept, real_now().date() - timedelta(days=3))))
        assert [each["code"] for each in placed("1.00", whom=kept)["reasons"]] == ["terms_not_agreed"]
        merged_well(gone, kept)
        with sessions.of(seller.id) as session:
            assert session.query(AgreedTermsRecord).filter_by(debtor_id=kept).count() == 1
        assert placed("1.00", whom=kept)["state"] == "released"

    def test_nobody_is_his_own_guarantor(self, sessions, seller, new_debtor, limited, placed, merged_well, *, today):
        parent, child = new_debtor(), new_debtor()
        limited("100.00", whom=child)
        with sessions.of(seller.id) as session:
            session.add(security(child, today(), guarantor_id=parent))
        merged_well(parent, child)
        assert placed("100.01", whom=child)["state"] == "held"
        with sessions.of(seller.id) as session:
            assert session.query(SecurityRecord).filter_by(debtor_id=child).one().ended_at is not None

    def test_a_report_follows_where_there_is_none(self, sessions, seller, new_debtor, limited, placed, merged_well):
        kept, gone = new_debtor(), new_debtor()
        limited("100.00", whom=kept)
        with sessions.of(seller.id) as session:
            session.add(report(gone, active=False))
        merged_well(gone, kept)
        assert placed("1.00", whom=kept)["outcome"] == "decline"

    def test_a_bad_report_beside_a_newer_good_one_holds(
        self, sessions, seller, new_debtor, limited, placed, merged_well, *, finance
    ):
        kept, gone = new_debtor(), new_debtor()
        limited("100.00", whom=kept)
        with sessions.of(seller.id) as session:
            session.add_all([report(gone, active=False), report(kept, active=True)])
        merged_well(gone, kept)
        answer = placed("1.00", whom=kept)
        assert (answer["outcome"], [each["code"] for each in answer["reasons"]]) == ("refer", ["account_on_hold"])
        (hold,) = finance.get(f"/v1/debtors/{kept}/holds").json["items"]
        assert (hold["placed_by"], str(gone) in hold["grounds"]) == ("machine", True)

    def test_a_good_report_never_hides_a_bad_one(self, sessions, seller, new_debtor, limited, placed, merged_well):
        kept, gone = new_debtor(), new_debtor()
        limited("100.00", whom=kept)
        with sessions.of(seller.id) as session:
            session.add_all([report(kept, active=False), report(gone, active=True)])
        merged_well(gone, kept)
        assert placed("1.00", whom=kept)["outcome"] == "decline"

    def test_an_open_alert_goes_on_under_the_other_name(self, sessions, seller, new_debtor, merged_well, open_alerts):
        kept, gone = new_debtor(), new_debtor()
        with sessions.of(seller.id) as session:
            data = {"debtor_id": str(gone)}
            subject = f"{gone} policy"
            alerts.open_alert(
                session, "cover_reduced", subject, "warning", data, debtor_id=gone, now=real_now() - timedelta(hours=1)
            )
        merged_well(gone, kept)
        assert open_alerts(kept) == {"cover_reduced": {"debtor_id": str(kept)}}
        assert open_alerts(gone) == {}
        with sessions.of(seller.id) as session:
            assert alerts.end_alert(session, "cover_reduced", f"{kept} policy", now=real_now())


class TestOrders:
    def test_orders_follow_with_what_they_reserve(
        self, new_debtor, limited, placed, merged_well, balance, shown, *, told, erp, sound, events
    ):
        top, other = new_debtor(), new_debtor()
        kept, gone = new_debtor(parent_id=str(top)), new_debtor(parent_id=str(other))
        limited("1000.00", whom=kept)
        limited("1000.00", whom=gone)
        mine, theirs = placed("100.00", whom=kept), placed("200.00", whom=gone)
        merged_well(gone, kept)
        assert (balance(kept), balance(gone)) == ((300, 300), (0, 0))
        assert (balance(top), balance(other)) == ((0, 300), (0, 0))
        assert (shown(theirs)["debtor_id"], shown(theirs)["state"]) == (str(kept), "released")
        assert told(theirs)[-1] == "order.handed_over.v1"
        assert told(mine)[-1] != "order.handed_over.v1"
        history = erp.get(f"/v1/orders/{theirs['id']}/history").json["items"]
        assert history[-1]["kind"] == "handed_over"
        # What was judged beside another exposure is judged before it leaves.
        assert erp.post(f"/v1/orders/{theirs['id']}/deliveries/preview", json={"rest": True}).json["may_deliver"]
        taken = dict(events(kept))["debtor.took_over.v1"]["taken"]
        assert taken["order"] == [theirs["id"]]

    def test_what_passes_the_limit_together_is_told_and_checked(
        self, new_debtor, limited, placed, merged_well, open_alerts, erp, *, sound
    ):
        kept, gone = new_debtor(), new_debtor()
        limited("1000.00", whom=kept)
        limited("1000.00", whom=gone)
        mine, theirs = placed("800.00", whom=kept), placed("700.00", whom=gone)
        merged_well(gone, kept)
        assert open_alerts(kept)["over_limit"]["over_limit_amount"] == eur("500.00")
        for each in (mine, theirs):
            answer = erp.post(f"/v1/orders/{each['id']}/deliveries/preview", json={"rest": True}).json
            assert not answer["may_deliver"]

    def test_one_first_order_stays_the_first(
        self, new_debtor, limited, placed, merged_well, sessions, *, seller, sound
    ):
        kept, gone = new_debtor(), new_debtor()
        for each in (kept, gone):
            limited("1000.00", "normal", whom=each)
        theirs, mine = placed("10.00", whom=gone), placed("10.00", whom=kept)
        merged_well(gone, kept)
        with sessions.of(seller.id) as session:
            firsts = session.scalars(text("SELECT id FROM sales_order WHERE is_first")).all()
        assert firsts == [UUID(mine["id"])]
        assert theirs["id"] != mine["id"]
        assert placed("10.00", whom=kept)["outcome"] == "hold_first_payment"

    def test_a_held_order_follows_to_the_desk(self, new_debtor, limited, held, placed, merged_well, worker, *, shown):
        kept, gone = new_debtor(), new_debtor()
        limited("1000.00", whom=kept)
        end = held(whom=gone)
        waits = placed("10.00", whom=gone)
        merged_well(gone, kept)
        worker.judge()
        assert (shown(waits)["state"], shown(waits)["debtor_id"]) == ("held", str(kept))
        end()
        worker.tick()
        merged = shown(waits)
        assert merged["debtor_id"] == str(kept)

    def test_a_debtor_that_was_invoiced_is_not_merged_away(self, app, new_debtor, bill, merge):
        kept, gone = new_debtor(), new_debtor()
        bill("1.00", debtor_id=str(gone))
        assert_problem(app, merge(gone, kept), 409, "debtor_has_ledger")


class TestAtOnce:
    @pytest.mark.parametrize("turn", range(TIMES))
    def test_orders_beside_a_merge_are_counted_once(
        self, turn, new_debtor, limited, order, post, merge, at_once, client_of, *, sound, balance, sums, erp
    ):
        """Whoever comes first: each order is of the debtor that stays, and its limit holds for all that come later."""
        top = new_debtor()
        kept, gone = new_debtor(parent_id=str(top)), new_debtor(parent_id=str(top) if turn % 2 else None)
        for each in (kept, gone):
            limited("1000.00", whom=each)
        finance = client_of("finance", subject="fleur@example.com")
        answers = at_once(
            post("/v1/orders", order("600.00", whom=gone)),
            post("/v1/orders", order("600.00", whom=kept)),
            lambda: merge(gone, kept, finance),
            post("/v1/orders", order("600.00", whom=gone)),
            post("/v1/orders", order("600.00", whom=kept)),
        )
        assert [each.status_code for each in answers] == [201] * 5, [each.text for each in answers]
        after = [erp.get(f"/v1/orders/{each.json['id']}").json for each in answers if "order_reference" in each.json]
        assert {each["debtor_id"] for each in after} == {str(kept)}
        released = [each for each in after if each["state"] == "released"]
        # One on each number before they were one, and no second one on either.
        assert 1 <= len(released) <= 2
        assert balance(kept)[0] == balance(top)[1] == sums() == 600 * len(released) + waiting(after)
        assert balance(gone) == (0, 0)

    def test_what_happens_to_an_order_beside_its_merge_happens_once(
        self, new_debtor, limited, placed, post, merge, at_once, client_of, *, sound, shown, balance
    ):
        for _ in range(TIMES):
            kept, gone = new_debtor(), new_debtor()
            for each in (kept, gone):
                limited("1000.00", whom=each)
            one, two = placed("300.00", whom=gone), placed("200.00", whom=gone)
            finance, path = client_of("finance", subject="fleur@example.com"), "/v1/orders"
            delivered = {"delivery_reference": "D1", "delivered_on": one["placed_at"][:10], "amount": eur("100.00")}
            answers = at_once(
                lambda: merge(gone, kept, finance),  # noqa: B023
                post(f"{path}/{one['id']}/deliveries", delivered),
                post(f"{path}/{two['id']}/cancellations", {"grounds": "gone"}),
            )
            assert [each.status_code for each in answers] == [201] * 3, [each.text for each in answers]
            assert (shown(one)["debtor_id"], shown(two)["state"]) == (str(kept), "cancelled")
            assert (balance(kept), balance(gone)) == ((300, 300), (0, 0))


def waiting(orders):
    """What orders that wait for a prepayment keep reserved meanwhile."""
    kept = [each["reservation"] for each in orders if each["state"] == "held"]
    return sum(Decimal(each["amount"]["amount"]) for each in kept if each is not None)


AMOUNTS = st.integers(1, 90_000).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
PLACES = ("top", "left", "right", "below")
# Of two groups' worth of debtors: who is merged into whom. The one that goes may be a child, a parent or a sister.
PAIRS = [
    ("left", "right"),
    ("right", "left"),
    ("below", "left"),
    ("below", "top"),
    ("right", "top"),
    ("below", "right"),
]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bought=st.lists(st.tuples(st.sampled_from(PLACES), AMOUNTS), max_size=6), pair=st.sampled_from(PAIRS))
def test_no_merge_makes_or_loses_a_cent(
    bought, pair, new_debtor, limited, placed, merged_well, balance, *, sessions, seller
):
    """Left and right stand below top, and one below right: all is counted once at whoever it is of, and above."""
    ids = {"top": new_debtor()}
    ids |= {name: new_debtor(parent_id=str(ids["top"])) for name in ("left", "right")}
    ids["below"] = new_debtor(parent_id=str(ids["right"]))
    for each in ids.values():
        limited("100000.00", whom=each)
    for name, amount in bought:
        assert placed(amount, whom=ids[name])["state"] == "released"
    goes, stays = pair
    merged_well(ids[goes], ids[stays])
    owed = {
        name: sum(Decimal(amount) for place, amount in bought if place == name) for name in PLACES
    }  # Of each alone.
    owed[stays] += owed.pop(goes)
    assert balance(ids[goes]) == (0, 0)
    assert {name: balance(ids[name])[0] for name in owed} == owed
    assert balance(ids["top"])[1] == sum(owed.values())
    if goes == "right":
        assert balance(ids[stays])[1] == owed[stays] + owed["below"] + (owed["left"] if stays == "top" else 0)
    with sessions.of(seller.id) as session:
        assert ledger_drift.every(session) == []


def security(debtor_id, day, **more):
    values = {
        "debtor_id": debtor_id,
        "kind": "parent_guarantee" if "guarantor_id" in more else "bank_guarantee",
        "amount": Decimal(500),
        "currency": "EUR",
        "raises_limit": True,
        "valid_from": day,
        "recorded_by": "test",
        "known_at": real_now(),
    }
    return SecurityRecord(**{**values, **more})


def limit_of(debtor_id, day):
    return {
        "debtor_id": debtor_id,
        "scope": "own",
        "is_temporary": False,
        "limit_kind": "amount",
        "limit_amount": Decimal(1000),
        "currency": "EUR",
        "risk_class": "low",
        "valid_from": day,
        "decided_by": "test",
        "grounds": "test",
        "known_at": real_now(),
    }


def report(debtor_id, *, active):
    return ReportRecord(
        debtor_id=debtor_id,
        kind="company_register",
        provider="kvk",
        retrieved_at=real_now(),
        raw={},
        facts={"status": "active" if active else "dissolved", "active": active, "events": []},
    )
