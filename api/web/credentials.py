"""A credential as it is met at the door."""

from dataclasses import dataclass
from uuid import UUID

from api.records.sellers import Seller


@dataclass(frozen=True, slots=True)
class Credential:
    """Whose key or token it is, and what role it carries."""

    seller: Seller
    id: UUID
    role: str
    subject: str | None = None
    insurer_id: UUID | None = None
