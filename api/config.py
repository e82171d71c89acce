"""The environment, read once and frozen: every CREDITGATE_* setting."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from ssl import create_default_context
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from api.config_mail import MailConfig, MailSettingInvalid, mail_config

UNPACKED_TIMES = 20  # How much more than its packed size an import may unpack to, when nothing is set.


class ConfigInvalid(Exception):
    """A setting cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Config:
    """How this process runs. Without `database_url` the embedded PostgreSQL under `data_dir` is used."""

    database_url: str | None = None
    owner_database_url: str | None = None
    data_dir: Path = Path("var")
    secret_keys: tuple[str, ...] = ()
    metrics_token: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    web_threads: int = 24
    requests_per_minute: int = 1200
    body_bytes_max: int = 1_000_000
    import_bytes_max: int = 256_000_000
    unpacked_bytes_max: int = 5_000_000_000
    trusted_proxies: int = 0
    sandbox_port: int | None = None
    sandbox_url: str | None = None
    opensanctions_url: str | None = None
    kvk_ca_file: str | None = None
    webhooks_private: bool = False
    mail: MailConfig | None = None

    @property
    def listens_on(self) -> str:
        """Host and port as they stand in an address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def address(self) -> str:
        """Where a client on this machine finds the server."""
        return f"http://{self.listens_on}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings. Raises ConfigInvalid naming the variable that cannot be used."""

    def number(name: str, default: int, least: int = 1, most: int = 2**63 - 1) -> int:
        given = environment.get(name, "")
        if not given:
            return default
        if not re.fullmatch("[0-9]{1,19}", given) or not least <= int(given) <= most:
            bounds = f"from {least} to {most}" if most < 2**63 - 1 else f"of {least} or more"
            raise ConfigInvalid(f"{name} must be a whole number {bounds}, not '{given}'")
        return int(given)

    def switch(name: str) -> bool:
        given = environment.get(name) or "no"
        if given not in ("yes", "no"):
            raise ConfigInvalid(f"{name} must be 'yes' or 'no', not '{given}'")
        return given == "yes"

    default = Config()
    import_bytes_max = number("CREDITGATE_IMPORT_BYTES_MAX", default.import_bytes_max)
    return Config(
        database_url=_database_url("CREDITGATE_DATABASE_URL", environment),
        owner_database_url=_database_url("CREDITGATE_OWNER_DATABASE_URL", environment),
        data_dir=Path(environment.get("CREDITGATE_DATA_DIR") or default.data_dir).absolute(),
        secret_keys=_secret_keys(environment.get("CREDITGATE_SECRET_KEYS", "")),
        metrics_token=environment.get("CREDITGATE_METRICS_TOKEN") or None,
        host=environment.get("CREDITGATE_HOST") or default.host,
        port=number("PORT", default.port, most=65535),
        web_workers=number("CREDITGATE_WEB_WORKERS", default.web_workers, most=1000),
        web_threads=number("CREDITGATE_WEB_THREADS", default.web_threads, most=1000),
        requests_per_minute=number("CREDITGATE_REQUESTS_PER_MINUTE", default.requests_per_minute),
        body_bytes_max=number("CREDITGATE_BODY_BYTES_MAX", default.body_bytes_max),
        import_bytes_max=import_bytes_max,
        unpacked_bytes_max=number(
            "CREDITGATE_UNPACKED_BYTES_MAX", min(UNPACKED_TIMES * import_bytes_max, default.unpacked_bytes_max)
        ),
        trusted_proxies=number("CREDITGATE_TRUSTED_PROXIES", default.trusted_proxies, least=0, most=100),
        sandbox_port=number("CREDITGATE_SANDBOX_PORT", 0, most=65535) or None,
        sandbox_url=_service_url("CREDITGATE_SANDBOX_URL", environment),
        opensanctions_url=_service_url("CREDITGATE_OPENSANCTIONS_URL", environment),
        kvk_ca_file=_certificates("CREDITGATE_KVK_CA_FILE", environment),
        webhooks_private=switch("CREDITGATE_WEBHOOKS_PRIVATE"),
        mail=_mail(environment),
    )


def _mail(environment: Mapping[str, str]) -> MailConfig | None:
    try:
        return mail_config(environment, _service_url, _certificates)
    except MailSettingInvalid as error:
        raise ConfigInvalid(str(error)) from error


def _service_url(name: str, environment: Mapping[str, str]) -> str | None:
    """The address of a service that we call: with TLS, unless it is on this very machine."""
    given = environment.get(name)
    if not given:
        return None
    try:
        parts = urlsplit(given)
        is_good = parts.hostname is not None and parts.port != 0 and not (parts.query or parts.fragment)
        is_good = is_good and parts.username is None and (parts.scheme == "https" or _is_plain_loopback(parts))
    except ValueError:
        is_good = False
    if not is_good:  # Not shown: it may hold a password.
        raise ConfigInvalid(f"{name} must be an address with https:// (or http:// on this machine) and no login in it")
    return given.rstrip("/")


def _is_plain_loopback(parts: SplitResult) -> bool:
    if parts.scheme != "http" or parts.hostname is None:
        return False
    return parts.hostname == "localhost" or ip_address(parts.hostname).is_loopback


def _certificates(name: str, environment: Mapping[str, str]) -> str | None:
    given = environment.get(name)
    if not given:
        return None
    try:
        create_default_context(cafile=given)
    except (OSError, ValueError) as error:  # What cannot be read as certificates is an SSLError, which is an OSError.
        raise ConfigInvalid(f"{name} must be a file of certificates (PEM) that can be read, not '{given}'") from error
    return str(Path(given).absolute())


def _database_url(name: str, environment: Mapping[str, str]) -> str | None:
    given = environment.get(name)
    if not given:
        return None
    try:
        is_good = make_url(given).drivername in ("postgres", "postgresql", "postgresql+psycopg")
    except (ArgumentError, ValueError):
        is_good = False
    if not is_good:  # Not shown: it may hold a password.
        raise ConfigInvalid(f"{name} must be an address such as postgresql://login:password@host/database")
    return given


def _secret_keys(given: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in given.split(",") if key.strip())
    if not all(is_secret_key(key) for key in keys):
        raise ConfigInvalid("CREDITGATE_SECRET_KEYS must be Fernet keys (32 bytes in base64), separated by commas")
    return keys


def is_secret_key(text: str) -> bool:
    """Say whether a text is a key that what we keep can be encrypted with."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True
