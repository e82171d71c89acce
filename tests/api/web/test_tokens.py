"""Who gets in with a token of an OpenID Connect issuer: real signatures, a real key set over HTTP."""

import hmac
import json
import time
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.clock import real_now
from api.records.issuers import IssuerRecord
from api.web.key_sets import KeySets
from api.wiring import wiring
from tests.token_issuer import EC_KEY, OTHER_RSA_KEY, RSA_KEY, jwk
from tests.web_checks import assert_problem

PATH = f"/v1/things/{uuid4()}"


@pytest.fixture
def registered(house, seller, publisher):
    """Registers an issuer of the test's own at the publisher's address."""

    own = f"https://login.example/{uuid4()}"

    def register(seller=seller, issuer=own, audience="creditgate") -> str:
        with house.sessions.of(seller.id) as session:
            session.add(
                IssuerRecord(
                    issuer=issuer,
                    audience=audience,
                    key_set_url=publisher.url,
                    algorithms=["RS256", "ES256", "PS256"],
                    role_claim="groups",
                    roles={"credit-desk": "finance", "management": "credit_manager", "odd": "insurer"},
                    subject_claim="email",
                    created_at=real_now(),
                )
            )
        return issuer

    return register


def claims(issuer: str, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {
        "iss": issuer,
        "aud": "creditgate",
        "exp": now + 300,
        "iat": now,
        "email": "Ann@Example.com",
        "groups": ["everybody", "credit-desk"],
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def ask(app, token: str):
    return app.test_client().get(PATH, headers={"Authorization": f"Bearer {token}"})


def signed(said: dict[str, Any], key: Any = RSA_KEY, algorithm: str = "RS256", key_id: str | None = "one") -> str:
    # Below the level that would refuse to sign nonsense.
    return jwt.api_jws.encode(json.dumps(said).encode(), key, algorithm, headers={"kid": key_id} if key_id else None)


def test_a_good_token_gets_in_as_the_person_it_names(app, registered):
    answer = ask(app, signed(claims(registered())))
    assert (answer.status_code, answer.json["subject"]) == (200, "ann@example.com")


def test_elliptic_and_padded_signatures_are_taken_when_they_are_listed(app, registered, publisher):
    issuer = registered()
    publisher.document = {"keys": [jwk(EC_KEY, "curve"), jwk(RSA_KEY, "one")]}
    assert ask(app, signed(claims(issuer), EC_KEY, "ES256", "curve")).status_code == 200
    assert ask(app, signed(claims(issuer), RSA_KEY, "PS256")).status_code == 200
    assert ask(app, signed(claims(issuer), RSA_KEY, "RS512")).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"exp": float("inf")},
        {"exp": "soon"},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["another"]},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"iss": "\0"},
        {"iss": 7},
        {"nbf": int(time.time()) + 86_400},  # Counted from when tests are collected, long before this one may run.
        {"email": None},
        {"email": "nobody"},
        {"email": ["ann@example.com"]},
        {"email_verified": False},
        {"aud": {}},
    ],
)
def test_a_token_with_a_wrong_claim_stays_out(app, registered, changes):
    assert_problem(app, ask(app, signed(claims(registered(), **changes))), 401, "not_authenticated")


def test_a_token_may_name_several_audiences(app, registered):
    assert ask(app, signed(claims(registered(), aud=["another", "creditgate"]))).status_code == 200


@pytest.mark.parametrize("groups", [None, [], "everybody", ["odd"], ["credit-desk", "management"], 7, [["x"]]])
def test_a_token_needs_exactly_one_role_that_is_known(app, registered, groups):
    assert_problem(app, ask(app, signed(claims(registered(), groups=groups))), 403, "no_role")


def test_a_token_without_a_signature_stays_out(app, registered):
    token = jwt.encode(claims(registered()), None, "none", headers={"kid": "one"})
    assert_problem(app, ask(app, token), 401, "not_authenticated")


def test_a_token_signed_with_the_public_key_as_a_shared_secret_stays_out(app, registered):
    public = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    said = claims(registered())
    parts = ({"alg": "HS256", "kid": "one"}, said)
    header, body = (jwt.utils.base64url_encode(json.dumps(part).encode()) for part in parts)
    signature = jwt.utils.base64url_encode(hmac.digest(public, header + b"." + body, "sha256"))
    assert_problem(app, ask(app, b".".join((header, body, signature)).decode()), 401, "not_authenticated")


def test_a_token_signed_by_somebody_else_stays_out(app, registered):
    assert_problem(app, ask(app, signed(claims(registered()), OTHER_RSA_KEY)), 401, "not_authenticated")


def test_a_key_of_another_kind_than_the_algorithm_stays_out(app, registered, publisher):
    publisher.document = {"keys": [jwk(EC_KEY, "one")]}
    assert_problem(app, ask(app, signed(claims(registered()))), 401, "not_authenticated")


def test_a_token_without_a_key_id_gets_in_only_while_there_is_one_key(app, registered, publisher):
    issuer = registered()
    assert ask(app, signed(claims(issuer), key_id=None)).status_code == 200
    publisher.document = {"keys": [jwk(RSA_KEY, "one"), jwk(OTHER_RSA_KEY, "two")]}
    sets = KeySets()
    assert sets.key(publisher.url, None) is None


def test_one_issuer_and_audience_of_two_sellers_is_nobodys(app, registered, seller, new_seller):
    issuer = registered()
    registered(seller=new_seller(), issuer=issuer)
    assert_problem(app, ask(app, signed(claims(issuer))), 401, "not_authenticated")
    registered(seller=seller, issuer=issuer, audience="second")
    app.extensions["creditgate_edge"].authenticator.forget()
    assert ask(app, signed(claims(issuer, aud="second"))).status_code == 200


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (500, {"keys": []}),
        (302, {"keys": []}),
        (200, b"not json"),
        (200, []),
        (200, {"keys": 7}),
        (200, b'{"keys": [], "padding": "' + b"x" * 300_000 + b'"}'),
    ],
)
def test_an_issuer_whose_keys_cannot_be_had_is_a_passing_failure(app, registered, publisher, status, document):
    publisher.status, publisher.document, publisher.headers = status, document, {"Location": publisher.url + "2"}
    answer = ask(app, signed(claims(registered())))
    assert_problem(app, answer, 503, "issuer_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert publisher.asked == 1


def test_two_tokens_of_one_person_are_one_credential(app, registered, told):
    seen: list[UUID] = []
    told.inside = lambda: seen.append(wiring().caller.credential_id)
    issuer = registered()
    ask(app, signed(claims(issuer)))
    ask(app, signed(claims(issuer, exp=int(time.time()) + 999, email="ANN@example.com")))
    ask(app, signed(claims(issuer, email="bob@example.com")))
    assert seen[0] == seen[1] != seen[2]
