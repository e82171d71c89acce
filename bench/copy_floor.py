"""The floor of an import: COPY of every row it wrote into bare tables with the same indexes."""

import tempfile
import time

import psycopg

TABLES = ("invoice", "payment", "allocation", "exposure_entry")
PART_BYTES = 1_000_000


def copy_seconds(owner_url: str) -> tuple[float, int]:
    """Write all rows of the ledger again, with COPY, into tables without row security and foreign keys.

    Gives the seconds that COPY took, reading a file of the same rows, and how many rows there were.
    """
    seconds, rows = 0.0, 0
    with psycopg.connect(owner_url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as connection:
        (seller_id,) = connection.execute("SELECT id FROM seller").fetchone() or (None,)
        for table in TABLES:
            with tempfile.TemporaryFile() as kept:
                # Row security binds the owner too, so the seller is named for reading.
                with connection.transaction(), connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('creditgate.seller_id', %s, true)", (str(seller_id),))
                    with cursor.copy(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT") as copy:
                        for part in copy:
                            kept.write(part)
                connection.execute(f"DROP TABLE IF EXISTS floor_{table}")
                connection.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING INDEXES)")
                kept.seek(0)
                started = time.perf_counter()
                with connection.cursor() as cursor:
                    with cursor.copy(f"COPY floor_{table} FROM STDIN") as copy:
                        while part := kept.read(PART_BYTES):
                            copy.write(part)
                    rows += cursor.rowcount
                seconds += time.perf_counter() - started
                connection.execute(f"DROP TABLE floor_{table}")
    return seconds, rows
