"""What telephones show: messages and changes, their own and what linked devices sent them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace

import structlog

from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.chat_states import ChatStates
from waagent.sandbox.content import Change, Content, read, without_own_wrapper
from waagent.sandbox.drafts import Draft
from waagent.sandbox.media import MediaError, MediaStore
from waagent.sandbox.network import Network
from waagent.sandbox.people import Handset

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message of a linked device that a telephone decrypted.

    ``chat`` is the address it was sent to.
    """

    device: LinkedDevice
    handset: Handset
    id: str
    chat: str

    @property
    def own(self) -> bool:
        """Whether the telephone is the owner's, which shows what its linked devices send."""
        return self.handset.phone == self.device.account


class Screens:
    """Puts messages on telephones, and says so."""

    def __init__(self, network: Network, media: MediaStore, chat_states: ChatStates) -> None:
        self._network = network
        self._media = media
        self._chat_states = chat_states
        self.sent = 0
        """Messages of linked devices that customers' telephones show."""

    def put(
        self, draft: Draft, message_id: str, at: float, *, sender: Handset, receiver: Handset
    ) -> None:
        """Show what somebody writes on their telephone, there and at the other side."""
        for handset, peer in ((sender, receiver), (receiver, sender)):
            if isinstance(draft.content, Change):
                handset.apply(draft.content, by=sender.phone)
            else:
                handset.show(
                    message_id,
                    peer=peer.phone,
                    content=draft.content,
                    message=draft.message,
                    at=at,
                    from_me=handset is sender,
                )

    async def arrive(self, arrival: Arrival, message: object) -> bool:
        """Show what a device sent, a Message protobuf; False when that changes nothing."""
        content = read(message)
        if content is None:
            return False
        if isinstance(content, Change):
            return self._change(arrival, content)
        return self._show(arrival, await self._opened(content), without_own_wrapper(message))

    def _change(self, arrival: Arrival, change: Change) -> bool:
        done = arrival.handset.apply(change, by=arrival.device.account)
        if not arrival.own:
            self._emit(
                arrival,
                "shop_changed",
                change=str(change.kind),
                target=change.target,
                text=change.text,
                done=done,
            )
        return True

    def _show(self, arrival: Arrival, content: Content, message: bytes) -> bool:
        device, handset = arrival.device, arrival.handset
        shop = self._network.handsets[device.account]
        peer = self._network.find(arrival.chat) if arrival.own else shop
        if peer is None:
            return False
        new = handset.show(
            arrival.id,
            peer=peer.phone,
            content=content,
            message=message,
            at=time.time(),
            from_me=arrival.own,
            device=device.number,
        )
        if not arrival.own:
            counters = self._network.counters.of(device.account)
            (counters.received if new else counters.duplicates)[handset.phone] += 1
        if new and not arrival.own:
            self.sent += 1
            self._chat_states.note_message(device, handset.phone, arrival.id)
            self._emit(arrival, "shop_said", text=content.text, kind=str(content.kind))
        return new

    def _emit(self, arrival: Arrival, event: str, **fields: object) -> None:
        self._network.events.emit(
            event,
            account=arrival.device.account,
            device=arrival.device.number,
            customer=arrival.handset.phone,
            name=arrival.handset.name,
            id=arrival.id,
            **fields,
        )

    async def _opened(self, content: Content) -> Content:
        """The same, its file fetched and decrypted; or with the word why that failed."""
        if content.sealed is None or content.file is None:
            return content
        try:
            await asyncio.to_thread(self._media.open, content.sealed, content.kind)
        except MediaError as error:
            log.warning("sandbox.file_unreadable", action="open", error=str(error))
            return replace(content, file=replace(content.file, error=str(error)))
        return content
