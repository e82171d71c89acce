"""Settings over HTTP."""

import pytest

from tests.web_checks import assert_documented, assert_problem


def test_settings_change_only_from_the_version_that_was_read(app, client_of, seller):
    admin = client_of("admin")
    read = admin.get("/v1/settings")
    assert_documented(app, "get", "/v1/settings", 200, read.json)
    assert read.json == {
        "name": seller.name,
        "mode": "test",
        "time_zone": "Europe/Amsterdam",
        "currency": "EUR",
        "finance_address": None,
        "sends_mail": False,
    }
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


@pytest.mark.parametrize("role", ["sales", "finance", "credit_manager", "integration", "insurer"])
def test_only_the_office_gets_in(app, client_of, role):
    for path in ("/v1/keys", "/v1/settings", "/v1/provider-credentials"):
        assert_problem(app, client_of(role).get(path), 403, "not_allowed")


@pytest.mark.parametrize(("given", "kept"), [("Finance@Example.com", "finance@example.com"), (None, None)])
def test_the_finance_address_is_set_and_taken_away(client_of, given, kept):
    admin = client_of("admin")
    for value, expected in (("first@example.com", "first@example.com"), (given, kept)):
        match = {"If-Match": admin.get("/v1/settings").headers["ETag"]}
        changed = admin.patch("/v1/settings", json={"finance_address": value}, headers=match)
        assert (changed.json["finance_address"], changed.json["time_zone"]) == (expected, "Europe/Amsterdam")
    stale = admin.patch("/v1/settings", json={"finance_address": None}, headers=match)
    assert stale.status_code == 412


def test_what_is_no_address_is_refused(app, client_of):
    answer = client_of("admin").patch("/v1/settings", json={"finance_address": "finance"}, headers={"If-Match": '"x"'})
    assert assert_problem(app, answer, 422, "bad_input")["errors"][0]["code"] == "not_an_email"
