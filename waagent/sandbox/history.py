"""History sync: an owner's telephone hands a new device the conversations it shows.

As WhatsApp does it: compressed chunks lie among the media, encrypted, and a message from the phone
to the device says where. The first chunk has the newest messages of every chat, then come people's
names, then all that is older.
"""

from __future__ import annotations

import asyncio
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from pyaileys.proto import WAProto_pb2

from waagent.sandbox.accounts import Account, LinkedDevice
from waagent.sandbox.content import MEDIA, Sealed
from waagent.sandbox.delivery import Delivery
from waagent.sandbox.manners import Addressing
from waagent.sandbox.media import HISTORY, MediaStore
from waagent.sandbox.network import Network, timestamp
from waagent.sandbox.people import Handset, new_message_id
from waagent.sandbox.store_messages import InboxRow
from waagent.sandbox.tasks import Background

_FIRST = 20
"""How many messages of each chat the first chunk has."""
_CHUNK = 2_000
"""How many messages a later one has at most."""
_DONE = 100
_READ = 4
_TYPE_0 = b"\x08\x00"
"""The field ``syncType`` with the value 0."""
_SYNC = WAProto_pb2.HistorySync
_NOTICE = WAProto_pb2.Message.ProtocolMessage.HISTORY_SYNC_NOTIFICATION
Slice = tuple[Handset, list[InboxRow]]
"""A customer and messages with them, newest first."""


class History:
    """Sends devices their account's history, once to each, where that is turned on."""

    def __init__(
        self, network: Network, media: MediaStore, delivery: Delivery, background: Background
    ) -> None:
        self._network = network
        self._media = media
        self._delivery = delivery
        self._background = background

    def turn_on(self, account: Account, addressing: Addressing) -> None:
        """From now on devices that are linked get the history; chats go by this address."""
        self._network.store.set_setting(_option(account.phone), addressing.encode())

    def device_active(self, device: LinkedDevice) -> None:
        """A device is ready for messages: send it the history, if it is due."""
        store = self._network.store
        due = store.setting(_option(device.account)) and not store.setting(_sent(device))
        if due and device.account in self._network.accounts:
            self._background.start(self.send(device))

    async def send(self, device: LinkedDevice) -> None:
        """Send a device all the owner's telephone shows."""
        owner = self._network.handsets[device.account]
        chosen = self._network.store.setting(_option(device.account)) or b""
        addressing = Addressing(chosen.decode() or Addressing.LID)
        self._network.store.set_setting(_sent(device), b"1")
        messages = 0
        for chunk in self._chunks(owner, addressing):
            messages += sum(len(chat.messages) for chat in chunk.conversations)
            sealed = await self._seal(chunk, device.account)
            await self._announce(owner, device, chunk, sealed)
        self._network.events.emit(
            "history", account=device.account, device=device.number, messages=messages
        )

    def _chunks(self, owner: Handset, addressing: Addressing) -> list[Any]:
        """The HistorySync protobufs, in sending order."""
        chats = self._chats(owner)
        rest = [(peer, rows[_FIRST:]) for peer, rows in chats if len(rows) > _FIRST]
        older = list(_cut(rest))
        first = _SYNC(syncType=_SYNC.INITIAL_BOOTSTRAP)
        _fill(first, ((peer, rows[:_FIRST]) for peer, rows in chats), addressing)
        names = _SYNC(syncType=_SYNC.PUSH_NAME)
        for peer, _ in chats:
            names.pushnames.add(id=_address(peer, addressing), pushname=peer.name)
        chunks = [first, names]
        for slices in older:
            chunks.append(_SYNC(syncType=_SYNC.RECENT))
            _fill(chunks[-1], slices, addressing)
        for order, chunk in enumerate(chunks, 1):
            chunk.chunkOrder, chunk.progress = order, _DONE * order // len(chunks)
        return chunks

    def _chats(self, owner: Handset) -> list[Slice]:
        """What the telephone shows, the chat with the newest message first."""
        shown = [row for row in self._network.store.inbox(owner.phone) if _readable(row)]
        shown.sort(key=lambda row: (row.peer, -row.at, -row.seq))
        chats = [
            (self._network.handset(peer), list(rows))
            for peer, rows in groupby(shown, key=lambda row: row.peer)
        ]
        return sorted(chats, key=lambda chat: -chat[1][0].at)

    async def _seal(self, chunk: Any, account: str) -> Sealed:
        def seal() -> Sealed:
            with tempfile.NamedTemporaryFile(dir=self._media.servers) as file:
                file.write(zlib.compress(_serialised(chunk)))
                file.flush()
                sealed = self._media.seal(Path(file.name), HISTORY, account)
            self._media.readable(sealed.sha256.hex()).unlink()  # no telephone shows it
            return sealed

        return await asyncio.to_thread(seal)

    async def _announce(
        self, owner: Handset, device: LinkedDevice, chunk: Any, sealed: Sealed
    ) -> None:
        message = WAProto_pb2.Message()
        message.protocolMessage.type = _NOTICE
        notice = message.protocolMessage.historySyncNotification
        notice.mediaKey, notice.directPath = sealed.key, sealed.direct_path
        notice.fileSha256, notice.fileEncSha256 = sealed.sha256, sealed.encrypted_sha256
        notice.fileLength, notice.syncType = sealed.size, chunk.syncType
        notice.chunkOrder, notice.progress = chunk.chunkOrder, chunk.progress
        attrs = {
            "from": owner.lid,
            "id": new_message_id(),
            "t": timestamp(),
            "type": "text",
            "category": "peer",
            "addressing_mode": "lid",
        }
        async with owner.writing:
            await self._delivery.post(
                owner,
                self._network.accounts[device.account],
                attrs,
                message.SerializeToString(),
                only=device,
            )


