"""What a debtor is known by: official numbers and the caller's own references, each of one debtor only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, reference_to


class DebtorIdentifierRecord(OfSeller, Base):
    """An official number of a debtor, such as (`kvk`, `NL`, `12345678`); no two debtors share one."""

    __tablename__ = "debtor_identifier"
    __table_args__ = (reference_to("debtor", "debtor_id"), Index(None, "seller_id", "debtor_id"))
    scheme: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    debtor_id: Mapped[UUID]
    known_at: Mapped[datetime]


class DebtorReferenceRecord(OfSeller, Base):
    """The caller's own name for a debtor: unique per system, several per debtor."""

    __tablename__ = "debtor_reference"
    __table_args__ = (reference_to("debtor", "debtor_id"), Index(None, "seller_id", "debtor_id"))
    system: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    debtor_id: Mapped[UUID]
    known_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Reference:
    """What one of the caller's systems calls a debtor."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class OfficialNumber:
    """A number from an official scheme: (`kvk`, `NL`, `12345678`)."""

    scheme: str
    country: str
    value: str


class NameTaken(Exception):
    """Another debtor already has this identifier or reference."""

    def __init__(self, taken: OfficialNumber | Reference, debtor_id: UUID) -> None:
        self.words = (
            f"{taken.system} {taken.value}" if isinstance(taken, Reference) else f"{taken.scheme} {taken.value}"
        )
        super().__init__(f"debtor {debtor_id} has {self.words}")
        self.debtor_id = debtor_id


def by_reference(session: Session, reference: Reference) -> UUID | None:
    """Find the debtor that one of the caller's systems calls so."""
    record = DebtorReferenceRecord
    return session.scalar(
        select(record.debtor_id).where(record.system == reference.system, record.value == reference.value)
    )


def by_numbers(session: Session, numbers: Iterable[OfficialNumber]) -> Sequence[UUID]:
    """Find the debtors that have any of these numbers: none, one, or several that should be one."""
    record = DebtorIdentifierRecord
    wanted = [(number.scheme, number.country, number.value) for number in numbers]
    key = tuple_(record.scheme, record.country, record.value)
    return session.scalars(select(record.debtor_id).where(key.in_(wanted)).distinct()).all()


def owners(session: Session, numbers: Iterable[OfficialNumber]) -> dict[OfficialNumber, UUID]:
    """Give the debtor of each number that a debtor has."""
    record = DebtorIdentifierRecord
    columns = (record.scheme, record.country, record.value)
    wanted = [(number.scheme, number.country, number.value) for number in numbers]
    rows = session.execute(select(*columns, record.debtor_id).where(tuple_(*columns).in_(wanted)))
    return {OfficialNumber(scheme, country, value): debtor_id for scheme, country, value, debtor_id in rows}


def numbers_of(session: Session, debtor_id: UUID) -> Sequence[OfficialNumber]:
    """Give a debtor's official numbers."""
    return numbers_of_many(session, [debtor_id]).get(debtor_id, [])


def numbers_of_many(session: Session, debtor_ids: Sequence[UUID]) -> dict[UUID, list[OfficialNumber]]:
    """Give the official numbers of those debtors that have any."""
    record = DebtorIdentifierRecord
    columns = (record.scheme, record.country, record.value)
    found: dict[UUID, list[OfficialNumber]] = defaultdict(list)
    query = select(record.debtor_id, *columns).where(record.debtor_id.in_(debtor_ids)).order_by(*columns)
    for debtor_id, *name in session.execute(query):
        found[debtor_id].append(OfficialNumber(*name))
    return found


def references_of(session: Session, debtor_id: UUID) -> Sequence[Reference]:
    """Give what the caller's systems call a debtor."""
    return references_of_many(session, [debtor_id]).get(debtor_id, [])


def references_of_many(session: Session, debtor_ids: Sequence[UUID]) -> dict[UUID, list[Reference]]:
    """Give what the caller's systems call those debtors that they know."""
    record = DebtorReferenceRecord
    columns = (record.system, record.value)
    found: dict[UUID, list[Reference]] = defaultdict(list)
    query = select(record.debtor_id, *columns).where(record.debtor_id.in_(debtor_ids)).order_by(*columns)
    for debtor_id, *name in session.execute(query):
        found[debtor_id].append(Reference(*name))
    return found


def add(
    session: Session,
    debtor_id: UUID,
    names: Iterable[OfficialNumber | Reference],
    known_at: datetime,
) -> None:
    """Give a debtor numbers and references; those it has already are passed over. Raises NameTaken, adding none."""
    known = {*numbers_of(session, debtor_id), *references_of(session, debtor_id)}
    new = sorted({name for name in names if name not in known}, key=_in_order)
    try:
        with session.begin_nested():
            session.add_all([_row(debtor_id, name, known_at) for name in new])
    except IntegrityError as error:
        for name in new:
            owner = (
                by_reference(session, name)
                if isinstance(name, Reference)
                else next(iter(by_numbers(session, [name])), None)
            )
            if owner:
                raise NameTaken(name, owner) from error
        raise


def add_free(session: Session, debtor_id: UUID, numbers: Iterable[OfficialNumber], known_at: datetime) -> None:
    """Give a debtor those numbers that no debtor has; what another one has stays there, and nothing is raised.

    In one order, so that two who add the same at once never wait for each other in a ring.
    """
    record = DebtorIdentifierRecord
    for each in sorted(set(numbers), key=_in_order):
        row = {"scheme": each.scheme, "country": each.country, "value": each.value, "known_at": known_at}
        added = insert(record).values(seller_id=session.info["seller_id"], debtor_id=debtor_id, **row)
        session.execute(added.on_conflict_do_nothing())


def _in_order(name: OfficialNumber | Reference) -> tuple[str, ...]:
    return (
        (name.scheme, name.country, name.value) if isinstance(name, OfficialNumber) else ("", name.system, name.value)
    )


def hand_over(session: Session, from_debtor_id: UUID, to_debtor_id: UUID) -> None:
    """Let one debtor take over all that another was known by."""
    for record in (DebtorIdentifierRecord, DebtorReferenceRecord):
        session.execute(update(record).where(record.debtor_id == from_debtor_id).values(debtor_id=to_debtor_id))


def _row(debtor_id: UUID, name: OfficialNumber | Reference, known_at: datetime) -> Base:
    if isinstance(name, Reference):
        return DebtorReferenceRecord(system=name.system, value=name.value, debtor_id=debtor_id, known_at=known_at)
    return DebtorIdentifierRecord(
        scheme=name.scheme, country=name.country, value=name.value, debtor_id=debtor_id, known_at=known_at
    )
