"""Stores bank entries, many at once and each one once, and what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.base import new_id
from api.records.ledger_staging import ESCAPES, NOTHING

FIELDS = (
    "id, statement_id, account, identity, booked_on, value_on, amount, currency, counterparty_name,"
    " counterparty_account, end_to_end_id, mandate_reference, structured_reference, remittance_text, entry_reference,"
    " transaction_code, return_reason, is_reversal, transactions_count, state"
)
NAMES = tuple(FIELDS.split(", "))


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored, with the state it is stored in."""

    account: str
    identity: str
    booked_on: date
    amount: Decimal
    currency: str
    state: str
    statement_id: UUID | None = None
    value_on: date | None = None
    counterparty_name: str | None = None
    counterparty_account: str | None = None
    end_to_end_id: str | None = None
    mandate_reference: str | None = None
    structured_reference: str | None = None
    remittance_text: str | None = None
    entry_reference: str | None = None
    transaction_code: str | None = None
    return_reason: str | None = None
    is_reversal: bool = False
    transactions_count: int | None = None
    id: UUID = field(default_factory=new_id)

    @property
    def is_batch(self) -> bool:
        """Whether it is several transactions, of which the statement tells nothing."""
        return self.transactions_count is not None


class Outcome(NamedTuple):
    """What became of an entry."""

    state: str
    debtor_id: UUID | None = None
    proposals: list[dict[str, Any]] | None = None


STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS bank_line (
    id uuid, statement_id uuid, account text, identity text, booked_on date, value_on date, amount numeric(20, 4),
    currency text, counterparty_name text, counterparty_account text, end_to_end_id text, mandate_reference text,
    structured_reference text, remittance_text text, entry_reference text, transaction_code text, return_reason text,
    is_reversal boolean, transactions_count int, state text) ON COMMIT DELETE ROWS
"""
# In one order, so that two imports of one file wait for each other and not in a ring.
ADD = text(f"""
INSERT INTO bank_entry (seller_id, {FIELDS}, known_at, import_id)
SELECT CAST(:seller_id AS uuid), {FIELDS}, CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
FROM bank_line ORDER BY account, identity
ON CONFLICT (seller_id, account, identity) DO NOTHING RETURNING id
""")  # noqa: S608


def add(session: Session, entries: Sequence[Entry], known_at: datetime, import_id: UUID | None) -> list[Entry]:
    """Store entries, at most once in a transaction; gives those that were new, in their order."""
    session.execute(text(STAGE))
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY bank_line ({FIELDS}) FROM STDIN") as copy:
        for each in entries:
            copy.write("\t".join(_text(getattr(each, name)) for name in NAMES) + "\n")
    cursor.close()
    values = {"seller_id": session.info["seller_id"], "known_at": known_at, "import_id": import_id}
    added = set(session.scalars(ADD, values))
    return [each for each in entries if each.id in added]


def _text(value: object) -> str:
    return NOTHING if value is None else str(value).translate(ESCAPES)


# --- Read ------------------------------------------------------------------------------------------------------------

BY_REFERENCE = text(f"""
SELECT {FIELDS} FROM bank_entry e
JOIN unnest(CAST(:accounts AS text[]), CAST(:references AS text[])) AS g (given_account, given_reference)
    ON e.account = g.given_account AND e.entry_reference = g.given_reference
WHERE seller_id = CAST(:seller_id AS uuid) ORDER BY id FOR UPDATE OF e
""")  # noqa: S608


def by_reference(session: Session, named: Iterable[tuple[str, str]]) -> list[Entry]:
    """Give all entries with some of the bank's own references, each of one of our accounts; nobody decides them now."""
    pairs = sorted(set(named))
    if not pairs:
        return []
    values = {"accounts": [pair[0] for pair in pairs], "references": [pair[1] for pair in pairs]}
    return _entries(session.execute(BY_REFERENCE, {"seller_id": session.info["seller_id"], **values}))


UNDECIDED = "seller_id = CAST(:seller_id AS uuid) AND decided_at IS NULL AND transactions_count IS NULL"
# Locked, so that nobody decides them meanwhile; what somebody is at is left to him.
STILL_PROPOSED = text(f"""
SELECT {FIELDS} FROM bank_entry WHERE {UNDECIDED} AND state = 'proposed' AND id > CAST(:after AS uuid)
ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
""")  # noqa: S608
UNUSED = text(f"""
SELECT {FIELDS} FROM bank_entry e WHERE {UNDECIDED} AND state = 'booked' AND id IN (
    SELECT bank_entry_id FROM payment p WHERE p.seller_id = CAST(:seller_id AS uuid)
    AND p.debtor_id = ANY(:debtor_ids) AND p.bank_entry_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM allocation a WHERE a.seller_id = p.seller_id AND a.payment_id = p.id)
    AND NOT EXISTS (SELECT FROM payment_return r WHERE r.seller_id = p.seller_id AND r.payment_id = p.id)
    AND NOT EXISTS (SELECT FROM prepayment b WHERE b.seller_id = p.seller_id AND b.payment_id = p.id))
ORDER BY id FOR UPDATE SKIP LOCKED
""")  # noqa: S608


