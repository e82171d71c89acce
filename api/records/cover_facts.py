"""What a judgement needs of credit insurance, in one statement: contracts in force, and what was decided by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from scoring.cover import CoverVersion, InsuranceTerms, bears_on, insurance_terms

# The contracts of a day with the terms in force then; behind WITH. It takes `:day`.
CONTRACTS = """
contract AS (
    SELECT p.seller_id, p.id, p.currency, p.valid_from, t.terms
    FROM insurance_policy p JOIN LATERAL (
        SELECT t.terms FROM insurance_terms t
        WHERE t.seller_id = p.seller_id AND t.insurance_policy_id = p.id AND t.valid_from <= :day
        ORDER BY t.valid_from DESC, t.id DESC LIMIT 1) t ON true
    WHERE p.valid_from <= :day AND (p.valid_until IS NULL OR p.valid_until >= :day))"""
# States of a decision by which something is covered.
COVERING = ("granted", "granted_in_part", "conditional", "reduced")
READ = text(f"""
WITH {CONTRACTS}
SELECT contract.id, contract.currency, contract.valid_from, contract.terms, (
    SELECT json_agg(json_build_object(
        'debtor_id', c.debtor_id, 'order', c.id, 'source', c.source, 'state', c.state, 'amount', c.amount::text,
        'decided_on', c.decided_on, 'valid_from', c.valid_from, 'valid_until', c.valid_until,
        'conditions_met_on', (
            SELECT json_agg(m.met_on ORDER BY cc.id) FROM cover_condition cc
            LEFT JOIN condition_met m ON m.seller_id = cc.seller_id AND m.cover_condition_id = cc.id
            WHERE cc.seller_id = c.seller_id AND cc.cover_decision_id = c.id)) ORDER BY c.id)
    FROM cover_decision c
    WHERE c.seller_id = contract.seller_id AND c.insurance_policy_id = contract.id AND c.debtor_id = ANY(:debtor_ids))
