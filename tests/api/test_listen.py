"""`creditgate listen`, as a process beside a server: events go on to a local address, signed as webhooks are."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from threading import Thread
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from standardwebhooks import Webhook
from werkzeug.serving import make_server

from api.cli import main
from api.events.feeding import append_to_feeds
from api.wiring import House
from tests.api.conftest import Key
from tests.api.events.receiver import Receiver, receiving, status

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The app over real HTTP; gives its address."""
    running = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    assert condition()


def listening(
    receiver: Receiver, server: str, key: str, *options: str, stderr: int | None = None
) -> subprocess.Popen[str]:
    arguments = ["--to", receiver.address, "--server", server, *options]
    environment = {**os.environ, "CREDITGATE_KEY": key, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "api", "listen", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def test_events_go_on_to_a_local_address(
    server: str, house: House, client_of: Callable[..., FlaskClient], new_key: Callable[..., Key]
) -> None:
    client, key = client_of("integration"), new_key("integration").text
    client.post("/v1/debtors", json={"country": "NL", "name": "Before"})
    append_to_feeds(house)
    with receiving() as receiver:
        process = listening(receiver, server, key)
        assert process.stdout is not None
        try:
            secret = process.stdout.readline().removeprefix("secret: ").strip()
            assert process.stdout.readline().startswith("forwarding to")
            client.post("/v1/debtors", json={"country": "NL", "name": "After"})
            append_to_feeds(house)
            wait_for(lambda: bool(receiver.sent))
            (sent,) = receiver.sent
            assert sent.event["type"] == "debtor.created.v1"
            assert Webhook(secret).verify(sent.body, sent.headers)["id"] == sent.id
            assert sent.body == client.get(f"/v1/events/{sent.id}").data
            assert sent.id in process.stdout.readline()
            receiver.answer = status(500)
            client.post("/v1/debtors", json={"country": "NL", "name": "Failed"})
            append_to_feeds(house)
            assert "refused 500" in process.stdout.readline()
        finally:
            process.kill()
            process.wait()


def test_from_the_start_of_some_types_with_a_secret_of_ones_own(
    server: str, house: House, client_of: Callable[..., FlaskClient], new_key: Callable[..., Key]
) -> None:
    client, key = client_of("integration"), new_key("integration").text
    debtor_id = client.post("/v1/debtors", json={"country": "NL", "name": "Before"}).json["id"]
    references = {"references": [{"system": "erp", "value": "7"}]}
    client.post(f"/v1/debtors/{debtor_id}/references", json=references)
    append_to_feeds(house)
    with receiving() as receiver:
        options = ("--from-start", "--types", "debtor.changed.v1", "--secret", SECRET)
        process = listening(receiver, server, key, *options)
        try:
            wait_for(lambda: bool(receiver.sent))
        finally:
            process.kill()
            process.wait()
    assert [each.event["type"] for each in receiver.sent] == ["debtor.changed.v1"]
    Webhook(SECRET).verify(receiver.sent[0].body, receiver.sent[0].headers)


def test_a_server_that_goes_away_is_asked_until_it_is_back_and_nothing_is_told_twice(
    app: Flask, house: House, client_of: Callable[..., FlaskClient], new_key: Callable[..., Key]
) -> None:
    client, key = client_of("integration"), new_key("integration").text
    running = make_server("127.0.0.1", 0, app, threaded=True)
    port = running.server_port
    Thread(target=running.serve_forever, daemon=True).start()
    with receiving() as receiver:
        process = listening(receiver, f"http://127.0.0.1:{port}", key, "--headers", stderr=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            secret = process.stdout.readline().removeprefix("secret: ").strip()
            process.stdout.readline()
            client.post("/v1/debtors", json={"country": "NL", "name": "Before"})
            append_to_feeds(house)
            wait_for(lambda: len(receiver.sent) == 1)
            shown = [process.stdout.readline() for _ in range(5)]
            for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
                assert f"    {name}: {receiver.sent[0].headers[name]}\n" in shown
            running.shutdown()
            running.server_close()
            client.post("/v1/debtors", json={"country": "NL", "name": "Meanwhile"})
            append_to_feeds(house)
            assert "does not answer" in process.stderr.readline()
            running = make_server("127.0.0.1", port, app, threaded=True)
            Thread(target=running.serve_forever, daemon=True).start()
            wait_for(lambda: len(receiver.sent) == 2)
            for each in receiver.sent:
                Webhook(secret).verify(each.body, each.headers)
            assert len(set(receiver.ids)) == 2
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
            assert "2 taken, 0 failed" in process.stdout.read()
        finally:
            process.kill()
            process.wait()
            running.shutdown()


def test_a_key_that_is_revoked_meanwhile_ends_it(
    server: str, client_of: Callable[..., FlaskClient], new_key: Callable[..., Key]
) -> None:
    key = new_key("integration").text
    with receiving() as receiver:
        process = listening(receiver, server, key, stderr=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            assert process.stdout.readline().startswith("secret: ")
            key_id = UUID(key.split("_")[2])
            revoked = client_of("admin", subject="ann@example.com").post(f"/v1/keys/{key_id}/revocations")
            assert revoked.status_code == 200
            assert process.wait(30) == 1
            assert "answers 401" in process.stderr.read()
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--to", "ftp://127.0.0.1/"), "--to cannot be called"),
        (("--to", "http://127.0.0.1:9/", "--secret", "*"), "--secret must be"),
        (("--to", "http://127.0.0.1:9/", "--server", "http://127.0.0.1:9"), "does not answer"),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(options: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(main, ["listen", "--key", "none", *options])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert told in result.output


def test_a_key_that_is_refused(server: str) -> None:
    result = CliRunner().invoke(main, ["listen", "--key", "none", "--to", "http://127.0.0.1:9/", "--server", server])
    assert "answers 401" in result.output
