"""Up to which day of a seller something was looked at that only days bring about, so that no day is passed over."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller


class DayPassedRecord(OfSeller, Base):
    """The last day that was looked at, of one kind of thing."""

    __tablename__ = "day_passed"
    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]


LAST = text("SELECT day FROM day_passed WHERE kind = :kind FOR UPDATE")
PASS = text("""
INSERT INTO day_passed (seller_id, kind, day) VALUES (:seller_id, :kind, :day)
ON CONFLICT (seller_id, kind) DO UPDATE SET day = excluded.day
""")


def last(session: Session, kind: str) -> date | None:
    """Give the last day that was looked at, None where none was; others who ask wait for this transaction."""
    found: date | None = session.scalar(LAST, {"kind": kind})
    return found


def look_until(session: Session, kind: str, day: date) -> None:
    """Note that all days until this one were looked at."""
    session.execute(PASS, {"seller_id": session.info["seller_id"], "kind": kind, "day": day})
