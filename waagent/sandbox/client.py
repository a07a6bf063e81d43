"""Talks to a running sandbox: a small synchronous client for tests and the command line.

Every call opens a connection of its own, so one client may be shared by threads and survives a
restart of the sandbox. Standard library only.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from waagent.sandbox.calling import connect
from waagent.sandbox.client_content import ContentCalls
from waagent.sandbox.client_trouble import TroubleCalls
from waagent.sandbox.descriptor import read_control
from waagent.sandbox.event_stream import EventStream
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


class SandboxClient(TroubleCalls, ContentCalls):
    """The control client of the sandbox whose state is in ``state_dir``.

    Every method raises BackendError when no sandbox runs there, and the errors it names.
    """

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
        return [Received.of(message) for message in messages]

    def receipts(self, message_id: str) -> list[ShopReceipt]:
        """The receipts shops' devices sent for a message, oldest first."""
        receipts = self._call("receipts", id=message_id)["receipts"]
        return [ShopReceipt(**receipt) for receipt in receipts]

    def events(self) -> EventStream:
        """What happens from now on; close it, or use it in ``with``."""
        address = read_control(self.state_dir)
        return EventStream(connect(self.state_dir, address), address.token)

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

    def enter_code(self, code: str, *, phone: str, name: str | None = None) -> Linked:
        """The owner of ``phone`` types the code that a client shows, like ABCD-1234.

        Raises InvalidInputError, InvalidPhoneError, NotFoundError (no client asked for a code for
        this number), RefusedError (the wrong code; the right one may follow), ConflictError.
        """
        return Linked(**self._call("enter_code", code=code, phone=phone, name=name))

    def send(
        self, sender: str, account: str, text: str, *, addressing: str = "lid", age: float = 0
    ) -> str:
        """A customer writes to a shop; the message's id. NotFoundError.

        ``addressing``: ``lid`` (with the number beside it), ``pn`` or ``lid_only``. ``age``: it was
        written that many seconds ago.
        """
        said = {"from": sender, "to": account, "text": text}
        return str(self._call("send", **said, addressing=addressing, age=age)["id"])

    def owner_send(self, account: str, to: str, text: str) -> str:
        """The owner answers a customer on the phone; the message's id. NotFoundError."""
        return str(self._call("owner_send", account=account, to=to, text=text)["id"])

    def recv(self, phone: str, timeout: float = 10.0) -> Received:
        """The oldest message that came for a telephone and was not handed out yet.

        Waits up to ``timeout`` seconds. Raises TimedOutError, NotFoundError.
        """
        answer = self._call("recv", phone=phone, timeout=timeout)
        return Received.of(answer)

    def read(self, phone: str, message_id: str) -> None:
        """A customer reads a message: the shop gets the blue ticks. NotFoundError."""
        self._call("read", phone=phone, id=message_id)

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
