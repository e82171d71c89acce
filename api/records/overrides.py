"""Overrides: verdicts that count and differ from the machine's decision, and what the ledger says since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.orm import Session

from api.records import returnables
from api.records.decisions import DecisionRecord
from api.records.verdicts import VerdictApprovalRecord, VerdictRecord

DIFFERING = ("more_credit", "less_credit", "machine_silent")


def _in_force(since: datetime | None) -> Select[VerdictRecord, VerdictApprovalRecord, str]:
    """The verdicts on applications that count, given since a time, with the judgement they stand beside."""
    record, approval, decision = VerdictRecord, VerdictApprovalRecord, DecisionRecord
    query = (
        select(record, approval, decision.judgement)
        .outerjoin(approval, approval.verdict_id == record.id)
        .join(decision, decision.id == record.decision_id)
        .where(record.application_id.is_not(None), or_(record.needs_second.is_(False), approval.approved.is_(True)))
    )
    return query if since is None else query.where(record.given_at >= since)


def listing(since: datetime | None, by: str | None) -> Select[VerdictRecord, VerdictApprovalRecord, str]:
    """Select overrides: given since a time, and by whom."""
    query = _in_force(since).where(VerdictRecord.direction.in_(DIFFERING))
    return query if by is None else query.where(VerdictRecord.given_by == by)


def counts(session: Session, since: datetime | None, by: str | None) -> dict[str, int]:
    """Count the verdicts that count by their direction, those that differ in nothing too."""
    verdicts = _in_force(since)
    if by is not None:
        verdicts = verdicts.where(VerdictRecord.given_by == by)
    of_kind = verdicts.with_only_columns(VerdictRecord.direction, func.count()).group_by(VerdictRecord.direction)
    return {str(direction): int(count) for direction, count in session.execute(of_kind)}


def count_applications(session: Session, since: datetime | None) -> int:
    """Count the machine's decisions on applications."""
    query = select(func.count()).select_from(DecisionRecord).where(DecisionRecord.kind == "application")
    return session.scalar(query if since is None else query.where(DecisionRecord.decided_at >= since)) or 0


@dataclass(frozen=True, slots=True)
class Since:
    """What became of a debtor since a day, in one currency.

    `worst_days_late` is of invoices since then, as paid or as still open; None where none was due yet.
    """

    currency: str
    invoiced_amount: Decimal
    worst_days_late: int | None
    overdue_amount: Decimal


SINCE = text("""
SELECT given.number, i.currency, sum(i.amount) AS invoiced_amount,
    max(greatest(coalesce(i.settled_on, CAST(:today AS date)) - i.due_on, 0))
        FILTER (WHERE i.due_on < :today OR i.settled_on IS NOT NULL) AS worst_days_late,
    coalesce(sum(i.open_amount) FILTER (WHERE i.due_on < :today), 0) AS overdue_amount
FROM unnest(CAST(:debtor_ids AS uuid[]), CAST(:days AS date[])) WITH ORDINALITY AS given (debtor_id, day, number)
    JOIN invoice i ON i.debtor_id = given.debtor_id AND i.invoiced_on >= given.day
GROUP BY given.number, i.currency ORDER BY given.number, i.currency
""")


def since(session: Session, asked: Sequence[tuple[UUID, date]], today: date) -> list[list[Since]]:
    """Say of each debtor and day what became of it since then, by currency."""
    values = {"debtor_ids": [each for each, _ in asked], "days": [day for _, day in asked], "today": today}
    found: list[list[Since]] = [[] for _ in asked]
    for row in session.execute(SINCE, values):
        told = Since(row.currency, row.invoiced_amount, row.worst_days_late, row.overdue_amount)
        found[row.number - 1].append(told)
    return found


EXPOSURES = text(
    "SELECT debtor_id, currency, sum(amount) AS amount FROM ("  # noqa: S608
    " SELECT debtor_id, currency, amount FROM exposure_balance"
    " WHERE debtor_id = ANY(:debtor_ids) AND stage <> 'scheduled'"
    " UNION ALL SELECT debtor_id, currency, amount FROM returnable_day"
    f" WHERE {returnables.counting('ANY(:debtor_ids)', ':today')}) sides"
    " GROUP BY debtor_id, currency HAVING sum(amount) <> 0 ORDER BY debtor_id, currency"
)


def exposures(session: Session, debtor_ids: Iterable[UUID], today: date) -> dict[UUID, list[tuple[str, Decimal]]]:
    """Give the exposure of debtors now, by currency."""
    found: dict[UUID, list[tuple[str, Decimal]]] = {}
    for debtor_id, currency, amount in session.execute(
        EXPOSURES, {"debtor_ids": list(set(debtor_ids)), "today": today}
    ):
        found.setdefault(debtor_id, []).append((currency, amount))
    return found
