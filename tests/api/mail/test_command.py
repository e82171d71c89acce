"""`creditgate mail test`, as a process of its own."""

import os
import subprocess
import sys

import pytest

from tests.api.mail.receiving import free_port, receiving

ANN = "ann@example.com"


def run(port: int | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "CREDITGATE_SMTP_HOST": "127.0.0.1",
        "CREDITGATE_SMTP_PORT": str(port),
        "CREDITGATE_SMTP_SECURITY": "none",
        "CREDITGATE_MAIL_SENDER": "credit@seller.example",
        "CREDITGATE_PUBLIC_URL": "https://credit.seller.example",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CREDITGATE_SMTP")}
    environment |= settings if port else {}
    command = [sys.executable, "-m", "api", "mail", "test", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "Mail of creditgate arrives"), ("nl", "Mail van creditgate komt aan")]
)
def test_a_message_arrives(language, subject):
    with receiving() as mailbox:
        done = run(mailbox.port, "--to", ANN, "--language", language)
    assert (done.returncode, done.stdout) == (0, f"127.0.0.1:{mailbox.port} took the message for {ANN}.\n")
    ((address, message),) = mailbox.messages
    assert (address, message["Subject"]) == (ANN, subject)


def test_what_the_server_says_is_shown_in_one_line():
    with receiving() as mailbox:
        mailbox.at_receiver[ANN] = ["550 5.1.1 no such user"]
        done = run(mailbox.port, "--to", ANN)
    assert (done.returncode, done.stderr) == (
        1,
        "Error: not taken for good: receiver_refused: 550 5.1.1 no such user\n",
    )


@pytest.mark.parametrize(
    ("port", "address", "words"),
    [
        (free_port(), ANN, "not taken for now: server_unavailable"),
        (free_port(), "a,b@example.com", "address_unusable"),
        (None, ANN, "CREDITGATE_SMTP_HOST is not set"),
    ],
    ids=["down", "no address", "no server"],
)
def test_why_nothing_is_sent_is_told(port, address, words):
    done = run(port, "--to", address)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
