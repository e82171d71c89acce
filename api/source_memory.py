"""What all processes of a seller share about one source, kept in PostgreSQL, each step in a transaction of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from api import source_refusals
from api.records import source_states
from api.records.secrets import SecretUnreadable
from api.records.sellers import Seller
from api.records.source_calls import SourceCallRecord
from api.wiring import House
from providers.memory import BreakerState, Call, Refusal, Token

MILLISECOND = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """The `Memory` of one seller's lines to one source; calls are noted for a debtor and a decision where named."""

    house: House
    seller: Seller
    provider: str
    debtor_id: UUID | None
    decision_id: UUID | None

    def token(self) -> Token | None:
        """The token that was kept last, ended or not; one that no key opens any more is none."""
        with self._transaction() as session:
            kept = source_states.token(session, self.provider)
        if kept is None:
            return None
        try:
            return Token(self.house.vault.open(kept[0]), kept[1])
        except SecretUnreadable:
            return None

    def keep_token(self, token: Token | None) -> None:
        """Keep a token, encrypted, in place of the one before; None forgets it."""
        sealed = None if token is None else self.house.vault.seal(token.text)
        with self._transaction() as session:
            source_states.keep_token(session, self.provider, sealed, None if token is None else token.ends_at)

    def refusal(self) -> Refusal | None:
        """That the source did not take our credentials last time; where no key opens which, none are meant."""
        with self._transaction() as session:
            kept = source_states.refusal(session, self.provider)
        if kept is None:
            return None
        try:
            return Refusal(kept[0], self.house.vault.open(kept[1]))
        except SecretUnreadable:
            return Refusal(kept[0], "")

    def keep_refusal(self, refusal: Refusal | None) -> None:
        """Remember a refusal and open the alert that tells of it; None ends it."""
        now = self.house.clock.now(self.seller)
        with self._transaction() as session:
            if refusal is None:
                source_refusals.end(session, self.provider, now)
            else:
                sealed = self.house.vault.seal(refusal.credentials)
                source_refusals.begin(session, self.provider, refusal.at, sealed, now)

    def breaker(self) -> BreakerState:
        """How the breaker stands."""
        with self._transaction() as session:
            return BreakerState(*source_states.breaker(session, self.provider))

    def note_success(self) -> None:
        """Close the breaker and forget its failures."""
        with self._transaction() as session:
            source_states.note_success(session, self.provider)

    def note_failure(self, opened_at: datetime | None) -> int:
        """Count one failure, and open the breaker where a time is given; gives the failures in a row."""
        with self._transaction() as session:
            failures = source_states.note_failure(session, self.provider, opened_at)
        if opened_at is not None:
            from api.source_metrics import count_opening  # noqa: PLC0415  Counters are loaded late: see there.

            count_opening(self.provider)
        return failures

    def may_try(self, opened_at: datetime, now: datetime) -> bool:
        """Whether this caller, of all at once, may try the source again."""
        with self._transaction() as session:
            return source_states.may_try(session, self.provider, opened_at, now)

    def turn(self, now: datetime, interval_seconds: float, burst_seconds: float) -> float:
        """Take the next turn of a rate limit if it is free (0), else say in how many seconds it may be."""
        interval, burst = timedelta(seconds=interval_seconds), timedelta(seconds=burst_seconds)
        with self._transaction() as session:
            return source_states.turn(session, self.provider, now, interval, burst).total_seconds()

    def note_call(self, call: Call) -> None:
        """Meter a call: a row for finance, and the counters of this process."""
        from api.source_metrics import count_call  # noqa: PLC0415  Counters are loaded late: see there.

        with self._transaction() as session:
            session.add(
                SourceCallRecord(
                    provider=call.provider,
                    operation=call.operation,
                    debtor_id=self.debtor_id,
                    decision_id=self.decision_id,
                    started_at=call.started_at,
                    seconds=Decimal(call.seconds).quantize(MILLISECOND),
                    outcome=call.outcome,
                    status=call.status,
                    tries=call.tries,
                    answer_bytes=call.answer_bytes,
                    cost_amount=None if call.cost is None else call.cost[0],
                    cost_currency=None if call.cost is None else call.cost[1],
                )
            )
        count_call(call)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with self.house.sessions.of(self.seller.id) as session:
            yield session
