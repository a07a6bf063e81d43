"""What customers see a shop do in their chat: typing, pausing, sending; in the order it came."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass

from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.network import Network
from waagent.sandbox.wire import Node

_KEPT = 1_000
MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatState:
    """``state`` is composing, recording, paused or message (then ``id`` says which).

    ``at`` is in Unix seconds.
    """

    account: str
    device: int
    state: str
    at: float
    id: str = ""


class ChatStates:
    """The newest of each customer, since the sandbox started."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._by_customer: defaultdict[str, deque[ChatState]] = defaultdict(
            lambda: deque(maxlen=_KEPT)
        )

    def of(self, customer: str) -> list[ChatState]:
        """What a customer saw, oldest first."""
        return list(self._by_customer[customer])

    def note_message(self, device: LinkedDevice, customer: str, message_id: str) -> None:
        """A message of the shop appears in the chat."""
        self._note(device, customer, MESSAGE, message_id)

    def typing(self, device: LinkedDevice, node: Node) -> None:
        """A shop is seen typing or recording, or no more."""
        customer = self._network.find(node.attrs.get("to", ""))
        sign = node.children[0] if node.children else Node("paused")
        state = "recording" if sign.attrs.get("media") == "audio" else sign.tag
        if customer is not None:
            self._note(device, customer.phone, state)
        self._network.events.emit(
            "typing",
            account=device.account,
            device=device.number,
            customer=customer.phone if customer else None,
            state=state,
        )

    def presence(self, device: LinkedDevice, node: Node) -> None:
        """A device says that it is in use, or no more."""
        self._network.events.emit(
            "presence",
            account=device.account,
            device=device.number,
            state=node.attrs.get("type", "available"),
        )

    def _note(self, device: LinkedDevice, customer: str, state: str, id_: str = "") -> None:
        seen = ChatState(
            account=device.account, device=device.number, state=state, at=time.time(), id=id_
        )
        self._by_customer[customer].append(seen)
