"""Applications that are withdrawn, over HTTP: by whom, what ends with them, and that nothing is decided afterwards."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.acceptance.cover_looking import look
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.acceptance.conftest import GOOD, UNKNOWN, Office
from tests.api.acceptance.covering import FULL, PENDING, Covering
from tests.api.acceptance.insurance import BY_HAND, add_policy
from tests.web_checks import assert_documented, assert_problem

PATH = "/v1/applications/{application_id}/withdrawals"
BODY = {"reason": "They buy elsewhere."}
MUCH = "9000000.00"


def withdraw(client: FlaskClient, application_id: str, **headers: str) -> Any:
    return client.post(PATH.format(application_id=application_id), json=BODY, headers=headers)


def test_who_asked_withdraws_and_nobody_decides_any_more(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply(UNKNOWN)
    assert [each["id"] for each in office.finance.get("/v1/referrals").json["items"]] == [made["id"]]
    done = withdraw(office.sales, made["id"])
    assert done.status_code == 201, done.text
    assert_documented(app, "post", PATH, 201, done.json)
    assert (done.json["state"], done.json["due_at"]) == ("withdrawn", None)
    told = {name: done.json["withdrawal"][name] for name in ("withdrawn_by", "reason")}
    assert told == {"withdrawn_by": "sam@example.com", "reason": "They buy elsewhere."}
    assert office.finance.get("/v1/referrals").json["items"] == []
    assert_problem(app, office.decide(office.finance, made["id"], "10.00"), 409, "application_decided")
    assert_problem(app, office.agree(made["id"]), 409, "application_decided")
    assert_problem(app, withdraw(office.sales, made["id"]), 409, "application_decided")
    with sessions.of(seller.id) as session:
        query = "SELECT data FROM event WHERE type = 'application.withdrawn.v1'"
        (data,) = session.scalars(text(query))
    assert data | BODY | {"by": "sam@example.com", "application_id": made["id"], "replaced_by": None} == data


def test_a_verdict_that_waits_for_its_second_person_waits_no_more(office: Office, app: Flask) -> None:
    made = office.apply(UNKNOWN)
    waiting = office.decide(office.manager, made["id"], "500.00").json
    assert waiting["waiting"]
    shown = withdraw(office.sales, made["id"]).json
    assert [each["waiting"] for each in shown["verdicts"]] == [False]
    assert_problem(app, office.second(office.other_manager, made["id"], waiting["id"]), 409, "application_decided")


def test_the_account_owner_withdraws_and_nobody_else(
    office: Office, app: Flask, client_of: Callable[..., FlaskClient]
) -> None:
    made = office.ask(office.machine, UNKNOWN).json
    owner = client_of("sales", subject="olga@example.com")
    for client in (owner, office.sales, office.finance, client_of("integration")):
        assert_problem(app, withdraw(client, made["id"]), 403, "not_the_asker")
    path = f"/v1/debtors/{made['debtor_id']}"
    etag = office.finance.get(path).headers["ETag"]
    office.finance.patch(path, json={"account_owner": "Olga@example.com"}, headers={"If-Match": etag})
    assert withdraw(owner, made["id"]).json["withdrawal"]["withdrawn_by"] == "olga@example.com"


def test_whom_a_machine_named_withdraws_what_was_asked_for_him(office: Office) -> None:
    headers = {"Creditgate-Actor": "sam@example.com"}
    body = {"company": {"country": "NL", "kvk_number": UNKNOWN}, "requested_limit": {"kind": "unlimited"}}
    body |= {"purpose": "credit_assessment", "relation": "customer"}
    made = office.machine.post("/v1/applications", json=body, headers=headers)
    assert withdraw(office.sales, made.json["id"]).status_code == 201


def test_what_was_decided_is_not_withdrawn(office: Office, app: Flask) -> None:
    approved = office.apply(GOOD)
    assert_problem(app, withdraw(office.sales, approved["id"]), 409, "application_decided")
    declined = office.apply(UNKNOWN)
    office.decide(office.finance, declined["id"], verdict="decline")
    assert_problem(app, withdraw(office.sales, declined["id"]), 409, "application_decided")


def test_a_withdrawal_is_repeated_by_its_key_and_bound_by_what_was_read(office: Office, app: Flask) -> None:
    made = office.apply(UNKNOWN)
    etag = office.sales.get(f"/v1/applications/{made['id']}").headers["ETag"]
    office.finance.post(f"/v1/referrals/{made['id']}/takes", json={})
    stale = withdraw(office.sales, made["id"], **{"If-Match": etag})
    assert_problem(app, stale, 412, "stale_version")
    first, again = (withdraw(office.sales, made["id"], **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)


class TestCover:
    @pytest.fixture
    def asked(self, office: Office, insured: Covering) -> Callable[..., tuple[dict[str, Any], dict[str, Any]]]:
        """Applies, and asks for cover for that."""

        def ask(number: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
            made = office.apply(number, MUCH)
            assert made["state"] == "referred"
            return made, insured.ask(UUID(made["debtor_id"]), application_id=made["id"], **more)

        return ask

    def test_a_request_that_nobody_was_asked_is_taken_back(
        self, asked: Any, office: Office, insured: Covering, app: Flask
    ) -> None:
        made, request = asked(FULL)
        withdraw(office.sales, made["id"])
        assert insured.shown(request)["state"] == "withdrawn"
        debtor_id = UUID(made["debtor_id"])
        insured.run(request)
        assert insured.covers(debtor_id)["decisions"] == []
        again = insured.client.post("/v1/cover-requests", json=insured.request(debtor_id, application_id=made["id"]))
        assert_problem(app, again, 409, "application_withdrawn")

    def test_a_request_that_people_ask_is_taken_back(self, asked: Any, office: Office, insured: Covering) -> None:
        by_hand = add_policy(insured.client, BY_HAND)
        made, request = asked(FULL, insurance_policy_id=by_hand["id"])
        assert request["state"] == "pending"
        withdraw(office.sales, made["id"])
        assert insured.shown(request)["state"] == "withdrawn"

    def test_a_request_that_the_insurer_has_is_given_back(self, asked: Any, office: Office, insured: Covering) -> None:
        made, request = asked(PENDING)
        assert insured.run(request)["state"] == "pending"
        withdraw(office.sales, made["id"])
        listed = insured.client.get(f"/v1/cover-requests?debtor_id={made['debtor_id']}").json["items"]
        assert [(each["kind"], each["replaces_id"]) for each in listed] == [
            ("withdrawal", request["id"]),
            ("new", None),
        ]
        assert insured.run(listed[0])["state"] == "decided"
        assert insured.shown(request)["state"] == "withdrawn"

    def test_a_request_that_may_have_arrived_is_given_back_once_it_is_found(
        self, asked: Any, office: Office, insured: Covering
    ) -> None:
        made, request = asked(FULL)
        insured.do(f"UPDATE cover_request SET state = 'sent' WHERE id = '{request['id']}'")
        withdraw(office.sales, made["id"])
        assert insured.shown(request)["state"] == "sent"
        assert look(insured.house, insured.seller, UUID(request["id"])) == "decided"
        listed = insured.client.get(f"/v1/cover-requests?debtor_id={made['debtor_id']}").json["items"]
        assert [each["kind"] for each in listed] == ["withdrawal", "new"]
        assert listed[0]["asked_by"] == "machine"
        insured.run(listed[0])
        assert insured.covers(UUID(made["debtor_id"]))["standing"] != "in_force"

    def test_a_cover_that_stands_is_given_back_by_a_person_only(
        self, insured: Covering, office: Office, app: Flask
    ) -> None:
        _, request = insured.asked(FULL)
        path = f"/v1/cover-requests/{request['id']}/withdrawals"
        assert_problem(app, office.machine.post(path), 403, "person_needed")
        assert office.finance.post(path).status_code == 202


class TestContract:
    def test_cover_is_asked_under_the_contract_of_the_application(
        self, office: Office, insured: Covering, app: Flask
    ) -> None:
        other = add_policy(insured.client, BY_HAND)
        made = office.apply(FULL, MUCH, insurance_policy_id=other["id"])
        body = insured.request(UUID(made["debtor_id"]), application_id=made["id"])
        problem = assert_problem(app, insured.client.post("/v1/cover-requests", json=body), 422, "bad_input")
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
            ("/insurance_policy_id", "other_contract")
        ]
        del body["insurance_policy_id"]
        assert insured.client.post("/v1/cover-requests", json=body).json["insurance_policy_id"] == other["id"]

    def test_without_a_word_it_is_the_one_in_force_that_bears_on_the_debtor(
        self, office: Office, insured: Covering, app: Flask
    ) -> None:
        add_policy(insured.client, BY_HAND, valid_until="2021-01-01")
        made = office.apply(FULL, MUCH)
        body = insured.request(UUID(made["debtor_id"]), application_id=made["id"])
        del body["insurance_policy_id"]
        asked = insured.client.post("/v1/cover-requests", json=body)
        assert asked.json["insurance_policy_id"] == insured.policy["id"]
        abroad = insured.debtor(None, country="BR")
        terms = {"valid_from": "2021-01-01", "source": "x", "terms": {**BY_HAND["terms"], "countries": ["NL"]}}
        path = f"/v1/insurance-policies/{insured.policy['id']}/terms"
        assert insured.client.post(path, json=terms).status_code == 201
        body = {"debtor_id": str(abroad), "amount": body["amount"]}
        assert_problem(app, insured.client.post("/v1/cover-requests", json=body), 409, "no_insurance_policy")

    def test_an_application_names_a_contract_that_can_cover_it(
        self, office: Office, insured: Covering, app: Flask, client_of: Callable[..., FlaskClient], new_seller: Any
    ) -> None:
        over = add_policy(insured.client, BY_HAND, valid_until="2021-01-01", currency="USD")
        problem = assert_problem(app, office.ask(office.sales, insurance_policy_id=over["id"]), 422, "bad_input")
        assert [each["code"] for each in problem["errors"]] == ["insurance_policy_not_in_force", "other_currency"]
        terms = {**BY_HAND["terms"], "countries": ["BE"]}
        belgian = add_policy(insured.client, BY_HAND, policy_number="P-2", terms=terms)
        problem = assert_problem(app, office.ask(office.sales, insurance_policy_id=belgian["id"]), 422, "bad_input")
        assert [each["code"] for each in problem["errors"]] == ["excluded"]
        stranger = client_of("finance", subject="zoe@example.com", seller=new_seller())
        foreign = add_policy(stranger, BY_HAND)
        problem = assert_problem(app, office.ask(office.sales, insurance_policy_id=foreign["id"]), 422, "bad_input")
        assert [each["code"] for each in problem["errors"]] == ["insurance_policy_not_found"]
