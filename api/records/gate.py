"""What the gate reads: the way to the top of a debtor's group, locked, and all an order is judged on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.records import debtor_locks, debtors, returnables
from api.records.cover_facts import max_extension_days_of
from api.records.identities import Reference
from api.records.quick import Quick, array


class GroupChanged(Exception):
    """The debtor joined a group while we waited for it: what we hold is let go, and all is done again."""


@dataclass(frozen=True, slots=True)
class Way:
    """A debtor, locked or looked at. `path` is the debtor, its parent, and so on to the top.

    A debtor without a group (`is_grouped` false) is its own path, and its exposure is nobody else's.
    """

    debtor_id: UUID
    path: tuple[UUID, ...]
    is_grouped: bool


@dataclass(frozen=True, slots=True)
class Start:
    """Whom an order is for, before anybody is locked; `order_id` is the order that has its reference already."""

    debtor_id: UUID | None
    is_grouped: bool
    active_version: int | None
    order_id: UUID | None


NAMED = "SELECT debtor_id FROM debtor_reference WHERE system = :system AND value = :value"
START = """
SELECT start.*, {locked} FROM (
    SELECT d.id, d.merged_into_id, d.parent_id IS NOT NULL
            OR EXISTS (SELECT FROM debtor c WHERE c.parent_id = d.id) AS is_grouped,
        p.version, (SELECT id FROM sales_order WHERE order_reference = :order_reference) AS order_id
    FROM (SELECT 1) one LEFT JOIN policy p ON p.state = 'active' LEFT JOIN debtor d ON d.id = {debtor}) start
"""
# Waits. What was a debtor without a group when it was read may have joined one meanwhile: then no row comes back, and
# the lock that we may hold is in no order with those of the group.
LOCK_ALONE = """LEFT JOIN LATERAL (
    SELECT true AS is_locked FROM debtor WHERE id = start.id AND parent_id IS NULL AND merged_into_id IS NULL
        AND start.merged_into_id IS NULL AND NOT start.is_grouped FOR NO KEY UPDATE) alone ON true
