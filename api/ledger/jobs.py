"""What the queue starts in the ledger room: imports of uploaded files."""

import io
from typing import Any
from uuid import UUID

from api.ledger.importing import Ordered, run_import
from api.ledger.mapping import read_mapping
from api.records import imports, jobs
from api.records.sellers import Seller
from api.wiring import House


class _Chunks(io.RawIOBase):
    """An uploaded file, read a piece at a time, each in a transaction of its own."""

    def __init__(self, house: House, seller: Seller, import_id: UUID) -> None:
        self._house = house
        self._seller = seller
        self._import_id = import_id
        self._position = 0
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            with self._house.sessions.of(self._seller.id) as session:
                self._rest = imports.chunk(session, self._import_id, self._position) or b""
            self._position += 1
        given, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


def import_ledger(house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run an import whose file was uploaded. One that was killed goes on where it was.

    Raises CannotBeDone for a file that could not be read, or not to its end; what was taken before stays.
    """
    import_id = UUID(arguments["import_id"])
    with house.sessions.of(seller.id) as session:
        record = imports.get(session, import_id)
        assert record is not None, "a job of an import is enqueued with it"
    if record.finished_at is None:
        mapping = read_mapping(record.mapping) if record.mapping else None

        def on_progress(done: int) -> None:
            with house.sessions.of(seller.id) as session:
                jobs.progress(session, job_id, done, None)

        run_import(
            house.sessions,
            seller,
            house.clock,
            _Chunks(house, seller, import_id),  # type: ignore[arg-type]
            Ordered(mapping, record.format, import_id, record.dry_run, house.config.unpacked_bytes_max),
            on_progress,
        )
    with house.sessions.of(seller.id) as session:
        imports.drop_chunks(session, import_id)
        record = imports.get(session, import_id)
        assert record is not None
    counts = {f"{name}_count": getattr(record, f"{name}_count") for name in ("lines", "taken", "known", "refused")}
    result = {"import_id": str(import_id), "state": record.state, **counts}
    failure = (record.report or {}).get("failure")
    if failure:
        raise jobs.CannotBeDone({"code": failure["code"], "detail": failure["detail"]}, result)
    return result


JOBS = {"ledger_import": import_ledger}
