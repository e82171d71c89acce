"""The feed under many processes that write at once, commit late or not at all, and feeders that are killed."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.proofs.conftest import Trade
from tests.proofs.effort import is_long, rounds
from tests.proofs.test_webhooks import PROGRAM, in_order

WRITERS, SLOW_WRITERS, FEEDERS, READERS, DEBTORS = 3, 1, 2, 2, 10
KILLS = 3
UNTIL_SECONDS = 120.0
READ = text(
    "SELECT f.position, CAST(e.id AS text), CAST(e.subject_id AS text), e.sequence FROM feed_entry f"
    " JOIN event e ON e.id = f.event_id WHERE f.position > :after ORDER BY f.position LIMIT :most"
)


class Reader:
    """Follows the cursor as a receiver does, in pages of its own size."""

    def __init__(self, trade: Trade, most: int) -> None:
        self._trade, self._most, self._after = trade, most, 0
        self.ids: list[str] = []
        self.told: list[tuple[str, int]] = []

    def go_on(self) -> int:
        with self._trade.book.sessions.of(self._trade.book.seller.id) as session:
            rows = session.execute(READ, {"after": self._after, "most": self._most}).all()
        for position, event_id, subject, sequence in rows:
            self._after = position
            self.ids.append(event_id)
            self.told.append((subject, sequence))
        return len(rows)


@pytest.mark.slow
def test_each_committed_event_is_read_once_and_each_debtors_in_order_whoever_is_late_or_killed(
    trade: Callable[[], Trade], variables: dict[str, str], project: Path, tmp_path: Path
) -> None:
    for number, random in enumerate(rounds()):
        made, folder = trade(), tmp_path / str(number)
        folder.mkdir()
        readers = [Reader(made, most) for most in (7, 100)][:READERS]
        _write_and_read(made, variables, project, folder, random, readers)
        committed = [line for path in folder.iterdir() for line in path.read_text().split()]
        assert len(committed) > DEBTORS * WRITERS
        for reader in readers:
            while reader.go_on():
                pass
            assert sorted(reader.ids) == sorted(committed)
            assert in_order(reader.told)


def _write_and_read(
    made: Trade, variables: dict[str, str], project: Path, folder: Path, random: Random, readers: Sequence[Reader]
) -> None:
    common = {"database_url": variables["CREDITGATE_DATABASE_URL"], "key": variables["CREDITGATE_SECRET_KEYS"]}
    debtor_ids = [str(uuid4()) for _ in range(DEBTORS)]
    of_seller = {"seller_id": str(made.book.seller.id), "debtor_ids": debtor_ids, **common}
    size = 10 if is_long() else 1

    def begin(what: str, output: Path | None = None, **arguments: object) -> subprocess.Popen[bytes]:
        told = [*PROGRAM, what, json.dumps(arguments)]
        with (output or Path("/dev/null")).open("wb") as stream:
            return subprocess.Popen(told, cwd=project, stdout=stream)

    writers = [
        begin(
            "tell",
            folder / f"writer-{number}",
            **of_seller,
            count=(8 if number < SLOW_WRITERS else 60) * size,
            seed=random.randrange(10**6),
            slow=number < SLOW_WRITERS,
        )
        for number in range(WRITERS + SLOW_WRITERS)
    ]
    feeders = [begin("feed", **common) for _ in range(FEEDERS)]
    until = time.monotonic() + UNTIL_SECONDS * size
    kills = [time.monotonic() + 2.5 + 0.5 * each + random.random() for each in range(KILLS * size)]
    try:
        while time.monotonic() < until:
            if kills and time.monotonic() > kills[0]:
                kills.pop(0)
                place = random.randrange(FEEDERS)
                feeders[place].kill()
                feeders[place].wait()
                feeders[place] = begin("feed", **common)
            for reader in readers:
                reader.go_on()
            if all(each.poll() is not None for each in writers) and not _pending(made):
                break
            time.sleep(random.random() * 0.02)
        assert [each.poll() for each in writers] == [0] * len(writers)
        assert _pending(made) == 0
    finally:
        for each in (*writers, *feeders):
            each.kill()
            each.wait()


def _pending(made: Trade) -> int:
    with made.book.sessions.of(made.book.seller.id) as session:
        return session.scalar(text("SELECT count(*) FROM event_pending")) or 0
