"""Handing messages over, to a real server that does all that servers do."""

import socket
from uuid import UUID

import pytest

from api.clock import real_now
from api.mail.messages import make_message
from api.mail.rendering import Written
from api.mail.smtp import NotTaken, Server
from tests.api.mail.receiving import certificate, config_of, free_port, only, receiving

ANN = "ann@example.com"


def message(config, address=ANN):
    return make_message(Written("Subject", "text", "<p>text</p>"), address, config, UUID(int=7), real_now(), None)


def send(port, address=ANN, timeout_seconds=5.0, **options):
    config = config_of(port, **options)
    server = Server(config, timeout_seconds)
    try:
        server.send(message(config, address), address)
    finally:
        server.quit()


def test_a_server_takes_a_message():
    with receiving() as mailbox:
        send(mailbox.port)
    ((address, raw),) = mailbox.taken
    assert address == ANN
    assert b"Message-ID: <00000000-0000-0000-0000-000000000007@seller.example>" in raw


@pytest.mark.parametrize(
    ("answer", "code", "for_good"),
    [
        ("550 5.1.1 no such user", "receiver_refused", True),
        ("552 mailbox full", "receiver_refused", True),
        ("450 4.2.1 try later", "receiver_refused", False),
        ("421 going down", "receiver_refused", False),
    ],
)
def test_a_receiver_is_refused_for_good_or_for_now(answer, code, for_good):
    with receiving() as mailbox:
        mailbox.at_receiver[ANN] = [answer]
        with pytest.raises(NotTaken) as refused:
            send(mailbox.port)
    assert (refused.value.code, refused.value.is_for_good, refused.value.is_of_server) == (code, for_good, False)
    assert refused.value.detail.startswith(answer[:3])


@pytest.mark.parametrize(("answer", "for_good"), [("554 looks like spam", True), ("451 greylisted", False)])
def test_a_message_is_refused_for_good_or_for_now(answer, for_good):
    with receiving() as mailbox:
        mailbox.at_data.append(answer)
        with pytest.raises(NotTaken) as refused:
            send(mailbox.port)
    assert (refused.value.code, refused.value.is_for_good) == ("message_refused", for_good)
    assert not mailbox.taken


def test_one_refused_receiver_keeps_nobody_else_from_his_mail():
    with receiving() as mailbox:
        mailbox.at_receiver[ANN] = ["550 no"]
        config = config_of(mailbox.port)
        server = Server(config)
        with pytest.raises(NotTaken):
            server.send(message(config), ANN)
        server.send(message(config, "bob@example.com"), "bob@example.com")
        server.quit()
    assert [address for address, _ in mailbox.taken] == ["bob@example.com"]


def test_a_connection_that_is_cut_in_the_middle_may_be_tried_again():
    with receiving() as mailbox:
        mailbox.drops = 1
        with pytest.raises(NotTaken) as lost:
            send(mailbox.port)
        assert (lost.value.code, lost.value.is_for_good) == ("connection_lost", False)
        send(mailbox.port)
    assert len(mailbox.taken) == 1


def test_a_server_that_is_down_stops_the_round():
    with pytest.raises(NotTaken) as down:
        send(free_port())
    assert (down.value.code, down.value.is_for_good, down.value.is_of_server) == ("server_unavailable", False, True)


def test_a_server_that_never_greets_is_left():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotTaken) as slow:
        send(silent.getsockname()[1], timeout_seconds=0.2)
    assert (slow.value.code, slow.value.is_of_server) == ("server_unavailable", True)


def test_a_server_that_is_slow_later_is_left():
    with receiving() as mailbox:
        mailbox.seconds = 3
        with pytest.raises(NotTaken) as slow:
            send(mailbox.port, timeout_seconds=0.3)
    assert (slow.value.code, slow.value.is_for_good) == ("connection_lost", False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_encrypted_and_the_server_must_be_who_it_says(security, tmp_path):
    context, chain = certificate(tmp_path)
    login = {"authenticator": only("user", "secret"), "auth_required": True}
    # aiosmtpd knows TLS from its first byte only as a property of the socket, so it lets a login pass without.
    options = (
        {"tls_context": context} if security == "starttls" else {"ssl_context": context, "auth_require_tls": False}
    )
    with receiving(**options, **login) as mailbox:
        send(mailbox.port, security=security, ca_file=chain, user="user", password="secret")
        with pytest.raises(NotTaken) as stranger:
            send(mailbox.port, security=security, user="user", password="secret")
        with pytest.raises(NotTaken) as wrong:
            send(mailbox.port, security=security, ca_file=chain, user="user", password="other secret")
    assert len(mailbox.taken) == 1
    assert (stranger.value.code, stranger.value.is_of_server) == ("server_unavailable", True)
    assert (wrong.value.code, wrong.value.is_of_server) == ("login_refused", True)
    assert "other secret" not in f"{wrong.value} {wrong.value.detail} {wrong.value!r}"


def test_a_server_without_tls_is_told_nothing():
    with receiving() as mailbox, pytest.raises(NotTaken) as plain:
        send(mailbox.port, security="starttls", user="user", password="secret")
    assert plain.value.code == "server_unavailable"
    assert not mailbox.taken
