"""Debtors as ledgers name them: many found at once, and those that an invoice is the first sign of added."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from api.records import debtor_snapshots, events
from api.records.base import Base, new_id
from api.records.debtors import DebtorRecord
from api.records.identities import DebtorIdentifierRecord, DebtorReferenceRecord, OfficialNumber, Reference
from api.records.many import insert_many


@dataclass(frozen=True, slots=True)
class LedgerDebtor:
    """A debtor as a ledger names him: by a reference, by official numbers, or by both.

    `country` is ISO 3166-1 alpha-2, and None where no debtor is to be added.
    """

    reference: Reference | None
    name: str | None = None
    country: str | None = None
    legal_form: str | None = None
    numbers: tuple[OfficialNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Who was named. `debtor_id` is None when he cannot be told, with the code of why."""

    debtor_id: UUID | None
    code: str | None = None
    detail: str | None = None


# One at a time per seller, so that two imports do not add the same debtor; taken only where there is one to add.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('ledger debtors ' || :seller_id, 0))")


def find_or_add(session: Session, named: Iterable[LedgerDebtor], now: datetime) -> dict[LedgerDebtor, Found]:
    """Find debtors by reference, else by an official number, else add them in phase monitoring, telling so by events.

    A number that belongs to another debtor than the reference does is `identifier_taken`; an unknown debtor without
    a country is `debtor_unknown`, and one without any name that tells him from others `debtor_unnamed`.
    """
    wanted = list(dict.fromkeys(named))
    known, owners = _by_reference(session, wanted), _by_number(session, wanted)
    if any(each.country and not _is_known(each, known, owners) for each in wanted):
        session.execute(ONE_AT_A_TIME, {"seller_id": str(session.info["seller_id"])})
        known, owners = _by_reference(session, wanted), _by_number(session, wanted)
    adding = _Adding(now)
    found = {}
    for each in wanted:
        debtor_id = known.get(each.reference) if each.reference else None
        owner_ids = {owners[number] for number in each.numbers if number in owners}
        if each.reference is None and not each.numbers:
            found[each] = Found(None, "debtor_unnamed", "there is neither a reference nor an official number")
        elif owner_ids - {debtor_id} and (debtor_id or len(owner_ids) > 1):
            found[each] = Found(None, "identifier_taken", "an official number on this line is another debtor's")
        elif debtor_id is None and each.reference is None and owner_ids:
            found[each] = Found(owner_ids.pop())
        elif debtor_id is None and not each.country:
            found[each] = Found(None, "debtor_unknown", f"no debtor is called {_shown(each)}")
        else:
            if debtor_id is None:
                debtor_id = adding.add(each, next(iter(owner_ids), None))
                if each.reference:
                    known[each.reference] = debtor_id
                owners |= dict.fromkeys(each.numbers, debtor_id)
            found[each] = Found(debtor_id)
    adding.write(session)
    return found


def _is_known(named: LedgerDebtor, known: Mapping[Reference, UUID], owners: Mapping[OfficialNumber, UUID]) -> bool:
    if named.reference is None:
        return any(number in owners for number in named.numbers)
    return named.reference in known


def _shown(named: LedgerDebtor) -> str:
    if named.reference is not None:
        return named.reference.value
    return " or ".join(f"{number.scheme} {number.value}" for number in named.numbers)


# An array, since a list of some thousand names costs more to plan than to look up, and joins plan badly at first.
BY_REFERENCE = text("SELECT value, debtor_id FROM debtor_reference WHERE system = :system AND value = ANY(:values)")


def _by_reference(session: Session, wanted: list[LedgerDebtor]) -> dict[Reference, UUID]:
    known: dict[Reference, UUID] = {}
    references = [each.reference for each in wanted if each.reference is not None]
    for system in {each.system for each in references}:
        values = [each.value for each in references if each.system == system]
        rows = session.execute(BY_REFERENCE, {"system": system, "values": values})
        known |= {Reference(system, value): debtor_id for value, debtor_id in rows}
    return known


def _by_number(session: Session, wanted: list[LedgerDebtor]) -> dict[OfficialNumber, UUID]:
    record = DebtorIdentifierRecord
    numbers = sorted({(each.scheme, each.country, each.value) for one in wanted for each in one.numbers})
    if not numbers:
        return {}
    columns = (record.scheme, record.country, record.value)
    query = select(*columns, record.debtor_id).where(tuple_(*columns).in_(numbers))
    return {OfficialNumber(*key): debtor_id for *key, debtor_id in session.execute(query)}


class _Adding:
    """The rows of new debtors, and of new references to known ones, written many at a time."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.rows: dict[type[Base], list[dict[str, Any]]] = {
            DebtorRecord: [],
            DebtorReferenceRecord: [],
            DebtorIdentifierRecord: [],
        }
        self.told: dict[UUID, dict[str, Any]] = {}

    def row(self, record: type[Base], **values: Any) -> None:
        self.rows[record].append(values)

    def add(self, named: LedgerDebtor, debtor_id: UUID | None) -> UUID:
        """Add the reference, if there is one, to a debtor that is known by a number, or a new debtor with it."""
        is_new = debtor_id is None
        debtor_id = debtor_id or new_id()
        if is_new:
            self.debtor(debtor_id, named)
        if named.reference is not None:
            values = {"system": named.reference.system, "value": named.reference.value}
            self.row(DebtorReferenceRecord, **values, debtor_id=debtor_id, known_at=self.now)
        return debtor_id

    def debtor(self, debtor_id: UUID, named: LedgerDebtor) -> None:
        self.row(
            DebtorRecord,
            id=debtor_id,
            name=named.name,
            country=named.country,
            legal_form=named.legal_form,
            phase="monitoring",
            related_party=False,
            critical=False,
            version=1,
            created_at=self.now,
            changed_at=self.now,
        )
        for number in named.numbers:
            values = {"scheme": number.scheme, "country": number.country, "value": number.value}
            self.row(DebtorIdentifierRecord, **values, debtor_id=debtor_id, known_at=self.now)
        self.told[debtor_id] = {"debtor_id": str(debtor_id), "phase": "monitoring"}

    def write(self, session: Session) -> None:
        for record, rows in self.rows.items():
            insert_many(session, record, rows)
        seen = debtor_snapshots.snapshots(session, list(self.told), self.now)
        events.add_first(session, "debtor.created.v1", self.told, self.now, seen)
