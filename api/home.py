"""What the program brings along where nothing is configured: a database and a secret key, in the data folder."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from cryptography.fernet import Fernet

from api import embedded
from api.config import Config, ConfigInvalid, is_secret_key
from api.embedded import AlreadyRunningError
from api.sandbox_note import noted_address

JOIN_SECONDS = 60


@contextmanager
def complete(config: Config, *, alone: bool = False) -> Iterator[Config]:
    """Give the settings with a database and a secret key; the embedded database runs as long as the `with` lasts.

    Where another process of ours runs that database, it is joined, unless `alone`: then AlreadyRunningError is raised.
    Beside a `creditgate run`, whose sandbox is not named in the settings, that sandbox is found.
    """
    if config.sandbox_url is None and not alone:
        config = replace(config, sandbox_url=noted_address(config.data_dir))
    if config.database_url is not None:
        yield _with_keys(config)
        return
    try:
        database = embedded.start(config.data_dir)
    except AlreadyRunningError:
        if alone:
            raise
        database = _join(config.data_dir)
    with database:
        urls = replace(config, database_url=database.app_url, owner_database_url=database.owner_url)
        yield _with_keys(urls)


def _join(data_dir: Path) -> embedded.Embedded:
    """Find the database that another process runs; that one may still be starting."""
    deadline = time.monotonic() + JOIN_SECONDS
    while time.monotonic() < deadline:
        running = embedded.running(data_dir)
        if running is not None:
            return running
        time.sleep(0.2)
    raise AlreadyRunningError(f"Another process holds {data_dir}, but its database does not answer.")


def _with_keys(config: Config) -> Config:
    if config.secret_keys:
        return config
    return replace(config, secret_keys=(_own_key(config.data_dir / "secret_key"),))


def _own_key(path: Path) -> str:
    """Give the key of this data folder, made on first use. Raises ConfigInvalid when it cannot be used."""
    try:
        _make_key(path)
        key = path.read_text("ascii").strip()
    except OSError as error:
        raise ConfigInvalid(
            f"the secret key cannot be kept in {path} ({error.strerror}): set CREDITGATE_SECRET_KEYS or another"
            " CREDITGATE_DATA_DIR"
        ) from error
    except UnicodeDecodeError:
        key = ""
    if not is_secret_key(key):
        raise ConfigInvalid(f"{path} holds no secret key: bring back the one that was there, or remove the file")
    return key


def _make_key(path: Path) -> None:
    """Make a key where there is none yet, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as writing:  # Made readable by us alone.
            writing.write(Fernet.generate_key().decode())
        with suppress(FileExistsError):  # Of two at once, the first one's key holds.
            os.link(writing.name, path)
        os.unlink(writing.name)
