"""Who gets in with a key, and who does not."""

import re
from dataclasses import replace
from datetime import timedelta
from time import monotonic, sleep
from uuid import uuid4

import pytest

from api.app import create_app
from api.clock import real_now
from api.records import keys
from api.records.keys import NewKey
from api.records.sessions import UnsafeLogin
from api.web.authentication import CACHED_SECONDS
from tests.web_checks import assert_problem

PATH = f"/v1/things/{uuid4()}"


def ask(app, authorization, **headers):
    sent = {**({"Authorization": authorization} if authorization is not None else {}), **headers}
    return app.test_client().get(PATH, headers=sent)


def test_a_key_is_known_by_its_id_and_carries_256_bits(new_key):
    assert re.fullmatch(r"cg_test_[0-9a-f]{32}_[0-9a-f]{64}", new_key("sales").text)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: None,
        lambda key: "",
        lambda key: key,
        lambda key: f"Basic {key}",
        lambda key: "Bearer",
        lambda key: "Bearer ",
        lambda key: f"Bearer {key}x",
        lambda key: f"Bearer {key[:-1]}{'0' if key[-1] != '0' else '1'}",
        lambda key: f"Bearer {key.replace('cg_test', 'cg_live')}",
        lambda key: f"Bearer cg_test_{uuid4().hex}_{'0' * 64}",
        lambda key: "Bearer a.b.c",
        lambda key: "Bearer " + "a" * 9000,
        lambda key: "Bearer ☃",
    ],
)
def test_whoever_does_not_show_a_key_as_it_was_given_stays_out(app, new_key, spoil):
    authorization = spoil(new_key("finance").text)
    answer = ask(app, authorization.encode().decode("latin-1") if authorization is not None else None)
    assert_problem(app, answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_ends_when_it_expires(app, house, seller):
    with house.sessions.of(seller.id) as session:
        soon = real_now() + timedelta(seconds=0.5)
        key = keys.add(session, seller, NewKey("finance", "short", expires_at=soon), real_now())
    assert ask(app, f"Bearer {key}").status_code == 200
    sleep(0.6)
    assert_problem(app, ask(app, f"Bearer {key}"), 401, "not_authenticated")


def test_a_key_revoked_elsewhere_is_refused_within_the_time_it_is_remembered(app, house, new_key):
    key = new_key("finance")
    authorization = f"Bearer {key.text}"
    assert ask(app, authorization).status_code == 200
    with house.sessions.of(key.seller.id) as session:
        keys.revoke(session, keys.id_of(key.text), real_now())
    revoked_at = monotonic()
    while ask(app, authorization).status_code == 200:
        assert monotonic() - revoked_at < CACHED_SECONDS + 1
        sleep(0.05)
    assert_problem(app, ask(app, authorization), 401, "not_authenticated")


def test_a_caller_may_name_whom_it_acts_for_and_gains_nothing_by_it(app, new_key):
    key = new_key("sales", subject="ann@example.com")
    answer = ask(app, f"Bearer {key.text}", **{"Creditgate-Actor": "José".encode().decode("latin-1")})
    assert (answer.json["subject"], answer.json["actor"]) == ("ann@example.com", "José")
    for bad in ("x" * 201, "a\tb", " ", "\xff"):
        assert_problem(app, ask(app, f"Bearer {key.text}", **{"Creditgate-Actor": bad}), 422, "bad_actor")


@pytest.mark.parametrize(
    ("accepted", "language"), [("nl", "nl"), ("nl-NL,en;q=0.5", "nl"), ("fr", "en"), (None, "en"), ("nonsense;;", "en")]
)
def test_texts_come_in_the_language_that_is_asked_for(app, new_key, accepted, language):
    headers = {"Accept-Language": accepted} if accepted else {}
    assert ask(app, f"Bearer {new_key('sales').text}", **headers).json["language"] == language


def test_a_login_that_could_read_past_the_walls_is_refused(config, database_urls):
    with pytest.raises(UnsafeLogin):
        create_app(replace(config, database_url=database_urls[0]))
