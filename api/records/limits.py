"""Credit limits: dated versions, each with its author and grounds; a newer one replaces, none is ever changed."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from api.records.base import Base, WithId, reference_to

SCOPES = ("own", "group")
LIMIT_KINDS = ("none", "amount", "unlimited")


class CreditLimitRecord(WithId, Base):
    """One version of a debtor's limit: its own, or of scope `group` that of the debtor with all below it.

    The newest version in its days counts. A temporary one (`is_temporary`) replaces the standing one from `valid_from`
    to the end of `valid_until`, then lapses by itself; a standing one that is decided later ends it. Of kind `none` it
    takes a limit back. `risk_class` is the debtor's when it was decided; `decided_by` a person, or `machine`.
    """

    __tablename__ = "credit_limit"
    __table_args__ = (
        CheckConstraint(f"scope IN {SCOPES}", name="scope"),
        CheckConstraint(f"limit_kind IN {LIMIT_KINDS}", name="limit_kind"),
        CheckConstraint("(limit_kind = 'amount') = (limit_amount IS NOT NULL)", name="limit_amount"),
        CheckConstraint("limit_amount >= 0", name="limit_not_negative"),
        CheckConstraint("NOT is_temporary OR valid_until IS NOT NULL", name="temporary_ends"),
        CheckConstraint("valid_until >= valid_from", name="valid_days"),
        reference_to("debtor", "debtor_id"),
        reference_to("decision", "decision_id"),
        reference_to("verdict", "verdict_id"),
        Index(None, "seller_id", "debtor_id", "scope", "id"),
    )
    debtor_id: Mapped[UUID]
    scope: Mapped[str]
    is_temporary: Mapped[bool]
    limit_kind: Mapped[str]
    limit_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    risk_class: Mapped[str | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    next_review_on: Mapped[date | None]
    decided_by: Mapped[str]
    grounds: Mapped[str]
    decision_id: Mapped[UUID | None]
    verdict_id: Mapped[UUID | None]
    known_at: Mapped[datetime]
