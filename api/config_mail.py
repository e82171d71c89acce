"""The settings of outgoing mail: the server it is handed to, the sender, and where links lead."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from typing import Literal, cast, get_args

Security = Literal["starttls", "tls", "none"]
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:_-]{0,253})")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS = {"starttls": 587, "tls": 465, "none": 25}
NAMES = ("HOST", "PORT", "SECURITY", "USER", "PASSWORD", "CA_FILE")
TEXT = re.compile(r"[\x20-\x7e]+")


class MailSettingInvalid(ValueError):
    """A setting of mail cannot be used; the message names it, and shows no secret."""


@dataclass(frozen=True, slots=True)
class MailConfig:
    """How mail leaves. `public_url` is where the API is found from outside, without a slash at its end."""

    host: str
    port: int
    security: Security
    sender: str
    public_url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    @property
    def domain(self) -> str:
        """The sender's domain: it names this machine to the server, and makes the ids of messages ours."""
        return self.sender.rpartition("@")[2]


def mail_config(
    environment: Mapping[str, str],
    address: Callable[[str, Mapping[str, str]], str | None],
    certificates: Callable[[str, Mapping[str, str]], str | None],
) -> MailConfig | None:
    """Read the settings, None where no server is named: then no mail is sent.

    `address` and `certificates` read what other settings have too. Raises MailSettingInvalid.
    """
    given = {name: environment.get(f"CREDITGATE_SMTP_{name}", "") for name in NAMES}
    host = given["HOST"]
    if not host:
        stray = [f"CREDITGATE_SMTP_{name}" for name in NAMES if given[name]]
        if stray:
            raise MailSettingInvalid(f"CREDITGATE_SMTP_HOST is needed beside {stray[0]}")
        return None
    if not HOST.fullmatch(host):
        raise MailSettingInvalid("CREDITGATE_SMTP_HOST must be the name or address of a mail server")
    security = _security(given["SECURITY"], host)
    user, password = _login(given["USER"], given["PASSWORD"])
    public_url = address("CREDITGATE_PUBLIC_URL", environment)
    if public_url is None:
        raise MailSettingInvalid("CREDITGATE_PUBLIC_URL is needed for mail: its links begin with it")
    return MailConfig(
        host=host,
        port=_port(given["PORT"], security),
        security=security,
        sender=_sender(environment.get("CREDITGATE_MAIL_SENDER", "")),
        public_url=public_url,
        user=user,
        password=password,
        ca_file=certificates("CREDITGATE_SMTP_CA_FILE", environment),
    )


def _security(given: str, host: str) -> Security:
    if given and given not in get_args(Security):
        raise MailSettingInvalid("CREDITGATE_SMTP_SECURITY must be starttls, tls or none")
    if given == "none" and host not in LOOPBACK:
        raise MailSettingInvalid("CREDITGATE_SMTP_SECURITY can be none only for a mail server on this machine")
    return cast(Security, given or "starttls")


def _port(given: str, security: Security) -> int:
    if not given:
        return PORTS[security]
    if not re.fullmatch("[0-9]{1,5}", given) or not 1 <= int(given) <= 65535:
        raise MailSettingInvalid("CREDITGATE_SMTP_PORT must be a whole number from 1 to 65535")
    return int(given)


def _login(user: str, password: str) -> tuple[str | None, str | None]:
    if bool(user) != bool(password):
        raise MailSettingInvalid("CREDITGATE_SMTP_USER and CREDITGATE_SMTP_PASSWORD go together")
    if not all(TEXT.fullmatch(each) for each in (user, password) if each):
        raise MailSettingInvalid("CREDITGATE_SMTP_USER and CREDITGATE_SMTP_PASSWORD must be plain ASCII text")
    return user or None, password or None


def _sender(given: str) -> str:
    try:
        domain = Address(addr_spec=given).domain
    except (MessageError, ValueError, IndexError) as error:
        raise MailSettingInvalid("CREDITGATE_MAIL_SENDER must be one e-mail address, without a name") from error
    if not domain or not TEXT.fullmatch(given):
        raise MailSettingInvalid("CREDITGATE_MAIL_SENDER must be one e-mail address, without a name")
    return given
