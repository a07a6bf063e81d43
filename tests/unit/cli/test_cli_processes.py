"""Commands that become, start, find or stop other processes, with a stand-in for ``workers``.

``python -m workers`` finds the stand-in first, because it looks in the current folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from cli_fakes import Outcome, Run

STAND_IN = """
import json, os, pathlib, signal, sys, threading
over = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: over.set())
home = pathlib.Path(os.environ["WAAGENT_HOME"])
kind = os.environ.get("STAND_IN", "ready")
if kind == "refuse":
    print("starting", file=sys.stderr)
    problem = {"code": "conflict", "message": "waagent is running already", "hint": "waagent down"}
    print(json.dumps({"error": problem}), file=sys.stderr)
    sys.exit(6)
if kind == "crash":
    sys.exit(1)
home.mkdir(parents=True, exist_ok=True)
state = {
    "pid": os.getpid(),
    "ready": kind == "ready",
    "arguments": sys.argv[1:],
    "endpoint": os.environ.get("WAAGENT_WHATSAPP_ENDPOINT"),
}
(home / "up.json").write_text(json.dumps(state))
over.wait(60)
(home / "up.json").unlink()
"""

pytestmark = pytest.mark.filterwarnings(
    # The background process is meant to outlive the command that started it.
    "ignore:subprocess .* is still running:ResourceWarning"
)


@pytest.fixture(autouse=True)
def stand_in(tmp_path: Path, home: Path) -> Iterator[None]:
    """The stand-in, and no process left of it."""
    package = tmp_path / "workers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(STAND_IN)
    yield
    for child in psutil.Process().children():
        child.kill()
        child.wait()


def start(waagent: Run, *options: str) -> Outcome:
    return waagent("up", "--detach", *options)


def test_up_down_up(waagent: Run, home: Path) -> None:
    done = start(waagent, "--json", "--sandbox")
    assert done.code == 0, done.err
    assert done.data["ready"] is True
    assert done.data["arguments"] == ["up", "--sandbox", "--json"]
    assert done.data["endpoint"] == str(home / "sandbox" / "endpoint.json")
    assert (home / "logs" / "up.log").stat().st_mode & 0o777 == 0o600
    pid = done.data["pid"]
    assert waagent("status").out.splitlines()[0] == f"waagent     berjalan (pid {pid})"
    stopped = waagent("down", "--json")
    assert stopped.data == {"stopped": True, "pid": pid}
    assert not (home / "up.json").exists()
    again = waagent("down")
    assert (again.code, again.out) == (0, "waagent tidak sedang berjalan.\n")


def test_up_shows_the_error_of_what_it_started(
    waagent: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "refuse")
    done = start(waagent, "--json")
    assert done.code == 6
    assert done.error == {
        "code": "conflict",
        "message": "waagent is running already",
        "hint": "waagent down",
    }


def test_up_that_ends_silently(waagent: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN", "crash")
    done = start(waagent)
    assert done.code == 1
    assert "ended while it was starting (exit code 1)" in done.err
    assert str(home / "logs" / "up.log") in done.err


def test_up_that_never_gets_ready_is_stopped(
    waagent: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "slow")
    others = set(psutil.Process().children())  # of tests that ran before in this process
    done = start(waagent, "--timeout", "1")
    assert done.code == 124
    for child in set(psutil.Process().children()) - others:
        child.wait(10)
    assert not (home / "up.json").exists()


def test_up_in_a_home_that_cannot_be_written(waagent: Run, home: Path) -> None:
    home.write_text("not a folder")
    done = start(waagent, "--json")
    assert done.code == 2
    assert done.error["message"].startswith(f"cannot write to {home}")


def test_a_state_file_left_behind_is_not_believed(waagent: Run, home: Path) -> None:
    home.mkdir()
    state = home / "up.json"
    state.write_text(json.dumps({"pid": os.getpid(), "ready": True}))
    assert waagent("down", "--json").data == {"stopped": False, "pid": None}
    for nonsense in ("", "[]", '{"pid": "x"}', '{"pid": 999999999}'):
        state.write_text(nonsense)
        assert waagent("down").code == 0


def test_status_of_nothing(waagent: Run, home: Path) -> None:
    done = waagent("status", "--json")
    assert done.code == 0
    assert done.data["up"] is None
    assert [server["running"] for server in done.data["backend"]] == [False, False]
    assert done.data["sessions"] == []
    for name in ("shops", "hosts", "leases", "queues", "workers", "tick_late_s", "connections"):
        assert done.data[name] is None
    assert not home.exists()


def installed(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cli.main import main; main()", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "package", "expected"),
    [
        (["worker", "sessions", "-n", "5"], "workers", ["sessions", "-n", "5"]),
        (["worker", "jobs"], "workers", ["jobs", "-n", "1"]),
        (["worker", "scheduler"], "workers", ["scheduler"]),
        (["up", "--sandbox"], "workers", ["up", "--sandbox"]),
        (["tui", "lead/42", "-t", "kopi"], "tui", ["lead/42"]),
    ],
)
def test_what_a_command_becomes(
    arguments: list[str], package: str, expected: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / package
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").write_text("")
    (folder / "__main__.py").write_text(
        "import json, os, sys\n"
        "print(json.dumps([sys.argv[1:], os.environ.get('WAAGENT_TENANT'), os.getpid()]))\n"
    )
    done = installed(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    given, tenant, _pid = json.loads(done.stdout)
    assert given == expected
    assert tenant == ("kopi" if package == "tui" else None)


def test_too_many_workers(waagent: Run) -> None:
    assert waagent("worker", "sessions", "-n", "0").code == 2


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -c 'from cli.main import main; main()' config show | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
