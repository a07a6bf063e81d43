"""Telephones whose keys the sandbox holds: the customers', and the owners' (device 0)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from pyaileys.proto import WAProto_pb2

from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.addresses import lid_jid, pn_jid
from waagent.sandbox.signal import Signal
from waagent.sandbox.store import HandsetRow, InboxRow, Store
from waagent.sandbox.wire import Node

_ID_BYTES = 9
T = TypeVar("T")


class Handset:
    """One telephone: its addresses, its end of Signal, and what it shows."""

    def __init__(self, store: Store, row: HandsetRow) -> None:
        self.phone = row.phone
        self.role = row.role
        self.name = row.name
        self.pn = pn_jid(row.phone)
        self.lid = lid_jid(row.phone)
        self.signal = Signal(store, row.phone, row.creds)
        self.writing = asyncio.Lock()
        """Held while a message is encrypted for its devices, so that messages keep their order."""
        self._store = store
        self._arrival = asyncio.Event()

    async def encrypt_for(self, device: LinkedDevice, plaintext: bytes) -> Node:
        """The ``<enc>`` of a message for one linked device, starting a session if need be."""
        if not await self.signal.has_session(device.lid):
            await self.signal.start_session(device.lid, device.take_bundle())
        kind, ciphertext = await self.signal.encrypt(device.lid, plaintext)
        return Node("enc", {"v": "2", "type": kind}, ciphertext)

    async def decrypt(self, sender_lid: str, enc: Node) -> Any:
        """The Message protobuf in an ``<enc>``. Raises DecryptError."""
        plaintext = await self.signal.decrypt(sender_lid, enc.attrs.get("type", ""), enc.data())
        return WAProto_pb2.Message.FromString(plaintext)

    def show(
        self, message_id: str, *, peer: str, text: str, at: float, from_me: bool, device: int = 0
    ) -> bool:
        """Put a message on the screen; False when it is there already."""
        new = self._store.add_to_inbox(
            self.phone, message_id, peer=peer, device=device, from_me=from_me, text=text, at=at
        )
        self._arrival.set()
        return new

    async def take(self, seconds: float) -> InboxRow | None:
        """The oldest received message not taken yet; waits up to ``seconds`` for one."""
        return await self.wait_for(lambda: self._store.take_from_inbox(self.phone), seconds)

    async def wait_for(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """What ``look`` finds, now or after a message arrives within ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                while (found := look()) is None:
                    self._arrival.clear()
                    await self._arrival.wait()
        except TimeoutError:
            return None
        return found


def new_message_id() -> str:
    """An id of the form telephones use."""
    return "3A" + secrets.token_hex(_ID_BYTES).upper()


def text_message(text: str) -> bytes:
    """A plain text message, serialised."""
    return bytes(WAProto_pb2.Message(conversation=text).SerializeToString())


def sent_message(text: str, destination: str) -> bytes:
    """The copy of an own message that other own devices get, serialised."""
    sent = WAProto_pb2.Message(conversation=text)
    wrapper = WAProto_pb2.Message.DeviceSentMessage(destinationJid=destination, message=sent)
    return bytes(WAProto_pb2.Message(deviceSentMessage=wrapper).SerializeToString())


def text_of(message: Any) -> str | None:
    """The text in a Message protobuf, whatever wraps it; None when it carries none."""
    for wrapper in ("deviceSentMessage", "ephemeralMessage"):
        if message.HasField(wrapper):
            return text_of(getattr(message, wrapper).message)
    if message.HasField("extendedTextMessage"):
        return str(message.extendedTextMessage.text)
    return str(message.conversation) if message.HasField("conversation") else None
