"""Bank statements and their entries: what the bank says came in and went out, each entry once."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Select, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, WithId, reference_to

ENTRY_STATES = ("booked", "proposed", "returned", "passed_over", "announced", "explained")


class BankStatementRecord(WithId, Base):
    """One statement of one of the seller's accounts. Balances are signed: below zero the account is overdrawn.

    `identity` is its content: the same statement sent again is known. `sequence_number` is the bank's own, where it
    gives one.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (
        reference_to("ledger_import", "import_id"),
        UniqueConstraint("seller_id", "account", "identity"),
        Index(None, "seller_id", "account", "until_on"),
    )
    account: Mapped[str]
    currency: Mapped[str]
    identity: Mapped[str]
    statement_reference: Mapped[str | None]
    sequence_number: Mapped[int | None] = mapped_column(BigInteger)
    from_on: Mapped[date]
    until_on: Mapped[date]
    opening_amount: Mapped[Decimal | None]
    closing_amount: Mapped[Decimal | None]
    known_at: Mapped[datetime]
    import_id: Mapped[UUID | None]


@dataclass(frozen=True, slots=True)
class StatementToStore:
    """One statement as the bank gave it. `identity` is a digest of its whole content, entries included."""

    account: str
    currency: str
    identity: str
    from_on: date
    until_on: date
    statement_reference: str | None = None
    sequence_number: int | None = None
    opening_amount: Decimal | None = None
    closing_amount: Decimal | None = None


class BankEntryRecord(WithId, Base):
    """One entry of a statement; `amount` is signed, above zero when money came in.

    | State | |
    |---|---|
    | `booked` | it is a payment, of one debtor or of several |
    | `proposed` | a person must say whose it is, or what it settles; `proposals` says what it could be |
    | `returned` | it took back a payment |
    | `passed_over` | it is no payment of a debtor: money that went out, costs of the bank |
    | `announced` | a notification told of it; the statement that books it has not come |
    | `explained` | other entries tell of the same money: those of a notification tell what a batch without details |
    | | holds, and the entry of a statement books what a notification told of |

    What a notification tells of has no statement. A batch without details has its `transactions_count`.
    """

    __tablename__ = "bank_entry"
    __table_args__ = (
        CheckConstraint(f"state IN {ENTRY_STATES}", name="state"),
        CheckConstraint("amount <> 0", name="amount"),
        reference_to("bank_statement", "statement_id"),
        reference_to("debtor", "debtor_id"),
        reference_to("ledger_import", "import_id"),
        UniqueConstraint("seller_id", "account", "identity"),
        Index("ix_bank_entry_proposed", "seller_id", "id", postgresql_where=text("state = 'proposed'")),
        Index(
            "ix_bank_entry_entry_reference",
            "seller_id",
            "account",
            "entry_reference",
            postgresql_where=text("entry_reference IS NOT NULL"),
        ),
        Index(
            "ix_bank_entry_end_to_end_id",
            "seller_id",
            "end_to_end_id",
            postgresql_where=text("end_to_end_id IS NOT NULL"),
        ),
    )
    statement_id: Mapped[UUID | None]
    account: Mapped[str]
    identity: Mapped[str]
    booked_on: Mapped[date]
    value_on: Mapped[date | None]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    counterparty_name: Mapped[str | None]
    counterparty_account: Mapped[str | None]
    end_to_end_id: Mapped[str | None]
    mandate_reference: Mapped[str | None]
    structured_reference: Mapped[str | None]
    remittance_text: Mapped[str | None]
    entry_reference: Mapped[str | None]
    transaction_code: Mapped[str | None]
    return_reason: Mapped[str | None]
    is_reversal: Mapped[bool]
    transactions_count: Mapped[int | None]
    state: Mapped[str]
    debtor_id: Mapped[UUID | None]
    proposals: Mapped[list[Any] | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    known_at: Mapped[datetime]
    import_id: Mapped[UUID | None]


class DebtorAccountRecord(OfSeller, Base):
    """A bank account that a debtor is known to pay from; a group may pay for several from one."""

    __tablename__ = "debtor_account"
    __table_args__ = (reference_to("debtor", "debtor_id"), Index(None, "seller_id", "debtor_id"))
    account: Mapped[str] = mapped_column(primary_key=True)
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    known_at: Mapped[datetime]


def one_at_a_time(session: Session) -> None:
    """Let nobody else store statements of this seller until the transaction ends: each is judged by its neighbours.

    Take it before any debtor is locked, so that nobody waits in a ring.
    """
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('bank statements ' || :seller_id, 0))"),
        {"seller_id": str(session.info["seller_id"])},
    )


def add_statement(
    session: Session, statement: StatementToStore, now: datetime, import_id: UUID | None = None
) -> tuple[BankStatementRecord, bool]:
    """Add a statement unless its content is known. Gives the record, and whether it is new."""
    record = BankStatementRecord
    query = select(record).where(record.account == statement.account, record.identity == statement.identity)
    known = session.scalars(query).one_or_none()
    if known is not None:
        return known, False
    added = BankStatementRecord(**asdict(statement), known_at=now, import_id=import_id)
    session.add(added)
    session.flush()
    return added, True


# Plain rows: an account has thousands of statements, and all of them are looked at together.
STATEMENTS = select(
    BankStatementRecord.account,
    BankStatementRecord.currency,
    BankStatementRecord.identity,
    BankStatementRecord.from_on,
    BankStatementRecord.until_on,
    BankStatementRecord.statement_reference,
    BankStatementRecord.sequence_number,
    BankStatementRecord.opening_amount,
    BankStatementRecord.closing_amount,
)


def statements_of(
    session: Session, accounts: Collection[str], period: tuple[date, date] | None = None
) -> Sequence[StatementToStore]:
    """Give all statements of some accounts, or those of one period: its first and last day."""
    query = STATEMENTS.where(BankStatementRecord.account.in_(accounts))
    if period is not None:
        query = query.where(BankStatementRecord.from_on == period[0], BankStatementRecord.until_on == period[1])
    return [StatementToStore(*row) for row in session.execute(query)]


# Their order, newest first.
LISTED_BY = (BankStatementRecord.until_on, BankStatementRecord.id)


def statement_listing(account: str | None) -> Select[BankStatementRecord]:
    """Select statements, of one account or of all."""
    query = select(BankStatementRecord)
    return query if account is None else query.where(BankStatementRecord.account == account)
