"""OpenID Connect issuers: whose tokens are believed, for which seller, and which claim gives the role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, delete, select, text
from sqlalchemy.orm import Mapped, Session

from api.problems import BadInput, Conflict, Fault
from api.records.base import Base, WithId
from api.records.keys import ROLES
from api.records.sellers import Seller

# Only what is verified by a public key: with a shared secret, whoever can check a token could make one.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
)
# An insurer's credential needs an `insurer_id`, which no claim is believed to give.
TOKEN_ROLES = frozenset(ROLES) - {"insurer"}


class IssuerRecord(WithId, Base):
    """One issuer, registered for one seller. Looked up by the database function `find_issuer`."""

    __tablename__ = "issuer"
    __table_args__ = (UniqueConstraint("seller_id", "issuer", "audience"),)
    issuer: Mapped[str]
    audience: Mapped[str]
    key_set_url: Mapped[str]
    algorithms: Mapped[list[Any]]
    role_claim: Mapped[str]
    roles: Mapped[dict[str, Any]]  # What the claim says -> our role.
    subject_claim: Mapped[str]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Terms:
    """What makes an issuer's token good: where its keys are, which algorithms, which claims."""

    issuer: str
    audience: str
    key_set_url: str
    algorithms: tuple[str, ...]
    role_claim: str
    roles: dict[str, str]
    subject_claim: str = "email"


@dataclass(frozen=True, slots=True)
class FoundIssuer:
    """An issuer as it is met at the door, with its seller."""

    id: UUID
    seller: Seller
    terms: Terms


FIND = text("SELECT * FROM find_issuer(:issuer)")


def find(session: Session, issuer: str) -> list[FoundIssuer]:
    """Find every registration of an issuer, whoever's it is; the session needs no seller."""
    return [
        FoundIssuer(
            row.issuer_id,
            Seller(row.seller_id, row.seller_name, row.mode, row.time_zone, row.currency, row.clock_ahead),
            Terms(
                issuer,
                row.audience,
                row.key_set_url,
                tuple(row.algorithms),
                row.role_claim,
                dict(row.roles),
                row.subject_claim,
            ),
        )
        for row in session.execute(FIND, {"issuer": issuer})
    ]


def add(session: Session, terms: Terms, now: datetime) -> IssuerRecord:
    """Register an issuer for the session's seller.

    Raises BadInput naming every rule it would break, and Conflict for what is registered, for this seller or another:
    of a token that two sellers believe, nobody could tell whose it is.
    """
    checks = (
        (not terms.issuer.strip(), "/issuer", "empty", "Must not be empty."),
        (not terms.audience.strip(), "/audience", "empty", "Must not be empty."),
        (not terms.key_set_url.startswith("https://"), "/key_set_url", "not_https", "Must be an https address."),
        (
            not terms.algorithms or not ALGORITHMS.issuperset(terms.algorithms),
            "/algorithms",
            "not_a_choice",
            f"Must be some of: {', '.join(sorted(ALGORITHMS))}.",
        ),
        (
            not terms.roles or not TOKEN_ROLES.issuperset(terms.roles.values()),
            "/roles",
            "not_a_choice",
            f"Must lead to some of: {', '.join(sorted(TOKEN_ROLES))}.",
        ),
    )
    faults = [Fault(pointer, code, detail) for broken, pointer, code, detail in checks if broken]
    if faults:
        raise BadInput("Such an issuer cannot be registered.", faults=faults)
    if terms.audience in {each.terms.audience for each in find(session, terms.issuer)}:
        detail = f"Tokens of {terms.issuer} for '{terms.audience}' are registered already; use another audience."
        raise Conflict(detail, code="issuer_taken")
    record = IssuerRecord(
        issuer=terms.issuer,
        audience=terms.audience,
        key_set_url=terms.key_set_url,
        algorithms=list(terms.algorithms),
        role_claim=terms.role_claim,
        roles=dict(terms.roles),
        subject_claim=terms.subject_claim,
        created_at=now,
    )
    session.add(record)
    session.flush()
    return record


def every(session: Session) -> Sequence[IssuerRecord]:
    """Give the seller's issuers."""
    return session.scalars(select(IssuerRecord).order_by(IssuerRecord.id)).all()


def remove(session: Session, issuer_id: UUID) -> bool:
    """Believe an issuer no more; False when the seller has no such one."""
    return bool(session.execute(delete(IssuerRecord).where(IssuerRecord.id == issuer_id)).rowcount)  # type: ignore[attr-defined]
