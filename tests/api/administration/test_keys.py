"""Keys over HTTP: made once, shown once, refused when revoked."""

from datetime import timedelta
from uuid import uuid4

import pytest

from api.clock import real_now
from tests.web_checks import assert_documented, assert_problem

NEW = {"name": "CRM", "role": "integration"}


def test_a_key_is_shown_once_and_opens_the_door(app, client_of):
    made = client_of("admin").post("/v1/keys", json=NEW)
    assert made.status_code == 201
    assert_documented(app, "post", "/v1/keys", 201, made.json)
    listed = client_of("admin").get("/v1/keys")
    assert_documented(app, "get", "/v1/keys", 200, listed.json)
    secret = made.json["key"].rpartition("_")[2]
    assert made.json["id"] in {key["id"] for key in listed.json["items"]}
    assert secret not in listed.text
    with_it = app.test_client().get("/v1/keys", headers={"Authorization": f"Bearer {made.json['key']}"})
    assert_problem(app, with_it, 403, "not_allowed")  # It is known, and has another role.


def test_a_repeated_request_makes_one_key_and_does_not_show_it_again(client_of):
    admin = client_of("admin")
    first, again = (admin.post("/v1/keys", json=NEW, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert first.json["key"]
    assert again.json == {**first.json, "key": None}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [key["name"] for key in admin.get("/v1/keys").json["items"]].count("CRM") == 1


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"role": "insurer"}, "/insurer_id", "required"),
        ({"insurer_id": str(uuid4())}, "/insurer_id", "not_for_role"),
        ({"role": "owner"}, "/role", "not_a_choice"),
        ({"subject": "nobody"}, "/subject", "not_an_email"),
        ({"expires_at": (real_now() - timedelta(seconds=1)).isoformat()}, "/expires_at", "in_the_past"),
        ({"expires_at": "2099-01-01T00:00:00"}, "/expires_at", "invalid"),
        ({"name": ""}, "/name", "empty"),
        ({"is_demo": True}, "/is_demo", "unknown_field"),
    ],
)
def test_a_key_that_breaks_a_rule_is_not_made(app, client_of, changes, pointer, code):
    problem = assert_problem(app, client_of("admin").post("/v1/keys", json={**NEW, **changes}), 422, "bad_input")
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [(pointer, code)]


def test_a_subject_is_kept_in_one_form_so_that_one_person_is_one_person(client_of):
    made = client_of("admin").post("/v1/keys", json={"name": "x", "role": "finance", "subject": " Ann@Example.COM "})
    assert made.json["subject"] == "ann@example.com"


def test_a_revoked_key_is_refused_at_once_by_the_process_that_revoked_it(app, client_of):
    admin = client_of("admin")
    made = admin.post("/v1/keys", json={**NEW, "role": "admin"}).json
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert app.test_client().get("/v1/keys", headers=headers).status_code == 200
    revoked = admin.post(f"/v1/keys/{made['id']}/revocations")
    assert_documented(app, "post", "/v1/keys/{key_id}/revocations", 200, revoked.json)
    assert_problem(app, app.test_client().get("/v1/keys", headers=headers), 401, "not_authenticated")
    again = admin.post(f"/v1/keys/{made['id']}/revocations")
    assert again.json["revoked_at"] == revoked.json["revoked_at"]


def test_another_sellers_key_cannot_be_found(app, client_of, new_seller):
    made = client_of("admin").post("/v1/keys", json=NEW).json
    other = client_of("admin", seller=new_seller())
    assert made["id"] not in other.get("/v1/keys").text
    assert_problem(app, other.post(f"/v1/keys/{made['id']}/revocations"), 404, "not_found")
    assert_problem(app, other.post(f"/v1/keys/{uuid4()}/revocations"), 404, "not_found")
