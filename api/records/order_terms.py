"""What moves of orders need of policy and calendar: today, the horizon, and how long a prepayment is waited for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

READ = text("""
SELECT s.time_zone, CAST(CAST(p.document AS jsonb) -> 'orders' ->> 'horizon_days' AS int) AS horizon_days,
    CAST(CAST(p.document AS jsonb) -> 'orders' ->> 'prepay_by_days' AS int) AS prepay_by_days
FROM seller s LEFT JOIN policy p ON p.seller_id = s.id AND p.state = 'active' WHERE s.id = :seller_id
""")


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """How time counts for a seller's orders at a moment. `horizon_days` None: every delivery counts."""

    today: date
    time_zone: str
    horizon_days: int | None
    prepay_by_days: int

    @property
    def horizon_on(self) -> date | None:
        """The last day of which a delivery counts; None: all count."""
        return None if self.horizon_days is None else self.today + timedelta(days=self.horizon_days)

    @property
    def prepay_by(self) -> datetime:
        """The moment until which a prepayment that is asked for today may be booked."""
        after = self.today + timedelta(days=self.prepay_by_days + 1)
        return datetime.combine(after, time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        """Give the day of a moment where the seller is."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


def read(session: Session, now: datetime) -> OrderTerms:
    """Read them for the session's seller, by the policy in force; `now` is the seller's time."""
    row = session.execute(READ, {"seller_id": session.info["seller_id"]}).one()
    today = now.astimezone(ZoneInfo(row.time_zone)).date()
    return OrderTerms(today, row.time_zone, row.horizon_days, row.prepay_by_days or 0)