FROM contract ORDER BY contract.valid_from, contract.id
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract in force on a day, with the decisions on the debtors that were asked for, as they were recorded."""

    id: UUID
    currency: str
    terms: InsuranceTerms
    decided: dict[UUID, tuple[tuple[UUID, CoverVersion], ...]]

    def versions(self, debtor_id: UUID) -> tuple[CoverVersion, ...]:
        """What was decided on a debtor."""
        return tuple(version for _, version in self.decided.get(debtor_id, ()))

    def newest(self, debtor_id: UUID) -> tuple[date, UUID] | None:
        """The place of the newest decision on a debtor among all that were made; None without any."""
        return max(((each.decided_on, order) for order, each in self.decided.get(debtor_id, ())), default=None)


def contracts(session: Session, debtor_ids: Sequence[UUID], day: date) -> list[Contract]:
    """Give the contracts in force on a day, the oldest first, with all that was decided on these debtors."""
    rows = session.execute(READ, {"debtor_ids": list(debtor_ids), "day": day})
    return [Contract(id_, currency, insurance_terms(terms), _decided(made)) for id_, currency, _, terms, made in rows]


def bearing(
    contracts: Sequence[Contract], debtor_id: UUID, country: str, *, is_natural_person: bool | None, related: bool
) -> Contract | None:
    """Give the contract that bears on a debtor; None where none can.

    It is the one of the newest decision on the debtor, and before anything was decided the newest one.
    """
    able = [
        each
        for each in contracts
        if bears_on(each.terms, country, is_natural_person=is_natural_person, related=related)
    ]
    decided = [(newest, each) for each in able if (newest := each.newest(debtor_id)) is not None]
    return max(decided, key=lambda pair: pair[0])[1] if decided else (able[-1] if able else None)


def _decided(rows: list[dict[str, Any]] | None) -> dict[UUID, tuple[tuple[UUID, CoverVersion], ...]]:
    found: dict[UUID, tuple[tuple[UUID, CoverVersion], ...]] = {}
    for row in rows or ():
        debtor_id, version = UUID(row["debtor_id"]), _version(row)
        found[debtor_id] = (*found.get(debtor_id, ()), (UUID(row["order"]), version))
    return found


def _version(row: dict[str, Any]) -> CoverVersion:
    return CoverVersion(
        source=row["source"],
        state=row["state"],
        amount=Decimal(row["amount"]),
        decided_on=date.fromisoformat(row["decided_on"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=_day(row["valid_until"]),
        conditions_met_on=tuple(map(_day, row["conditions_met_on"] or ())),
    )


def _day(told: str | None) -> date | None:
    return None if told is None else date.fromisoformat(told)


def _bearing(debtor: str) -> str:
    """Write the relations `bearing`, the contract that bears on a debtor, and `counting`, what was decided by it."""
    return f"""{CONTRACTS},
    able AS (
        SELECT contract.*, (
            SELECT max(to_char(c.decided_on, 'YYYY-MM-DD ') || c.id) FROM cover_decision c
            WHERE c.seller_id = contract.seller_id AND c.insurance_policy_id = contract.id
                AND c.debtor_id = {debtor}.id) AS newest
        FROM contract
        WHERE (jsonb_typeof(contract.terms -> 'countries') IS DISTINCT FROM 'array'
                OR jsonb_exists(contract.terms -> 'countries', {debtor}.country))
            AND NOT ({debtor}.is_natural_person IS TRUE
                AND jsonb_exists(contract.terms -> 'excludes', 'natural_person'))
            AND NOT ({debtor}.related_party AND jsonb_exists(contract.terms -> 'excludes', 'related_party'))),
    bearing AS (SELECT * FROM able ORDER BY newest DESC NULLS LAST, valid_from DESC, id DESC LIMIT 1),
    counting AS (
        SELECT c.state, c.valid_until FROM cover_decision c JOIN bearing b
            ON c.seller_id = b.seller_id AND c.insurance_policy_id = b.id
        WHERE c.debtor_id = {debtor}.id AND c.valid_from <= :day
        ORDER BY c.source = 'insurer' DESC, c.decided_on DESC, c.id DESC LIMIT 1)"""  # noqa: S608


def max_extension_days_of(debtor: str) -> str:
    """Write the SQL that gives which extension period bears on a debtor: null where no cover of it can stop.

    For a statement that reads more; `debtor` is the alias of a row of the table `debtor`, and the statement takes
    `:day`. It is the `max_extension_days` of the contract that bears on the debtor (as `bearing` finds it), where the
    newest decision that has begun gives cover that has not ended, or where nobody has decided and blind cover counts.
    Whether its conditions are met does not matter: the period of what may be covered runs all the same.
    """
    return f"""(
    WITH {_bearing(debtor)}
    SELECT CAST(b.terms ->> 'max_extension_days' AS integer) FROM bearing b LEFT JOIN counting c ON true
    WHERE CASE WHEN c.state IS NULL THEN jsonb_typeof(b.terms -> 'blind_cover_max') = 'string'
        ELSE c.state IN {COVERING} AND (c.valid_until IS NULL OR c.valid_until >= :day) END)"""  # noqa: S608


def bearing_terms_of(debtor: str) -> str:
    """Write the SQL that gives the terms of the contract that bears on a debtor, as text; null where none ever covered.

    As `max_extension_days_of`, but also where cover was taken back or has ended: what was delivered before is covered
    still, and is to be notified in time.
    """
    return f"""(
    WITH {_bearing(debtor)}
    SELECT b.terms::text FROM bearing b
    WHERE CASE WHEN EXISTS (SELECT FROM counting) THEN EXISTS (
            SELECT FROM cover_decision c WHERE c.seller_id = b.seller_id AND c.insurance_policy_id = b.id
                AND c.debtor_id = {debtor}.id AND c.valid_from <= :day AND c.state IN {COVERING})
        ELSE jsonb_typeof(b.terms -> 'blind_cover_max') = 'string' END)"""  # noqa: S608


MAX_EXTENSION_DAYS = text(f"SELECT {max_extension_days_of('d')} FROM debtor d WHERE d.id = :debtor_id")  # noqa: S608


def max_extension_days(session: Session, debtor_id: UUID, day: date) -> int | None:
    """Give which extension period bears on a debtor on a day, in calendar days; None: no cover of it can stop."""
    found: int | None = session.scalar(MAX_EXTENSION_DAYS, {"debtor_id": debtor_id, "day": day})
    return found
