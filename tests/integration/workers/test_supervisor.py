"""The supervisor with real processes: restarts, order of stopping, output, and its own death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from workers.supervisor import Backoff, Phase, Program, ProgramState, Supervisor

ROOT = Path(__file__).parents[3]
QUICK = Backoff(first=0.1, most=0.4, reset_after=60, settled=0.2)

# Says when it is ready, and stays until told to stop.
STAY = "import signal; print('ready', flush=True); signal.pause()"
# The same, and will not be stopped.
STUBBORN = "import signal; signal.signal(15, signal.SIG_IGN);" + STAY + "\nwhile 1: signal.pause()"


def program(name: str, code: str, **settings: object) -> Program:
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    argv = (sys.executable, "-c", code)
    return Program(name=name, argv=argv, env=env, **settings)  # type: ignore[arg-type]


class Running:
    """A supervisor at work in a thread, with what it has said."""

    def __init__(self, *programs: Program, backoff: Backoff = QUICK) -> None:
        self.lines: list[tuple[str, str]] = []
        self.changes: list[ProgramState] = []
        self.supervisor = Supervisor(
            programs,
            on_line=lambda name, line: self.lines.append((name, line)),
            on_change=self.changes.append,
            backoff=backoff,
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.supervisor.run, args=(self._stop,))
        self._thread.start()

    def wait(self, holds: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, (self.lines, self.changes)
            time.sleep(0.02)

    def wait_ready(self, *names: str) -> None:
        self.wait(lambda: all((name, "ready") in self.lines for name in names))

    def state(self, name: str) -> ProgramState:
        return next(state for state in self.supervisor.state() if state.name == name)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()


@contextmanager
def running(*programs: Program, backoff: Backoff = QUICK) -> Iterator[Running]:
    found = Running(*programs, backoff=backoff)
    try:
        yield found
    finally:
        found.stop()


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_program_goes_from_starting_to_running_to_stopped():
    with running(program("a", STAY)) as found:
        found.wait(lambda: found.state("a").phase is Phase.RUNNING)
        assert found.state("a").pid is not None
        assert found.state("a").restarts == 0
    assert [state.phase for state in found.changes] == ["starting", "running", "stopped"]
    assert found.state("a").exit_code == -signal.SIGTERM
    assert found.state("a").pid is None


def test_a_crashed_program_is_restarted_after_growing_delays():
    code = "import time; print(time.monotonic())"
    with running(program("a", code)) as found:
        found.wait(lambda: len(found.lines) >= 5)
    begun = [float(line) for _, line in found.lines]
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    for gap, delay in zip(gaps, (0.1, 0.2, 0.4, 0.4), strict=False):
        assert gap >= delay
    backoffs = [state for state in found.changes if state.phase is Phase.BACKOFF]
    assert [state.restarts for state in backoffs][:4] == [0, 1, 2, 3]
    assert {state.exit_code for state in backoffs} == {0}


def test_a_long_run_makes_the_next_delay_short_again():
    code = "import time; print(time.monotonic()); time.sleep(0.3); raise SystemExit(3)"
    patient = Backoff(first=0.1, most=10, reset_after=0.25, settled=0.05)
    with running(program("a", code), backoff=patient) as found:
        found.wait(lambda: len(found.lines) >= 5, seconds=20)
    times = [float(line) for _, line in found.lines]
    assert times[4] - times[0] < 4 * (0.3 + 0.1) + 4  # without a reset: 1.2 s of runs, 1.5 of delay
    assert found.changes[-1].exit_code == 3 or found.changes[-1].phase is Phase.STOPPED


def test_a_killed_program_comes_back_and_the_others_stay():
    with running(program("a", STAY), program("b", STAY)) as found:
        found.wait_ready("a", "b")
        first, other = found.state("a").pid, found.state("b").pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        found.wait(lambda: found.state("a").restarts == 1)
        assert found.state("a").pid not in (None, first)
        assert found.state("b").pid == other


def test_a_program_that_cannot_be_started_is_tried_again_and_stops_nobody():
    missing = Program(name="missing", argv=("/nonexistent/program",), env={})
    with running(missing, program("a", STAY)) as found:
        found.wait_ready("a")
        found.wait(lambda: found.state("missing").restarts >= 2)
    assert (
        "missing",
        "cannot be started: [Errno 2] No such file or directory: '/nonexistent/program'",
    ) in found.lines
    assert found.state("missing").phase is Phase.STOPPED


def test_programs_stop_in_waves():
    says = (
        "import signal, time\n"
        "def leave(*_):\n"
        "    print('told', time.monotonic()); time.sleep(0.3)\n"
        "    print('left', time.monotonic()); raise SystemExit\n"
        "signal.signal(15, leave); print('ready')\n"
        "while 1: signal.pause()"
    )
    order = {"last": 3, "first": 1, "first too": 1, "second": 2}
    programs = [program(name, says, stop_order=place) for name, place in order.items()]
    with running(*programs) as found:
        found.wait_ready(*order)
    told, left = {}, {}
    for name, line in found.lines:
        word, _, at = line.partition(" ")
        {"told": told, "left": left}.get(word, {})[name] = float(at or 0)
    assert told.keys() == left.keys() == order.keys()
    assert max(left["first"], left["first too"]) < told["second"]
    assert left["second"] < told["last"]
    assert told["first too"] < left["first"]
    assert {state.exit_code for state in found.supervisor.state()} == {0}


def test_one_that_will_not_stop_is_killed_with_all_it_started():
    family = (
        "import os, subprocess, sys\n"
        f"code = {STUBBORN!r}\n"
        "child = subprocess.Popen([sys.executable, '-c', code], preexec_fn=os.setpgrp)\n"
        "print('child', child.pid)\n" + STUBBORN
    )
    with running(program("a", family, stop_timeout=0.5)) as found:
        found.wait(lambda: [line for _, line in found.lines].count("ready") == 2)
        child = int(next(line for _, line in found.lines if line.startswith("child")).split()[1])
        begun = time.monotonic()
    assert 0.5 <= time.monotonic() - begun < 10
    assert found.state("a").exit_code == -signal.SIGKILL
    assert gone(child)


def test_what_a_crashed_program_leaves_behind_is_ended_too():
    family = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {STAY!r}])\n"
        "print('child', child.pid); time.sleep(0.3)\n"
        "import os; os._exit(1)"
    )
    slow = Backoff(first=60)
    with running(program("a", family, stop_timeout=0.5), backoff=slow) as found:
        found.wait(lambda: found.state("a").phase is Phase.BACKOFF)
        child = int(next(line for _, line in found.lines if line.startswith("child")).split()[1])
        found.wait(lambda: gone(child))


def test_output_arrives_whole():
    code = (
        "import sys, os\n"
        "for i in range(20000): print('line', i)\n"
        "sys.stdout.flush(); os.write(2, b'error line\\r\\n')\n"
        "os.write(1, b'bad \\xff byte\\n' + 'selamat ☕\\n'.encode() + b'\\n')\n"
        "os.write(1, b'x' * 200000 + b'\\n'); os.write(1, b'no line end'); os._exit(0)"
    )
    once = Backoff(first=60)
    with running(program("a", code), backoff=once) as found:
        found.wait(lambda: found.state("a").phase is Phase.BACKOFF)
    lines = [line for _, line in found.lines]
    assert lines[:20000] == [f"line {number}" for number in range(20000)]
    assert lines[20000:20004] == [
        "error line",
        "bad \N{REPLACEMENT CHARACTER} byte",
        "selamat ☕",
        "",
    ]
    assert "".join(lines[20004:-1]) == "x" * 200000
    assert lines[-1] == "no line end"


def test_programs_get_their_own_environment_and_no_terminal():
    code = "import os, sys; print(sorted(os.environ)); print(repr(sys.stdin.read()))"
    argv = (sys.executable, "-c", code)
    with running(Program(name="a", argv=argv, env={"ONLY": "1"}), backoff=Backoff()) as found:
        found.wait(lambda: len(found.lines) >= 2)
    names, stdin = (line for _, line in found.lines[:2])
    assert "ONLY" in names
    assert "HOME" not in names
    assert stdin == "''"


def test_programs_may_be_added_while_running():
    with running(program("a", STAY)) as found:
        found.wait_ready("a")
        found.supervisor.add(program("b", STAY))
        found.wait_ready("b")
        with pytest.raises(ValueError, match="program b already"):
            found.supervisor.add(program("b", STAY))
    assert {state.phase for state in found.supervisor.state()} == {Phase.STOPPED}


SUPERVISING = f"""
import os, sys, threading
from workers.supervisor import Program, Supervisor
env = {{**os.environ, "PYTHONUNBUFFERED": "1"}}
def program(name, code):
    argv = (sys.executable, "-c", code)
    return Program(name=name, argv=argv, env=env, stop_timeout=1.0)
