"""Vendor credentials over HTTP: checked against the source, encrypted, taken away, brought under a new key."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import select

from api.cli import main
from api.cli_sources import rotate
from api.records import source_states
from api.records.secrets import PROVIDER_PREFIX, SecretRecord, SecretUnreadable, Vault
from api.source_access import source_access
from providers.memory import Refusal, Token
from tests.web_checks import assert_documented, assert_problem

GOOD = {"values": {"username": "seller@example.com", "password": "open sesame"}}
ENDS_AT = datetime(2030, 1, 1, tzinfo=UTC)


def test_a_vendor_credential_goes_in_encrypted_and_never_comes_out(app, client_of, seller, house):
    admin = client_of("admin")
    kept = admin.put("/v1/provider-credentials/bureau", json=GOOD)
    assert_documented(app, "put", "/v1/provider-credentials/{provider}", 200, kept.json)
    listed = admin.get("/v1/provider-credentials")
    assert_documented(app, "get", "/v1/provider-credentials", 200, listed.json)
    assert listed.json["items"] == [kept.json]
    assert "sesame" not in kept.text + listed.text
    assert source_access(house, seller).credentials == {"bureau": GOOD["values"]}
    with house.sessions.of(seller.id) as session:
        stored = session.scalars(select(SecretRecord.ciphertext)).one()
    assert b"sesame" not in stored


@pytest.mark.parametrize(
    ("provider", "values", "faults"),
    [
        ("nobody", {"a": "b"}, {("", "unknown_provider")}),
        ("Bad-Name", {"a": "b"}, {("", "unknown_provider")}),
        ("bureau_sign_in", {"a": "b"}, {("", "unknown_provider")}),
        ("bureau", {}, {("/values", "wrong_length")}),
        ("bureau", {"username": ""}, {("/values", "wrong_length")}),
        ("bureau", {"username": 1}, {("/values/username/value", "not_text")}),
        ("bureau", {"username": "b" * 4001}, {("/values", "wrong_length")}),
        ("bureau", {"username": "u"}, {("/values/password", "required")}),
        (
            "bureau",
            {"user/name": "u", "pass~word": "p"},
            {
                ("/values/username", "required"),
                ("/values/password", "required"),
                ("/values/user~1name", "unknown_field"),
                ("/values/pass~0word", "unknown_field"),
            },
        ),
        ("bureau", {"username": "u\r\nX-Evil: 1", "password": "p\x00"}, {("/values/password", "unstorable_character")}),
        (
            "bureau",
            {"username": "u\r\nX-Evil: 1", "password": "p\t"},
            {("/values/username", "malformed"), ("/values/password", "malformed")},
        ),
        ("vies", {"requester_vat_number": "QQ"}, {("/values/requester_vat_number", "malformed")}),
        ("vies", {"requester_vat_number": "NL899000008B01"}, {("/values/requester_vat_number", "malformed")}),
        ("vies", {"requester_vat_number": "GB434031494"}, {("/values/requester_vat_number", "malformed")}),
        (
            "vies",
            {"requester_vat_number": "QQ", "key": "k"},
            {("/values/requester_vat_number", "malformed"), ("/values/key", "unknown_field")},
        ),
        ("open_list", {"key": "k"}, {("/values/key", "unknown_field")}),
    ],
)
def test_every_fault_of_a_credential_is_named(app, client_of, provider, values, faults):
    answer = client_of("admin").put(f"/v1/provider-credentials/{provider}", json={"values": values})
    problem = assert_problem(app, answer, 422, "bad_input")
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == faults


def test_a_source_that_needs_nothing_takes_what_it_can_use(client_of, seller, house):
    given = {"values": {"requester": "NL001234567B01"}}
    assert client_of("admin").put("/v1/provider-credentials/open_list", json=given).status_code == 200
    number = {"values": {"requester_vat_number": "NL899000009B01"}}
    assert client_of("admin").put("/v1/provider-credentials/vies", json=number).status_code == 200
    assert source_access(house, seller).credentials == {"open_list": given["values"], "vies": number["values"]}


def test_a_credential_is_taken_away_with_what_was_signed_in_by_it(app, client_of, seller, house):
    admin = client_of("admin")
    admin.put("/v1/provider-credentials/bureau", json=GOOD)
    for provider in ("bureau", "bureau_sign_in"):
        source_access(house, seller).memory(provider).keep_token(Token("signed in", ENDS_AT))
    assert admin.delete("/v1/provider-credentials/bureau").status_code == 204
    assert admin.get("/v1/provider-credentials").json["items"] == []
    access = source_access(house, seller)
    assert access.credentials == {}
    assert [access.memory(provider).token() for provider in ("bureau", "bureau_sign_in")] == [None, None]
    assert_problem(app, admin.delete("/v1/provider-credentials/bureau"), 404, "not_found")


def test_a_changed_credential_is_used_at_once_and_its_token_is_fetched_anew(client_of, seller, house):
    admin = client_of("admin")
    admin.put("/v1/provider-credentials/bureau", json=GOOD)
    source_access(house, seller).memory("bureau").keep_token(Token("signed in", ENDS_AT))
    admin.put("/v1/provider-credentials/bureau", json={"values": {"username": "u", "password": "changed"}})
    access = source_access(house, seller)
    assert access.credentials["bureau"]["password"] == "changed"
    assert access.memory("bureau").token() is None


@pytest.mark.parametrize("is_changed", [True, False], ids=["changed", "taken away"])
def test_another_credential_is_tried_although_the_one_before_was_refused(client_of, seller, house, is_changed):
    admin = client_of("admin")
    admin.put("/v1/provider-credentials/bureau", json=GOOD)
    memory = source_access(house, seller).memory("bureau")
    memory.keep_refusal(Refusal(datetime.now(UTC), "digest"))
    told = client_of("finance").get("/v1/alerts?kind=source_refused").json["items"]
    assert [(each["subject"], each["data"], each["ended_at"]) for each in told] == [
        ("bureau", {"provider": "bureau"}, None)
    ]
    if is_changed:
        admin.put("/v1/provider-credentials/bureau", json=GOOD)
    else:
        admin.delete("/v1/provider-credentials/bureau")
    assert memory.refusal() is None
    assert client_of("finance").get("/v1/alerts?kind=source_refused&open=true").json["items"] == []


def test_one_sellers_credential_is_never_anothers(app, client_of, new_seller, house):
    other = new_seller()
    client_of("admin").put("/v1/provider-credentials/bureau", json=GOOD)
    assert_problem(app, client_of("admin", seller=other).delete("/v1/provider-credentials/bureau"), 404, "not_found")
    assert source_access(house, other).credentials == {}


def test_all_that_is_kept_comes_under_the_new_key(sessions, seller, new_seller, capsys):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    lost = new_seller()
    for each, key in ((seller, old), (lost, Fernet.generate_key().decode())):
        with sessions.of(each.id) as session:
            Vault((key,)).keep(session, PROVIDER_PREFIX + "bureau", '{"key": "open sesame"}', ENDS_AT)
            source_states.keep_token(session, "bureau", Vault((key,)).seal("signed in"), ENDS_AT)
    unreadable = rotate(sessions, Vault((new, old)))
    assert any(each.startswith(f"{lost.name}: ") for each in unreadable)
    assert not any(each.startswith(f"{seller.name}: ") for each in unreadable)
    assert "sesame" not in capsys.readouterr().out + "".join(unreadable)
    with sessions.of(seller.id) as session:
        assert Vault((new,)).read(session, PROVIDER_PREFIX + "bureau") == '{"key": "open sesame"}'
        assert Vault((new,)).open(source_states.token(session, "bureau")[0]) == "signed in"
        with pytest.raises(SecretUnreadable):
            Vault((old,)).read(session, PROVIDER_PREFIX + "bureau")


def test_the_command_rotates_and_names_a_seller_whose_secret_no_key_opens(config, sessions, seller):
    new = Fernet.generate_key().decode()
    with sessions.of(seller.id) as session:
        Vault(config.secret_keys).keep(session, PROVIDER_PREFIX + "bureau", "{}", ENDS_AT)
    given = {
        "CREDITGATE_DATABASE_URL": config.database_url,
        "CREDITGATE_OWNER_DATABASE_URL": None,
        "CREDITGATE_SECRET_KEYS": ",".join((new, *config.secret_keys)),
    }
    result = CliRunner().invoke(main, ["secrets", "rotate"], env=given)
    assert "secrets and tokens" in result.output
    assert f"{seller.name}: " not in result.output
    with sessions.of(seller.id) as session:
        assert Vault((new,)).read(session, PROVIDER_PREFIX + "bureau") == "{}"
        Vault((Fernet.generate_key().decode(),)).keep(session, PROVIDER_PREFIX + "bureau", "{}", ENDS_AT)
    failed = CliRunner().invoke(main, ["secrets", "rotate"], env=given)
    assert failed.exit_code == 1
    assert f"{seller.name}: no key in CREDITGATE_SECRET_KEYS opens the secret 'provider:bureau'" in failed.output
