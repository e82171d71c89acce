"""Payments: money in, and which invoice each part of it settles; rows are only added."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, WithId, reference_to


class PaymentRecord(WithId, Base):
    """One payment of one debtor. `identity` is its reference, or its content and ordinal.

    What it settles are its allocations, and those may come later. The rest is unallocated. One that the bank told of
    names its `bank_entry_id`; a core direct debit can be asked back until `returnable_until`.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        reference_to("debtor", "debtor_id"),
        reference_to("bank_entry", "bank_entry_id"),
        UniqueConstraint("seller_id", "identity"),
        Index(None, "seller_id", "debtor_id", "paid_on"),
        Index(None, "seller_id", "known_at"),
        Index(
            "ix_payment_bank_entry_id", "seller_id", "bank_entry_id", postgresql_where=text("bank_entry_id IS NOT NULL")
        ),
        Index(
            "ix_payment_returnable",
            "seller_id",
            "debtor_id",
            "returnable_until",
            postgresql_where=text("returnable_until IS NOT NULL"),
        ),
    )
    # Checked with each reference; a check of its own would only cost time for each row.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    debtor_id: Mapped[UUID]
    identity: Mapped[str]
    payment_reference: Mapped[str | None]
    paid_on: Mapped[date]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    bank_entry_id: Mapped[UUID | None]
    returnable_until: Mapped[date | None]
    known_at: Mapped[datetime]
    import_id: Mapped[UUID | None]  # Of the import that brings it, which stays; so not checked for each row.


class PaymentReturnRecord(WithId, Base):
    """A payment, or part of one, that was taken back: a returned direct debit, or a booking that the bank reversed."""

    __tablename__ = "payment_return"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        reference_to("payment", "payment_id"),
        reference_to("bank_entry", "bank_entry_id"),
        reference_to("ledger_import", "import_id"),
        UniqueConstraint("seller_id", "identity"),
        Index(None, "seller_id", "payment_id"),
        Index(None, "seller_id", "known_at"),
    )
    payment_id: Mapped[UUID]
    identity: Mapped[str]
    returned_on: Mapped[date]
    amount: Mapped[Decimal]
    reason: Mapped[str | None]
    bank_entry_id: Mapped[UUID | None]
    known_at: Mapped[datetime]
    import_id: Mapped[UUID | None]


class AllocationRecord(WithId, Base):
    """Which part of a payment or credit note settles which invoice; a correction is a row of the opposite sign.

    `happened_on` is the day of the money: that of the payment, or for what was taken back that of the return. `rule`
    says why the two belong together, where it was not the sender of the payment who said so.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("num_nonnulls(payment_id, credit_note_id) = 1", name="one_origin"),
        CheckConstraint("amount <> 0", name="amount"),
        reference_to("invoice", "invoice_id"),
        reference_to("payment", "payment_id"),
        reference_to("credit_note", "credit_note_id"),
        Index(None, "seller_id", "invoice_id"),
        Index(None, "seller_id", "payment_id"),
        Index(None, "seller_id", "known_at"),
        Index(
            "ix_allocation_credit_note_id",
            "seller_id",
            "credit_note_id",
            postgresql_where=text("credit_note_id IS NOT NULL"),
        ),
    )
    # Checked with each reference; a check of its own would only cost time for each row.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    invoice_id: Mapped[UUID]
    payment_id: Mapped[UUID | None]
    credit_note_id: Mapped[UUID | None]
    amount: Mapped[Decimal]
    rule: Mapped[str | None]
    happened_on: Mapped[date]
    known_at: Mapped[datetime]


# What was collected and can still be asked back, by currency: it counts as owed until then.
RETURNABLE = """
SELECT p.currency, sum(p.amount - coalesce((SELECT sum(r.amount) FROM payment_return r WHERE r.payment_id = p.id
    AND r.returned_on <= :as_of AND r.known_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')), 0)) AS amount
FROM payment p WHERE p.debtor_id = :debtor_id AND p.returnable_until >= :as_of AND p.paid_on <= :as_of
    AND p.known_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity') GROUP BY p.currency
"""


def returnable(session: Session, debtor_id: UUID, as_of: date, known_at: datetime | None) -> dict[str, Decimal]:
    """Give what was collected of a debtor and could still be asked back on a day, by currency, as it was known then."""
    values = {"debtor_id": debtor_id, "as_of": as_of, "known_at": known_at}
    return {currency: amount for currency, amount in session.execute(text(RETURNABLE), values) if amount}
