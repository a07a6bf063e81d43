"""Starts and stops the embedded PostgreSQL.

The caller holds the home's start lock. ``initdb`` runs in a draft folder that is renamed when
complete, so an interrupted one is never taken for a database. Readiness is an answered query.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil

from waagent.embedded import logfiles, passwords, probes, processes
from waagent.embedded.accounts import run_as
from waagent.embedded.binaries import postgres_for
from waagent.embedded.faults import start_failure
from waagent.embedded.journal import note
from waagent.embedded.layout import POSTGRES_PORT, Layout, make_run_folders, private_folder
from waagent.errors import EmbeddedError

NAME = "PostgreSQL"
_PROGRAM = "postgres"
_POLL_SECONDS = 0.05
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}

# Written to postgresql.conf once; the owner of the machine may change them there.
_TUNABLE = {
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
}
# Given at each start: what waagent relies on. 500 sessions hold two connections each for half a
# minute after all of them did something, and the processes have pools of their own. A shop's first
# thousands of rows can come at once (its history): without statistics the board's query takes half
# a minute, so they are taken soon.
_FIXED = {
    "max_connections": "1200",
    "autovacuum_naptime": "10s",
    "listen_addresses": "",
    "port": str(POSTGRES_PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
}
# PostgreSQL's own stages: "fast" ends connections and checkpoints, "immediate" leaves it to
# recovery at the next start, and only then is it killed.
_STOP = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
_ORPHAN_STOP = ((signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0))

# Run after every start: brings a fresh or half-made database, or a changed password, in order.
# Statements are kept out of the log since one holds a password.
_PROVISION = r"""
set log_min_error_statement = panic;
select 'create role waagent' where not exists
    (select from pg_catalog.pg_roles where rolname = 'waagent') \gexec
alter role waagent with login createrole nosuperuser nobypassrls nocreatedb noreplication
    password '{password}';
select 'create database waagent owner waagent' where not exists
    (select from pg_catalog.pg_database where datname = 'waagent') \gexec
"""


def running(layout: Layout) -> psutil.Process | None:
    """The postmaster of this home, if it is alive."""
    return processes.server(_recorded_pid(layout), data=layout.postgres_data, name=_PROGRAM)


def socket(layout: Layout) -> Path:
    """Where it listens."""
    return layout.postgres_socket


def start(layout: Layout, *, deadline: float) -> None:
    """Start it, or wait for the one that is starting. Raises EmbeddedError at ``deadline``."""
    postmaster = running(layout)
    if postmaster is not None:
        # Without its socket (somebody cleaned /tmp) nobody can reach it any more.
        if layout.postgres_socket.exists() and _await_answer(layout, postmaster, deadline):
            return
        processes.end([postmaster], _STOP)
    install = postgres_for(layout.account)
    make_run_folders(layout)
    if not (layout.postgres_data / "PG_VERSION").exists():
        _initialise(layout, install, deadline)
    _require_same_major(layout, install)
    _clear_after_crash(layout)
    _launch(layout, install, deadline)
    _provision(layout)
    note("embedded.started", server=NAME)


def stop(layout: Layout) -> bool:
    """Stop it; False if it did not run. Raises EmbeddedError if it cannot be ended."""
    postmaster = running(layout)
    if postmaster is None:
        return False
    if not processes.end([postmaster], _STOP):
        raise EmbeddedError(
            f"PostgreSQL (process {postmaster.pid}) does not end.",
            hint=f"See {layout.postgres_log}.",
        )
    note("embedded.stopped", server=NAME)
    return True


def _initialise(layout: Layout, install: Path, deadline: float) -> None:
    draft = layout.postgres_data.with_name("postgresql.new")
    password = layout.postgres_sockets / "initdb.password"
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft, owner=layout.account)
    try:
        _lend(password, passwords.read(layout, passwords.SUPERUSER), layout)
        _initdb(layout, install, draft, password, deadline)
        if layout.postgres_data.is_dir():
            layout.postgres_data.rmdir()
        draft.rename(layout.postgres_data)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        password.unlink(missing_ok=True)


def _lend(path: Path, text: str, layout: Layout) -> None:
    """Write a file that only PostgreSQL's account can read."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
        if layout.account:
            os.fchown(file.fileno(), layout.account.uid, layout.account.gid)
        file.write(text)