"""
BY_ID, BY_REFERENCE = "CAST(:debtor_id AS uuid)", f"({NAMED})"
STARTS = {
    (debtor, locks): Quick(
        START.format(debtor=debtor, locked="alone.is_locked" if locks else "false AS is_locked")
        + (LOCK_ALONE if locks else "")
    )
    for debtor in (BY_ID, BY_REFERENCE)
    for locks in (True, False)
}
LOCK_PATH = Quick(f"""
SELECT d.id, d.parent_id IS DISTINCT FROM p.parent_id AS is_changed, d.merged_into_id
FROM ({debtor_locks.PATHS}) p JOIN debtor d ON d.id = p.id ORDER BY p.depth FOR NO KEY UPDATE OF d
""")  # noqa: S608  # No text but our own.


def start(
    session: Session,
    debtor_id: UUID | None,
    reference: Reference | None,
    order_reference: str | None = None,
    *,
    locks: bool = False,
) -> Start:
    """Find a debtor by its id, or by what one of the caller's systems calls it; a merged one points on.

    With `locks` a debtor without a group is locked by the same statement. Raises GroupChanged where it joined one while
    we waited.
    """
    values: dict[str, Any] = {"order_reference": order_reference, "debtor_id": debtor_id}
    if debtor_id is None:
        assert reference is not None
        values = {"order_reference": order_reference, "system": reference.system, "value": reference.value}
    row = STARTS[BY_ID if debtor_id else BY_REFERENCE, locks].first(session, values)
    assert row is not None
    found_id, merged_into_id, is_grouped, version, order_id, is_locked = row
    if merged_into_id is not None:
        return start(session, merged_into_id, None, order_reference, locks=locks)
    if locks and found_id is not None and not is_grouped and not is_locked:
        raise GroupChanged
    return Start(found_id, bool(is_grouped), version, order_id)


def lock_group(session: Session, debtor_id: UUID) -> Way:
    """Lock a debtor of a group and all above it, root first. Raises GroupChanged where that must begin again."""
    rows = LOCK_PATH.all(session, {"ids": array([debtor_id]), "height_max": debtor_locks.HEIGHT_MAX})
    if any(is_changed or merged_into_id is not None for _, is_changed, merged_into_id in rows):
        raise GroupChanged
    return Way(debtor_id, tuple(id_ for id_, _, _ in reversed(rows)), is_grouped=True)


def way(session: Session, debtor_id: UUID, *, is_grouped: bool) -> Way:
    """Give the way of a debtor to its top as it stands; it stays so only for who has locked it, or sees a snapshot."""
    if not is_grouped:
        return Way(debtor_id, (debtor_id,), is_grouped=False)
    return Way(debtor_id, (debtor_id, *debtors.path_above(session, debtor_id)), is_grouped=True)


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A version of a limit that has begun, of the debtor at `place` on the path; `id` grows with each decision."""

    place: int
    id: UUID
    scope: str
    is_temporary: bool
    limit_kind: str
    limit_amount: Decimal | None
    currency: str
    risk_class: str | None
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What counts as exposure of the debtor at `place` on the path: its own, and that of its whole subtree."""

    place: int
    currency: str
    own_amount: Decimal
    whole_amount: Decimal


@dataclass(frozen=True, slots=True)
class ItemsRow:
    """What is open of a debtor's undisputed invoices in one currency."""

    currency: str
    oldest_due_on: date
    open_amount: Decimal
    overdue_amount: Decimal


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The newest report of a kind and source about the debtor at `place` of the path, as far as the gate looks."""

    place: int
    id: UUID
    kind: str
    provider: str
    retrieved_at: datetime
    status: str | None
    hit: str | None
    is_active: bool | None
    events: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FirstInvoiceRow:
    """An invoice of the first order on account."""

    due_on: date
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class GateView:
    """All an order is judged on, as it is under the lock. `members` are the debtor's group, itself among them.

    `first_order_id` is the first order on account that the gate knows of, with its invoices; `has_history`: something
    was ever settled; `first_due_on` is the earliest open invoice's day, of debtors whose orders we do not know.
    `time_has_passed`: reservations of the group have ended, or parts came inside the horizon, and nobody has said so.
    `has_held`: older orders of the debtor wait. `max_extension_days` is of the cover that can stop, None: none can.
    """

    members: tuple[UUID, ...]
    critical: bool
    onboarding_missing: tuple[str, ...]
    limits: tuple[LimitRow, ...]
    balances: tuple[BalanceRow, ...]
    items: tuple[ItemsRow, ...]
    reports: tuple[ReportRow, ...]
    holds: frozenset[str]
    terms_agreed: bool
    secured: tuple[tuple[str, Decimal], ...]
    first_order_id: UUID | None
    first_invoices: tuple[FirstInvoiceRow, ...]
    has_history: bool
    first_due_on: date | None
    time_has_passed: bool
    has_held: bool
    max_extension_days: int | None


COUNTING = returnables.counting("p.id", ":today")
ALONE, GROUP = (
    "(SELECT CAST(:path AS uuid[]) AS ids)",
    """(SELECT ARRAY(WITH RECURSIVE member AS (
        SELECT CAST(:top_id AS uuid) AS id UNION SELECT d.id FROM member JOIN debtor d ON d.parent_id = member.id)
        SELECT id FROM member) AS ids)""",
)
# Small lists as JSON, with amounts as text; none of them grows with the number of orders or invoices.
READ = """
SELECT json_build_object(
    'members', members.ids, 'critical', d.critical, 'onboarding_missing', d.onboarding_missing,
    'limits', (SELECT json_agg(json_build_array(p.place, l.id, l.scope, l.is_temporary, l.limit_kind,
            l.limit_amount::text, l.currency, l.risk_class, l.valid_from, l.valid_until))
        FROM unnest(CAST(:path AS uuid[])) WITH ORDINALITY p (id, place)
        CROSS JOIN (VALUES ('own', false), ('own', true), ('group', false), ('group', true)) AS s (scope, is_temporary)
        CROSS JOIN LATERAL (SELECT * FROM credit_limit c
            WHERE c.debtor_id = p.id AND c.scope = s.scope AND c.is_temporary = s.is_temporary
                AND c.valid_from <= :today AND (NOT c.is_temporary OR c.valid_until >= :today)
            ORDER BY c.id DESC LIMIT 1) l
        WHERE s.scope = 'group' OR p.place = 1),
    'balances', (SELECT json_agg(json_build_array(place, currency, own, whole)) FROM (
        SELECT place, currency, sum(amount)::text AS own, sum(amount + below_amount)::text AS whole FROM (
            SELECT p.place, b.currency, b.amount, b.below_amount
            FROM unnest(CAST(:path AS uuid[])) WITH ORDINALITY p (id, place)
            JOIN exposure_balance b ON b.debtor_id = p.id AND b.stage <> 'scheduled'
            UNION ALL SELECT p.place, r.currency, r.amount, r.below_amount
            FROM unnest(CAST(:path AS uuid[])) WITH ORDINALITY p (id, place)
            JOIN returnable_day r ON {returnables}) counted
        GROUP BY place, currency) x),
    'items', (SELECT json_agg(json_build_array(currency, oldest, open, overdue)) FROM (
        SELECT currency, min(day) AS oldest, sum(due_open_amount)::text AS open,
            coalesce(sum(due_open_amount) FILTER (WHERE day < :overdue_before), 0)::text AS overdue
        FROM debtor_day WHERE debtor_id = :debtor_id AND due_open_count <> 0 AND due_open_amount > 0
        GROUP BY currency) x),
    'reports', (SELECT json_agg(json_build_array(array_position(CAST(:path AS uuid[]), debtor_id), id, kind, provider,
            retrieved_at, facts ->> 'status', facts ->> 'hit', facts -> 'active', coalesce(facts -> 'events', '[]')))
        FROM (SELECT DISTINCT ON (debtor_id, kind, provider) debtor_id, id, kind, provider, retrieved_at, facts
        FROM credit_report WHERE debtor_id = ANY(CAST(:path AS uuid[])) AND facts IS NOT NULL
            AND kind IN ('company_register', 'credit_bureau', 'sanctions_list', 'entity_register')
        ORDER BY debtor_id, kind, provider, retrieved_at DESC, id DESC) r),
    'holds', (SELECT json_agg(DISTINCT kind) FROM hold
        WHERE debtor_id = ANY(CAST(:path AS uuid[])) AND ended_at IS NULL AND (ends_on IS NULL OR ends_on >= :today)
            AND (debtor_id = :debtor_id OR scope = 'group')),
    'terms_agreed', EXISTS (SELECT FROM agreed_terms WHERE debtor_id = :debtor_id),
    'secured', (SELECT json_agg(json_build_array(currency, amount)) FROM (
        SELECT currency, sum(amount)::text AS amount FROM security
        WHERE debtor_id = :debtor_id AND raises_limit AND ended_at IS NULL
            AND valid_from <= :today AND (valid_until IS NULL OR valid_until >= :today)
        GROUP BY currency) x),
    'first_order_id', first_order.id,
    'first_invoices', (SELECT json_agg(json_build_array(i.due_on, i.settled_on))
        FROM (SELECT DISTINCT invoice_id FROM order_invoice WHERE order_id = first_order.id) billed
        JOIN LATERAL (SELECT due_on, settled_on FROM invoice WHERE id = billed.invoice_id) i ON true),
    'has_history', EXISTS (SELECT FROM debtor_day WHERE debtor_id = :debtor_id AND settled_count > 0),
    'first_due_on', (SELECT min(day) FROM debtor_day WHERE debtor_id = :debtor_id AND due_open_count <> 0),
    'time_has_passed', EXISTS (SELECT FROM sales_order WHERE debtor_id = ANY(members.ids) AND expires_at <= :now)
        OR EXISTS (SELECT FROM sales_order
            WHERE debtor_id = ANY(members.ids) AND enters_horizon_on <= :today),
    'has_held', EXISTS (SELECT FROM sales_order WHERE debtor_id = :debtor_id AND state = 'held'),
    'max_extension_days', {max_extension_days})::text
