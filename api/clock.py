"""The one clock: what time it is for a seller. Nothing else in the house asks the machine for a business date."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from api.records.sellers import Seller


def real_now() -> datetime:
    """Give the real time in UTC: for leases, keys and idempotency, never for business dates."""
    return datetime.now(UTC)


class Clock:
    """A test seller's clock runs ahead of (or was started behind) the real one by `clock_ahead`; a live one's never."""

    def __init__(self, real: Callable[[], datetime] = real_now) -> None:
        self._real = real

    def now(self, seller: Seller) -> datetime:
        """Give the seller's time in UTC."""
        return self._real() + seller.clock_ahead

    def today(self, seller: Seller) -> date:
        """Give the seller's date in its own time zone."""
        return self.now(seller).astimezone(ZoneInfo(seller.time_zone)).date()
