"""Secrets that must be read back, such as vendor credentials: encrypted with rotating keys, never shown."""

from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller


class SecretRecord(OfSeller, Base):
    """One named secret of one seller."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(primary_key=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]


class SecretUnreadable(Exception):
    """None of the configured keys opens this secret."""


class Vault:
    """Encrypts with the first of `CREDITGATE_SECRET_KEYS` and opens with any of them, so keys can be rotated."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def keep(self, session: Session, name: str, secret: str, changed_at: datetime) -> None:
        """Store or replace a secret."""
        ciphertext = self._fernet.encrypt(secret.encode())
        record = session.get(SecretRecord, {"seller_id": session.info["seller_id"], "name": name})
        if record is None:
            session.add(SecretRecord(name=name, ciphertext=ciphertext, changed_at=changed_at))
        else:
            record.ciphertext, record.changed_at = ciphertext, changed_at

    def read(self, session: Session, name: str) -> str | None:
        """Give a secret in the clear, or None. Raises SecretUnreadable when no key opens it."""
        record = session.get(SecretRecord, {"seller_id": session.info["seller_id"], "name": name})
        if record is None:
            return None
        try:
            return self._fernet.decrypt(record.ciphertext).decode()
        except InvalidToken as error:
            raise SecretUnreadable(f"no key in CREDITGATE_SECRET_KEYS opens the secret '{name}'") from error

    def rotate(self, session: Session) -> int:
        """Encrypt every secret of the seller anew with the first key; gives how many."""
        records = session.query(SecretRecord).all()
        for record in records:
            record.ciphertext = self._fernet.rotate(record.ciphertext)
        return len(records)
