"""Where the sandbox of `creditgate run` listens: noted in the data folder, for the commands that are run beside it."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = "sandbox_address"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}", re.ASCII)  # It listens nowhere else.


@contextmanager
def noted(data_dir: Path, address: str) -> Iterator[None]:
    """Note the address for as long as the `with` lasts. Where that cannot be done, commands do without it.

    The note is locked meanwhile, and the system lets go even after kill -9: so that one left behind is not believed.
    """
    note = _lock(data_dir / _NAME)
    if note is None:
        yield
        return
    try:
        os.ftruncate(note, 0)
        os.write(note, address.encode())
        yield
    finally:
        with suppress(OSError):
            os.unlink(data_dir / _NAME)
        os.close(note)


def noted_address(data_dir: Path) -> str | None:
    """The address that a living `creditgate run` has noted in its data folder, or None."""
    try:
        note = os.open(data_dir / _NAME, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(note, 100).decode("ascii", "replace")
        return text if _ADDRESS.fullmatch(text) else None
    finally:
        os.close(note)
    return None  # Nobody holds it: it was left behind.


def _lock(path: Path) -> int | None:
    """The note, open and locked; None where it cannot be written, or another `creditgate run` holds it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        note = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError:
        return None
    try:
        fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(note)
        return None
    return note
