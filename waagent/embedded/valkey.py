"""Starts and stops the embedded Valkey. The caller holds the home's start lock."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil

from waagent.embedded import logfiles, passwords, probes, processes
from waagent.embedded.binaries import valkey_server
from waagent.embedded.faults import start_failure
from waagent.embedded.journal import note
from waagent.embedded.layout import Layout, make_run_folders
from waagent.errors import EmbeddedError

NAME = "Valkey"
_PROGRAM = "valkey-server"
_POLL_SECONDS = 0.02
# SIGTERM flushes the append-only file and ends.
_STOP = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 10.0))
# The server outlives us and must be nobody's zombie: the shell starts it, tells its number, ends.
_LAUNCH = '"$0" "$1" >&2 </dev/null & echo $!'


def running(layout: Layout) -> psutil.Process | None:
    """The Valkey process of this home, if it is alive."""
    try:
        pid = int((layout.valkey_data / "valkey.pid").read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return processes.server(pid, data=layout.valkey_data, name=_PROGRAM)


def socket(layout: Layout) -> Path:
    """Where it listens."""
    return layout.valkey_socket


def start(layout: Layout, *, deadline: float) -> None:
    """Start it, or wait for the one that is starting. Raises EmbeddedError at ``deadline``."""
    server = running(layout)
    if server is not None:
        if layout.valkey_socket.exists() and _await_answer(layout, server, deadline):
            return
        processes.end([server], _STOP)
    make_run_folders(layout)
    _write_config(layout)
    logfiles.limit(layout.valkey_log)
    since = logfiles.size(layout.valkey_log)
    server = _launch(layout)
    if server is None or not _await_answer(layout, server, deadline):
        told = logfiles.reason(layout.valkey_log, since=since)
        raise start_failure(NAME, told, layout.valkey_log)
    note("embedded.started", server=NAME)


def stop(layout: Layout) -> bool:
    """Stop it; False if it did not run. Raises EmbeddedError if it cannot be ended."""
    server = running(layout)
    if server is None:
        return False
    if not processes.end([server], _STOP):
        raise EmbeddedError(
            f"Valkey (process {server.pid}) does not end.", hint=f"See {layout.valkey_log}."
        )
    note("embedded.stopped", server=NAME)
    return True


def _settings(layout: Layout) -> dict[str, str]:
    return {
        "port": "0",
        "unixsocket": str(layout.valkey_socket),
        "unixsocketperm": "700",
        "requirepass": passwords.read(layout, passwords.VALKEY),
        "dir": str(layout.valkey_data),
        "pidfile": str(layout.valkey_data / "valkey.pid"),
        "logfile": str(layout.valkey_log),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }


def _write_config(layout: Layout) -> None:
    path = layout.valkey_data / "valkey.conf"
    lines = [f"{name} {_quoted(value)}\n" for name, value in _settings(layout).items()]
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(os.fsencode("".join(lines)))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _launch(layout: Layout) -> psutil.Process | None:
    log = logfiles.open_append(layout.valkey_log)
    command = ["/bin/sh", "-c", _LAUNCH, str(valkey_server())]
    try:
        done = subprocess.run(
            [*command, str(layout.valkey_data / "valkey.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            cwd=layout.valkey_data,
            check=False,
            start_new_session=True,
        )
    finally:
        os.close(log)
    return _process(int(done.stdout))


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _await_answer(layout: Layout, server: psutil.Process, deadline: float) -> bool:
    """Wait until it answers: True; False if it died. Raises EmbeddedError at ``deadline``."""
    while not probes.valkey_answers(layout):
        if processes.gone(server):
            return False
        if time.monotonic() >= deadline:
            raise EmbeddedError(
                "Valkey took too long to answer.",
                hint=f"It may be loading its data: see {layout.valkey_log}, then try again.",
            )
        time.sleep(_POLL_SECONDS)
    return True
