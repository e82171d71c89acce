"""A screening with what people cleared of it: the one step between a stored report and what is judged or shown."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from api.fresh_report.stored import facts_of
from api.problems import Conflict
from api.records import identities, reports, sanctions_clearances
from api.records.sanctions_clearances import SanctionsClearanceRecord
from scoring.facts import SanctionsFacts
from scoring.sanctions import Clearance, subject_digest, waits, with_clearances


class Screened(Protocol):
    """A debtor, as far as a screening goes by it."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str | None: ...
    @property
    def country(self) -> str: ...


def cleared(session: Session, debtor: Screened, found: SanctionsFacts | None) -> SanctionsFacts | None:
    """Give the screening of a debtor with its clearances; without a possible match no statement is needed."""
    if found is None or not waits(found):
        return found
    clearances = sanctions_clearances.standing(session, debtor.id, found.provider)
    if not clearances:
        return found
    return with_clearances(found, map(as_clearance, clearances), digest_of(session, debtor))


def refuse_listed(session: Session, debtor: Screened) -> None:
    """Raise Conflict for a debtor whom the newest screening found on a list (Sanctions Act 1977).

    A likeness that waits for a person is no hit yet.
    """
    told = [each for each in reports.latest(session, [debtor.id], "sanctions_list") if each.facts is not None]
    newest = max(told, key=lambda each: each.retrieved_at, default=None)
    facts = None if newest is None else facts_of(newest)
    found = cleared(session, debtor, facts if isinstance(facts, SanctionsFacts) else None)
    if found is not None and found.hit == "confirmed":
        raise Conflict("The debtor is on a sanctions list: nobody here can accept it.", code="sanctions_hit_confirmed")


def digest_of(session: Session, debtor: Screened) -> str:
    """Give the digest of a debtor as it is now."""
    numbers = identities.numbers_of(session, debtor.id)
    return subject_digest(debtor.name, debtor.country, ((each.scheme, each.country, each.value) for each in numbers))


def as_clearance(record: SanctionsClearanceRecord) -> Clearance:
    """Give a kept clearance as it is judged."""
    return Clearance(record.entity_id, record.entry_digest, record.subject_digest, record.moved_by, record.moved_on)
