"""Agreed terms over HTTP: the law, one record of one version, and what follows once a file is complete."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.onboarding import ITEMS, missing
from api.records import debtors
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from tests.api.acceptance.conftest import BANKRUPT, GOOD, UNKNOWN, WEAK, WHY, Office, euro
from tests.api.acceptance.test_holds import paper
from tests.web_checks import assert_documented, assert_problem

LARGE = "90000014"


def test_terms_complete_the_file_and_the_debtor_is_watched_from_then_on(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply()
    assert [each["item"] for each in made["checklist"] if not each["done"]] == ["terms_agreed"]
    assert [each["acted_by"] for each in made["checklist"]] == [None, None, "sales"]
    answer = office.agree(made["id"])
    assert answer.status_code == 201, answer.text
    assert_documented(app, "post", "/v1/applications/{application_id}/agreed-terms", 201, answer.json)
    shown = office.shown(made["id"])
    assert shown["state"] == "agreed"
    assert all(each["done"] for each in shown["checklist"])
    assert shown["agreed_terms"]["terms_version"] == "2026-1"
    assert office.finance.get(f"/v1/debtors/{made['debtor_id']}").json["phase"] == "monitoring"
    with sessions.of(seller.id) as session:
        told = list(session.scalars(text("SELECT type FROM event ORDER BY id")))
        assert session.scalar(text("SELECT onboarding_missing FROM debtor")) == []
    assert {"debtor.terms_agreed.v1", "debtor.onboarding_changed.v1", "application.agreed.v1"} <= set(told)


def test_the_same_content_is_the_same_record_and_other_content_is_refused(office: Office, app: Flask) -> None:
    made = office.apply()
    first = office.agree(made["id"])
    again = office.agree(made["id"])
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])
    assert_documented(app, "post", "/v1/applications/{application_id}/agreed-terms", 200, again.json)
    other = office.agree(made["id"], document_sha256="b" * 64, channel="paper")
    problem = assert_problem(app, other, 409, "terms_recorded_otherwise")
    assert {each["pointer"] for each in problem["errors"]} == {"/document_sha256", "/channel"}
    assert office.agree(made["id"], terms_version="2026-2", document_sha256="b" * 64).status_code == 201


LAW = [
    (30, {}, None, None),
    (31, {}, "/debtor_size", "debtor_size_unknown"),
    (60, {"debtor_size": "sme"}, None, None),
    (61, {"debtor_size": "sme"}, "/payment_term_days", "not_expressly_agreed"),
    (30, {"debtor_size": "large"}, None, None),
    (31, {"debtor_size": "large"}, "/payment_term_days", "large_to_small"),
    (45, {"debtor_size": "large", "expressly_agreed": True}, "/payment_term_days", "large_to_small"),
    (31, {"debtor_size": "public"}, "/payment_term_days", "public_body"),
    (60, {"debtor_size": "public", "expressly_agreed": True}, None, None),
    (61, {"debtor_size": "public", "expressly_agreed": True}, "/payment_term_days", "public_body"),
]


@pytest.mark.parametrize(("days", "said", "pointer", "rule"), LAW)
def test_the_law_bounds_what_may_be_agreed(
    office: Office, app: Flask, days: int, said: dict[str, Any], pointer: str | None, rule: str | None
) -> None:
    made = office.apply(UNKNOWN)  # Nothing tells how large it is.
    answer = office.agree(made["id"], office.finance, payment_term_days=days, **said)
    if pointer is None:
        assert answer.status_code == 201, answer.text
        return
    problem = assert_problem(app, answer, 422, "term_not_lawful")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, rule)]
    assert "30" in problem["errors"][0]["detail"] or "60" in problem["errors"][0]["detail"]
    assert office.shown(made["id"])["agreed_terms"] is None


@pytest.mark.parametrize("who", ["finance", "manager"])
def test_beyond_sixty_days_takes_a_verdict_that_says_expressly_agreed(office: Office, app: Flask, who: str) -> None:
    made, recorder = office.apply(WEAK), getattr(office, who)
    said = {"terms": {"payment_term_days": 90}}
    problem = assert_problem(app, office.decide(office.finance, made["id"], "1000.00", **said), 422, "bad_input")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
        ("/terms/payment_term_days", "not_expressly_agreed")
    ]
    asked = {"debtor_size": "sme", "expressly_agreed": True}
    alone = office.apply(GOOD)
    assert_problem(app, office.agree(alone["id"], recorder, payment_term_days=61, **asked), 403, "verdict_needed")
    said["terms"] |= {"expressly_agreed": True}
    verdict = office.decide(office.finance, made["id"], "1000.00", **said)
    assert verdict.status_code == 201, verdict.text
    assert_documented(app, "post", "/v1/applications/{application_id}/verdicts", 201, verdict.json)
    assert_problem(app, office.agree(made["id"], recorder, payment_term_days=91, **asked), 403, "verdict_needed")
    unsaid = office.agree(made["id"], recorder, payment_term_days=90, debtor_size="sme")
    assert_problem(app, unsaid, 422, "term_not_lawful")
    assert office.agree(made["id"], recorder, payment_term_days=90, **asked).status_code == 201


def test_how_large_a_debtor_is_by_its_figures_wins_over_what_is_said(office: Office, app: Flask) -> None:
    made = office.apply(LARGE)
    said = {"payment_term_days": 59, "debtor_size": "sme"}
    problem = assert_problem(app, office.agree(made["id"], office.finance, **said), 422, "bad_input")
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == {
        ("/debtor_size", "size_known_otherwise"),
        ("/payment_term_days", "large_to_small"),
    }
    unsaid = office.agree(made["id"], office.finance, payment_term_days=31)
    assert assert_problem(app, unsaid, 422, "term_not_lawful")["errors"][0]["code"] == "large_to_small"
    decided = office.decide(office.finance, made["id"], "100.00", terms={"payment_term_days": 45})
    assert assert_problem(app, decided, 422, "bad_input")["errors"][0]["code"] == "large_to_small"
    agreed = office.agree(made["id"], office.finance)
    assert (agreed.status_code, agreed.json["debtor_size"]) == (201, "large")
    by_manager = office.agree(made["id"], office.manager, terms_version="2", **said)
    assert (by_manager.status_code, by_manager.json["debtor_size"]) == (201, "sme")


def test_a_hash_alone_is_shown_as_that_and_a_machine_stores_the_text(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply()
    bare = office.agree(made["id"], office.machine, accepted_on="1900-01-01")
    problem = assert_problem(app, bare, 422, "bad_input")
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == {
        ("/document_id", "document_needed"),
        ("/accepted_on", "out_of_range"),
    }
    assert office.agree(made["id"]).json["evidence"] == "hash_only"
    debtor = office.sales.get(f"/v1/debtors/{made['debtor_id']}").json
    assert debtor["terms"]["evidence"] == "hash_only"
    body = {"terms_version": "2", "accepted_by": "x", "accepted_on": "2026-01-15", "channel": "esign"}
    body |= {"document_id": paper(sessions, seller), "payment_term_days": 30}
    stored = office.machine.post(f"/v1/applications/{made['id']}/agreed-terms", json=body)
    assert (stored.status_code, stored.json["evidence"]) == (201, "document")
    assert_documented(app, "post", "/v1/applications/{application_id}/agreed-terms", 201, stored.json)


def test_sales_agrees_to_no_more_days_than_were_granted(office: Office, app: Flask) -> None:
    made = office.apply(WEAK, "1000.00")  # Class high: 14 days.
    problem = assert_problem(app, office.agree(made["id"]), 403, "longer_than_granted")
    assert "14 days" in problem["detail"]
    path = f"/v1/debtors/{made['debtor_id']}/agreed-terms"
    body = {"document_sha256": "a" * 64, "terms_version": "1", "accepted_by": "x", "accepted_on": "2026-01-15"}
    body |= {"channel": "email"}
    longer = office.sales.post(path, json=body | {"payment_term_days": 30})
    assert_problem(app, longer, 403, "longer_than_granted")
    assert office.sales.post(path, json=body | {"payment_term_days": 14}).status_code == 201
    assert office.shown(made["id"])["state"] == "agreed"
    granted = office.apply(WEAK, "1100.00")
    assert office.agree(granted["id"], office.finance, terms_version="2").status_code == 201


@pytest.mark.parametrize("role", ["sales", "finance", "credit_manager", "integration"])
def test_a_machine_of_whatever_role_names_its_paper_and_agrees_to_no_more_than_was_granted(
    office: Office,
    app: Flask,
    sessions: Sessions,
    seller: Seller,
    client_of: Callable[..., FlaskClient],
    role: str,
) -> None:
    made, machine = office.apply(WEAK, "1000.00"), client_of(role)  # Class high: 14 days.
    problem = assert_problem(app, office.agree(made["id"], machine), 422, "bad_input")
    assert [each["code"] for each in problem["errors"]] == ["document_needed"]
    body = {"terms_version": "2", "accepted_by": "x", "accepted_on": "2026-01-15", "channel": "esign"}
    body |= {"document_id": paper(sessions, seller), "payment_term_days": 30}
    longer = machine.post(f"/v1/applications/{made['id']}/agreed-terms", json=body)
    assert_problem(app, longer, 403, "longer_than_granted")


def test_every_fault_is_named(office: Office, app: Flask) -> None:
    made = office.apply()
    path = f"/v1/applications/{made['id']}/agreed-terms"
    problem = assert_problem(app, office.sales.post(path, json={"document_sha256": "A"}), 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {
        *("/document_sha256", "/terms_version", "/accepted_by", "/accepted_on", "/channel", "/payment_term_days"),
    }
    missing = "0197f0a0-0000-7000-8000-000000000000"
    both = office.agree(made["id"], document_id=missing, accepted_on="2199-01-01")
    problem = assert_problem(app, both, 422, "bad_input")
    assert {each["code"] for each in problem["errors"]} == {"name_one_document", "in_the_future"}
    body = {"terms_version": "1", "accepted_by": "x", "accepted_on": "2026-01-15", "channel": "email"}
    unknown = office.sales.post(path, json=body | {"payment_term_days": 30, "document_id": missing})
    problem = assert_problem(app, unknown, 422, "bad_input")
    assert [each["code"] for each in problem["errors"]] == ["document_not_found"]


def test_a_refused_application_has_nothing_to_agree_on(office: Office, app: Flask) -> None:
    made = office.apply(BANKRUPT)
    assert_problem(app, office.agree(made["id"]), 409, "application_decided")


def test_a_stored_paper_gives_its_own_hash(office: Office, sessions: Sessions, seller: Seller) -> None:
    made = office.apply()
    with sessions.of(seller.id) as session:
        document_id = session.scalar(
            text(
                "INSERT INTO document (seller_id, id, sha256, type, source, dated_on, file_name, media_type,"
                " size_bytes, content, added_by, known_at) VALUES (:seller_id, gen_random_uuid(), repeat('c', 64),"
                " 'signed_terms', 'debtor', date '2026-01-15', 'terms.pdf', 'application/pdf', 1, 'x', 'sam', now())"
                " RETURNING id"
            ),
            {"seller_id": seller.id},
        )
    body = {"terms_version": "1", "accepted_by": "x", "accepted_on": "2026-01-15", "channel": "esign"}
    path = f"/v1/applications/{made['id']}/agreed-terms"
    answer = office.sales.post(path, json=body | {"document_id": str(document_id), "payment_term_days": 30})
    assert (answer.status_code, answer.json["document_sha256"]) == (201, "c" * 64)


def test_a_likeness_on_a_list_keeps_a_file_open_until_a_person_clears_it(office: Office) -> None:
    made = office.apply("90000010", "1000.00")
    assert made["state"] == "referred"
    office.decide(office.finance, made["id"], "1000.00")
    office.agree(made["id"], office.finance)
    shown = office.shown(made["id"])
    assert shown["state"] == "approved"
    missing = [(each["item"], each["acted_by"]) for each in shown["checklist"] if not each["done"]]
    assert missing == [("sanctions_clear", "finance")]
    path = f"/v1/debtors/{made['debtor_id']}/sanctions-"
    for match in office.finance.get(f"{path}matches").json["items"]:
        body = {"entity_id": match["entity_id"], "reason": "Another country."}
        assert office.finance.post(f"{path}clearances", json=body).status_code == 201
    assert office.shown(made["id"])["state"] == "agreed"


def test_a_name_that_is_not_the_registers_keeps_the_file_open_until_a_person_chose(office: Office) -> None:
    new = {"name": "Heel Iets Anders B.V.", "country": "NL", "kvk_number": GOOD}
    debtor_id = office.finance.post("/v1/debtors", json=new).json["id"]
    asked = {"debtor_id": debtor_id, "requested_limit": euro("1000.00"), **WHY}
    made = office.sales.post("/v1/applications", json=asked).json
    assert "identity_mismatch" in {each["code"] for each in made["decision"]["reasons"]}
    office.decide(office.finance, made["id"], "1000.00")
    office.agree(made["id"])
    shown = office.shown(made["id"])
    assert [each["item"] for each in shown["checklist"] if not each["done"]] == ["identity_matched"]
    assert shown["state"] == "approved"
    choice = {"debtor_id": debtor_id, "company": {"country": "NL", "kvk_number": GOOD}}
    assert office.machine.post("/v1/entity-matches", json=choice).status_code == 201
    assert office.shown(made["id"])["state"] == "approved"  # What a machine chose, no person has looked at.
    answer = office.finance.post("/v1/entity-matches", json=choice)
    assert answer.status_code == 201, answer.text
    assert office.shown(made["id"])["state"] == "agreed"


def lacking(house: House, seller: Seller, debtor_id: str) -> tuple[str, ...]:
    """What a debtor's file lacks of everything that a policy can ask for."""
    with house.sessions.of(seller.id) as session:
        policy = house.policies.active(session).policy
        whole = replace(policy, onboarding=replace(policy.onboarding, checklist=ITEMS))
        debtor = debtors.get(session, UUID(debtor_id))
        assert debtor is not None
        return missing(session, debtor, whole)


def test_each_item_is_told_by_what_is_stored(office: Office, house: House, seller: Seller) -> None:
    number = {"country": "NL", "kvk_number": GOOD, "vat_number": "NL899000009B01"}
    made = office.apply(company=number)
    assert lacking(house, seller, made["debtor_id"]) == ("terms_agreed", "cover_decided")
    office.agree(made["id"])
    assert lacking(house, seller, made["debtor_id"]) == ("cover_decided",)
    new = {"name": "Nog Niet Gevraagd B.V.", "country": "NL", "kvk_number": "90000002"}
    untouched = office.finance.post("/v1/debtors", json=new).json["id"]
    assert lacking(house, seller, untouched) == ITEMS


def test_a_file_without_a_vat_number_has_none_that_is_valid(office: Office, house: House, seller: Seller) -> None:
    assert "vat_valid" in lacking(house, seller, office.apply()["debtor_id"])
