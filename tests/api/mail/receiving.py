"""A mail server on loopback, for tests: real SMTP, and it does what it is told to do wrong."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.config_mail import MailConfig


@dataclass
class Mailbox:
    """What a server took, and what it does instead: answers to give, by address or at DATA, before it takes any."""

    port: int
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    at_receiver: dict[str, list[str]] = field(default_factory=dict)
    at_data: list[str] = field(default_factory=list)
    drops: int = 0  # So many times the connection is cut in the middle of DATA.
    seconds: float = 0

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]) -> str:
        await asyncio.sleep(self.seconds)
        answers = self.at_receiver.get(address)
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        if self.at_data:
            return self.at_data.pop(0)
        self.taken.append((envelope.rcpt_tos[0], bytes(envelope.original_content or b"")))
        return "250 taken"

    @property
    def messages(self) -> list[tuple[str, EmailMessage]]:
        """Each message that was taken, with whom it was for."""
        return [(address, message_from_bytes(raw, policy=default)) for address, raw in self.taken]  # type: ignore[misc]

    def of(self, address: str) -> list[EmailMessage]:
        """The messages for one address."""
        return [message for to, message in self.messages if to == address]


class Cutting(SMTP):
    """Cuts the connection once the first line of a message has come, as often as its mailbox says."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.drops <= 0:
            await super().smtp_DATA(arg)
            return
        self.event_handler.drops -= 1
        await self.push("354 go on")
        await self._reader.readline()
        self.transport.abort()


class Standing(Controller):
    """A server of `Cutting` connections."""

    def factory(self) -> SMTP:
        return Cutting(self.handler, **self.SMTP_kwargs)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def receiving(port: int | None = None, **options: Any) -> Iterator[Mailbox]:
    """Serve a mailbox; `options` are those of aiosmtpd."""
    mailbox = Mailbox(port or free_port())
    controller = Standing(mailbox, hostname="127.0.0.1", port=mailbox.port, **options)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def only(user: str, password: str) -> Any:
    """An authenticator that takes one login."""

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        is_right = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=is_right, handled=is_right)  # What is not handled, the server answers.

    return check


def config_of(port: int, **options: Any) -> MailConfig:
    """Settings that hand mail to a server on this machine."""
    values = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "credit@seller.example",
        "public_url": "https://credit.seller.example",
    }
    return MailConfig(**{**values, **options})


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Make a certificate of this machine: the server's context, and the file that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*private))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return context, str(chain)
