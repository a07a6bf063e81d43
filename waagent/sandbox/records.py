"""What the control client hands out: plain, frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """The device a scan linked: its addresses, and its number within the account."""

    jid: str
    lid: str
    device: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInfo:
    """A customer."""

    phone: str
    name: str
    jid: str
    lid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """A linked device; ``queued`` messages wait for it."""

    number: int
    jid: str
    lid: str
    online: bool
    queued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInfo:
    """A shop's number."""

    phone: str
    name: str
    devices: tuple[DeviceInfo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message on somebody's telephone. ``peer`` is the other side's phone number.

    ``device`` is the number of the linked device it was sent from, 0 for a telephone. ``at`` is in
    Unix seconds. ``taken``: handed out by recv. ``read``: its sender was told that it was read.
    """

    id: str
    phone: str
    peer: str
    device: int
    from_me: bool
    text: str
    at: float
    taken: bool
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopReceipt:
    """A receipt a shop's device sent; ``type`` is delivered, inactive, sender, read, retry …"""

    account: str
    device: int
    type: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """Counters. Messages in: people's to shops. Messages out: linked devices' to people."""

    connections: int
    accounts: int
    customers: int
    devices: int
    online: int
    logins: int
    receipts: int
    messages_in: int
    messages_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPerson:
    """How far one person of a scenario has come; ``state`` as in RunStatus."""

    id: str
    phone: str
    name: str
    state: str
    step: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """A playing of a scenario; ``state`` is running, done, timed_out, failed or stopped."""

    run: str
    scenario: str
    account: str
    state: str
    people: tuple[RunPerson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; what ``fields`` hold depends on ``kind``."""

    kind: str
    at: str
    seq: int
    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]
