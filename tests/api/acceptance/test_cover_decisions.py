"""Cover by letter, conditions with their papers, and limits of our own held against the contract."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.records import verdicts
from api.records.limits import CreditLimitRecord
from api.records.reports import ReportRecord
from api.records.sellers import Seller
from tests.api.acceptance.covering import FULL, NOW, Covering
from tests.api.acceptance.insurance import BY_HAND, TERMS, add_paper, add_policy
from tests.web_checks import assert_documented, assert_problem

BAD_END = "out_of_range"
TODAY = date(2026, 3, 2)
assert verdicts  # A limit refers to its verdict.


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    return new_seller(starts_on=TODAY)


@pytest.fixture
def by_hand(insured: Covering) -> Covering:
    """A seller whose insurer has no connection."""
    insured.policy = add_policy(insured.client, BY_HAND)
    return insured


def letter(covering: Covering, debtor_id: UUID, state: str, amount: str | None = None, **more: Any) -> Any:
    body = {
        "debtor_id": str(debtor_id),
        "insurance_policy_id": covering.policy["id"],
        "state": state,
        "document_id": add_paper(covering.client, f"letter {uuid4()}"),
        **({} if amount is None else {"amount": {"amount": amount, "currency": "EUR"}}),
        **more,
    }
    return covering.client.post("/v1/cover-decisions", json=body)


def standing(covering: Covering, debtor_id: UUID, as_of: str | None = None) -> tuple[str, str]:
    shown = covering.covers(debtor_id, as_of)
    return shown["standing"], shown["insured_limit"]["amount"]


def test_an_insurer_without_a_connection_is_asked_by_people_and_answers_by_letter(
    app: Flask, by_hand: Covering
) -> None:
    debtor_id = by_hand.debtor(FULL)
    made = by_hand.client.post("/v1/cover-requests", json=by_hand.request(debtor_id))
    assert (made.status_code, made.json["state"], made.json["job_id"]) == (201, "pending", None)
    assert_documented(app, "post", "/v1/cover-requests", 201, made.json)
    answer = letter(by_hand, debtor_id, "granted_in_part", "7000.00", cover_request_id=made.json["id"])
    assert answer.status_code == 201, answer.text
    assert_documented(app, "post", "/v1/cover-decisions", 201, answer.json)
    assert answer.json["recorded_by"] == "ann@example.com"
    assert by_hand.shown(made.json)["state"] == "decided"
    assert standing(by_hand, debtor_id) == ("in_force", "7000.00")
    more = by_hand.client.post(
        f"/v1/cover-requests/{made.json['id']}/changes", json={"amount": {"amount": "9000.00", "currency": "EUR"}}
    )
    assert (more.status_code, more.json["state"]) == (201, "pending")


@pytest.mark.parametrize(
    ("state", "amount", "valid_from", "begins", "alert"),
    [
        ("reduced", "4000.00", None, TODAY + timedelta(days=30), "cover_reduced"),
        ("reduced", "4000.00", "2026-03-10", date(2026, 3, 10), "cover_reduced"),
        ("withdrawn", None, None, TODAY + timedelta(days=30), "cover_withdrawn"),
        ("withdrawn", None, "2026-03-02", TODAY, "cover_withdrawn"),
        ("cancelled", None, None, TODAY, None),
        ("granted", "12000.00", None, TODAY, None),
    ],
)
def test_a_cut_begins_as_stated_or_when_the_notice_has_run_and_earlier_deliveries_stay_covered(
    by_hand: Covering, state: str, amount: str | None, valid_from: str | None, begins: date, alert: str | None
) -> None:
    debtor_id = by_hand.debtor(FULL)
    letter(by_hand, debtor_id, "granted", "10000.00", decided_on="2026-02-01")
    more = {} if valid_from is None else {"valid_from": valid_from}
    answer = letter(by_hand, debtor_id, state, amount, **more)
    assert answer.status_code == 201, answer.text
    assert answer.json["valid_from"] == str(begins)
    assert standing(by_hand, debtor_id, str(begins - timedelta(days=1))) == ("in_force", "10000.00")
    assert standing(by_hand, debtor_id, str(begins))[1] == (amount or "0.00")
    assert by_hand.alerts() == ([alert] if alert else [])
    if alert:
        letter(by_hand, debtor_id, "granted", "10000.00")
        assert by_hand.alerts() == []


@pytest.mark.parametrize(
    ("state", "amount", "more", "faults"),
    [
        ("reduced", "50000.00", {}, {"/amount/amount": "not_reduced"}),
        ("granted", "1.00", {"valid_until": "2020-01-01"}, {"/valid_until": "out_of_range"}),
        (
            "granted",
            "1.00",
            {"valid_from": "2026-04-02", "valid_until": "2026-04-01"},
            {"/valid_until": "out_of_range"},
        ),
        (
            "reduced",
            "20000.01",
            {"valid_until": "2020-01-01", "decided_on": "2199-01-01"},
            {"/amount/amount": "not_reduced", "/valid_until": "out_of_range", "/decided_on": "out_of_range"},
        ),
    ],
)
def test_a_letter_that_contradicts_itself_is_refused_with_all_that_is_wrong(
    app: Flask, by_hand: Covering, state: str, amount: str, more: dict[str, Any], faults: dict[str, str]
) -> None:
    debtor_id = by_hand.debtor(FULL)
    assert letter(by_hand, debtor_id, "granted", "20000.00", decided_on="2026-02-01").status_code == 201
    problem = assert_problem(app, letter(by_hand, debtor_id, state, amount, **more), 422, "bad_input")
    assert {each["pointer"]: each["code"] for each in problem["errors"]} == faults
    assert standing(by_hand, debtor_id) == ("in_force", "20000.00")


def test_a_paper_of_another_debtor_proves_nothing_of_this_one(app: Flask, by_hand: Covering) -> None:
    debtor_id, other = by_hand.debtor(FULL), by_hand.debtor(None, "Other B.V.")
    paper = add_paper(by_hand.client, "of another", debtor_id=str(other))
    answer = letter(by_hand, debtor_id, "granted", "1.00", document_id=paper)
    assert_problem(app, answer, 404, "document_not_found")
    made = letter(by_hand, debtor_id, "conditional", "1.00", conditions=["x"]).json
    path = f"/v1/cover-conditions/{made['conditions'][0]['id']}/evidence"
    assert_problem(app, by_hand.client.post(path, json={"document_id": paper}), 404, "document_not_found")
    body = {"kind": "deposit", "document_id": paper, "amount": {"amount": "1.00", "currency": "EUR"}}
    answer = by_hand.client.post(f"/v1/debtors/{debtor_id}/securities", json=body | {"raises_limit": True})
    problem = assert_problem(app, answer, 422, "bad_input")
    assert [each["code"] for each in problem["errors"]] == ["document_not_found"]
    assert by_hand.client.post(f"/v1/debtors/{other}/securities", json=body).status_code == 201


def test_the_contracts_own_notice_is_kept_to(insured: Covering) -> None:
    insured.policy = add_policy(insured.client, {**BY_HAND, "terms": {**TERMS, "reduction_notice_days": 10}})
    debtor_id = insured.debtor(FULL)
    letter(insured, debtor_id, "granted", "10000.00")
    assert letter(insured, debtor_id, "reduced", "1.00").json["valid_from"] == str(TODAY + timedelta(days=10))


def test_nothing_is_covered_before_every_condition_is_met(app: Flask, by_hand: Covering) -> None:
    debtor_id = by_hand.debtor(FULL)
    conditions = ["A guarantee of the parent.", "Terms of 30 days at most."]
    made = letter(by_hand, debtor_id, "conditional", "10000.00", conditions=conditions).json
    assert [each["text"] for each in made["conditions"]] == conditions
    assert standing(by_hand, debtor_id) == ("conditions_open", "0.00")
    for index, condition in enumerate(made["conditions"]):
        body = {"document_id": add_paper(by_hand.client, f"proof {index}", "condition_evidence")}
        path = f"/v1/cover-conditions/{condition['id']}/evidence"
        if index:
            body["met_on"] = "2026-03-01"
        ticked = by_hand.client.post(path, json=body)
        assert ticked.status_code == 201, ticked.text
        assert_documented(app, "post", "/v1/cover-conditions/{condition_id}/evidence", 201, ticked.json)
        assert ticked.json["conditions"][index]["ticked_by"] == "ann@example.com"
        assert_problem(app, by_hand.client.post(path, json=body), 409, "condition_met_before")
        assert standing(by_hand, debtor_id)[0] == ("in_force" if index else "conditions_open")
    assert standing(by_hand, debtor_id, "2026-03-01") == ("not_decided", "0.00")
    told = by_hand.rows("SELECT data FROM event WHERE type = 'debtor.cover_changed.v1' ORDER BY sequence")
    assert [each[0]["conditions_open"] for each in told] == [2, 1, 0]


def test_a_condition_is_ticked_by_a_person_with_a_paper_we_have_and_not_ahead(
    app: Flask, by_hand: Covering, client_of: Callable[..., FlaskClient]
) -> None:
    made = letter(by_hand, by_hand.debtor(FULL), "conditional", "1.00", conditions=["x"]).json
    path, paper = f"/v1/cover-conditions/{made['conditions'][0]['id']}/evidence", add_paper(by_hand.client)
    assert_problem(app, client_of("finance").post(path, json={"document_id": paper}), 403, "person_needed")
    assert_problem(app, by_hand.client.post(path, json={"document_id": str(uuid4())}), 404, "document_not_found")
    ahead = {"document_id": paper, "met_on": "2026-03-03"}
    assert_problem(app, by_hand.client.post(path, json=ahead), 422, "bad_input")
    nowhere = f"/v1/cover-conditions/{uuid4()}/evidence"
    assert_problem(app, by_hand.client.post(nowhere, json={"document_id": paper}), 404, "condition_not_found")


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"state": "granted"}, "/amount"),
        ({"state": "granted", "amount": {"amount": "0.00", "currency": "EUR"}}, "/amount"),
        ({"state": "refused", "amount": {"amount": "1.00", "currency": "EUR"}}, "/amount"),
        ({"state": "granted", "amount": {"amount": "1.00", "currency": "USD"}}, "/amount/currency"),
        ({"state": "conditional", "amount": {"amount": "1.00", "currency": "EUR"}}, "/conditions"),
        ({"state": "refused", "conditions": ["x"]}, "/conditions"),
        ({"state": "refused", "decided_on": "2026-03-03"}, "/decided_on"),
        ({"state": "refused", "response_code": "99"}, "/response_code"),
        ({"state": "approved"}, "/state"),
    ],
)
def test_a_letter_that_contradicts_itself_is_refused(
    app: Flask, by_hand: Covering, told: dict[str, Any], pointer: str
) -> None:
    debtor_id = by_hand.debtor(FULL)
    body = {"debtor_id": str(debtor_id), "insurance_policy_id": by_hand.policy["id"], **told}
    answer = by_hand.client.post("/v1/cover-decisions", json={**body, "document_id": add_paper(by_hand.client)})
    assert pointer in [each["pointer"] for each in assert_problem(app, answer, 422, "bad_input")["errors"]]


def test_who_may_record_a_letter_and_of_which_insurer(
    app: Flask, insured: Covering, client_of: Callable[..., FlaskClient]
) -> None:
    debtor_id = insured.debtor(FULL)
    assert_problem(app, letter(insured, debtor_id, "refused"), 409, "insurer_connected")
    insured.policy = add_policy(insured.client, BY_HAND)
    without = letter(insured, debtor_id, "refused", document_id=str(uuid4()))
    assert_problem(app, without, 404, "document_not_found")
    person, insured.client = insured.client, client_of("credit_manager")
    assert_problem(app, letter(insured, debtor_id, "refused"), 403, "person_needed")
    insured.client = person
    assert letter(insured, debtor_id, "refused").status_code == 201


def test_both_parts_of_limit_and_exposure_are_shown(by_hand: Covering) -> None:
    debtor_id = by_hand.debtor(FULL)
    letter(by_hand, debtor_id, "granted", "10000.00")
    number = {"invoice_number": "1", "invoiced_on": "2026-03-01", "due_on": "2026-03-31", "debtor_id": str(debtor_id)}
    invoice = {**number, "amount": {"amount": "14000.00", "currency": "EUR"}}
    assert by_hand.client.post("/v1/invoices", json=invoice).status_code == 201
    with by_hand.house.sessions.of(by_hand.seller.id) as session:
        session.add(
            CreditLimitRecord(
                debtor_id=debtor_id,
                scope="own",
                is_temporary=False,
                limit_kind="amount",
                limit_amount=Decimal(8000),
                currency="EUR",
                valid_from=TODAY,
                decided_by="ann@example.com",
                grounds="test",
                known_at=NOW,
            )
        )
    shown = by_hand.covers(debtor_id)

    def parts(name: str) -> list[str]:
        return [shown[name][each]["amount"] for each in ("total", "insured", "uninsured", "own_part")]

    assert parts("exposure") == ["14000.00", "10000.00", "4000.00", "1000.00"]
    assert parts("limit") == ["8000.00", "8000.00", "0.00", "800.00"]
    before = by_hand.covers(debtor_id, "2026-02-01")
    assert (before["exposure"], before["limit"]) == (None, None)


# --- Limits of our own ----------------------------------------------------------------------------------------------


def set_limit(covering: Covering, debtor_id: UUID, amount: str = "10000.00", **more: Any) -> Any:
    body = {"insurance_policy_id": covering.policy["id"], "amount": {"amount": amount, "currency": "EUR"}, **more}
    return covering.client.post(f"/v1/debtors/{debtor_id}/discretionary-limits", json={"basis": "report", **body})


def add_report(covering: Covering, debtor_id: UUID, dated_on: date, events: tuple[Any, ...] = ()) -> str:
    facts = {"provider": "creditsafe", "retrieved_on": "2026-03-01", "scored_on": str(dated_on), "events": list(events)}
    with covering.house.sessions.of(covering.seller.id) as session:
        record = ReportRecord(
            debtor_id=debtor_id,
            kind="credit_bureau",
            provider="creditsafe",
            retrieved_at=NOW,
            raw={},
            facts=facts,
            purpose="credit_assessment",
            relation="customer",
        )
        session.add(record)
        session.flush()
        return str(record.id)


BAD = {"code": "judgment", "occurred_on": "2026-01-01"}


@pytest.mark.parametrize(
    ("dated_on", "events", "amount", "codes"),
    [
        (date(2026, 2, 1), (), "15000.00", []),
        (date(2025, 3, 2), (), "15000.00", []),
        (date(2026, 2, 1), ({**BAD, "ended_on": "2026-02-01"},), "15000.00", []),
        (date(2025, 3, 1), (), "15000.00", ["report_too_old"]),
        (date(2026, 2, 1), (BAD,), "15000.00", ["report_not_clean"]),
        (date(2026, 2, 1), (), "15000.01", ["above_contract"]),
        (date(2025, 1, 1), (BAD,), "16000.00", ["above_contract", "report_too_old", "report_not_clean"]),
        (None, (), "15000.00", ["report_missing"]),
    ],
)
def test_a_report_is_held_against_the_contract(
    app: Flask, by_hand: Covering, dated_on: date | None, events: tuple[Any, ...], amount: str, codes: list[str]
) -> None:
    debtor_id = by_hand.debtor(FULL)
    report_id = None if dated_on is None else add_report(by_hand, debtor_id, dated_on, events)
    made = set_limit(by_hand, debtor_id, amount)
    if codes:
        problem = assert_problem(app, made, 422, "not_discretionary")
        assert [each["code"] for each in problem["errors"]] == codes
        return
    assert made.status_code == 201, made.text
    assert_documented(app, "post", "/v1/debtors/{debtor_id}/discretionary-limits", 201, made.json)
    assert made.json["source"] == "discretionary"
    assert (made.json["evidence"]["report_id"], made.json["evidence"]["relied_on"]) == (report_id, str(TODAY))
    assert dated_on is not None
    assert made.json["valid_until"] == str(dated_on.replace(year=dated_on.year + 1))
    assert standing(by_hand, debtor_id) == ("in_force", amount)


def invoices(covering: Covering, debtor_id: UUID, items: list[tuple[str, str | None]]) -> None:
    """Add invoices by due day and by the day on which they were paid."""
    for index, (due_on, paid_on) in enumerate(items):
        amount = {"amount": "1000.00", "currency": "EUR"}
        told = {"invoice_number": f"{index}", "invoiced_on": "2024-01-01", "due_on": due_on, "amount": amount}
        assert covering.client.post("/v1/invoices", json={**told, "debtor_id": str(debtor_id)}).status_code == 201
        if paid_on is not None:
            payment = {"payment_reference": f"p{index}", "paid_on": paid_on, "amount": amount}
            parts = [{"invoice_number": f"{index}", "amount": amount}]
            paid = {**payment, "debtor_id": str(debtor_id), "allocations": parts}
            made = covering.client.post("/v1/payments", json=paid)
            assert made.status_code == 201, made.text


IN_TIME = ("2025-10-01", "2025-10-20")


@pytest.mark.parametrize(
    ("items", "codes"),
    [
        ([IN_TIME] * 3, []),
        ([IN_TIME] * 2, ["paid_too_few"]),
        ([("2025-02-01", "2025-03-02"), *[IN_TIME] * 2], ["paid_too_few"]),
        ([IN_TIME] * 3 + [("2025-10-01", "2025-10-31")], []),
        ([IN_TIME] * 3 + [("2025-10-01", "2025-11-01")], ["paid_too_late"]),
        ([IN_TIME] * 3 + [("2026-01-31", None)], []),
        ([IN_TIME] * 3 + [("2026-01-30", None)], ["paid_too_late"]),
        ([], ["paid_too_few"]),
    ],
)
def test_experience_is_held_against_the_contract(
    app: Flask, by_hand: Covering, items: list[tuple[str, str | None]], codes: list[str]
) -> None:
    debtor_id = by_hand.debtor(FULL)
    invoices(by_hand, debtor_id, items)
    made = set_limit(by_hand, debtor_id, basis="experience")
    if codes:
        problem = assert_problem(app, made, 422, "not_discretionary")
        assert [each["code"] for each in problem["errors"]] == codes
    else:
        assert made.status_code == 201, made.text
        assert made.json["evidence"]["paid_count"] == len([each for each in items if each[1]])
        assert made.json["valid_until"] == "2027-03-02"


@pytest.mark.parametrize("state", ["granted", "refused", "cancelled"])
def test_any_decision_of_the_insurer_ends_a_limit_of_our_own(app: Flask, by_hand: Covering, state: str) -> None:
    debtor_id = by_hand.debtor(FULL)
    add_report(by_hand, debtor_id, TODAY)
    assert set_limit(by_hand, debtor_id).status_code == 201
    decided = letter(by_hand, debtor_id, state, "4000.00" if state == "granted" else None)
    # At once, although it covers less: no notice is owed for what the insurer never gave.
    assert decided.json["valid_from"] == str(TODAY)
    assert standing(by_hand, debtor_id)[1] == ("4000.00" if state == "granted" else "0.00")
    problem = assert_problem(app, set_limit(by_hand, debtor_id), 422, "not_discretionary")
    assert [each["code"] for each in problem["errors"]] == ["insurer_decided"]


@pytest.mark.parametrize(
    "left_out",
    ["discretionary_limit_max", "discretionary_report_months", "discretionary_paid_count"],
)
def test_what_the_contract_does_not_allow_is_refused(app: Flask, insured: Covering, left_out: str) -> None:
    terms = {name: value for name, value in TERMS.items() if name != left_out}
    insured.policy = add_policy(insured.client, {**BY_HAND, "terms": terms})
    debtor_id = insured.debtor(FULL)
    add_report(insured, debtor_id, TODAY)
    basis = "experience" if "paid" in left_out else "report"
    problem = assert_problem(app, set_limit(insured, debtor_id, basis=basis), 422, "not_discretionary")
    assert "not_in_contract" in [each["code"] for each in problem["errors"]]


def test_a_debtor_that_the_contract_excludes_gets_none(app: Flask, insured: Covering) -> None:
    insured.policy = add_policy(insured.client, {**BY_HAND, "terms": {**TERMS, "countries": ["BE"]}})
    debtor_id = insured.debtor(FULL)
    add_report(insured, debtor_id, TODAY)
    assert_problem(app, set_limit(insured, debtor_id), 422, "not_discretionary")
    assert insured.covers(debtor_id)["standing"] == "excluded"


def test_a_report_we_did_not_have_then_was_not_relied_on(app: Flask, by_hand: Covering) -> None:
    debtor_id = by_hand.debtor(FULL)
    add_report(by_hand, debtor_id, date(2026, 1, 1))
    answer = set_limit(by_hand, debtor_id, relied_on="2026-02-28")
    assert [each["code"] for each in assert_problem(app, answer, 422, "not_discretionary")["errors"]] == [
        "report_missing"
    ]
    assert set_limit(by_hand, debtor_id, relied_on="2026-03-01").status_code == 201
    assert_problem(app, set_limit(by_hand, debtor_id, relied_on="2026-03-03"), 422, "bad_input")
    assert_problem(app, set_limit(by_hand, debtor_id, report_id=str(uuid4())), 422, "not_discretionary")


def test_a_machine_sets_no_limit(app: Flask, by_hand: Covering, client_of: Callable[..., FlaskClient]) -> None:
    debtor_id = by_hand.debtor(FULL)
    by_hand.client = client_of("credit_manager")
    assert_problem(app, set_limit(by_hand, debtor_id), 403, "person_needed")


def test_a_decision_on_cover_completes_the_file_of_a_debtor(by_hand: Covering) -> None:
    debtor_id = by_hand.debtor(FULL)
    by_hand.do("UPDATE policy SET state = 'retired' WHERE state = 'active'")
    by_hand.do("UPDATE policy SET state = 'active' WHERE name = 'insured'")
    lacking = '["cover_decided", "terms_agreed"]'
    by_hand.do(f"UPDATE debtor SET onboarding_missing = '{lacking}' WHERE id = '{debtor_id}'")

    def missing() -> Any:
        return by_hand.rows(f"SELECT onboarding_missing FROM debtor WHERE id = '{debtor_id}'")[0][0]

    by_hand.client.post("/v1/cover-requests", json=by_hand.request(debtor_id))
    assert "cover_decided" in missing()
    letter(by_hand, debtor_id, "refused")
    assert "cover_decided" not in missing()
    assert "terms_agreed" in missing()