def _initdb(layout: Layout, install: Path, data: Path, password: Path, deadline: float) -> None:
    command = [str(install / "bin" / "initdb"), "-D", str(data), "-U", "postgres"]
    command += ["--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command += ["--data-checksums", "--no-instructions"]
    for name, value in _TUNABLE.items():
        command += ["--set", f"{name}={value}"]
    try:
        done = subprocess.run(
            command,
            env=_ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=max(1.0, deadline - time.monotonic()),
            start_new_session=True,
            **run_as(layout.account),
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(layout, "be created") from error
    if done.returncode != 0:
        logfiles.append(layout.postgres_log, done.stdout + done.stderr)
        told = logfiles.pick_reason(done.stderr.splitlines())
        raise start_failure(NAME, told, layout.postgres_log)


def _require_same_major(layout: Layout, install: Path) -> None:
    """PostgreSQL reads only data of its own major version; say so before it does."""
    data = (layout.postgres_data / "PG_VERSION").read_text(encoding="ascii").strip()
    command = [str(install / "bin" / "postgres"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_ENVIRONMENT)
    program = done.stdout.split()[-1]
    if program.partition(".")[0] != data:
        raise EmbeddedError(
            f"The data of {layout.home} is of PostgreSQL {data}, the installed one is {program}.",
            hint="Install the waagent version that made it, dump the data, and load it here.",
        )


def _clear_after_crash(layout: Layout) -> None:
    """Make way after an unclean end: end orphans, and drop lock files that name a stranger.

    PostgreSQL itself refuses to start while the number in one of its lock files (the pid file, and
    one beside the socket) is that of any process, a zombie too. The stranger is left alone. Orphans
    (backends whose postmaster was killed) must go first: two generations at work on the same data
    would ruin it.
    """
    pid_file = layout.postgres_data / "postmaster.pid"
    if pid_file.exists():
        processes.end(processes.servers_of(layout.postgres_data, _PROGRAM), _ORPHAN_STOP)
    for left in layout.postgres_sockets.iterdir():
        left.unlink()
    pid = _recorded_pid(layout)
    if pid is None or processes.exists(pid):
        pid_file.unlink(missing_ok=True)  # a dead one PostgreSQL checks and drops itself


def _launch(layout: Layout, install: Path, deadline: float) -> None:
    options = {**_FIXED, "unix_socket_directories": str(layout.postgres_sockets)}
    flags = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
    # No -l: the account cannot reach the log, so it inherits the open file.
    command = [str(install / "bin" / "pg_ctl"), "start", "-s", "-o", flags]
    command += ["-w", "-t", str(max(1, int(deadline - time.monotonic())))]
    command += ["-D", str(layout.postgres_data)]
    logfiles.limit(layout.postgres_log)
    since = logfiles.size(layout.postgres_log)
    log = logfiles.open_append(layout.postgres_log)
    try:
        subprocess.run(
            command,
            env=_ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            start_new_session=True,
            **run_as(layout.account),
        )
    finally:
        os.close(log)
    # Whatever pg_ctl made of it: a living postmaster that answers is what counts.
    postmaster = running(layout)
    if postmaster is None or not _await_answer(layout, postmaster, deadline):
        told = logfiles.reason(layout.postgres_log, since=since)
        raise start_failure(NAME, told, layout.postgres_log)


def _await_answer(layout: Layout, postmaster: psutil.Process, deadline: float) -> bool:
    """Wait until it answers a query: True; False if it died. Raises EmbeddedError at deadline."""
    while not probes.postgres_answers(layout):
        if processes.gone(postmaster):
            return False
        if time.monotonic() >= deadline:
            raise _too_slow(layout, "answer")
        time.sleep(_POLL_SECONDS)
    return True


def _provision(layout: Layout) -> None:
    script = _PROVISION.format(password=passwords.read(layout, passwords.ROLE))
    done = probes.psql(layout, script, timeout=60.0)
    if done is None or done.returncode != 0:
        told = "no answer" if done is None else logfiles.pick_reason(done.stderr.splitlines())
        raise start_failure(NAME, told, layout.postgres_log)


def _recorded_pid(layout: Layout) -> int | None:
    try:
        text = (layout.postgres_data / "postmaster.pid").read_text(encoding="utf-8")
        return int(text.split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _too_slow(layout: Layout, what: str) -> EmbeddedError:
    return EmbeddedError(
        f"PostgreSQL took too long to {what}.",
        hint=f"It may be recovering from a crash: see {layout.postgres_log}, then try again.",
    )
