"""A debtor at a glance over HTTP: what is told, to whom, and in how many statements."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import event

from api.clock import real_now
from api.records import alerts
from api.records.holds import HoldRecord
from api.records.securities import SecurityRecord
from tests.api.acceptance.insurance import add_paper, add_policy
from tests.api.overview.conftest import order
from tests.web_checks import assert_documented, assert_problem

PATH = "/v1/debtors/{debtor_id}"


def shown(app, client, debtor_id):
    answer = client.get(f"/v1/debtors/{debtor_id}")
    assert answer.status_code == 200, answer.text
    assert_documented(app, "GET", PATH, 200, answer.json)
    return answer.json


def euro(amount):
    return {"amount": amount, "currency": "EUR"}


def test_a_new_prospect_has_no_limit_and_says_what_an_order_would_meet(app, finance, new_debtor):
    told = shown(app, finance, new_debtor(name="Nieuw", account_owner="Ann@Example.com"))
    assert (told["phase"], told["limit_standing"], told["credit_limit"]["kind"]) == (
        "prospect",
        "never_decided",
        "none",
    )
    assert (told["headroom"], told["available_amount"], told["over_limit_amount"]) == (euro("0.00"),) * 3
    assert [each["code"] for each in told["gate"]["reasons"]] == ["limit_missing_or_expired", "terms_not_agreed"]
    assert (told["account_owner"], told["credit_owner"]) == ("ann@example.com", None)
    assert (told["newest_decision"], told["grade"], told["risk_class"], told["terms"]) == (None, None, None, None)


def test_limits_exposure_and_orders_are_told_together(app, erp, finance, new_debtor, grant, agree):
    debtor_id = new_debtor()
    grant(debtor_id, "1000.00", "normal", next_review_on="2031-01-31")
    agree(debtor_id)
    erp.post("/v1/orders", json=order(debtor_id, "700.00"))
    held = erp.post("/v1/orders", json=order(debtor_id, "50.00"))
    assert held.json["outcome"] == "hold_first_payment"
    told = shown(app, finance, debtor_id)
    assert told["limit_standing"] == "standing"
    assert told["credit_limit"] == {
        **{"kind": "amount", "amount": euro("1000.00"), "valid_until": None, "valid_from": told["as_of"]},
        **{"decided_by": "fin@example.com", "grounds": "Good years."},
    }
    assert (told["next_review_on"], told["risk_class"]) == ("2031-01-31", "normal")
    assert told["effective_limit"] == {
        **{"kind": "amount", "amount": euro("1000.00"), "scope": "own", "debtor_id": str(debtor_id)}
    }
    assert (told["headroom"], told["available_amount"], told["utilisation"]) == (
        *(euro("300.00"), euro("300.00"), "0.7000"),
    )
    assert told["exposure"]["total"] == told["exposure"]["stages"]["reserved"] == euro("700.00")
    assert told["first_payment"] == {"state": "first_order_open", "due_on": None, "paid_on": None}
    assert told["held_orders"] == {"count": 1, "oldest_placed_at": held.json["placed_at"]}
    assert told["gate"]["outcome"] == "hold_first_payment"
    assert (told["terms"]["payment_term_days"], told["terms"]["terms_version"]) == (30, "2026-1")


def test_a_temporary_limit_applies_instead_and_a_guarantee_adds(
    app, finance, seller, sessions, clock, new_debtor, grant
):
    debtor_id, today = new_debtor(), clock.today(seller)
    grant(debtor_id, "1000.00")
    grant(debtor_id, "4000.00", is_temporary=True, valid_until=today + timedelta(days=30))
    with sessions.of(seller.id) as session:
        session.add(
            SecurityRecord(
                **{"debtor_id": debtor_id, "kind": "bank_guarantee", "amount": Decimal(500), "currency": "EUR"},
                **{"raises_limit": True, "guarantor_name": "Bank", "valid_from": today, "recorded_by": "test"},
                known_at=real_now(),
            )
        )
    told = shown(app, finance, debtor_id)
    assert (told["limit_standing"], told["credit_limit"]["amount"]) == ("temporary", euro("1000.00"))
    assert told["temporary_limit"]["amount"] == euro("4000.00")
    assert told["effective_limit"]["amount"] == told["headroom"] == euro("4500.00")
    assert [each["kind"] for each in told["securities"]] == ["bank_guarantee"]
    # Terms are not agreed: by the limits there is room, and nothing may be owed yet.
    assert told["available_amount"] == euro("0.00")


def test_the_tightest_limit_on_the_way_to_the_top_bounds(app, erp, finance, new_debtor, grant, agree):
    top = new_debtor(name="Holding")
    child, sister = (new_debtor(parent_id=str(top)) for _ in range(2))
    grant(top, "80000.00", scope="group")
    for debtor_id, limit, used in ((child, "50000.00", "31000.00"), (sister, "60000.00", "42000.00")):
        grant(debtor_id, limit)
        agree(debtor_id)
        assert erp.post("/v1/orders", json=order(debtor_id, used)).json["state"] == "released"
    told = shown(app, finance, child)
    assert told["headroom"] == euro("7000.00")
    assert told["effective_limit"] == {
        **{"kind": "amount", "amount": euro("80000.00"), "scope": "group", "debtor_id": str(top)}
    }
    levels = [(each["scope"], each["name"], each["exposure"]["amount"], each["utilisation"]) for each in told["levels"]]
    assert levels == [("own", "Bakkerij", "31000.00", "0.6200"), ("group", "Holding", "73000.00", "0.9125")]


def test_an_ended_limit_is_shown_and_bounds_all(app, finance, seller, clock, new_debtor, grant, agree):
    debtor_id, today = new_debtor(), clock.today(seller)
    grant(debtor_id, "1000.00", valid_from=today - timedelta(9), valid_until=today - timedelta(1))
    agree(debtor_id)
    told = shown(app, finance, debtor_id)
    assert (told["limit_standing"], told["credit_limit"]["amount"]) == ("expired", euro("1000.00"))
    assert (told["effective_limit"]["kind"], told["available_amount"]) == ("none", euro("0.00"))


def test_overdue_invoices_and_behaviour_are_told_in_short(app, erp, finance, seller, clock, new_debtor, grant):
    debtor_id, today = new_debtor(), clock.today(seller)
    grant(debtor_id, "1000.00")
    for number, days in (("A1", 40), ("A2", 31), ("A3", 5)):
        sent = {
            **{"debtor_id": str(debtor_id), "invoice_number": number, "amount": euro("400.00")},
            **{"invoiced_on": str(today - timedelta(days)), "due_on": str(today - timedelta(days - 30))},
        }
        assert erp.post("/v1/invoices", json=sent).status_code == 201
    told = shown(app, finance, debtor_id)
    assert told["overdue"] == {"oldest_days": 10, "amount": euro("800.00"), "not_converted": []}
    assert (told["headroom"], told["over_limit_amount"]) == (euro("-200.00"), euro("200.00"))
    assert (told["utilisation"], told["payment_behaviour"]["open_amount"]) == ("1.2000", euro("1200.00"))


def test_money_without_a_rate_is_in_no_sum_and_told(app, erp, finance, seller, clock, new_debtor, grant):
    debtor_id, today = new_debtor(), clock.today(seller)
    grant(debtor_id, "1000.00")
    money = {"amount": "400.00", "currency": "USD"}
    sent = {"invoice_number": "U1", "invoiced_on": str(today), "due_on": str(today), "amount": money}
    erp.post("/v1/invoices", json={"debtor_id": str(debtor_id), **sent})
    told = shown(app, finance, debtor_id)
    assert (told["exposure"]["total"], told["exposure"]["not_converted"]) == (euro("0.00"), [money])
    assert "currency_not_converted" in [each["code"] for each in told["gate"]["reasons"]]


@pytest.mark.parametrize("role", ["sales", "integration", "finance", "credit_manager"])
def test_each_role_sees_its_part(app, client_of, seller, sessions, new_debtor, grant, role):
    debtor_id = new_debtor(account_owner="ann@example.com", credit_owner="fin@example.com")
    grant(debtor_id, "1000.00")
    with sessions.of(seller.id) as session:
        hold = {"kind": "account_on_hold", "scope": "own", "grounds": "Secret grounds.", "placed_by": "fin@example.com"}
        session.add(HoldRecord(debtor_id=debtor_id, placed_at=real_now(), **hold))
        alerts.open_alert(session, "over_limit", str(debtor_id), "warning", {}, debtor_id=debtor_id, now=real_now())
    answer = client_of(role).get(f"/v1/debtors/{debtor_id}")
    told = answer.json
    assert_documented(app, "GET", PATH, 200, told)
    assert (told["credit_limit"]["amount"], told["account_owner"]) == (euro("1000.00"), "ann@example.com")
    assert [each["kind"] for each in told["holds"]] == ["account_on_hold"]
    full, book = role in ("finance", "credit_manager"), role != "sales"
    assert ("Secret grounds." in answer.text, "grade" in told, "pd" in told) == (full, full, full)
    of_the_book = {
        "headroom",
        "exposure",
        "levels",
        "overdue",
        "cover",
        "securities",
        "open_alerts",
        "payment_behaviour",
    }
    assert of_the_book <= set(told) if book else not of_the_book & set(told)
    if book:
        assert (told["open_alerts"]["count"], told["open_alerts"]["newest"][0]["kind"]) == (1, "over_limit")


def test_the_newest_decision_gives_class_grade_and_pd(app, finance, client_of):
    asked = {
        "company": {"country": "NL", "kvk_number": "90000001"},
        **{"purpose": "credit_assessment", "relation": "customer"},
    }
    decision = finance.post("/v1/credit-checks", json=asked).json
    told = shown(app, finance, decision["debtor_id"])
    assert [told[name] for name in ("risk_class", "grade", "pd")] == [
        decision[name] for name in ("risk_class", "grade", "pd")
    ]
    newest = told["newest_decision"]
    assert {name: newest[name] for name in ("id", "outcome", "decided_at", "credit_limit")} == {
        name: decision[name] for name in ("id", "outcome", "decided_at", "credit_limit")
    }
    sales = client_of("sales").get(f"/v1/debtors/{decision['debtor_id']}").json["newest_decision"]
    assert "pd" not in sales
    assert sales["risk_class"] == decision["risk_class"]


def test_who_bears_what_of_limit_and_exposure_is_told_as_the_covers_tell_it(
    app, erp, finance, client_of, new_debtor, grant, agree
):
    manager = client_of("credit_manager", subject="cm@example.com")
    debtor_id = new_debtor()
    assert shown(app, finance, debtor_id)["cover"] is None
    policy = add_policy(manager)
    assert shown(app, finance, debtor_id)["cover"]["standing"] == "not_decided"
    grant(debtor_id, "5000.00")
    agree(debtor_id)
    assert erp.post("/v1/orders", json=order(debtor_id, "4000.00")).json["state"] == "released"
    decided = {
        **{"debtor_id": str(debtor_id), "insurance_policy_id": policy["id"], "state": "granted_in_part"},
        **{"amount": euro("3000.00"), "document_id": add_paper(manager), "decided_on": "2026-01-05"},
    }
    answer = manager.post("/v1/cover-decisions", json=decided)
    assert answer.status_code == 201, answer.text
    told = shown(app, finance, debtor_id)["cover"]
    assert (told["standing"], told["insured_limit"]) == ("in_force", euro("3000.00"))
    assert told["limit"] == {"insured": euro("3000.00"), "uninsured": euro("2000.00"), "own_part": euro("300.00")}
    assert told["exposure"] == {"insured": euro("3000.00"), "uninsured": euro("1000.00"), "own_part": euro("300.00")}
    (whole,) = finance.get(f"/v1/debtors/{debtor_id}/covers").json["items"]
    for name in ("limit", "exposure"):
        assert whole[name].items() >= told[name].items()


def test_an_unknown_debtor_is_not_found(app, finance):
    assert_problem(app, finance.get(f"/v1/debtors/{uuid4()}"), 404, "debtor_not_found")


def test_a_reservation_that_ended_is_let_go_before_anybody_looks(
    app, erp, finance, sessions, seller, new_debtor, grant, agree
):
    debtor_id = new_debtor()
    grant(debtor_id, "1000.00")
    agree(debtor_id)
    placed = erp.post("/v1/orders", json=order(debtor_id, "700.00")).json
    with sessions.of(seller.id) as session:
        session.connection().exec_driver_sql(
            "UPDATE sales_order SET expires_at = placed_at WHERE id = %s", (placed["id"],)
        )
    told = shown(app, finance, debtor_id)
    assert (told["headroom"], told["exposure"]["total"]) == (euro("1000.00"), euro("0.00"))
    assert erp.get(f"/v1/orders/{placed['id']}").json["state"] == "expired"


def test_many_orders_take_no_more_statements(app, erp, finance, sessions, new_debtor, grant, agree):
    debtor_id = new_debtor()
    grant(debtor_id, "1000.00", "normal")
    agree(debtor_id)
    shown(app, finance, debtor_id)  # The policy and the key are read once for all.
    counts = []
    for orders in (1, 25):
        for _ in range(orders):
            erp.post("/v1/orders", json=order(debtor_id, "1.00"))
        counts.append(counted(app, lambda: shown(app, finance, debtor_id)))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def counted(app, do):
    """How many statements it takes, besides those that look for the key every few seconds."""
    engine, statements = app.extensions["creditgate"].sessions.engine, []

    def note(_connection, _cursor, statement, *_):
        statements.extend([] if "find_key" in statement else [statement])

    event.listen(engine, "before_cursor_execute", note)
    try:
        do()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(statements)
