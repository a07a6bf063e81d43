"""How the control client talks to the sandbox: a connection for each call. Only the stdlib."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from waagent.errors import (
    BackendError,
    ConflictError,
    InvalidInputError,
    InvalidPhoneError,
    NotFoundError,
    RefusedError,
    TimedOutError,
    WaagentError,
)
from waagent.sandbox.descriptor import ControlAddress, not_running, read_control

_CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
_ERRORS: dict[str, type[WaagentError]] = {
    kind.code: kind
    for kind in (
        ConflictError,
        InvalidInputError,
        InvalidPhoneError,
        NotFoundError,
        RefusedError,
        TimedOutError,
    )
}


class Caller:
    """Calls ops of the sandbox whose state is in ``state_dir``."""

    def __init__(self, state_dir: Path | str) -> None:
        self.state_dir = Path(state_dir)

    def _call(self, op: str, /, **values: Any) -> dict[str, Any]:
        address = read_control(self.state_dir)
        given = {name: value for name, value in values.items() if value is not None}
        with connect(self.state_dir, address) as connection:
            connection.settimeout(ANSWER_SECONDS + values.get("timeout", 0))
            try:
                line = exchange(connection, {"token": address.token, "op": op, **given})
            except TimeoutError:
                raise TimedOutError(f"the sandbox did not answer {op}") from None
            except OSError:
                raise not_running(self.state_dir) from None
        if not line:
            raise not_running(self.state_dir)
        return result(json.loads(line))


def connect(state_dir: Path, address: ControlAddress) -> socket.socket:
    """A connection to the control interface. Raises BackendError."""
    try:
        return socket.create_connection(("127.0.0.1", address.port), _CONNECT_SECONDS)
    except OSError:
        raise not_running(state_dir) from None


def exchange(connection: socket.socket, request: dict[str, Any]) -> bytes:
    """Send one request; the line that answers it, empty when the sandbox hung up."""
    connection.sendall(request_line(request))
    with connection.makefile("rb") as file:
        return file.readline()


def request_line(request: dict[str, Any]) -> bytes:
    """A request as it travels."""
    return json.dumps(request).encode() + b"\n"


def result(answer: dict[str, Any]) -> dict[str, Any]:
    """The result in an answer. Raises the error in it."""
    if "error" in answer:
        problem = answer["error"]
        kind = _ERRORS.get(problem["code"], BackendError)
        raise kind(problem["message"], hint=problem["hint"])
    result: dict[str, Any] = answer.get("result", {})
    return result
