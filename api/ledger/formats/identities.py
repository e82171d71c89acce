"""Names bank entries so that the same statement, read again, gives the same names."""

from datetime import date
from decimal import Decimal
from hashlib import blake2b

BYTES = 16


class Identities:
    """The names given in one statement so far. Costs memory for each entry, some 150 bytes."""

    def __init__(self, account: str, statement: str) -> None:
        self._of = (account, statement)
        self._seen: dict[bytes, int] = {}

    def by_reference(self, reference: str) -> str:
        """Name an entry by the reference its bank gave it; a reference that comes again gets a number behind it."""
        return self._named("reference", (reference,))

    def by_content(self, booked_on: date, amount: Decimal, currency: str, account: str | None, text: str | None) -> str:
        """Name an entry without a reference by what it says, and by which of its equals in the statement it is."""
        number = format(amount.normalize(), "f")
        return self._named("content", (booked_on.isoformat(), number, currency, account or "", text or ""))

    def _named(self, way: str, told: tuple[str, ...]) -> str:
        digest = blake2b("\x1f".join((*self._of, way, *told)).encode("utf-8", "replace"), digest_size=BYTES)
        key = digest.digest()
        ordinal = self._seen.get(key, 0) + 1
        self._seen[key] = ordinal
        return f"bank:{digest.hexdigest()}:{ordinal}"


def part_of(identity: str, position: int) -> str:
    """Name one of several transactions of an entry, the first at 1; 0 is what the entry's charges took."""
    return f"{identity}.{position}"
