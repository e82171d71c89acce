"""A PostgreSQL of its own for the length of one benchmark, as durable as in production."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api import embedded
from api.embedded import Embedded
from api.migrate import migrate
from api.records.sessions import connect


@contextmanager
def durable_database() -> Iterator[Embedded]:
    """Start a server over an empty folder, with the newest schema; a commit waits for the disk, as it should."""
    base = Path(tempfile.mkdtemp(prefix="creditgate-bench-"))
    base.chmod(0o711)  # Only passing through: when root starts it, the system user must reach its own folder.
    try:
        with embedded.start(base / "var") as server:
            migrate(server.owner_url, server.app_url)
            yield server
    finally:
        shutil.rmtree(base)


def settle(owner_url: str) -> None:
    """Do now what the database would else do in the background, while we measure."""
    engine = connect(owner_url, pool_size=1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
    engine.dispose()
