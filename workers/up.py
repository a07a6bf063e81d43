"""``waagent up``: everything on one machine, under one supervisor.

Starts the backend, brings the database up to date, then the sandbox if asked, then the workers;
says when it is ready; stops in the order in which nothing is lost: clock and jobs, then the
session hosts (which drain), then the sandbox, then the backend.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TextIO

import structlog

from waagent import logs
from waagent.bootstrap import (
    Backend,
    check_given_key,
    migrate_database,
    open_backend,
    open_core,
)
from waagent.errors import ConfigError, ConflictError, EndpointError, TimedOutError, WaagentError
from waagent.folders import private_folder
from waagent.hangup import on_hang_up
from waagent.queueing import names
from waagent.queueing.connection import check, connect
from waagent.queueing.jobs import JobQueue
from waagent.services.core import Core
from waagent.services.pairings import other_whatsapp
from waagent.settings import Settings, load_settings
from waagent.whatsapp.endpoint import load_endpoint
from workers.runtime import EMBEDDED
from workers.supervisor import Phase, Program, ProgramState, Supervisor

log = structlog.get_logger(__name__)

READY_TIMEOUT_S = 60.0
BACKEND_CHECK_S = 3.0
DRAIN_TIMEOUT_S = 60.0
STOP_FIRST, STOP_HOSTS, STOP_LAST = 0, 1, 2


def up(*, sandbox: bool, as_json: bool) -> int:
    """Run until SIGTERM, Ctrl-C, or until its terminal is closed.

    Raises:
        ConflictError: waagent runs in this home already.
        ConfigError, BackendError: and their kinds; nothing is left running.
    """
    settings = load_settings(sandbox=sandbox)
    settings.require_safe_pacing()
    check_given_key(settings)  # a malformed key is told of before anything is made
    if settings.whatsapp_endpoint is not None and not sandbox:
        load_endpoint(settings.whatsapp_endpoint)
    logs.configure(settings.log_level, settings.log_format, process="up")
    _make_home(settings.home)
    with _only_one(settings.home) as state, open_backend(settings) as backend:
        migrate_database(settings, backend)
        with open_core(settings, backend) as core:  # the key and the version are right
            _require_same_whatsapp(core, sandbox=settings.whatsapp_endpoint is not None)
        return _Up(settings, backend, state, sandbox=sandbox, as_json=as_json).run()


def _make_home(home: Path) -> None:
    try:
        private_folder(home)
    except OSError as error:
        raise ConfigError(
            f"cannot write to {home}: {error.strerror}",
            hint="set WAAGENT_HOME to a folder of your own",
        ) from error


def _require_same_whatsapp(core: Core, *, sandbox: bool) -> None:
    """Numbers of a sandbox never meet the real WhatsApp, nor the other way round.

    Raises:
        EndpointError: the database holds numbers of the other one.
    """
    with core.db.system() as tx:
        tied = tx.value("instance.whatsapp")
    if tied is None or tied == ("sandbox" if sandbox else "live"):
        return
    raise other_whatsapp(sandbox=sandbox)


def run_several(settings: Settings, queues: Sequence[str], count: int) -> int:
    """Run ``count`` workers on each queue under a supervisor, until told to stop."""
    stop = _stop_on_signals()
    programs = [
        worker(settings, queue, number, _environment(settings))
        for queue in queues
        for number in range(1, count + 1)
    ]
    Supervisor(programs, on_line=_to_stderr, on_change=_log_change).run(stop)
    return 0


def worker(settings: Settings, queue: str, number: int, environment: Mapping[str, str]) -> Program:
    """One RQ worker. Those that hold WhatsApp connections get time to drain, and go later."""
    holds = queue in (names.SESSIONS, names.PAIRING)
    own: dict[str, str] = {}
    if queue == names.AI:
        # The model's threads do not help short texts and starve the session hosts.
        own = {"OMP_NUM_THREADS": "1"}
    elif holds:
        own = _towards_endpoint(settings)
    return _program(
        f"{queue}-{number}",
        ("-m", "workers", "run", queue),
        {**environment, **own},
        stop_timeout=DRAIN_TIMEOUT_S,
        stop_order=STOP_HOSTS if holds else STOP_FIRST,
    )


def _towards_endpoint(settings: Settings) -> dict[str, str]:
    """Spares a worker from starting itself anew in this environment, which is half of its start."""
    if settings.whatsapp_endpoint is None:
        return {}
    try:
        return load_endpoint(settings.whatsapp_endpoint).environment()
    except EndpointError:
        return {}  # the worker says what is wrong with it


class _Up:
    """One run of it."""

    def __init__(
        self, settings: Settings, backend: Backend, state: _State, *, sandbox: bool, as_json: bool
    ) -> None:
        self._settings = settings
        self._backend = backend
        self._state = state
        self._as_json = as_json
        self._failure: WaagentError | None = None
        self._stop = _stop_on_signals()
        self._logs = _LogFiles(settings.home / "logs")
        self._environment = _environment(settings, backend)
        self._sandbox = sandbox
        first = [_sandbox(settings, self._environment)] if sandbox else []
        self._supervisor = Supervisor(first, on_line=self._on_line, on_change=_log_change)
        if not sandbox:
            self._add_workers()

    def run(self) -> int:
        watch = threading.Thread(target=self._watch, name="watch", daemon=True)
        watch.start()
        try:
            self._supervisor.run(self._stop)
        finally:
            self._logs.close()
        if self._failure is not None:
            raise self._failure
        self._say({"event": "stopped"}, "waagent has stopped.")
        return 0

    def _watch(self) -> None:
        """See it become ready, then look after the embedded servers."""
        try:
            self._become_ready()
        except WaagentError as error:
            self._failure = error
            self._stop.set()
        while not self._stop.wait(BACKEND_CHECK_S):
            try:
                restarted = self._backend.ensure_running()
            except WaagentError as error:
                log.error("backend.down", error=error.message)
                continue
            for server in restarted:
                log.warning("backend.restarted", server=server)

    def _become_ready(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        if self._sandbox:
            self._await(deadline, "the sandbox", self._sandbox_ready)
            self._add_workers()
        redis = connect(self._backend.redis_url)
        check(redis)
        jobs = JobQueue(redis)
        for queue in names.QUEUES:
            self._await(deadline, f"the worker of {queue}", partial(self._listens, jobs, queue))
        redis.close()
        if not self._stop.is_set():
            self._state.write(ready=True)
            self._say(
                {"event": "ready", "pid": os.getpid(), "home": str(self._settings.home)},
                "waagent is up. Link a number: waagent connect SHOP · Stop it: Ctrl-C",
            )

    def _add_workers(self) -> None:
        for program in _workers(self._settings, self._environment):
            self._supervisor.add(program)

    def _await(self, deadline: float, what: str, ready: Callable[[], bool]) -> None:
        while not self._stop.wait(0.1) and not ready():
            if time.monotonic() > deadline:
                raise TimedOutError(
                    f"{what} did not start in {READY_TIMEOUT_S:.0f} s",
                    hint=f"see the logs in {self._settings.home / 'logs'}",
                )

    def _listens(self, jobs: JobQueue, queue: str) -> bool:
        return jobs.workers(queue) > 0

    def _sandbox_ready(self) -> bool:
        from waagent.sandbox.client import SandboxClient

        try:
            SandboxClient(self._settings.sandbox_dir).ping()
        except WaagentError:
            return False
        return True

    def _on_line(self, name: str, line: str) -> None:
        self._logs.write(name, line)
        if not self._as_json:
            _to_stderr(name, line)

    def _say(self, event: dict[str, object], text: str) -> None:
        sys.stdout.write((json.dumps(event) if self._as_json else text) + "\n")
        sys.stdout.flush()


class _State:
    """``up.json``: who runs here, for ``waagent status`` and ``waagent down``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.write(ready=False)

    def write(self, *, ready: bool) -> None:
        body = {
            "pid": os.getpid(),
            "ready": ready,
            "started_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        draft = self._path.with_suffix(".tmp")
        draft.write_text(json.dumps(body))
        draft.replace(self._path)

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)


