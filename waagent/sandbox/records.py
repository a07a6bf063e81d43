"""What the control client hands out: plain, frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
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
class FileInfo:
    """A file as a telephone shows it. ``sha256`` is hexadecimal, ``seconds`` a recording's length.

    ``voice``: recorded in the chat. ``error`` says why a telephone could not open it; "" when it
    did. What is in it: ``SandboxClient.file``.
    """

    mimetype: str
    size: int
    sha256: str
    file_name: str | None = None
    seconds: int = 0
    voice: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location, in degrees."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A contact card, as vCard."""

    name: str
    vcard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message on somebody's telephone. ``peer`` is the other side's phone number.

    ``device`` is the number of the linked device it was sent from, 0 for a telephone. ``at`` is in
    Unix seconds. ``taken``: handed out by recv. ``read``: its sender was told that it was read.
    ``kind`` is text, image, video, audio, document, sticker, location or contact; ``text`` is the
    caption of a file. ``quoted`` is the id of the message it answers. ``edited``: ``text`` is not
    the first. ``revoked``: deleted for everyone, so that nothing of it is left. ``reactions`` map
    phone numbers to emojis.
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
    kind: str = "text"
    quoted: str | None = None
    edited: bool = False
    revoked: bool = False
    reactions: dict[str, str] = field(default_factory=dict)
    media: FileInfo | None = None
    location: Place | None = None
    contact: Card | None = None

    @classmethod
    def of(cls, values: dict[str, Any]) -> Received:
        """The record of an answer's values."""
        parts: dict[str, type[FileInfo | Place | Card]] = {
            "media": FileInfo,
            "location": Place,
            "contact": Card,
        }
        nested = {
            name: kind(**values[name]) if values.get(name) else None for name, kind in parts.items()
        }
        return cls(**{**values, **nested})


@dataclass(frozen=True, slots=True, kw_only=True)
class PastInfo:
    """How many chats and messages an account's past got, and how many devices it was sent to."""

    chats: int
    messages: int
    devices: int


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
class ActiveFault:
    """A fault in force; ``account`` may be ``all``. ``times`` 0: until cleared."""

    account: str
    name: str
    value: float
    code: int = 0
    expire: float = 0
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCounts:
    """What happened to an account since the sandbox started.

    ``open`` logged-in sockets now; ``most_open``: the most that one device ever had at once;
    ``replaced``: logins of a device that still had another. ``delivered`` messages were sent to its
    devices (one sent again counts again), ``receipted`` message ids came back in receipts,
    ``retries`` receipts asked for one again. Of the devices' messages, ``acks`` were acknowledged
    and ``refusals`` refused; ``received`` and ``duplicates`` (the same id again) are by customer.
    """

    logins: int
    refused_logins: int
    replaced: int
    open: int
    most_open: int
    delivered: int
    receipted: int
    retries: int
    acks: int
    refusals: int
    received: dict[str, int]
    duplicates: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenState:
    """What a customer saw in the chat: composing, recording, paused, or the message ``id``.

    ``at`` is in Unix seconds.
    """

    account: str
    device: int
    state: str
    at: float
    id: str


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
