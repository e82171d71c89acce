"""Who gets mail, and how he wants it: in his own words, or by default."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy.orm import Session

from api.records import mail_preferences
from api.records.mail_preferences import MailPreferenceRecord
from scoring.reasons import Language

Scope = Literal["own", "all"]
DEFAULT_LANGUAGE: Language = "en"
DEFAULT_DIGEST_HOUR = 7  # Of the seller's day, before work begins.


@dataclass(frozen=True, slots=True)
class Person:
    """One who may get mail. `kinds` None is all kinds of alerts; `digest_hour` None is no digest.

    `roles` are those of his valid keys, or the one he had when he said what he wants; none where nobody knows. Who had
    keys and has none any more `has_left`.
    """

    address: str
    language: Language = DEFAULT_LANGUAGE
    kinds: frozenset[str] | None = None
    urgent_at_once: bool = True
    digest_hour: int | None = DEFAULT_DIGEST_HOUR
    scope: Scope = "own"
    roles: frozenset[str] = frozenset()
    has_left: bool = False

    def wants(self, kind: str) -> bool:
        """Say whether he wants to hear of alerts of a kind."""
        return self.kinds is None or kind in self.kinds


def people(session: Session, addresses: Collection[str], real_now: datetime) -> Mapping[str, Person]:
    """Give these addresses, and all who want to hear of every debtor, each as a person. `real_now` in UTC."""
    said = {each.address: each for each in mail_preferences.of_many(session, addresses)}
    everybody = {*addresses, *said}
    roles = mail_preferences.keys_of(session, everybody, real_now)
    return {address: _person(address, said.get(address), roles.get(address)) for address in sorted(everybody)}


def _person(address: str, said: MailPreferenceRecord | None, roles: frozenset[str] | None) -> Person:
    has_left = roles is not None and not roles
    if said is None:
        return Person(address, roles=roles or frozenset(), has_left=has_left)
    return Person(
        address,
        cast(Language, said.language),
        None if said.kinds is None else frozenset(said.kinds),
        said.urgent_at_once,
        said.digest_hour,
        cast(Scope, said.scope),
        roles if roles is not None else frozenset({said.role} if said.role else ()),
        has_left,
    )
