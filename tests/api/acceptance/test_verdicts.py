"""Verdicts over HTTP: within authority at once, above it with a second person, and never on one's own request."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.acceptance.conftest import GOOD, LISTED, UNKNOWN, WEAK, Office, euro
from tests.web_checks import assert_documented, assert_problem

# By the shipped policy finance decides on 50,000 of class low and 5,000 of class high, a credit manager on 500,000 and
# 50,000; who has no class is nobody's alone.
AUTHORITY = [
    (GOOD, "finance", "50000.00", "at once"),
    (GOOD, "finance", "50000.01", "seconded"),
    (GOOD, "finance", "500000.00", "seconded"),
    (GOOD, "finance", "500000.01", "refused"),
    (GOOD, "manager", "500000.00", "at once"),
    (GOOD, "manager", "500000.01", "seconded"),
    (WEAK, "finance", "5000.00", "at once"),
    (WEAK, "finance", "5000.01", "seconded"),
    (WEAK, "manager", "50000.00", "at once"),
    (WEAK, "manager", "60000.00", "seconded"),
    (UNKNOWN, "finance", "100.00", "refused"),
    (UNKNOWN, "manager", "100.00", "seconded"),
]
FORM = {
    each: {"mark": 3, "ground": "As most."}
    for each in ("character", "ability", "margin", "purpose", "amount", "repayment", "insurance")
}


@pytest.mark.parametrize(("kvk_number", "role", "amount", "how"), AUTHORITY)
def test_authority_is_by_amount_class_and_role(
    office: Office, app: Flask, kvk_number: str, role: str, amount: str, how: str
) -> None:
    made = office.apply(kvk_number, "2000000.00")
    answer = office.decide(getattr(office, role), made["id"], amount)
    if how == "refused":
        problem = assert_problem(app, answer, 403, "beyond_authority")
        assert "two credit managers" in problem["detail"]
        assert office.shown(made["id"])["state"] == made["state"]
        return
    assert answer.status_code == 201, answer.text
    assert_documented(app, "post", "/v1/applications/{application_id}/verdicts", 201, answer.json)
    assert answer.json["needs_second"] == answer.json["waiting"] == (how == "seconded")
    assert answer.json["application_state"] == ("seconding" if how == "seconded" else "approved")
    found = office.limits(made["debtor_id"])["in_force"]["own"]
    assert found["limit"]["amount"] == (None if how == "seconded" else euro(amount))


def test_a_verdict_never_touches_the_machines_decision(office: Office, sessions: Sessions, seller: Seller) -> None:
    made = office.apply(GOOD, "5000.00")
    before = office.finance.get(f"/v1/decisions/{made['decision']['id']}").json
    assert office.decide(office.finance, made["id"], "2000.00").json["in_force"]
    after = office.shown(made["id"])
    assert after["decision"] == before
    assert (after["decided_by"], after["limit"]["limit"]["amount"]) == ("fleur@example.com", euro("2000.00"))
    versions = office.limits(made["debtor_id"])["items"]
    assert [each["decided_by"] for each in versions] == ["fleur@example.com", "machine"]
    assert versions[0]["grounds"] == "Known to us for years."


def test_a_decided_application_takes_no_other_verdict(office: Office, app: Flask) -> None:
    made = office.apply(WEAK)
    assert office.decide(office.finance, made["id"], "1000.00").status_code == 201
    problem = assert_problem(app, office.decide(office.manager, made["id"], "2000.00"), 409, "application_decided")
    assert "fleur@example.com" in problem["detail"]
    waiting = office.apply(GOOD, "1000000.00")
    office.decide(office.finance, waiting["id"], "300000.00")
    assert_problem(app, office.decide(office.manager, waiting["id"], "1.00"), 409, "verdict_waiting")


def test_of_two_who_decide_at_once_one_does(office: Office) -> None:
    made = office.apply(WEAK)

    def decide(client: FlaskClient) -> Any:
        return office.decide(client, made["id"], "1000.00")

    with ThreadPoolExecutor(4) as pool:
        persons = (office.finance, office.other_finance, office.manager, office.other_manager)
        statuses = [each.status_code for each in pool.map(decide, persons)]
    assert sorted(statuses) == [201, 409, 409, 409]
    assert len(office.limits(made["debtor_id"])["items"]) == 1


def test_a_version_that_was_read_before_somebody_took_it_is_stale(office: Office, app: Flask) -> None:
    made = office.apply(WEAK)
    path = f"/v1/applications/{made['id']}"
    etag = office.finance.get(path).headers["ETag"]
    office.other_finance.post(f"/v1/referrals/{made['id']}/takes", json={})
    body = {"verdict": "accept", "limit": euro("1000.00"), "grounds": "Well known."}
    stale = office.finance.post(f"{path}/verdicts", json=body, headers={"If-Match": etag})
    assert_problem(app, stale, 412, "stale_version")
    now = {"If-Match": office.finance.get(path).headers["ETag"]}
    assert office.finance.post(f"{path}/verdicts", json=body, headers=now).status_code == 201


def test_a_repeated_verdict_is_given_once(office: Office) -> None:
    made = office.apply(WEAK)
    body = {"verdict": "accept", "limit": euro("1000.00"), "grounds": "Well known."}
    path, once = f"/v1/applications/{made['id']}/verdicts", {"Idempotency-Key": "verdict-1"}
    answers = [office.finance.post(path, json=body, headers=once) for _ in range(3)]
    assert {each.status_code for each in answers} == {201}
    assert len({each.json["id"] for each in answers}) == 1


def test_every_fault_of_a_verdict_is_named(office: Office, app: Flask) -> None:
    made = office.apply(WEAK)
    schema = office.finance.post(
        f"/v1/applications/{made['id']}/verdicts",
        json={"verdict": "maybe", "limit": {"kind": "none"}, "valid_until": "soon", "terms": {"mode": "cash"}},
    )
    problem = assert_problem(app, schema, 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {
        *("/verdict", "/limit/kind", "/valid_until", "/terms/mode", "/grounds"),
    }
    # What cannot be read stands beside what the rest breaks of the rules.
    both = {
        "verdict": "decline",
        "limit": euro("1.00"),
        "valid_until": "2000-01-01",
        "campari": {"luck": 1},
        "why": "x",
    }
    both["terms"] = {"payment_term_days": 300, "mode": "cash"}
    mixed = office.finance.post(f"/v1/applications/{made['id']}/verdicts", json=both)
    problem = assert_problem(app, mixed, 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} >= {
        *("/grounds", "/why", "/terms/mode"),
        *("/limit", "/valid_until", "/campari/luck", "/terms/payment_term_days"),
    }
    foreign = {"limit": {"amount": "1.00", "currency": "CHF"}, "valid_until": "2000-01-01", "grounds": ""}
    problem = assert_problem(app, office.decide(office.finance, made["id"], **foreign), 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {"/limit/currency", "/valid_until", "/grounds"}
    unread = office.decide(office.finance, made["id"], limit={"amount": 1, "currency": "EUR"})
    problem = assert_problem(app, unread, 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {"/limit/amount"}
    form = {**FORM, "margin": {"mark": 9, "ground": ""}} | {"luck": {"mark": 1, "ground": "x"}}
    form.pop("repayment")
    answer = office.decide(office.finance, made["id"], valid_until="2000-01-01", campari=form)
    problem = assert_problem(app, answer, 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {
        *("/limit", "/valid_until", "/campari/margin/mark", "/campari/margin/ground"),
        *("/campari/luck", "/campari/repayment"),
    }


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"verdict": "accept", "limit": euro("0.00")}, "/limit", "limit_needed"),
        ({"verdict": "decline", "limit": euro("1.00")}, "/limit", "limit_of_refusal"),
        ({"limit": euro("1.00"), "valid_until": "2199-01-01"}, "/valid_until", "too_late"),
        ({"limit": {"amount": "1.00", "currency": "CHF"}}, "/limit/currency", "rate_missing"),
    ],
)
def test_what_contradicts_itself_is_refused(
    office: Office, app: Flask, said: dict[str, Any], pointer: str, code: str
) -> None:
    made = office.apply(WEAK)
    problem = assert_problem(app, office.decide(office.finance, made["id"], **said), 422, "bad_input")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, code)]


def test_nobody_accepts_who_is_on_a_sanctions_list(office: Office, app: Flask) -> None:
    made = office.apply(LISTED)
    answer = office.decide(office.manager, made["id"], "100.00")
    assert_problem(app, answer, 409, "sanctions_hit_confirmed")
    assert office.decide(office.manager, made["id"], verdict="decline").json["application_state"] == "declined"


def test_a_refused_raise_leaves_the_limit_and_a_first_refusal_says_no_credit(office: Office) -> None:
    first = office.apply(GOOD, "5000.00")
    raised = office.apply(GOOD, "1000000.00")
    office.decide(office.finance, raised["id"], verdict="decline")
    assert office.limits(first["debtor_id"])["in_force"]["own"]["limit"]["amount"] == euro("5000.00")
    unknown = office.apply(UNKNOWN)
    office.decide(office.finance, unknown["id"], verdict="accept_prepayment")
    found = office.limits(unknown["debtor_id"])["in_force"]["own"]
    assert found["limit"] == {"kind": "amount", "amount": euro("0.00")}
    assert office.shown(unknown["id"])["terms"]["mode"] == "prepayment"


@pytest.mark.parametrize(
    ("mark", "risk_class", "notches"),
    [(5, "high", 1), (3, "high", 0), (1, "high", -2)],
)
def test_the_form_moves_the_class_but_never_widens_authority(
    office: Office, mark: int, risk_class: str, notches: int
) -> None:
    made = office.apply(WEAK)  # Grade G8: one notch better would be class normal.
    form = {name: {"mark": mark, "ground": "As I saw it on a visit."} for name in FORM}
    verdict = office.decide(office.finance, made["id"], "4000.00", campari=form).json
    assert verdict["campari"]["notches"] == notches
    assert office.limits(made["debtor_id"])["items"][0]["risk_class"] == risk_class


def test_terms_and_days_of_the_verdict_are_what_is_granted(office: Office) -> None:
    made = office.apply(WEAK)
    until = (date.fromisoformat(made["applied_at"][:10]) + timedelta(days=40)).isoformat()
    said = {"terms": {"payment_term_days": 8, "mode": "direct_debit"}, "valid_until": until}
    office.decide(office.finance, made["id"], "1000.00", **said)
    shown = office.shown(made["id"])
    assert shown["terms"] == {"payment_term_days": 8, "mode": "direct_debit"}
    assert shown["limit"]["valid_until"] == until


def test_decisions_stay_with_their_seller(
    office: Office, app: Flask, new_seller: Callable[[], Seller], client_of: Callable[..., FlaskClient]
) -> None:
    made = office.apply(WEAK)
    stranger = client_of("credit_manager", seller=new_seller(), subject="eve@example.com")
    assert_problem(app, office.decide(stranger, made["id"], "1.00"), 404, "application_not_found")
    assert_problem(app, stranger.get(f"/v1/applications/{made['id']}"), 404, "application_not_found")


def test_sales_sees_the_verdict_and_whom_to_ask_not_the_grounds(office: Office, app: Flask) -> None:
    made = office.apply(WEAK)
    office.decide(office.finance, made["id"], "1000.00", campari=FORM)
    shown = office.shown(made["id"], office.sales)
    assert_documented(app, "get", "/v1/applications/{application_id}", 200, shown)
    (verdict,) = shown["verdicts"]
    assert (verdict["given_by"], verdict["limit"]["amount"]) == ("fleur@example.com", euro("1000.00"))
    for hidden in ("grounds", "campari", "authority_amount", "role", "approval"):
        assert hidden not in verdict


def test_no_row_of_a_verdict_is_ever_changed(sessions: Sessions, seller: Seller, office: Office) -> None:
    made = office.apply(WEAK)
    office.decide(office.finance, made["id"], "1000.00")
    for table in ("verdict", "verdict_approval", "credit_limit", "agreed_terms"):
        with pytest.raises(Exception, match="permission denied"), sessions.of(seller.id) as session:
            session.execute(text(f"DELETE FROM {table}"))
        with pytest.raises(Exception, match="permission denied"), sessions.of(seller.id) as session:
            session.execute(text(f"UPDATE {table} SET id = id"))
