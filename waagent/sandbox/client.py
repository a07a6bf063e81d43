"""Talks to a running sandbox: a small synchronous client for tests and the command line.

Every call opens a connection of its own, so one client may be shared by threads and survives a
restart of the sandbox. Standard library only.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

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
from waagent.sandbox.records import (
    AccountInfo,
    DeviceInfo,
    Event,
    Linked,
    PersonInfo,
    Received,
    RunPerson,
    RunStatus,
    ShopReceipt,
    Stat,
)

__all__ = ["Event", "EventStream", "Received", "SandboxClient"]

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 60.0
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


class SandboxClient:
    """The control client of the sandbox whose state is in ``state_dir``.

    Every method raises BackendError when no sandbox runs there, and the errors it names.
    """

    def __init__(self, state_dir: Path | str) -> None:
        self.state_dir = Path(state_dir)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing stays open between calls."""

    # looking

    def ping(self) -> int:
        """The process id of the sandbox."""
        return int(self._call("ping")["pid"])

    def stat(self) -> Stat:
        """The counters."""
        return Stat(**self._call("stat"))

    def accounts(self) -> list[AccountInfo]:
        """The shops' numbers and their devices."""
        return [
            AccountInfo(
                phone=account["phone"],
                name=account["name"],
                devices=tuple(DeviceInfo(**device) for device in account["devices"]),
            )
            for account in self._call("accounts")["accounts"]
        ]

    def customers(self) -> list[PersonInfo]:
        """Everybody who can write to a shop."""
        return [PersonInfo(**person) for person in self._call("customers")["customers"]]

    def inbox(self, phone: str) -> list[Received]:
        """All a telephone shows, its own messages too, oldest first. NotFoundError."""
        messages = self._call("inbox", phone=phone)["messages"]
        return [Received(**message) for message in messages]

    def receipts(self, message_id: str) -> list[ShopReceipt]:
        """The receipts shops' devices sent for a message, oldest first."""
        receipts = self._call("receipts", id=message_id)["receipts"]
        return [ShopReceipt(**receipt) for receipt in receipts]

    def events(self) -> EventStream:
        """What happens from now on; close it, or use it in ``with``."""
        address = read_control(self.state_dir)
        return EventStream(_connect(self.state_dir, address), address.token)

    # people

    def scan(self, code: str, *, phone: str, name: str | None = None) -> Linked:
        """The owner of ``phone`` scans a QR code; returns once the client is linked.

        ``name`` is the shop's push name. Raises InvalidInputError, InvalidPhoneError, NotFoundError
        (nobody shows this code), RefusedError (it expired), ConflictError (a customer's number).
        """
        return Linked(**self._call("scan", code=code, phone=phone, name=name))

    def customer(self, phone: str, name: str) -> PersonInfo:
        """A customer of this number, made if need be. ConflictError for a shop's number."""
        return PersonInfo(**self._call("customer", phone=phone, name=name))

    def send(self, sender: str, account: str, text: str) -> str:
        """A customer writes to a shop; the message's id. NotFoundError."""
        return str(self._call("send", **{"from": sender, "to": account, "text": text})["id"])

    def owner_send(self, account: str, to: str, text: str) -> str:
        """The owner answers a customer on the phone; the message's id. NotFoundError."""
        return str(self._call("owner_send", account=account, to=to, text=text)["id"])

    def recv(self, phone: str, timeout: float = 10.0) -> Received:
        """The oldest message that came for a telephone and was not handed out yet.

        Waits up to ``timeout`` seconds. Raises TimedOutError, NotFoundError.
        """
        answer = self._call("recv", phone=phone, timeout=timeout)
        return Received(**answer)

    def read(self, phone: str, message_id: str) -> None:
        """A customer reads a message: the shop gets the blue ticks. NotFoundError."""
        self._call("read", phone=phone, id=message_id)

    # trouble

    def drop(self, account: str | None = None) -> int:
        """Cut the sockets of one account, or of all; how many. NotFoundError."""
        return int(self._call("drop", account=account)["dropped"])

    def unlink(self, account: str) -> int:
        """The owner removes all linked devices on the phone; how many. NotFoundError."""
        return int(self._call("unlink", account=account)["unlinked"])

    def fault(self, name: str, *, account: str | None = None, value: float = 1) -> None:
        """Misbehave from now on, for one account or all: see ``faults.py`` for the names."""
        self._call("fault", name=name, account=account, value=value)

    def clear_faults(self, account: str | None = None) -> None:
        """Behave again."""
        self._call("clear_faults", account=account)

    # stories

    def run_scenario(self, scenario: str | Path, account: str, *, speed: float = 1.0) -> str:
        """Play a shipped scenario (a name) or one from a file (a Path); the run's id.

        Raises NotFoundError, InvalidInputError, ConflictError (its people are busy).
        """
        source = (
            {"path": str(scenario.resolve())} if isinstance(scenario, Path) else {"name": scenario}
        )
        return str(self._call("scenario", account=account, speed=speed, **source)["run"])

    def scenario_status(self, run: str) -> RunStatus:
        """How far a run has come. NotFoundError."""
        answer = self._call("scenario_status", run=run)
        people = tuple(RunPerson(**person) for person in answer.pop("people"))
        return RunStatus(people=people, **answer)

    def stop_scenario(self, run: str) -> None:
        """Break a run off. NotFoundError."""
        self._call("scenario_stop", run=run)

    def _call(self, op: str, /, **values: Any) -> dict[str, Any]:
        address = read_control(self.state_dir)
        given = {name: value for name, value in values.items() if value is not None}
        with _connect(self.state_dir, address) as connection:
            connection.settimeout(_ANSWER_SECONDS + values.get("timeout", 0))
            try:
                line = _exchange(connection, {"token": address.token, "op": op, **given})
            except TimeoutError:
                raise TimedOutError(f"the sandbox did not answer {op}") from None
            except OSError:
                raise not_running(self.state_dir) from None
        if not line:
            raise not_running(self.state_dir)
        return _result(json.loads(line))


