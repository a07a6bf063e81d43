"""The process of ``waagent up``, seen from outside: found by its state file, started, stopped.

The state file ``up.json`` in the home folder is written by that process: ``{"pid", "ready", …}``.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from cli import launch
from waagent.errors import ConfigError, TimedOutError, WaagentError
from waagent.folders import private_folder
from waagent.settings import Settings

STATE_FILE = "up.json"
LOG_FILE = Path("logs") / "up.log"
_PACKAGE = "workers"
_POLL_S = 0.1
_STOP_S = 30.0


class ChildFailedError(WaagentError):
    """The detached process ended before it was ready; carries what it said, as it said it."""

    def __init__(self, message: str, *, code: str, exit_code: int, hint: str | None) -> None:
        super().__init__(message, hint=hint)
        # Another process's code and exit status, so they belong to this instance alone.
        self.code = code  # type: ignore[misc]
        self.exit_code = exit_code  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Supervisor:
    """A living ``waagent up``. ``state`` is what it wrote of itself."""

    process: psutil.Process
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def ready(self) -> bool:
        """Whether all it starts has been started."""
        return self.state.get("ready") is True


def find(home: Path) -> Supervisor | None:
    """The supervisor that runs for ``home``, or None; a state file left behind is not believed."""
    path = home / STATE_FILE
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        written = path.stat().st_mtime
        process = psutil.Process(int(state["pid"]))
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return Supervisor(process, state) if _is_ours(process, written) else None


def start(settings: Settings, arguments: Sequence[str], timeout_s: float) -> Supervisor:
    """Start ``waagent up`` in a session of its own and wait until it is ready.

    Raises ChildFailedError if it ends before that, TimedOutError if it takes too long (it is
    stopped then), ConfigError if the home folder cannot be written.
    """
    log = _log_file(settings.home)
    begin = log.stat().st_size
    with log.open("ab") as sink:
        child = subprocess.Popen(
            launch.command(_PACKAGE, ["up", *arguments]),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=launch.environment(settings),
            start_new_session=True,
        )
    try:
        return _when_ready(settings.home, child, log, begin, timeout_s)
    except BaseException:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_STOP_S)  # whoever asked may remove its home next
        raise


def stop(supervisor: Supervisor, timeout_s: float) -> None:
    """Ask it to end and wait until it has. Raises TimedOutError."""
    supervisor.process.terminate()
    deadline = time.monotonic() + timeout_s
    while _lives(supervisor.process):
        if time.monotonic() > deadline:
            raise TimedOutError(
                f"waagent (pid {supervisor.pid}) has not stopped in {timeout_s:g} s",
                hint="it may still be sending; wait, and run waagent down again",
            )
        time.sleep(_POLL_S)


def _when_ready(
    home: Path, child: subprocess.Popen[bytes], log: Path, begin: int, timeout_s: float
) -> Supervisor:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        code = child.poll()
        if code is not None:
            raise _failure(_tail(log, begin), code, log)
        found = find(home)
        if found is not None and found.pid == child.pid and found.ready:
            return found
        time.sleep(_POLL_S)
    raise TimedOutError(f"waagent was not ready in {timeout_s:g} s", hint=f"see {log}")


def _failure(said: str, exit_code: int, log: Path) -> ChildFailedError:
    """The child's own last error; without one, that it ended."""
    for row in reversed(said.splitlines()):
        problem = _json_error(row)
        if problem is not None:
            return ChildFailedError(
                str(problem.get("message", row)),
                code=str(problem.get("code", "failed")),
                exit_code=exit_code or 1,
                hint=problem.get("hint"),
            )
    status = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
    return ChildFailedError(
        f"waagent ended while it was starting ({status})",
        code="failed",
        exit_code=1,
        hint=f"see {log}",
    )


def _json_error(row: str) -> dict[str, Any] | None:
    try:
        problem = json.loads(row)["error"]
    except (ValueError, KeyError, TypeError):
        return None
    return problem if isinstance(problem, dict) else None


def _tail(log: Path, begin: int) -> str:
    with log.open("rb") as source:
        source.seek(begin)
        return source.read().decode(errors="replace")


def _log_file(home: Path) -> Path:
    """The log, made if need be; nobody else may read it."""
    path = home / LOG_FILE
    try:
        private_folder(path.parent)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        raise ConfigError(
            f"cannot write to {home}: {error.strerror}",
            hint="set WAAGENT_HOME to a folder of your own",
        ) from error
    return path


def _is_ours(process: psutil.Process, written: float) -> bool:
    """Whether it is a supervisor of ours, and not a later process that got the same id."""
    try:
        line = process.cmdline()
        older = process.create_time() <= written + 1
    except psutil.Error:
        return False
    return older and _lives(process) and _runs_up(line)


def _runs_up(line: Sequence[str]) -> bool:
    return any(line[at : at + 3] == ["-m", _PACKAGE, "up"] for at in range(len(line)))


def _lives(process: psutil.Process) -> bool:
    """Not gone, and not merely waiting for a parent that never asks for its end."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
