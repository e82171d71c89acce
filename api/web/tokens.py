"""OpenID Connect tokens: verified with the registered issuer's public keys, and read for person and role."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import jwt

from api.problems import NotAllowed, NotAuthenticated
from api.records.issuers import ALGORITHMS, TOKEN_ROLES, FoundIssuer, Terms
from api.records.keys import normal_subject
from api.web.bodies import is_storable
from api.web.credentials import Credential
from api.web.key_sets import KeySets

LEEWAY_SECONDS = 30
# What the library raises for a bad token, and what slips through it: claims of odd types, depth without end.
UNREADABLE = (jwt.PyJWTError, TypeError, ValueError, OverflowError, RecursionError)


def issuer_named_by(token: str) -> str:
    """Give the issuer a token names, unverified: only good for finding out who must have signed it.

    Raises NotAuthenticated when it is no token at all.
    """
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except UNREADABLE as error:
        raise refused() from error
    if not isinstance(issuer, str) or not is_storable(issuer):
        raise refused()
    return issuer


def verify(token: str, found: Sequence[FoundIssuer], key_sets: KeySets) -> Credential:
    """Give the credential of a token. Raises NotAuthenticated, or NotAllowed when it carries no role of ours."""
    issuer = _one_match(token, found)
    terms = issuer.terms
    algorithm, key_id = _header(token, terms)
    key = key_sets.key(terms.key_set_url, key_id)
    if key is None:
        raise refused()
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=terms.audience,
            issuer=terms.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud"]},
        )
    except UNREADABLE as error:
        raise refused() from error
    subject = _subject(claims, terms)
    role = _role(claims, terms)
    return Credential(
        seller=issuer.seller,
        id=_credential_id(issuer.id, subject, role),
        role=role,
        subject=subject,
    )


def refused() -> NotAuthenticated:
    """Make the one answer to whatever is wrong with a credential, so that it teaches nothing."""
    return NotAuthenticated("The credential is unknown, expired or revoked.")


def _one_match(token: str, found: Sequence[FoundIssuer]) -> FoundIssuer:
    audience = jwt.decode(token, options={"verify_signature": False}).get("aud")
    named = audience if isinstance(audience, list) else [audience]
    matches = [issuer for issuer in found if issuer.terms.audience in named]
    if len(matches) != 1:  # Two sellers with one issuer and audience: we cannot tell whose token it is.
        raise refused()
    return matches[0]


def _header(token: str, terms: Terms) -> tuple[str, str | None]:
    header = jwt.get_unverified_header(token)
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in terms.algorithms or algorithm not in ALGORITHMS:
        raise refused()
    return algorithm, key_id


def _subject(claims: dict[str, Any], terms: Terms) -> str:
    value = claims.get(terms.subject_claim)
    subject = normal_subject(value) if isinstance(value, str) else None
    if subject is None or claims.get("email_verified", True) is not True:
        raise refused()
    return subject


def _role(claims: dict[str, Any], terms: Terms) -> str:
    value = claims.get(terms.role_claim)
    said = value if isinstance(value, list) else [value]
    roles = {terms.roles[word] for word in said if isinstance(word, str) and word in terms.roles} & TOKEN_ROLES
    if len(roles) != 1:
        raise NotAllowed("The token must carry exactly one role that is known here.", code="no_role")
    return str(roles.pop())


def _credential_id(issuer_id: UUID, subject: str, role: str) -> UUID:
    """Give a person the same credential whichever of his tokens he shows, so that a repeat is seen as one.

    In another role he is another credential: a kept answer may show what the new role may not see.
    """
    return uuid5(issuer_id, f"{role} {subject}")
