"""How a source is reached, how often, and what an answer costs: what each vendor's `client.py` says of itself once."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """What one answer costs; `amount` in `currency` (ISO 4217)."""

    amount: Decimal
    currency: str


FREE = Price(Decimal("0.00"), "EUR")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds, by all threads and processes of one seller together."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One source. `address` is that of the real service; `credentials` are the names of the texts it needs.

    `optional_credentials` name texts for which it gives more than it gives everybody.
    `credential_fault` says what is wrong with a text of a name that is handed in; None: nothing.
    `price` is that of a report (None: a matter of the seller's contract, told by the policy). `breaker_failures`
    failures in a row open the breaker for `breaker_seconds`; a call that used up all its time opens it at once.
    `retries` are further tries of what is safe to repeat. `countries` None means every country.
    `open_when_own`: an installation's own copy of the service asks for no credentials.
    """

    provider: str
    address: str
    countries: frozenset[str] | None = None
    credentials: tuple[str, ...] = ()
    optional_credentials: tuple[str, ...] = ()
    credential_fault: Callable[[str, str], str | None] = lambda _name, _text: None
    open_when_own: bool = False
    price: Price | None = FREE
    rate: Rate | None = None
    at_once: int = 8
    connect_seconds: float = 2.0
    read_seconds: float = 8.0
    retries: int = 2
    breaker_failures: int = 3
    breaker_seconds: float = 30.0
    answer_bytes_max: int = 5_000_000
