"""A shop's number with the devices linked to it, and the queue of nodes towards each device."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Protocol

from waagent.sandbox.addresses import lid_jid, pn_jid
from waagent.sandbox.signal import Bundle, SignedKey
from waagent.sandbox.store import DeviceRow, Store
from waagent.sandbox.wire import Node, encode


class Link(Protocol):
    """The open socket of a logged-in device."""

    async def send(self, data: bytes) -> None: ...

    async def ready(self) -> None: ...

    async def dismiss(self, data: bytes) -> None: ...

    def cut(self) -> None: ...


class LinkedDevice:
    """A device an owner linked by QR: what the server knows of it, connected or not."""

    def __init__(self, store: Store, row: DeviceRow) -> None:
        self.row = row
        self.account = row.account
        self.number = row.number
        self.pn = pn_jid(row.account, row.number)
        self.lid = lid_jid(row.account, row.number)
        self.link: Link | None = None
        self.delivered = 0
        """Messages sent to it since the sandbox started; one that is sent again counts again."""
        self._store = store
        self._waiting = asyncio.Event()
        self._sent = 0

    def deliver(self, node: Node) -> None:
        """Queue a node until the device acknowledges it; it leaves as soon as it can."""
        self._store.enqueue(
            self.account,
            self.number,
            node.tag,
            node.attrs.get("id", ""),
            node.attrs.get("type", ""),
            encode(node),
        )
        self._waiting.set()

    def acknowledge(self, cls: str, node_id: str, kind: str | None) -> None:
        """Forget what the device says it has. ``kind`` None: whatever its type attribute.

        Only what was sent: a client may acknowledge a message it could not read after it asked for
        it again, when the second copy already waits here.
        """
        self._store.dequeue(self.account, self.number, cls, node_id, kind, self._sent)

    def backlog(self) -> dict[str, int]:
        """How many nodes of each class wait, before they are sent again at login."""
        counts: dict[str, int] = {}
        for queued in self._store.queued(self.account, self.number, 0):
            counts[queued.cls] = counts.get(queued.cls, 0) + 1
        return counts

    async def pump(self, link: Link, after: int = 0) -> int:
        """Send what is queued behind sequence number ``after``; the last number sent."""
        for queued in self._store.queued(self.account, self.number, after):
            await link.ready()
            after = queued.seq
            self.delivered += queued.cls == "message"
            self._sent = max(self._sent, after)
            await link.send(queued.node)
        return after

    async def keep_pumping(self, link: Link, after: int) -> None:
        """Send whatever is queued from now on. Runs until cancelled or the link breaks."""
        while True:
            self._waiting.clear()
            after = await self.pump(link, after)
            await self._waiting.wait()

    def take_bundle(self) -> Bundle:
        """A bundle for one peer, with one of the uploaded one-time keys while they last."""
        return Bundle(
            registration_id=self.row.registration_id,
            identity=self.row.identity,
            signed=SignedKey(
                id=self.row.signed_id,
                public=self.row.signed_key,
                signature=self.row.signed_signature,
            ),
            one_time=self._store.take_one_time_key(self.account, self.number),
        )

    def store_keys(self, keys: list[tuple[int, bytes]], signed: SignedKey) -> None:
        """Keep the one-time keys and the signed key that the device uploaded."""
        self._store.add_one_time_keys(self.account, self.number, keys)
        self._store.replace_signed_key(
            self.account, self.number, signed.id, signed.public, signed.signature
        )
        self.row = replace(
            self.row,
            signed_id=signed.id,
            signed_key=signed.public,
            signed_signature=signed.signature,
        )

    def count_keys(self) -> int:
        """How many one-time keys are left."""
        return self._store.count_one_time_keys(self.account, self.number)


@dataclass(slots=True)
class Account:
    """A shop's number. Its owner's telephone is a handset with the same phone number."""

    phone: str
    devices: dict[int, LinkedDevice] = field(default_factory=dict)

    def deliver(self, node: Node, *, but: int | None = None) -> None:
        """Queue a node for every linked device, except number ``but``."""
        for number, device in self.devices.items():
            if number != but:
                device.deliver(node)
