"""Secrets that must be read back, such as vendor credentials: encrypted with rotating keys, never shown."""

from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records import source_states
from api.records.base import Base, OfSeller

PROVIDER_PREFIX = "provider:"  # Vendor credentials are named so, each as the JSON of its texts; there are others too.


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

    def forget(self, session: Session, name: str) -> bool:
        """Delete a secret; says whether there was one."""
        record = session.get(SecretRecord, {"seller_id": session.info["seller_id"], "name": name})
        if record is not None:
            session.delete(record)
        return record is not None

    def read_all(self, session: Session, prefix: str) -> dict[str, str]:
        """Give every secret of the seller whose name begins so, in the clear. Raises SecretUnreadable."""
        records = session.scalars(select(SecretRecord).where(SecretRecord.name.startswith(prefix, autoescape=True)))
        opened = {}
        for record in records:
            try:
                opened[record.name] = self.open(record.ciphertext)
            except SecretUnreadable as error:
                raise SecretUnreadable(f"no key in CREDITGATE_SECRET_KEYS opens the secret '{record.name}'") from error
        return opened

    def seal(self, text: str) -> bytes:
        """Encrypt a text that is kept elsewhere than among the secrets."""
        return self._fernet.encrypt(text.encode())

    def open(self, ciphertext: bytes) -> str:
        """Give a sealed text in the clear. Raises SecretUnreadable when no key opens it."""
        try:
            return self._fernet.decrypt(ciphertext).decode()
        except InvalidToken as error:
            raise SecretUnreadable("no key in CREDITGATE_SECRET_KEYS opens what was sealed") from error

    def rotate(self, session: Session) -> int:
        """Encrypt every secret and token of the seller anew with the first key; gives how many.

        A token that no key opens is forgotten: another is fetched. Raises SecretUnreadable for a secret.
        """
        records = session.scalars(select(SecretRecord).with_for_update()).all()
        for record in records:
            try:
                record.ciphertext = self._fernet.rotate(record.ciphertext)
            except InvalidToken as error:
                raise SecretUnreadable(f"no key in CREDITGATE_SECRET_KEYS opens the secret '{record.name}'") from error
        tokens = source_states.with_token(session)
        for state in tokens:
            assert state.token is not None
            try:
                state.token = self._fernet.rotate(state.token)
            except InvalidToken:
                state.token = state.token_ends_at = None
        return len(records) + len(tokens)
