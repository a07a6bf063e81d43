"""Keeps the processes of ``waagent up`` running, and stops them in order.

One loop in one thread: it reads the programs' output, notices their ends, restarts them after a
growing delay, and on request stops them in waves (session hosts drain before what they talk to
goes). If the supervisor itself is killed, the guard process ends them (see ``workers.guard``).
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from workers import guard

_TICK_SECONDS = 0.1
_CHUNK = 65_536
_LONGEST_LINE = 65_536
_PIPE_CHUNKS = 32  # Linux lets a pipe grow to 1 MiB, and reads may come short
_KILLED_SECONDS = 5.0  # for a killed process to be gone; the kernel may be busy with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process to keep running.

    ``env`` is its whole environment (give Python programs PYTHONUNBUFFERED=1, or their lines come
    late). At shutdown the programs with the lowest ``stop_order`` get ``stop_signal`` first; the
    next ones only when those are gone. After ``stop_timeout`` seconds a program is killed, with
    everything it started.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 30.0
    stop_order: int = 0


class Phase(StrEnum):
    """What a program is doing. ``starting`` becomes ``running`` once it has stayed up a moment."""

    STARTING = "starting"
    RUNNING = "running"
    BACKOFF = "backoff"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramState:
    """A program as it is now. ``exit_code`` is of its last end, negative for a signal."""

    name: str
    phase: Phase
    since: datetime
    pid: int | None = None
    restarts: int = 0
    exit_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Delays before a restart, in seconds: ``first``, doubled each time up to ``most``.

    A program that stayed up for ``reset_after`` starts anew at ``first``; one that stayed up for
    ``settled`` counts as running.
    """

    first: float = 0.5
    most: float = 30.0
    reset_after: float = 60.0
    settled: float = 1.0


@dataclass(slots=True)
class _Stream:
    """The output of one run of a program, cut into lines."""

    name: str
    rest: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[str]:
        self.rest += data
        *lines, rest = self.rest.split(b"\n")
        if len(rest) > _LONGEST_LINE:  # no line end in sight: pass it on rather than hoard it
            lines.append(rest)
            rest = bytearray()
        self.rest = rest
        return [_text(line) for line in lines]

    def finish(self) -> list[str]:
        rest, self.rest = self.rest, bytearray()
        return [_text(rest)] if rest else []


@dataclass(slots=True)
class _Child:
    """A program and its present process. Times are of the supervisor's clock."""

    program: Program
    state: ProgramState
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = 0.0
    due: float = 0.0


@dataclass(slots=True)
class _Leftover:
    """What a program had started and left behind when it ended; killed at ``due``."""

    session: int
    due: float