Supervisor(
    [program("a", {STAY!r}), program("b", {STUBBORN!r})],
    on_line=lambda name, line: print(name, line, flush=True),
    on_change=lambda state: print(state.name, state.phase, state.pid, flush=True),
).run(threading.Event())
"""


@pytest.fixture
def supervising() -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A supervisor in a process of its own, and the ids of its two programs."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISING], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with process:
        pids: list[int] = []
        ready = 0
        assert process.stdout is not None
        while ready < 2:
            words = process.stdout.readline().split()
            ready += words[1] == "ready"
            if words[1] == "starting":
                pids.append(int(words[2]))
        yield process, pids
        process.kill()


def wait_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 20
    while not all(gone(pid) for pid in pids):
        assert time.monotonic() < deadline, [psutil.Process(pid).cmdline() for pid in pids]
        time.sleep(0.05)


def guards_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(process.pid).children():
        with suppress(psutil.Error):  # a zombie has no command line
            if any(word.endswith("guard.py") for word in child.cmdline()):
                found.append(child)
    return found


def test_a_killed_supervisor_leaves_no_programs(supervising):
    process, pids = supervising
    (guard,) = guards_of(process)
    process.kill()
    wait_gone([*pids, guard.pid])


def test_a_killed_guard_is_replaced_and_knows_all(supervising):
    process, pids = supervising
    (guard,) = guards_of(process)
    guard.kill()
    deadline = time.monotonic() + 20
    while guards_of(process) in ([], [guard]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    wait_gone(pids)


def test_a_callback_that_fails_leaves_no_programs():
    pids: list[int] = []

    def fail(state: ProgramState) -> None:
        assert state.pid is not None
        pids.append(state.pid)
        raise BrokenPipeError("nobody reads")

    supervisor = Supervisor(
        [program("a", STAY)], on_line=lambda *_: None, on_change=fail, backoff=QUICK
    )
    with pytest.raises(BrokenPipeError):
        supervisor.run(threading.Event())
    wait_gone(pids)