@contextmanager
def _only_one(home: Path) -> Generator[_State]:
    """Hold the home's lock; the kernel lets go of it however this process ends."""
    with (home / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError(
                f"waagent is running already in {home}",
                hint="see it: waagent status · stop it: waagent down",
            ) from error
        state = _State(home / "up.json")
        try:
            yield state
        finally:
            state.clear()


class _LogFiles:
    """One file for each program, kept to about two times ``MOST`` bytes."""

    MOST = 5_000_000

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self._files: dict[str, TextIO] = {}

    def write(self, name: str, line: str) -> None:
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = (self._folder / f"{name}.log").open("a", encoding="utf-8")
        file.write(line + "\n")
        file.flush()
        if file.tell() > self.MOST:
            file.close()
            del self._files[name]
            (self._folder / f"{name}.log").replace(self._folder / f"{name}.log.1")

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def _workers(settings: Settings, environment: Mapping[str, str]) -> list[Program]:
    several = {names.SESSIONS: settings.session_hosts, names.PAIRING: 2}
    counts = {queue: several.get(queue, 1) for queue in names.QUEUES}
    workers = [
        worker(settings, queue, number, environment)
        for queue, count in counts.items()
        for number in range(1, count + 1)
    ]
    scheduler = _program(
        "scheduler", ("-m", "workers", "scheduler"), environment, stop_order=STOP_FIRST
    )
    return [*workers, scheduler]


def _sandbox(settings: Settings, environment: Mapping[str, str]) -> Program:
    # The port stays the same should the sandbox be restarted: session hosts were exec'ed with it.
    arguments = ("-m", "waagent.sandbox", str(settings.sandbox_dir), "--port", str(_free_port()))
    return _program("sandbox", arguments, environment, stop_order=STOP_LAST)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(
    name: str,
    arguments: tuple[str, ...],
    environment: Mapping[str, str],
    *,
    stop_order: int,
    stop_timeout: float = 30.0,
) -> Program:
    return Program(
        name=name,
        argv=(sys.executable, *arguments),
        env=environment,
        stop_timeout=stop_timeout,
        stop_order=stop_order,
    )


def _environment(settings: Settings, backend: Backend | None = None) -> dict[str, str]:
    environment = {**os.environ, **settings.environment(), "PYTHONUNBUFFERED": "1"}
    if backend is not None:
        environment["WAAGENT_DATABASE_URL"] = backend.database_url
        environment["WAAGENT_REDIS_URL"] = backend.redis_url
        if settings.database_url is None or settings.redis_url is None:
            environment[EMBEDDED] = "1"
    return environment


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    on_hang_up(handle)
    return stop


def _to_stderr(name: str, line: str) -> None:
    sys.stderr.write(f"{name:<14} {line}\n")


def _log_change(state: ProgramState) -> None:
    level = log.warning if state.phase is Phase.BACKOFF else log.debug
    level(
        "program.state",
        program=state.name,
        phase=state.phase.value,
        restarts=state.restarts,
        exit_code=state.exit_code,
    )
