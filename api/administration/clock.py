"""The clock of a test seller: how it stands, and where it is to be moved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy.orm import Session

from api.clock import Clock
from api.clock_stops import days_later
from api.problems import BadInput, Conflict, Fault, NotAllowed
from api.records import jobs, sellers
from api.records.jobs import JobRecord
from api.records.sellers import Seller
from api.wiring import Wiring, answer_bytes

KIND = "clock_move"
DAYS_AT_ONCE_MAX = 3660
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """How far a clock is to be moved: by so many days, or to a day; one of the two."""

    forward_days: int | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A move as its job keeps it: the seller's days, and how far the clock runs ahead of the real one at its end."""

    from_on: date
    to_on: date
    ahead: timedelta

    @property
    def days(self) -> int:
        """How many days it is moved."""
        return (self.to_on - self.from_on).days

    def document(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {
            "from_on": self.from_on.isoformat(),
            "to_on": self.to_on.isoformat(),
            "ahead_microseconds": self.ahead // MICROSECOND,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Take up what was put down."""
        return cls(
            date.fromisoformat(document["from_on"]),
            date.fromisoformat(document["to_on"]),
            MICROSECOND * document["ahead_microseconds"],
        )


def begin_move(given: Wiring, wish: Wish) -> bytes:
    """Put a move in the queue; gives the answer that names its job.

    Raises BadInput naming every fault, and Conflict naming the job that moves the clock already.
    """
    with given.transaction() as session:
        given.once.claim(session)
        job = enqueue(session, given.seller, wish, given.house.clock)
        answer = answer_bytes({"job_id": job.id, "state": job.state, **_days(Move.from_document(job.arguments))})
        given.once.keep(session, 202, answer)
    return answer


def enqueue(
    session: Session, seller: Seller, wish: Wish, clock: Clock, *, begins_at: datetime | None = None
) -> JobRecord:
    """Add the job of a move; a worker begins with it at once, or where `begins_at` (a real time) is given, then.

    Raises as `begin_move`, and NotAllowed for a live seller.
    """
    require_test_seller(seller)
    running = jobs.unfinished(session, KIND)
    seller = sellers.get(session, seller.id) or seller  # As it is now, and not some moments ago.
    now, today = clock.now(seller), clock.today(seller)
    faults = _faults(wish, today)
    if faults:
        raise BadInput("The clock cannot be moved there.", faults=faults)
    if running is not None:
        raise Conflict(f"The clock is being moved already, by the job {running.id}.", code="clock_is_moved")
    days = wish.forward_days if wish.to is None else (wish.to - today).days
    assert days is not None
    ahead = seller.clock_ahead + (days_later(now, days, seller.time_zone) - now)
    move = Move(today, today + timedelta(days), ahead)
    job = jobs.enqueue(session, KIND, move.document(), now, begins_at=begins_at)
    job.progress_total = days
    return job


def require_test_seller(seller: Seller) -> None:
    """Raise NotAllowed for a live seller, whose clock is the real one."""
    if seller.mode != "test":
        raise NotAllowed("Only a test seller's clock can be moved.", code="live_clock_is_real")


def _faults(wish: Wish, today: date) -> list[Fault]:
    faults = list[Fault]()
    if (wish.forward_days is None) == (wish.to is None):
        faults.append(Fault("", "one_needed", "Must have either forward_days or to, and not both."))
    if wish.forward_days is not None:
        faults += _faults_of(wish.forward_days, "/forward_days", "Must be 1 or more: there is no way back.")
    if wish.to is not None:
        faults += _faults_of((wish.to - today).days, "/to", f"Must be later than today, {today}: there is no way back.")
    return faults


def _faults_of(days: int, pointer: str, told: str) -> list[Fault]:
    if days < 1:
        return [Fault(pointer, "not_forward", told)]
    if days > DAYS_AT_ONCE_MAX:
        return [Fault(pointer, "too_far", f"Must be at most {DAYS_AT_ONCE_MAX} days on.")]
    return []


def read_clock(given: Wiring) -> dict[str, Any]:
    """Give what time it is for the seller, and the job that moves its clock on, if one does."""
    require_test_seller(given.seller)
    with given.transaction() as session:
        seller = sellers.get(session, given.seller.id) or given.seller
        job = jobs.unfinished(session, KIND)
    clock = given.house.clock
    move = None if job is None else _move_answer(job)
    return {"now": clock.now(seller), "today": clock.today(seller), "time_zone": seller.time_zone, "move": move}


def _move_answer(job: JobRecord) -> dict[str, Any]:
    progress = {"done": job.progress_done, "total": job.progress_total}
    return {"job_id": job.id, "state": job.state, "progress": progress, **_days(Move.from_document(job.arguments))}


def _days(move: Move) -> dict[str, Any]:
    return {"from_on": move.from_on, "to_on": move.to_on}