FROM debtor d LEFT JOIN LATERAL (SELECT id FROM sales_order WHERE debtor_id = d.id AND is_first) first_order ON true
    CROSS JOIN {members} members
WHERE d.id = :debtor_id
"""
READ_ALONE, READ_GROUPED = (
    Quick(READ.format(max_extension_days=max_extension_days_of("d"), members=each, returnables=COUNTING))
    for each in (ALONE, GROUP)
)


def read(session: Session, way: Way, now: datetime, today: date, overdue_before: date) -> GateView:
    """Read what an order of a locked debtor is judged on. Items due before `overdue_before` count as overdue."""
    values = {
        "debtor_id": way.debtor_id,
        "path": array(way.path),
        "top_id": way.path[-1],
        "now": now,
        "today": today,
        "day": today,
        "overdue_before": overdue_before,
    }
    row = (READ_GROUPED if way.is_grouped else READ_ALONE).first(session, values)
    assert row is not None
    found = orjson.loads(row[0])
    return GateView(
        members=tuple(UUID(each) for each in found["members"]),
        critical=found["critical"],
        onboarding_missing=tuple(found["onboarding_missing"] or ()),
        limits=tuple(_limit(each) for each in found["limits"] or ()),
        balances=tuple(
            BalanceRow(each[0], each[1], Decimal(each[2]), Decimal(each[3])) for each in found["balances"] or ()
        ),
        items=tuple(
            ItemsRow(each[0], _day(each[1]), Decimal(each[2]), Decimal(each[3])) for each in found["items"] or ()
        ),
        reports=tuple(_report(each) for each in found["reports"] or ()),
        holds=frozenset(found["holds"] or ()),
        terms_agreed=found["terms_agreed"],
        secured=tuple((currency, Decimal(amount)) for currency, amount in found["secured"] or ()),
        first_order_id=None if found["first_order_id"] is None else UUID(found["first_order_id"]),
        first_invoices=tuple(
            FirstInvoiceRow(_day(due), _day_or_none(paid)) for due, paid in found["first_invoices"] or ()
        ),
        has_history=found["has_history"],
        first_due_on=_day_or_none(found["first_due_on"]),
        time_has_passed=found["time_has_passed"],
        has_held=found["has_held"],
        max_extension_days=found["max_extension_days"],
    )


def _limit(row: Sequence[Any]) -> LimitRow:
    place, id_, scope, is_temporary, kind, amount, currency, risk_class, valid_from, valid_until = row
    return LimitRow(
        place=place,
        id=UUID(id_),
        scope=scope,
        is_temporary=is_temporary,
        limit_kind=kind,
        limit_amount=None if amount is None else Decimal(amount),
        currency=currency,
        risk_class=risk_class,
        valid_from=_day(valid_from),
        valid_until=_day_or_none(valid_until),
    )


def _report(row: Sequence[Any]) -> ReportRow:
    place, id_, kind, provider, retrieved_at, status, hit, is_active, events = row
    at = datetime.fromisoformat(retrieved_at)
    return ReportRow(place, UUID(id_), kind, provider, at, status, hit, is_active, tuple(events))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