class Supervisor:
    """Runs programs until told to stop.

    ``on_line(name, line)`` gets each line of their output (undecodable bytes as U+FFFD), and
    ``on_change(state)`` each change of phase; both are called in the thread that runs ``run``.
    """

    def __init__(
        self,
        programs: Iterable[Program] = (),
        *,
        on_line: Callable[[str, str], None],
        on_change: Callable[[ProgramState], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._on_line = on_line
        self._on_change = on_change
        self._backoff = backoff or Backoff()
        self._lock = threading.Lock()
        self._children: dict[str, _Child] = {}
        self._leftovers: list[_Leftover] = []
        self._streams = selectors.DefaultSelector()
        for program in programs:
            self.add(program)

    def add(self, program: Program) -> None:
        """Have one more program started; also while running, from any thread.

        Raises ValueError if the name is taken.
        """
        state = ProgramState(name=program.name, phase=Phase.STOPPED, since=_now())
        with self._lock:
            if program.name in self._children:
                raise ValueError(f"there is a program {program.name} already")
            self._children[program.name] = _Child(program=program, state=state)

    def state(self) -> tuple[ProgramState, ...]:
        """All programs as they are now, in the order they were added. From any thread."""
        return tuple(child.state for child in self._all())

    def run(self, stop: threading.Event) -> None:
        """Keep the programs running until ``stop`` is set, then stop them in order and return.

        May be called once. If a callback raises, the guard ends the programs, all at once.
        """
        watcher = guard.Guard()
        try:
            while not stop.is_set():
                watcher.ensure_running()
                self._start_due(watcher)
                self._read(_TICK_SECONDS)
                self._reap(watcher)
                self._settle()
            self._stop_in_waves(watcher)
        finally:
            self._close_streams()
            watcher.close()
            for child in self._all():
                if child.process is not None:  # only after a failed callback: the guard ended it
                    with suppress(subprocess.TimeoutExpired):
                        child.process.wait(_KILLED_SECONDS)

    # Starting ---------------------------------------------------------------------------------

    def _start_due(self, watcher: guard.Guard) -> None:
        for child in self._all():
            if child.process is None and time.monotonic() >= child.due:
                self._start(child, watcher)

    def _start(self, child: _Child, watcher: guard.Guard) -> None:
        program = child.program
        child.started = time.monotonic()
        restarts = child.state.restarts + (child.state.phase is Phase.BACKOFF)
        try:
            child.process = _spawn(program)
        except OSError as error:
            self._on_line(program.name, f"cannot be started: {error}")
            self._back_off(child, exit_code=None, restarts=restarts)
            return
        pid = child.process.pid
        watcher.watch(pid, grace=program.stop_timeout)
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._streams.register(
            child.process.stdout, selectors.EVENT_READ, _Stream(name=program.name)
        )
        self._change(child, phase=Phase.STARTING, pid=pid, restarts=restarts)

    def _settle(self) -> None:
        now = time.monotonic()
        for child in self._all():
            up = now - child.started
            if child.state.phase is Phase.STARTING and up >= self._backoff.settled:
                self._change(child, phase=Phase.RUNNING)

    # Output -----------------------------------------------------------------------------------

    def _read(self, seconds: float) -> None:
        for key, _ in self._streams.select(seconds):
            self._read_stream(key)

    def _read_stream(self, key: selectors.SelectorKey) -> bool:
        """Pass on what has come. False if there is no more for now."""
        stream: _Stream = key.data
        try:
            data = os.read(key.fd, _CHUNK)
        except BlockingIOError:
            return False
        lines = stream.feed(data) if data else stream.finish()
        if not data:
            self._streams.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]  # we register only files
        for line in lines:
            self._on_line(stream.name, line)
        return bool(data)

    def _drain(self, name: str) -> None:
        """Read what a program wrote before it ended: no more than a pipe holds."""
        for key in list(self._streams.get_map().values()):
            chunks = _PIPE_CHUNKS if key.data.name == name else 0
            while chunks and self._read_stream(key):
                chunks -= 1

    def _close_streams(self) -> None:
        for key in list(self._streams.get_map().values()):
            self._streams.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
        self._streams.close()

    # Ends -------------------------------------------------------------------------------------

    def _reap(self, watcher: guard.Guard, *, restart: bool = True) -> None:
        for child in self._all():
            if child.process is not None and child.process.poll() is not None:
                self._ended(child, child.process, watcher, restart=restart)
        self._clear_leftovers(watcher)

    def _ended(
        self,
        child: _Child,
        process: subprocess.Popen[bytes],
        watcher: guard.Guard,
        *,
        restart: bool,
    ) -> None:
        self._drain(child.program.name)
        child.process = None
        due = time.monotonic() + child.program.stop_timeout
        self._leftovers.append(_Leftover(session=process.pid, due=due))
        if restart:
            self._back_off(child, exit_code=process.returncode, restarts=child.state.restarts)
        else:
            self._change(child, phase=Phase.STOPPED, pid=None, exit_code=process.returncode)

    def _back_off(self, child: _Child, *, exit_code: int | None, restarts: int) -> None:
        limits = self._backoff
        lasted = time.monotonic() - child.started
        if child.delay == 0 or lasted >= limits.reset_after:
            child.delay = limits.first
        else:
            child.delay = min(child.delay * 2, limits.most)
        child.due = time.monotonic() + child.delay
        self._change(child, phase=Phase.BACKOFF, pid=None, exit_code=exit_code, restarts=restarts)

    def _clear_leftovers(self, watcher: guard.Guard) -> None:
        """Give what an ended program left behind its time to end by itself, then kill it."""
        for left in list(self._leftovers):
            if guard.alive(left.session):
                if time.monotonic() < left.due:
                    continue
                guard.send(left.session, signal.SIGKILL)
            self._leftovers.remove(left)
            watcher.forget(left.session)

    # Stopping ---------------------------------------------------------------------------------

    def _stop_in_waves(self, watcher: guard.Guard) -> None:
        for child in self._all():
            if child.process is None and child.state.phase is not Phase.STOPPED:
                self._change(child, phase=Phase.STOPPED)
        for order in sorted({child.program.stop_order for child in self._all()}):
            wave = [child for child in self._all() if child.program.stop_order == order]
            self._stop_wave(wave, watcher)

    def _stop_wave(self, wave: list[_Child], watcher: guard.Guard) -> None:
        waiting: list[tuple[_Child, int, float]] = []
        for child in wave:
            if child.process is not None:
                until = time.monotonic() + child.program.stop_timeout
                waiting.append((child, child.process.pid, until))
                child.process.send_signal(child.program.stop_signal)
        while waiting:
            self._read(_TICK_SECONDS)
            self._reap(watcher, restart=False)
            waiting = [each for each in waiting if self._still_there(*each)]

    @staticmethod
    def _still_there(child: _Child, session: int, until: float) -> bool:
        """Whether to wait on for a program told to stop; kills it when its time is over."""
        if child.process is None and not guard.alive(session):
            return False
        late = time.monotonic() - until
        if late >= 0:
            guard.send(session, signal.SIGKILL)
        return late < _KILLED_SECONDS

    def _change(self, child: _Child, **changes: object) -> None:
        child.state = replace(child.state, since=_now(), **changes)  # type: ignore[arg-type]
        self._on_change(child.state)

    def _all(self) -> list[_Child]:
        with self._lock:
            return list(self._children.values())


def _spawn(program: Program) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops
    # the programs in order.
    return subprocess.Popen(
        program.argv,
        env=dict(program.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,
    )


def _text(line: bytes | bytearray) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")


def _now() -> datetime:
    return datetime.now(UTC)
