"""Invoices and credit notes: what was billed, and how much of each is still open."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.records.base import Base, WithId, reference_to

CREDIT_KINDS = ("credit_note", "settlement_discount", "payment_difference")


class InvoiceRecord(WithId, Base):
    """One invoice. `identity` is its number, or its content and ordinal where a file has no number.

    `open_amount`, `paid_amount` and `settled_on` follow from its allocations: paid is what came from payments. Once
    nothing is open it was settled on the day of the last payment; without any, on that of the last credit note.

    While it is open, payments are matched to it by `number_key`, by `remittance_reference` (what the buyer was asked to
    quote) and by `collection_reference` (the EndToEndId under which we collect it), each as `scoring.matching.keys`
    compares it. A buyer who pays until `discount_until` may keep `discount_amount`.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("due_on >= invoiced_on", name="due_after_invoiced"),
        reference_to("debtor", "debtor_id"),
        UniqueConstraint("seller_id", "debtor_id", "identity"),
        Index(None, "seller_id", "known_at"),
        Index(
            "ix_invoice_disputed_known_at",
            "seller_id",
            "disputed_known_at",
            postgresql_where=text("disputed_known_at IS NOT NULL"),
        ),
        Index("ix_invoice_open", "seller_id", "debtor_id", "due_on", postgresql_where=text("open_amount <> 0")),
        Index("ix_invoice_number_key", "seller_id", "number_key", postgresql_where=text("open_amount <> 0")),
        Index(
            "ix_invoice_remittance_reference",
            "seller_id",
            "remittance_reference",
            postgresql_where=text("remittance_reference IS NOT NULL"),
        ),
        Index(
            "ix_invoice_collection_reference",
            "seller_id",
            "collection_reference",
            postgresql_where=text("collection_reference IS NOT NULL"),
        ),
    )
    # Checked with each reference; a check of its own would only cost time for each row.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    debtor_id: Mapped[UUID]
    identity: Mapped[str]
    invoice_number: Mapped[str | None]
    invoiced_on: Mapped[date]
    due_on: Mapped[date]
    due_on_derived: Mapped[bool]
    amount: Mapped[Decimal]
    vat_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    disputed: Mapped[bool]
    disputed_known_at: Mapped[datetime | None]
    number_key: Mapped[str | None]
    remittance_reference: Mapped[str | None]
    collection_reference: Mapped[str | None]
    discount_amount: Mapped[Decimal | None]
    discount_until: Mapped[date | None]
    open_amount: Mapped[Decimal]
    paid_amount: Mapped[Decimal]
    settled_on: Mapped[date | None]
    extra: Mapped[dict[str, Any] | None]
    known_at: Mapped[datetime]
    import_id: Mapped[UUID | None]  # Of the import that brings it, which stays; so not checked for each row.


class CreditNoteRecord(WithId, Base):
    """One credit note; `amount` is positive and lowers what is owed, `unused_amount` waits for an invoice.

    `kind` tells what we gave up: a credit note that was sent, a discount for early payment that was taken, or the
    small difference that a payment left.
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(f"kind IN {CREDIT_KINDS}", name="kind"),
        reference_to("debtor", "debtor_id"),
        reference_to("invoice", "invoice_id"),
        UniqueConstraint("seller_id", "debtor_id", "identity"),
        Index(None, "seller_id", "known_at"),
        Index("ix_credit_note_unused", "seller_id", "debtor_id", postgresql_where=text("unused_amount <> 0")),
    )
    # Checked with each reference; a check of its own would only cost time for each row.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    debtor_id: Mapped[UUID]
    invoice_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(server_default="credit_note")
    identity: Mapped[str]
    credit_note_number: Mapped[str | None]
    credited_on: Mapped[date]
    amount: Mapped[Decimal]
    vat_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    unused_amount: Mapped[Decimal]
    known_at: Mapped[datetime]
    import_id: Mapped[UUID | None]  # As on an invoice.
