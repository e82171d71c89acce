"""Signatures of webhooks, as Standard Webhooks has them: over id, time and raw bytes, one for each secret."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes
from uuid import UUID

import orjson
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from api.records.secrets import Vault

PREFIX = "webhook:"  # Before the id of the webhook, among the secrets of a seller.
SECRET_BYTES, SECRET_BYTES_MIN = 32, 24


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """One secret of a webhook; it counts until `ends_at`, or for good with None."""

    text: str = field(repr=False)
    ends_at: datetime | None = None


def new_secret() -> str:
    """Make a secret, in the form in which receivers are given it."""
    return f"whsec_{base64.b64encode(token_bytes(SECRET_BYTES)).decode()}"


def is_secret(text: str) -> bool:
    """Say whether a text is a secret in that form, and not too short to be one."""
    try:
        return text.startswith("whsec_") and len(base64.b64decode(text[6:], validate=True)) >= SECRET_BYTES_MIN
    except ValueError:
        return False


def signed_headers(secrets: Sequence[str], message_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """Give the headers of one try: the id stays the same at each, the time is of this one."""
    signatures = [Webhook(secret).sign(message_id, now, body.decode()) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def begin_secret(session: Session, vault: Vault, webhook_id: UUID, now: datetime) -> str:
    """Make and keep the first secret of a webhook, encrypted; gives it to be shown once."""
    secret = new_secret()
    _keep(session, vault, webhook_id, [SigningSecret(secret)], now)
    return secret


def rotate_secret(session: Session, vault: Vault, webhook_id: UUID, overlap: timedelta, now: datetime) -> str:
    """Put a new secret beside the one that counts, which counts on for the overlap; earlier ones end now.

    Raises SecretUnreadable, and KeyError where there is no secret.
    """
    kept = _kept(session, vault, webhook_id)
    secret = new_secret()
    before = [SigningSecret(each.text, now + overlap) for each in kept if each.ends_at is None and overlap]
    _keep(session, vault, webhook_id, [SigningSecret(secret), *before], now)
    return secret


def secrets_that_count(session: Session, vault: Vault, webhook_id: UUID, now: datetime) -> Sequence[str]:
    """Give the secrets to sign with, the newest first. Raises SecretUnreadable, and KeyError where there is none."""
    return [each.text for each in _kept(session, vault, webhook_id) if each.ends_at is None or each.ends_at > now]


def forget_secrets(session: Session, vault: Vault, webhook_id: UUID) -> None:
    """Forget them, with their webhook."""
    vault.forget(session, f"{PREFIX}{webhook_id}")


def _keep(session: Session, vault: Vault, webhook_id: UUID, secrets: Sequence[SigningSecret], now: datetime) -> None:
    told = [{"text": each.text, "ends_at": each.ends_at and each.ends_at.isoformat()} for each in secrets]
    vault.keep(session, f"{PREFIX}{webhook_id}", orjson.dumps(told).decode(), now)


def _kept(session: Session, vault: Vault, webhook_id: UUID) -> Sequence[SigningSecret]:
    told = vault.read(session, f"{PREFIX}{webhook_id}")
    if told is None:
        raise KeyError(str(webhook_id))
    return [
        SigningSecret(each["text"], each["ends_at"] and datetime.fromisoformat(each["ends_at"]))
        for each in orjson.loads(told)
    ]
