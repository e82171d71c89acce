"""Our own PostgreSQL, started and stopped with the program, for whoever names no server."""

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from api.embedded_place import PORT, EmbeddedError, Place, find_place

DATABASE = "creditgate"
OWNER = "creditgate_owner"
APP = "creditgate_app"
_SUPERUSER = "postgres"
_NO_PROCESS = 2**31 - 1  # No process ever has this number.
_SETTINGS = {
    "listen_addresses": "",  # Never TCP: who may enter the socket's folder is who may connect.
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    # So that a large import is spent neither on finding pages again nor on checkpoints.
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Waits until who made a scratch server is gone, by whatever cause, then ends the server and removes its folder. A pipe
# ends with its writer on every system, even after kill -9. A server that was just being started may still be coming.
_SCRATCH_GUARD = """
import os, pathlib, shutil, signal, sys, time
base = pathlib.Path(sys.argv[1])
sys.stdin.read()
for attempt in range(100):
    try:
        process = int((base / "var/postgres/data/postmaster.pid").read_text().split()[0])
        os.kill(process, signal.SIGQUIT)
    except (OSError, ValueError, IndexError):
        if attempt >= 20:
            break
    time.sleep(0.1)
shutil.rmtree(base, ignore_errors=True)
"""
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class AlreadyRunningError(EmbeddedError):
    """Another process holds the data folder."""


@dataclass(slots=True)
class Embedded:
    """A running server. `stop` ends it and lets go of the data folder; it may be called twice."""

    place: Place
    socket_folder: Path
    _lock: int | None = field(repr=False)

    @property
    def owner_url(self) -> str:
        """SQLAlchemy URL of the role that owns the tables: migrations, and scratch databases of tests."""
        return self._url(OWNER)

    @property
    def app_url(self) -> str:
        """SQLAlchemy URL of the role the program works as, under row-level security."""
        return self._url(APP)

    def stop(self) -> None:
        """Stop the server, losing nothing that was committed."""
        if self._lock is not None:
            _stop(self.place)
            _remove_temporary(self.place, self.socket_folder)
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _url(self, role: str) -> str:
        return f"postgresql+psycopg://{role}@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}&port={PORT}"


def start(data_dir: Path, *, durable: bool = True, programs: Path | None = None) -> Embedded:
    """Start PostgreSQL over `<data_dir>/postgres`, made on first use with its roles and database.

    `durable=False` trades safety for speed (tests). `programs` names a folder with initdb and pg_ctl; without it the
    wheel's are used, else the machine's. A server left behind by a killed program is taken over.
    Raises AlreadyRunningError when another process holds the folder, else EmbeddedError.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir = data_dir.resolve()
        lock = _lock(data_dir)
    except OSError as error:  # Not ours to write in, no folder at all, or below what is none.
        raise EmbeddedError(f"Cannot write in the data folder {data_dir}: {error.strerror}.") from error
    try:
        place = find_place(data_dir, programs)
        _make_cluster(place, durable)
        return Embedded(place, _serve(place, durable), lock)
    except BaseException:
        os.close(lock)
        raise


def running(data_dir: Path) -> Embedded | None:
    """The server that another process runs over `<data_dir>/postgres`, or None; its `stop` leaves it running."""
    place = find_place(data_dir.resolve(), None)
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        folder = Path(lines[4])
        _connect(folder, APP, DATABASE).close()
    except (OSError, IndexError, psycopg.OperationalError):
        return None
    return Embedded(place, folder, None)


@contextmanager
def scratch() -> Iterator[Embedded]:
    """A server over an empty folder that is removed afterwards: for tests and benchmarks.

    When this process is killed, a guard ends the server: it would run on for ever, since nobody takes it over.
    """
    base = Path(tempfile.mkdtemp(prefix="creditgate-scratch-"))
    base.chmod(0o711)  # Only passing through: when root starts it, the system user must reach its own folder.
    command = [sys.executable, "-I", "-c", _SCRATCH_GUARD, str(base)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as guard:
        try:
            with start(base / "var", durable=False) as server:
                yield server
        finally:
            guard.kill()
            shutil.rmtree(base)


def _serve(place: Place, durable: bool) -> Path:
    """A server that answers as the program's own role; none is left behind when that fails."""
    try:
        socket_folder = _adopt(place) or _start(place, durable)
        _make_roles(socket_folder)
        _connect(socket_folder, APP, DATABASE).close()
    except BaseException:
        _stop(place)
        raise
    return socket_folder


def _lock(data_dir: Path) -> int:
    """Hold the data folder for as long as this process lives; the system lets go even after kill -9."""
    lock = os.open(data_dir / "creditgate.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode() or "unknown"
        os.close(lock)
        raise AlreadyRunningError(f"creditgate is already running on {data_dir} (process {holder}).") from None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def _make_cluster(place: Place, durable: bool) -> None:
    """initdb beside its final name, so that a killed one leaves nothing that looks whole."""
    if place.data.exists():
        return
    unfinished = place.home / "data.unfinished"
    place.account.run("rm", "-rf", unfinished)
    auth = ["-U", _SUPERUSER, "-E", "UTF8", "--auth-local=trust", "--auth-host=reject"]
    sync = [] if durable else ["--no-sync"]
    libc = [["--locale=C.UTF-8"], ["--locale=C"]]  # macOS has no C.UTF-8 of its own.
    builtin = [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    for locale in builtin if place.major >= 17 else libc:
        made = place.account.run(place.programs / "initdb", "-D", unfinished, *auth, *locale, *sync)
        if made.returncode == 0:
            break
        place.account.run("rm", "-rf", unfinished)
    else:
        raise EmbeddedError(f"PostgreSQL could not make its data folder in {place.home}:\n{made.stdout}{made.stderr}")
    place.account.run("mv", unfinished, place.data)


def _adopt(place: Place) -> Path | None:
    """The socket folder of a living server over our data, if there is one that answers.

    One that lives but does not answer is stopped. A number that is now another process's is taken out of the file:
    PostgreSQL would believe it. The file itself stays, since it names the shared memory that guards the data.
    """
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    process = int(lines[0]) if lines and lines[0].isdigit() else _NO_PROCESS  # A power cut can leave it empty.
    folder = Path(lines[4]) if len(lines) > 4 else place.home / "socket"
    if not _serves(process, place.data):
        text = "\n".join([str(_NO_PROCESS), *lines[1:]]) + "\n"
        place.account.run("sh", "-c", 'cat > "$1"', "sh", place.data / "postmaster.pid", given=text)
        _remove_temporary(place, folder)
        return None
    try:
        _connect(folder, _SUPERUSER, "postgres").close()
    except psycopg.OperationalError:
        _stop(place)
        return None
    return folder


def _serves(process: int, data: Path) -> bool:
    """Whether a process lives and is the PostgreSQL server over this data."""
    entry = Path("/proc") / str(process)
    if Path("/proc/self").exists():
        try:
            return (entry / "cwd").resolve(strict=True) == data and b"postgres" in (entry / "cmdline").read_bytes()
        except OSError:  # Dead, or of another user, who cannot serve what is ours alone.
            return False
    command = subprocess.run(["ps", "-p", str(process), "-o", "command="], capture_output=True, text=True, check=False)
    return "postgres" in command.stdout and str(data) in command.stdout


def _start(place: Place, durable: bool) -> Path:
    """pg_ctl's start. Sessions of a server killed the hard way may live a moment longer: then we try again."""
    socket_folder = place.new_socket_folder()
    settings = _SETTINGS | ({} if durable else _NOT_DURABLE) | {"unix_socket_directories": f'"{socket_folder}"'}
    options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
    for _ in range(20):
        place.account.run("rm", "-f", place.log)
        started = place.account.run(
            place.programs / "pg_ctl", "start", "-w", "-t", "120", "-D", place.data, "-l", place.log, "-o", options
        )
        if started.returncode == 0:
            return socket_folder
        told = place.account.run("tail", "-n", "30", place.log).stdout
        if "still in use" not in told:
            break
        time.sleep(0.5)
    _remove_temporary(place, socket_folder)
    raise EmbeddedError(f"PostgreSQL did not start over {place.data}:\n{started.stdout}{started.stderr}{told}")


def _stop(place: Place) -> None:
    for mode in ("fast", "immediate"):
        command = (place.programs / "pg_ctl", "stop", "-w", "-t", "30", "-m", mode, "-D", place.data)
        if place.account.run(*command).returncode == 0:
            return


def _remove_temporary(place: Place, socket_folder: Path) -> None:
    """Remove a socket folder of ours that stood in the temporary folder."""
    ours = socket_folder.name.startswith("creditgate-") and socket_folder.exists()
    if ours and socket_folder.stat().st_uid == place.account.user_id:
        shutil.rmtree(socket_folder, ignore_errors=True)


def _connect(socket_folder: Path, role: str, database: str) -> psycopg.Connection:
    """A connection that has answered a query."""
    connection = psycopg.connect(
        host=str(socket_folder), port=PORT, user=role, dbname=database, autocommit=True, connect_timeout=10
    )
    connection.execute("select 1")
    return connection


def _make_roles(socket_folder: Path) -> None:
    """The two logins and the database; every step is repeated until it has happened."""
    rights = {OWNER: "createdb", APP: "nocreatedb"}
    with _connect(socket_folder, _SUPERUSER, "postgres") as connection:
        for role, right in rights.items():
            name = sql.Identifier(role)
            if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("create role {}").format(name))
            alter = sql.SQL("alter role {} login nosuperuser nobypassrls nocreaterole noreplication {}")
            connection.execute(alter.format(name, sql.SQL(right)))
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            create = sql.SQL("create database {} owner {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            connection.execute(create)
