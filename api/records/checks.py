"""What every credit check starts from, in one statement: it is asked often, and each round trip shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import reports
from api.records.identities import OfficialNumber
from api.records.reports import Report


@dataclass(frozen=True, slots=True)
class CheckedDebtor:
    """A debtor as a check sees it. `hold_ends` has the last day of each open hold of its orders, None: no end.

    `is_insurable`: its seller has a contract with a credit insurer.
    """

    id: UUID
    name: str | None
    country: str
    legal_form: str | None
    is_natural_person: bool | None
    parent_id: UUID | None
    related_party: bool
    critical: bool
    hold_ends: Sequence[str | None] = ()
    is_insurable: bool = False

    def is_on_hold(self, on: date) -> bool:
        """Whether its new orders wait on a day, by a hold of its own."""
        return any(last is None or date.fromisoformat(last) >= on for last in self.hold_ends)


@dataclass(frozen=True, slots=True)
class CheckStart:
    """A debtor with its official numbers, the number of the active policy, and the newest report of each source.

    `numbers_since`: since when the last of the numbers is known.
    """

    debtor: CheckedDebtor
    active_version: int | None
    reports: list[Report]
    numbers: tuple[OfficialNumber, ...]
    numbers_since: datetime | None = None


NUMBERS = (
    "(SELECT json_agg(n) FROM (SELECT scheme, country, value FROM debtor_identifier WHERE debtor_id = d.id"
    " ORDER BY scheme, country, value) n)"
)
HOLDS = (
    "(SELECT coalesce(json_agg(h.ends_on), '[]') FROM hold h"
    " WHERE h.debtor_id = d.id AND h.ended_at IS NULL AND h.kind = 'account_on_hold')"
)
# Who has no contract with a credit insurer is asked nothing more about one.
IS_INSURABLE = "EXISTS (SELECT FROM insurance_policy) AS is_insurable"
# Plain rows and text: records would cost as much again as the statement.
START = text(
    "SELECT d.merged_into_id, d.id, d.name, d.country, d.legal_form, d.is_natural_person, d.parent_id,"  # noqa: S608
    " d.related_party,"
    f" d.critical, {HOLDS} AS hold_ends, {IS_INSURABLE},"
    " (SELECT p.version FROM policy p WHERE p.state = 'active') AS active_version,"
    f" {reports.latest_of_debtor('d.id')} AS reports, {NUMBERS} AS numbers,"
    " (SELECT max(known_at) FROM debtor_identifier WHERE debtor_id = d.id) AS numbers_since"
    " FROM debtor d WHERE d.id = :debtor_id"
)


# The next of all debtors, with the same columns; a page of some hundreds is read in one statement.
BOOK = text(
    "SELECT d.id, d.name, d.country, d.legal_form, d.is_natural_person, d.parent_id, d.related_party,"  # noqa: S608
    f" d.critical, {HOLDS} AS hold_ends, {IS_INSURABLE},"
    f" {reports.latest_of_debtor('d.id')} AS reports, {NUMBERS} AS numbers"
    " FROM (SELECT * FROM debtor WHERE merged_into_id IS NULL AND id > :after ORDER BY id LIMIT :count) d ORDER BY d.id"
)
OF_BOOK = text(
    "SELECT d.id, d.name, d.country, d.legal_form, d.is_natural_person, d.parent_id, d.related_party,"  # noqa: S608
    f" d.critical, {HOLDS} AS hold_ends, {IS_INSURABLE},"
    f" {reports.latest_of_debtor('d.id')} AS reports, {NUMBERS} AS numbers"
    " FROM debtor d WHERE d.merged_into_id IS NULL AND d.phase <> 'prospect' AND d.id = ANY(:ids) ORDER BY d.id"
)
COUNT_BOOK = text("SELECT count(*) FROM debtor WHERE merged_into_id IS NULL")


@dataclass(frozen=True, slots=True)
class BookDebtor:
    """One debtor of the book with its newest report of each source and its official numbers."""

    debtor: CheckedDebtor
    reports: list[Report]
    numbers: tuple[OfficialNumber, ...]


def book_page(session: Session, after: UUID, count: int) -> list[BookDebtor]:
    """Give the next debtors after one, in the order of their ids and without merged ones."""
    rows = session.execute(BOOK, {"after": after, "count": count})
    return [BookDebtor(CheckedDebtor(*row[:10]), reports.from_json(row[10]), _numbers(row[11])) for row in rows]


def of_book(session: Session, debtor_ids: Collection[UUID]) -> list[BookDebtor]:
    """Give some debtors in the order of their ids, without merged ones and prospects: who those are, a check asks."""
    rows = session.execute(OF_BOOK, {"ids": list(debtor_ids)})
    return [BookDebtor(CheckedDebtor(*row[:10]), reports.from_json(row[10]), _numbers(row[11])) for row in rows]


def count_book(session: Session) -> int:
    """Count the debtors, without merged ones."""
    return int(session.scalar(COUNT_BOOK) or 0)


def start(session: Session, debtor_id: UUID) -> CheckStart | None:
    """Read what a check of a debtor starts from; a merged one gives the one it points on to, an unknown one None."""
    row = session.execute(START, {"debtor_id": debtor_id}).one_or_none()
    while row is not None and row[0] is not None:
        row = session.execute(START, {"debtor_id": row[0]}).one_or_none()
    if row is None:
        return None
    return CheckStart(CheckedDebtor(*row[1:11]), row[11], reports.from_json(row[12]), _numbers(row[13]), row[14])


def _numbers(rows: list[dict[str, str]] | None) -> tuple[OfficialNumber, ...]:
    return tuple(OfficialNumber(**each) for each in rows or ())
