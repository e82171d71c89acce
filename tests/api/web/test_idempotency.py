"""A request sent twice has one effect and one answer, also when both come at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from uuid import uuid4

import pytest
from sqlalchemy import select

from api.clock import real_now
from api.problems import Conflict
from api.records import idempotency
from api.records.idempotency import ABANDONED_AFTER, KEPT, IdempotencyRecord
from tests.web_checks import assert_problem

THING = {"name": "chair"}
ROUTES = ("/v1/things", "/v1/slow-things")


def send(client, key: str, path: str = "/v1/things", body=THING):
    return client.post(path, json=body, headers={"Idempotency-Key": key})


@pytest.fixture
def age(house, seller):
    """Makes the claims of the test's seller older, and unanswered if so told."""

    def make(by: timedelta, *, unanswered: bool = False) -> None:
        with house.sessions.of(seller.id) as session:
            for record in session.scalars(select(IdempotencyRecord)):
                record.claimed_at -= by
                if unanswered:
                    record.status = record.answer = None

    return make


@pytest.mark.parametrize("path", ROUTES)
def test_the_same_request_gets_the_first_answer_again_and_no_second_effect(client_of, effects, path):
    client = client_of("finance")
    first, again = send(client, "one", path), send(client, "one", path)
    assert (again.status_code, again.data) == (first.status_code, first.data) == (201, first.data)
    assert (first.headers.get("Idempotent-Replayed"), again.headers.get("Idempotent-Replayed")) == (None, "true")
    assert effects() == 1


def test_the_order_of_fields_and_the_spaces_between_them_do_not_matter(client_of, effects):
    client = client_of("finance")
    for body in (b'{"name":"a","made_on":"2026-01-01"}', b'{ "made_on": "2026-01-01",\n"name": "a" }'):
        headers = {"Idempotency-Key": "one"}
        assert client.post("/v1/things", data=body, content_type="application/json", headers=headers).status_code == 201
    assert effects() == 1


def test_without_a_key_each_request_is_its_own(client_of, effects):
    client = client_of("finance")
    assert [client.post("/v1/things", json=THING).status_code for _ in range(2)] == [201, 201]
    assert effects() == 2


@pytest.mark.parametrize("path", ROUTES)
def test_the_same_key_for_another_request_is_refused(app, client_of, effects, path):
    client = client_of("finance")
    send(client, "one", path)
    assert_problem(app, send(client, "one", path, {"name": "table"}), 409, "idempotency_key_reused")
    assert effects() == 1


def test_a_key_counts_per_credential_and_route(client_of, effects):
    client = client_of("finance")
    answers = [send(client, "one"), send(client, "one", "/v1/slow-things"), send(client_of("finance"), "one")]
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None] * 3
    assert effects() == 3


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb", "é", " a"])
def test_a_key_must_be_short_and_printable(app, client_of, effects, key):
    assert_problem(app, send(client_of("finance"), key), 422, "bad_idempotency_key")
    assert effects() == 0


def test_a_key_of_255_characters_is_taken(client_of):
    assert send(client_of("finance"), "x" * 255).status_code == 201


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("error", [Conflict("no"), ValueError("no")])
def test_a_request_that_failed_may_be_sent_again_at_once(client_of, told, effects, path, error):
    def fail():
        raise error

    client = client_of("finance")
    told.inside = told.between = fail
    assert send(client, "one", path).status_code in (409, 500)
    assert effects() == 0
    told.inside = told.between = lambda: None
    assert send(client, "one", path).status_code == 201
    assert effects() == 1


def test_twins_of_one_transaction_wait_for_each_other_and_get_one_answer(client_of, told, effects):
    client, start = client_of("finance"), Barrier(8)

    def ask(_: int):
        start.wait()
        return send(client, "one")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers].count(None) == 1
    assert effects() == 1


def test_a_twin_of_a_request_that_asks_outside_is_told_to_come_back(app, client_of, told, effects):
    client, asking, twin_answered = client_of("finance"), Event(), Event()

    def ask_outside():
        asking.set()
        assert twin_answered.wait(10)

    told.between = ask_outside
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(send, client, "one", "/v1/slow-things")
        assert asking.wait(10)
        twin = send(client, "one", "/v1/slow-things")
        assert_problem(app, twin, 409, "in_progress")
        assert int(twin.headers["Retry-After"]) > 0
        twin_answered.set()
        assert first.result().status_code == 201
    assert send(client, "one", "/v1/slow-things").headers["Idempotent-Replayed"] == "true"
    assert effects() == 1


def test_a_twin_that_waited_for_one_that_failed_goes_ahead_itself(client_of, told, effects):
    client, inside, failures = client_of("finance"), Event(), iter([True])

    def fail_once():
        if next(failures, False):
            inside.set()
            raise Conflict("no")

    told.inside = fail_once
    with ThreadPoolExecutor(2) as threads:
        answers = [answer.status_code for answer in threads.map(lambda _: send(client, "one"), range(2))]
    assert sorted(answers) == [201, 409]
    assert effects() == 1


def test_an_abandoned_claim_is_taken_over_and_the_late_one_has_no_effect(app, client_of, told, effects, age):
    client, asking, taken_over = client_of("finance"), Event(), Event()

    def die_slowly():
        told.between = lambda: None
        asking.set()
        assert taken_over.wait(10)

    told.between = die_slowly
    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(send, client, "one", "/v1/slow-things")
        assert asking.wait(10)
        age(ABANDONED_AFTER - timedelta(seconds=10))
        assert_problem(app, send(client, "one", "/v1/slow-things"), 409, "in_progress")
        age(timedelta(seconds=11))
        assert send(client, "one", "/v1/slow-things").status_code == 201
        taken_over.set()
        assert_problem(app, late.result(), 409, "in_progress")
    assert effects() == 1
    assert send(client, "one", "/v1/slow-things").headers["Idempotent-Replayed"] == "true"


def test_an_answer_is_kept_for_a_day(client_of, effects, age, house, seller):
    client = client_of("finance")
    send(client, "one")
    age(KEPT - timedelta(minutes=1))
    assert send(client, "one").headers["Idempotent-Replayed"] == "true"
    age(timedelta(minutes=2))
    assert "Idempotent-Replayed" not in send(client, "one", body={"name": "table"}).headers
    assert effects() == 2
    with house.sessions.of(seller.id) as session:
        assert idempotency.purge(session, real_now()) == 0
        assert idempotency.purge(session, real_now() + KEPT + timedelta(seconds=1)) == 1


def test_an_answer_is_never_anothers(client_of, new_seller, effects):
    key = str(uuid4())
    send(client_of("finance"), key)
    other = send(client_of("finance", seller=new_seller()), key)
    assert (other.status_code, other.headers.get("Idempotent-Replayed")) == (201, None)
    assert effects() == 1
