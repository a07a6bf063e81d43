"""Telephones whose keys the sandbox holds: the customers', and the owners' (device 0)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from pyaileys.proto import WAProto_pb2

from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.addresses import lid_jid, pn_jid
from waagent.sandbox.content import Change, ChangeKind, Content
from waagent.sandbox.signal import Signal
from waagent.sandbox.store import HandsetRow, Store
from waagent.sandbox.store_messages import InboxRow
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
        self,
        message_id: str,
        *,
        peer: str,
        content: Content,
        message: bytes | None = None,
        at: float,
        from_me: bool,
        device: int = 0,
        taken: bool = False,
    ) -> bool:
        """Put a message on the screen; False when it is there already.

        ``message`` is its protobuf; ``taken``: it is an old one, for recv never to hand out.
        """
        new = self._store.add_to_inbox(
            self.phone,
            message_id,
            peer=peer,
            device=device,
            from_me=from_me,
            text=content.text,
            at=at,
            kind=content.kind,
            quoted=content.quoted,
            details=content.details(),
            message=message,
            taken=taken,
        )
        self._arrival.set()
        return new

    def apply(self, change: Change, by: str) -> bool:
        """Change a message on the screen as the person with the number ``by`` wants it.

        False, as on a telephone, for a message that is not here, or not theirs to change.
        """
        mine = by == self.phone
        if change.kind == ChangeKind.REACTION:
            return self._store.react_in_inbox(self.phone, change.target, by, change.text)
        if change.kind == ChangeKind.REVOKE:
            return self._store.revoke_in_inbox(self.phone, change.target, from_me=mine)
        return self._store.edit_in_inbox(self.phone, change.target, change.text, from_me=mine)

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
