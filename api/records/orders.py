"""Orders: what a debtor ordered, how the gate answered, and what each adds to exposure."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.records.base import Base, WithId, reference_to

ORDER_STATES = ("released", "held", "refused", "cancelled", "expired", "completed")


class OrderRecord(WithId, Base):
    """One order, in its own currency, VAT included.

    `outcome` is of its newest decision, `decision_id`. `scheduled_amount`, `reserved_amount` and `to_invoice_amount`
    are what its exposure entries sum to, in the stages scheduled, reserved and delivered (`scoring.order_stages`).
    `delivered_amount`, `invoiced_amount` and `prepaid_amount` (cleared, and not used by an invoice yet) only tell how
    far it is. A reservation ends at `expires_at`; where it waits for a prepayment that is its `prepay_by`. A part of
    what is scheduled comes inside the horizon on `enters_horizon_on`. The first order on account `is_first`. What a
    person released (`released_by`) may be delivered until the end of `released_until`; null: as long as any other.
    While a person must decide it `waits_since` then, and has an `owner` once somebody took it.
    `check_due`: it was judged for less than counts now, or for another group: judged anew before it is delivered.
    """

    __tablename__ = "sales_order"
    __table_args__ = (
        CheckConstraint(f"state IN {ORDER_STATES}", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "scheduled_amount >= 0 AND reserved_amount >= 0 AND to_invoice_amount >= 0"
            " AND delivered_amount >= 0 AND invoiced_amount >= 0 AND prepaid_amount >= 0",
            name="not_negative",
        ),
        CheckConstraint("scheduled_amount + reserved_amount = 0 OR expires_at IS NOT NULL", name="reservation_ends"),
        CheckConstraint(
            "state IN ('released', 'held') OR scheduled_amount + reserved_amount = 0", name="over_reserves_nothing"
        ),
        reference_to("debtor", "debtor_id"),
        UniqueConstraint("seller_id", "order_reference"),
        Index(None, "seller_id", "debtor_id", "id"),
        Index(None, "seller_id", "changed_at", "id"),
        Index("ix_sales_order_held", "seller_id", "debtor_id", "id", postgresql_where=text("state = 'held'")),
        Index(
            "ix_sales_order_expires",
            "seller_id",
            "debtor_id",
            "expires_at",
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
        Index(
            "ix_sales_order_enters",
            "seller_id",
            "debtor_id",
            "enters_horizon_on",
            postgresql_where=text("enters_horizon_on IS NOT NULL"),
        ),
        Index("ix_sales_order_to_invoice", "seller_id", "debtor_id", postgresql_where=text("to_invoice_amount > 0")),
        Index("uq_sales_order_first", "seller_id", "debtor_id", unique=True, postgresql_where=text("is_first")),
        Index(
            "ix_sales_order_prepayment_reference",
            "seller_id",
            "prepayment_reference",
            postgresql_where=text("prepayment_reference IS NOT NULL"),
        ),
        # By what a payment may quote, as `scoring.matching.number_key` compares it.
        Index(
            "ix_sales_order_order_key",
            "seller_id",
            text("upper(regexp_replace(order_reference, '[^A-Za-z0-9]', '', 'g'))"),
            postgresql_where=text("state IN ('released', 'held')"),
        ),
        Index(
            "ix_sales_order_prepayment_key",
            "seller_id",
            text("upper(regexp_replace(prepayment_reference, '[^A-Za-z0-9]', '', 'g'))"),
            postgresql_where=text("state IN ('released', 'held') AND prepayment_reference IS NOT NULL"),
        ),
    )
    # Checked with the debtor; a check of its own would only cost time for each row.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    debtor_id: Mapped[UUID]
    order_reference: Mapped[str]
    amount: Mapped[Decimal]
    vat_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    delivery_on: Mapped[date | None]
    call_offs: Mapped[list[Any] | None]
    prepayment_reference: Mapped[str | None]
    state: Mapped[str]
    outcome: Mapped[str]
    decision_id: Mapped[UUID]
    prepayment_required: Mapped[Decimal | None]
    expires_at: Mapped[datetime | None]
    enters_horizon_on: Mapped[date | None]
    scheduled_amount: Mapped[Decimal]
    reserved_amount: Mapped[Decimal]
    to_invoice_amount: Mapped[Decimal]
    delivered_amount: Mapped[Decimal]
    invoiced_amount: Mapped[Decimal]
    prepaid_amount: Mapped[Decimal]
    is_first: Mapped[bool]
    released_by: Mapped[str | None]
    released_until: Mapped[date | None]
    waits_since: Mapped[datetime | None]
    owner: Mapped[str | None]
    check_due: Mapped[bool]
    placed_by: Mapped[str]
    actor: Mapped[str | None]
    placed_at: Mapped[datetime]
    judged_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int]


class OrderDecisionRecord(WithId, Base):
    """One judgement of the gate, kept so that it can be replayed; `facts` are null once retention erased them.

    `asked` is what was being asked: the order as it was placed, a higher amount, or the same again.
    """

    __tablename__ = "order_decision"
    __table_args__ = (
        # The order is written with its first decision, in one statement; so neither is checked against the other here.
        Index(None, "seller_id", "order_id", "id"),
    )
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    order_id: Mapped[UUID]
    debtor_id: Mapped[UUID]
    asked: Mapped[str]
    as_of: Mapped[date]
    decided_at: Mapped[datetime]
    outcome: Mapped[str]
    judgement: Mapped[str]
    facts: Mapped[str | None]
    policy_version: Mapped[int]
    policy_digest: Mapped[str]
    engine_version: Mapped[str]
    asked_by: Mapped[str]
    actor: Mapped[str | None]


class OrderStepRecord(WithId, Base):
    """One thing that happened to an order after it was placed: by whom, and what it changed."""

    __tablename__ = "order_step"
    __table_args__ = (reference_to("sales_order", "order_id"), Index(None, "seller_id", "order_id", "id"))
    order_id: Mapped[UUID]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    grounds: Mapped[str | None]
    done_by: Mapped[str]
    actor: Mapped[str | None]
    happened_at: Mapped[datetime]


class OrderDeliveryRecord(WithId, Base):
    """One delivery of an order, booked whatever the gate thinks of it: what has left is gone.

    `reasons` are what stood against it when it was booked; `passed` where there were none.
    """

    __tablename__ = "order_delivery"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        reference_to("sales_order", "order_id"),
        reference_to("document", "document_id"),
        UniqueConstraint("seller_id", "order_id", "delivery_reference"),
    )
    order_id: Mapped[UUID]
    delivery_reference: Mapped[str]
    delivered_on: Mapped[date]
    amount: Mapped[Decimal]
    document_id: Mapped[UUID | None]
    passed: Mapped[bool]
    reasons: Mapped[list[Any]]
    booked_by: Mapped[str]
    known_at: Mapped[datetime]


class OrderInvoiceRecord(WithId, Base):
    """Which part of an invoice bills which order; a correction is a row of the opposite sign."""

    __tablename__ = "order_invoice"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        reference_to("sales_order", "order_id"),
        reference_to("invoice", "invoice_id"),
        Index(None, "seller_id", "order_id"),
        Index(None, "seller_id", "invoice_id"),
    )
    order_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    amount: Mapped[Decimal]
    known_at: Mapped[datetime]


class PrepaymentRecord(WithId, Base):
    """Which part of a payment clears the prepayment of which order; below zero it is bound no more.

    Bound money is not unallocated: it covers its own order and nothing else, until an invoice of the order takes it.
    """

    __tablename__ = "prepayment"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        reference_to("payment", "payment_id"),
        reference_to("sales_order", "order_id"),
        Index(None, "seller_id", "order_id"),
        Index(None, "seller_id", "payment_id"),
    )
    payment_id: Mapped[UUID]
    order_id: Mapped[UUID]
    amount: Mapped[Decimal]
    happened_on: Mapped[date]
    known_at: Mapped[datetime]
