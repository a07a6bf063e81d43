"""The server's word on what a linked device sent: acknowledged, refused, late or never."""

from __future__ import annotations

import asyncio

from waagent.sandbox.accounts import Link, LinkedDevice
from waagent.sandbox.faults import Fault
from waagent.sandbox.network import Network, timestamp
from waagent.sandbox.tasks import Background
from waagent.sandbox.wire import Node, encode


class Acks:
    """Acknowledges messages as the faults allow."""

    def __init__(self, network: Network, background: Background) -> None:
        self._network = network
        self._background = background

    async def refuse(self, device: LinkedDevice, node: Node, link: Link) -> bool:
        """Refuse a message if a fault says so; it must then not be delivered."""
        if node.attrs.get("category") == "peer" or node.attrs.get("device_fanout") == "false":
            return False  # between a device and its own phone, or an answer to a retry receipt
        fault = self._network.faults.take(Fault.ACK_ERROR, device.account)
        if fault is None:
            return False
        code = int(fault.value)
        self._network.counters.of(device.account).refusals += 1
        self._network.events.emit(
            "refused", account=device.account, device=device.number, id=node.attrs["id"], code=code
        )
        await link.send(encode(_ack(node, {"error": str(code)})))
        return True

    async def give(self, device: LinkedDevice, node: Node, link: Link) -> None:
        """Acknowledge a message that was delivered."""
        faults = self._network.faults
        if faults.value(Fault.WITHHOLD_ACKS, device.account):
            return
        delay = faults.value(Fault.ACK_DELAY, device.account)
        if delay:
            self._background.start(self._later(delay, device, node, link))
        else:
            await self._send(device, node, link)

    async def _later(self, delay: float, device: LinkedDevice, node: Node, link: Link) -> None:
        await asyncio.sleep(delay)
        await self._send(device, node, link)

    async def _send(self, device: LinkedDevice, node: Node, link: Link) -> None:
        self._network.counters.of(device.account).acks += 1
        await link.send(encode(_ack(node)))


def _ack(node: Node, more: dict[str, str] | None = None) -> Node:
    attrs = {
        "class": "message",
        "id": node.attrs["id"],
        "from": node.attrs["to"],
        "t": timestamp(),
    }
    return Node("ack", attrs | (more or {}))
