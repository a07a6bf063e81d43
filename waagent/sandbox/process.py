"""Starts a sandbox in a process of its own, for tests and for ``waagent up --sandbox``."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from waagent.errors import BackendError, ConfigError, ConflictError, TimedOutError, WaagentError
from waagent.sandbox.client import SandboxClient
from waagent.sandbox.files import private_dir
from waagent.sandbox.info import SandboxInfo

LOG_FILE = "sandbox.log"
_STOP_SECONDS = 10
_ERRORS: dict[str, type[WaagentError]] = {"config": ConfigError, "conflict": ConflictError}


class SandboxProcess:
    """A running sandbox; a context manager that stops it. It also ends with this process."""

    def __init__(
        self, process: subprocess.Popen[bytes], state_dir: Path, info: SandboxInfo
    ) -> None:
        self._process = process
        self.state_dir = state_dir
        self.info = info

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def client(self) -> SandboxClient:
        """A control client for it."""
        return SandboxClient(self.state_dir)

    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def environment(self) -> dict[str, str]:
        """What a process that talks to WhatsApp must have in its environment from its start."""
        endpoint = json.loads(self.info.endpoint.read_text())
        return {"HTTPS_PROXY": endpoint["proxy_url"], "SSL_CERT_FILE": endpoint["ca_file"]}

    def stop(self) -> int:
        """Stop it, by force after 10 s; its exit code. Does nothing when it has ended."""
        self._process.terminate()
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        _close_pipes(self._process)
        return code

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self._process.kill()
        self._process.wait()
        _close_pipes(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.stdout is not None and not self._process.stdout.closed:
            self.stop()


def start(
    state_dir: Path, timeout: float = 20, *, port: int = 0, control_port: int = 0
) -> SandboxProcess:
    """Start a sandbox and wait until clients can connect, at most ``timeout`` seconds.

    Its log goes to ``sandbox.log`` in the state directory. Raises ConfigError, ConflictError or
    BackendError when it cannot start, TimedOutError when it takes too long.
    """
    state_dir = Path(state_dir)
    private_dir(state_dir)
    command = [sys.executable, "-m", "waagent.sandbox", str(state_dir), "--stop-on-eof"]
    command += ["--port", str(port), "--control-port", str(control_port)]
    log_path = state_dir / LOG_FILE
    with log_path.open("ab") as log:
        begin = log.tell()
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
    try:
        ready = json.loads(_first_line(process, timeout, log_path, begin))
        endpoint = json.loads(Path(ready["endpoint"]).read_text())
    except BaseException:
        process.kill()
        process.wait()
        _close_pipes(process)
        raise
    info = SandboxInfo(
        endpoint=Path(ready["endpoint"]),
        control=Path(ready["control"]),
        proxy_url=endpoint["proxy_url"],
    )
    return SandboxProcess(process, state_dir, info)


def _first_line(
    process: subprocess.Popen[bytes], timeout: float, log_path: Path, begin: int
) -> bytes:
    """The line that says it is ready. Raises WaagentError."""
    assert process.stdout is not None
    deadline = time.monotonic() + timeout
    while not select.select([process.stdout], [], [], 0.1)[0]:
        if time.monotonic() > deadline:
            raise TimedOutError(
                f"the sandbox was not ready in {timeout:g} s", hint=f"see {log_path}"
            )
    line: bytes = process.stdout.readline()
    if not line:
        raise _startup_error(log_path, begin)
    return line


def _startup_error(log_path: Path, begin: int) -> WaagentError:
    """The error the process reported last before it ended."""
    with log_path.open("rb") as log:
        log.seek(begin)
        lines = log.read().decode(errors="replace").splitlines()
    try:
        problem = json.loads(lines[-1])["error"]
        kind = _ERRORS.get(problem["code"], BackendError)
        return kind(problem["message"], hint=problem["hint"])
    except (IndexError, ValueError, KeyError, TypeError):
        return BackendError("the sandbox could not start", hint=f"see {log_path}")


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