def _serialised(chunk: Any) -> bytes:
    # The type is required, and pyaileys leaves out what is 0. Given twice, the last one counts.
    return _TYPE_0 + bytes(chunk.SerializeToString())


def _readable(row: InboxRow) -> bool:
    """Whether a message is there to hand on: not deleted, not broken text."""
    try:
        WAProto_pb2.Message.FromString(row.message or b"")
    except Exception:  # protobuf's DecodeError; its module differs between releases
        return False
    return row.message is not None


def _cut(chats: Iterable[Slice]) -> Iterator[list[Slice]]:
    """Chats in groups of at most ``_CHUNK`` messages; long ones are cut."""
    group: list[Slice] = []
    size = 0
    for peer, rows in chats:
        left = rows
        while left:
            part, left = left[: _CHUNK - size], left[_CHUNK - size :]
            group.append((peer, part))
            size += len(part)
            if size == _CHUNK:
                yield group
                group, size = [], 0
    if group:
        yield group


def _fill(chunk: Any, chats: Iterable[Slice], addressing: Addressing) -> None:
    for peer, rows in chats:
        chat = chunk.conversations.add(id=_address(peer, addressing))
        chat.conversationTimestamp = chat.lastMsgTimestamp = int(rows[0].at)
        if addressing == Addressing.LID:
            chat.pnJid = peer.pn
        if addressing != Addressing.LID_ONLY:
            chunk.phoneNumberToLidMappings.add(pnJid=peer.pn, lidJid=peer.lid)
        for order, row in enumerate(rows, 1):
            item = chat.messages.add(msgOrderId=len(rows) - order + 1)
            _write(item.message, row, peer, chat.id)


def _write(info: Any, row: InboxRow, peer: Handset, chat: str) -> None:
    """One message, as a WebMessageInfo."""
    info.key.remoteJid, info.key.fromMe, info.key.id = chat, row.from_me, row.id
    info.messageTimestamp = int(row.at)
    info.message.ParseFromString(row.message)
    if row.from_me:
        info.status = _READ
    else:
        info.pushName = peer.name
    if row.edited:
        _edit(info.message, row)


def _edit(message: Any, row: InboxRow) -> None:
    """Put the text a message has now in the place of the first."""
    if message.HasField("documentWithCaptionMessage"):
        message = message.documentWithCaptionMessage.message
    if row.kind in MEDIA:
        getattr(message, f"{row.kind}Message").caption = row.text
    elif message.HasField("extendedTextMessage"):
        message.extendedTextMessage.text = row.text
    else:
        message.conversation = row.text


def _address(peer: Handset, addressing: Addressing) -> str:
    return peer.pn if addressing == Addressing.PN else peer.lid


def _option(account: str) -> str:
    return f"history:{account}"


def _sent(device: LinkedDevice) -> str:
    return f"history-sent:{device.account}:{device.number}"