def still_proposed(session: Session, after: UUID, limit: int) -> list[Entry]:
    """Give entries that wait for a person, the oldest first, but for batches without details."""
    values = {"seller_id": session.info["seller_id"], "after": after, "limit": limit}
    return _entries(session.execute(STILL_PROPOSED, values))


def unused(session: Session, debtor_ids: Iterable[UUID]) -> list[Entry]:
    """Give entries that were booked as payments of some debtors, and of which nothing was allocated yet."""
    values = {"seller_id": session.info["seller_id"], "debtor_ids": list(debtor_ids)}
    return _entries(session.execute(UNUSED, values))


def _entries(rows: Iterable[Any]) -> list[Entry]:
    return [Entry(**dict(zip(NAMES, row, strict=True))) for row in rows]


OWN_ACCOUNTS = text("""
WITH RECURSIVE a AS (
    (SELECT account FROM bank_statement WHERE seller_id = CAST(:seller_id AS uuid) ORDER BY account LIMIT 1)
    UNION ALL
    SELECT (SELECT s.account FROM bank_statement s WHERE s.seller_id = CAST(:seller_id AS uuid)
        AND s.account > a.account ORDER BY s.account LIMIT 1) FROM a WHERE a.account IS NOT NULL)
SELECT account FROM a WHERE account IS NOT NULL
""")


def own_accounts(session: Session) -> frozenset[str]:
    """Give the accounts that statements have come of: they are the seller's own."""
    return frozenset(session.scalars(OWN_ACCOUNTS, {"seller_id": session.info["seller_id"]}))


# --- Write -----------------------------------------------------------------------------------------------------------

SET = text("""
UPDATE bank_entry e SET state = g.state, debtor_id = g.debtor_id, proposals = nullif(g.proposals, 'null')
FROM jsonb_to_recordset(CAST(:outcomes AS jsonb)) AS g (id uuid, state text, debtor_id uuid, proposals jsonb)
WHERE e.seller_id = CAST(:seller_id AS uuid) AND e.id = g.id
""")
DECIDE = text("""
UPDATE bank_entry SET decided_by = :by, decided_at = :at WHERE seller_id = CAST(:seller_id AS uuid) AND id = :id
""")


def settle(session: Session, outcomes: Mapping[UUID, Outcome]) -> None:
    """Write down what became of entries, by their ids."""
    if outcomes:
        rows = [{"id": entry_id, **outcome._asdict()} for entry_id, outcome in outcomes.items()]
        values = {"seller_id": session.info["seller_id"], "outcomes": orjson.dumps(rows, default=str).decode()}
        session.execute(SET, values)


def decided(session: Session, entry_id: UUID, by: str, at: datetime) -> None:
    """Write down who decided an entry."""
    session.execute(DECIDE, {"seller_id": session.info["seller_id"], "id": entry_id, "by": by, "at": at})


# Whose payment went back is asked no more.
CLOSE = text("""
UPDATE bank_entry SET state = 'booked', proposals = NULL
WHERE seller_id = CAST(:seller_id AS uuid) AND state = 'proposed' AND id IN (
    SELECT bank_entry_id FROM payment p WHERE p.seller_id = CAST(:seller_id AS uuid) AND p.id = ANY(:payment_ids))
""")


def close_returned(session: Session, payment_ids: Sequence[UUID]) -> None:
    """Let nobody decide what the entries of payments settle that were just taken back."""
    session.execute(CLOSE, {"seller_id": session.info["seller_id"], "payment_ids": list(payment_ids)})


LEARN = text("""
INSERT INTO debtor_account (seller_id, account, debtor_id, known_at)
SELECT CAST(:seller_id AS uuid), account, debtor_id, CAST(:known_at AS timestamptz)
FROM unnest(CAST(:accounts AS text[]), CAST(:debtor_ids AS uuid[])) AS g (account, debtor_id) ORDER BY 2, 3
ON CONFLICT DO NOTHING
""")


def learn(session: Session, known: Iterable[tuple[str, UUID]], known_at: datetime) -> None:
    """Remember from which accounts debtors pay."""
    pairs = sorted(set(known))
    if pairs:
        values = {"accounts": [pair[0] for pair in pairs], "debtor_ids": [pair[1] for pair in pairs]}
        session.execute(LEARN, {"seller_id": session.info["seller_id"], "known_at": known_at, **values})


ONE = text(f"""
SELECT {FIELDS} FROM bank_entry WHERE seller_id = CAST(:seller_id AS uuid) AND id = :id FOR UPDATE
""")  # noqa: S608
DECIDED = text("""
SELECT decided_by, decided_at, proposals FROM bank_entry WHERE seller_id = CAST(:seller_id AS uuid) AND id = :id
""")


class Decided(NamedTuple):
    """What stands beside an entry: who decided it and when, or what he may choose from."""

    by: str | None
    at: datetime | None
    proposals: list[dict[str, Any]]


def locked(session: Session, entry_id: UUID) -> tuple[Entry, Decided] | None:
    """Give an entry that nobody else can decide until the transaction ends; None when there is none."""
    named = {"seller_id": session.info["seller_id"], "id": entry_id}
    found = _entries(session.execute(ONE, named))
    if not found:
        return None
    by, at, proposals = session.execute(DECIDED, named).one()
    return found[0], Decided(by, at, proposals or [])
