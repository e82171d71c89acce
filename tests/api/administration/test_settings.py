"""Settings and vendor credentials over HTTP."""

import pytest
from sqlalchemy import select

from api.records.secrets import PROVIDER_PREFIX, SecretRecord
from tests.web_checks import assert_documented, assert_problem


def test_settings_change_only_from_the_version_that_was_read(app, client_of, seller):
    admin = client_of("admin")
    read = admin.get("/v1/settings")
    assert_documented(app, "get", "/v1/settings", 200, read.json)
    assert read.json == {"name": seller.name, "mode": "test", "time_zone": "Europe/Amsterdam", "currency": "EUR"}
    match = {"If-Match": read.headers["ETag"]}
    changed = admin.patch("/v1/settings", json={"time_zone": "Europe/Lisbon"}, headers=match)
    assert_documented(app, "patch", "/v1/settings", 200, changed.json)
    assert changed.json == {**read.json, "time_zone": "Europe/Lisbon"}
    assert admin.get("/v1/settings").headers["ETag"] == changed.headers["ETag"] != read.headers["ETag"]
    stale = admin.patch("/v1/settings", json={"time_zone": "Asia/Tokyo"}, headers=match)
    assert_problem(app, stale, 412, "stale_version")
    assert_problem(app, admin.patch("/v1/settings", json={}), 428, "precondition_required")


@pytest.mark.parametrize("name", ["Europe/Nowhere", "../../etc/passwd", "posixrules"])
def test_a_time_zone_that_does_not_exist_is_refused(app, client_of, name):
    answer = client_of("admin").patch("/v1/settings", json={"time_zone": name}, headers={"If-Match": '"x"'})
    problem = assert_problem(app, answer, 422, "bad_input")
    assert problem["errors"][0]["code"] == "unknown_time_zone"


def test_one_sellers_settings_are_never_anothers(client_of, new_seller):
    other = new_seller()
    admin = client_of("admin")
    match = {"If-Match": admin.get("/v1/settings").headers["ETag"]}
    admin.patch("/v1/settings", json={"time_zone": "Asia/Tokyo"}, headers=match)
    assert client_of("admin", seller=other).get("/v1/settings").json["time_zone"] == "Europe/Amsterdam"


def test_a_vendor_credential_goes_in_encrypted_and_never_comes_out(app, client_of, seller, house):
    admin = client_of("admin")
    given = {"values": {"username": "seller@example.com", "password": "open sesame"}}
    kept = admin.put("/v1/provider-credentials/creditsafe", json=given)
    assert_documented(app, "put", "/v1/provider-credentials/{provider}", 200, kept.json)
    listed = admin.get("/v1/provider-credentials")
    assert_documented(app, "get", "/v1/provider-credentials", 200, listed.json)
    assert listed.json["items"] == [kept.json]
    assert "sesame" not in kept.text + listed.text
    with house.sessions.of(seller.id) as session:
        assert "open sesame" in house.vault.read(session, PROVIDER_PREFIX + "creditsafe")
        stored = session.scalars(select(SecretRecord.ciphertext)).one()
    assert b"sesame" not in stored


@pytest.mark.parametrize(
    ("provider", "values"),
    [("Bad-Name", {"a": "b"}), ("good", {}), ("good", {"a": ""}), ("good", {"a": 1}), ("good", {"a": "b" * 4001})],
)
def test_a_vendor_credential_that_cannot_be_one_is_refused(app, client_of, provider, values):
    answer = client_of("admin").put(f"/v1/provider-credentials/{provider}", json={"values": values})
    assert_problem(app, answer, 422, "bad_input")


@pytest.mark.parametrize("role", ["sales", "finance", "credit_manager", "integration", "insurer"])
def test_only_the_office_gets_in(app, client_of, role):
    for path in ("/v1/keys", "/v1/settings", "/v1/provider-credentials"):
        assert_problem(app, client_of(role).get(path), 403, "not_allowed")