class EventStream:
    """The events of a sandbox, in order. Iterating waits; it ends when the sandbox does."""

    def __init__(self, connection: socket.socket, token: str) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")
        try:
            connection.settimeout(_ANSWER_SECONDS)
            connection.sendall(_line({"token": token, "op": "events"}))
            _result(json.loads(self._file.readline() or b"{}"))
        except BaseException:
            self.close()
            raise
        connection.settimeout(None)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        try:
            line = self._file.readline()
        except (OSError, ValueError):  # closed, perhaps by another thread
            line = b""
        if not line:
            raise StopIteration
        return _event(json.loads(line))

    def wait_for(self, kind: str, /, timeout: float = 10.0, **fields: Any) -> Event:
        """The next event of this kind with these fields; others are skipped. TimedOutError."""
        return self.wait_until(
            lambda event: (
                event.kind == kind
                and all(event.fields.get(name) == value for name, value in fields.items())
            ),
            timeout,
            what=f"event {kind!r}",
        )

    def wait_until(
        self, fits: Callable[[Event], bool], timeout: float, *, what: str = "such event"
    ) -> Event:
        """The next event that fits; others are skipped. Raises TimedOutError.

        After a timeout the stream is of no more use.
        """
        deadline = time.monotonic() + timeout
        try:
            while (left := deadline - time.monotonic()) > 0:
                self._connection.settimeout(left)
                line = self._file.readline()
                if not line:
                    raise BackendError("the sandbox stopped", hint="see its log")
                event = _event(json.loads(line))
                if fits(event):
                    self._connection.settimeout(None)
                    return event
        except TimeoutError:
            pass
        raise TimedOutError(f"no {what} within {timeout:g} s")

    def close(self) -> None:
        """Hang up. An iteration in another thread ends."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._file.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _connect(state_dir: Path, address: ControlAddress) -> socket.socket:
    try:
        return socket.create_connection(("127.0.0.1", address.port), _CONNECT_SECONDS)
    except OSError:
        raise not_running(state_dir) from None


def _exchange(connection: socket.socket, request: dict[str, Any]) -> bytes:
    connection.sendall(_line(request))
    with connection.makefile("rb") as file:
        return file.readline()


def _line(request: dict[str, Any]) -> bytes:
    return json.dumps(request).encode() + b"\n"


def _result(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        problem = answer["error"]
        kind = _ERRORS.get(problem["code"], BackendError)
        raise kind(problem["message"], hint=problem["hint"])
    result: dict[str, Any] = answer.get("result", {})
    return result


def _event(values: dict[str, Any]) -> Event:
    kind, at, seq = values.pop("event"), values.pop("at"), values.pop("seq")
    return Event(kind=kind, at=at, seq=seq, fields=values)
