"""Messages and receipts on their way: between customers, owners' phones and linked devices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine

import structlog

from waagent.errors import NotFoundError
from waagent.sandbox.accounts import Account, Link, LinkedDevice
from waagent.sandbox.addresses import parse_jid
from waagent.sandbox.bundles import bundle_nodes
from waagent.sandbox.faults import Fault
from waagent.sandbox.network import Network, timestamp
from waagent.sandbox.people import Handset, new_message_id, sent_message, text_message, text_of
from waagent.sandbox.signal import DecryptError
from waagent.sandbox.store import InboxRow
from waagent.sandbox.wire import Node, encode

log = structlog.get_logger(__name__)


class Messages:
    """The post office. Counts what passes."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._tasks: set[asyncio.Task[None]] = set()
        self.received = 0
        """Messages customers and owners sent."""
        self.sent = 0
        """Messages linked devices sent."""
        self.receipts = 0
        """Receipts linked devices sent."""

    # what people do

    async def customer_says(self, customer: Handset, account: Account, text: str) -> str:
        """A customer writes to a shop: all its devices get it. The message's id."""
        message_id, at = new_message_id(), time.time()
        copies = 2 if self._network.faults.use_up(Fault.DUPLICATE, account.phone) else 1
        owner = self._network.handsets[account.phone]
        async with customer.writing:
            customer.show(message_id, peer=owner.phone, text=text, at=at, from_me=True)
            owner.show(message_id, peer=customer.phone, text=text, at=at, from_me=False)
            self._count_in(
                "customer_said", account=owner.phone, customer=customer, id=message_id, text=text
            )
            for device in list(account.devices.values()) * copies:
                attrs = _from_person(customer, message_id, at)
                await self._encrypt_and_queue(customer, device, attrs, text_message(text))
        return message_id

    async def owner_says(self, account: Account, customer: Handset, text: str) -> str:
        """The owner writes on the phone: the customer gets it, linked devices a copy. The id."""
        message_id, at = new_message_id(), time.time()
        owner = self._network.handsets[account.phone]
        async with owner.writing:
            owner.show(message_id, peer=customer.phone, text=text, at=at, from_me=True)
            customer.show(message_id, peer=owner.phone, text=text, at=at, from_me=False)
            self._count_in(
                "owner_said", account=owner.phone, customer=customer, id=message_id, text=text
            )
            for device in list(account.devices.values()):
                attrs = _from_owner(owner, customer, message_id, at)
                await self._encrypt_and_queue(
                    owner, device, attrs, sent_message(text, customer.lid)
                )
        account.deliver(_receipt(customer, message_id, "", time.time()))
        return message_id

    def customer_reads(self, customer: Handset, message_id: str) -> None:
        """A customer opens the chat: the shop's devices get a read receipt.

        Raises NotFoundError for a message that is not in the inbox.
        """
        row = self._network.store.inbox_message(customer.phone, message_id)
        if row is None or row.from_me:
            raise NotFoundError(
                f"{customer.phone} has no message {message_id}", hint="see the op `inbox`"
            )
        self._network.store.mark_read(customer.phone, message_id)
        account = self._network.account(row.peer)
        account.deliver(_receipt(customer, message_id, "read", time.time()))
        self._network.events.emit(
            "receipt",
            by="customer",
            account=account.phone,
            customer=customer.phone,
            id=message_id,
            type="read",
        )

    # what linked devices send

    async def from_device(self, device: LinkedDevice, node: Node, link: Link) -> None:
        """Deliver a device's message to everybody it is encrypted for, then acknowledge it."""
        if device.account not in self._network.accounts:
            return
        delivered_to: list[Handset] = []
        for jid, enc in _recipients(node):
            handset = await self._hand_over(device, node, jid, enc)
            if handset is not None and handset.phone != device.account:
                delivered_to.append(handset)
        await self._acknowledge(device, node, link)
        account = self._network.accounts[device.account]
        for handset in delivered_to:
            account.deliver(_receipt(handset, node.attrs["id"], "", time.time()))

    async def receipt_from_device(self, device: LinkedDevice, node: Node, link: Link) -> None:
        """Note a device's receipt: what it says it has is not sent to it again."""
        kind = node.attrs.get("type", "delivered")
        listed = node.child("list")
        ids = [
            node.attrs.get("id", ""),
            *(i.attrs["id"] for i in (listed.children if listed else ())),
        ]
        customer = self._network.find(node.attrs.get("recipient") or node.attrs.get("to", ""))
        self.receipts += 1
        for message_id in ids:
            device.acknowledge("message", message_id, None)
            self._network.store.add_receipt(
                message_id, device.account, device.number, kind, time.time()
            )
            self._network.events.emit(
                "receipt",
                by="shop",
                account=device.account,
                device=device.number,
                customer=customer.phone if customer else None,
                id=message_id,
                type=kind,
            )
        if kind == "retry":
            await self._resend(device, ids[0], int(node.need("retry").attrs.get("count", "1")))
        attrs = {"class": "receipt", "id": ids[0], "from": node.attrs.get("to", "")}
        await link.send(encode(Node("ack", attrs | _type_of(node))))

    def typing_from_device(self, device: LinkedDevice, node: Node) -> None:
        """Note that a shop is seen typing, or no more."""
        customer = self._network.find(node.attrs.get("to", ""))
        state = node.children[0].tag if node.children else "paused"
        self._network.events.emit(
            "typing",
            account=device.account,
            device=device.number,
            customer=customer.phone if customer else None,
            state=state,
        )

    async def close(self) -> None:
        """Give up acknowledgements that were to come later."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _hand_over(
        self, device: LinkedDevice, node: Node, jid: str, enc: Node
    ) -> Handset | None:
        """Give one encrypted copy to its addressee; the handset, if it shows it now."""
        parts, handset = parse_jid(jid), self._network.find(jid)
        if parts is None or handset is None:
            return None
        if parts.device:
            self._forward(device, node, jid, enc)
            return None
        try:
            message = await handset.decrypt(device.lid, enc)
        except DecryptError as error:
            await self._ask_again(device, handset, node, error)
            return None
        return handset if self._show(device, handset, node, text_of(message)) else None

    def _show(self, device: LinkedDevice, handset: Handset, node: Node, text: str | None) -> bool:
        own = handset.phone == device.account
        peer = (
            self._network.find(node.attrs["to"]) if own else self._network.handsets[device.account]
        )
        if text is None or peer is None:
            return False
        message_id = node.attrs["id"]
        new = handset.show(
            message_id,
            peer=peer.phone,
            text=text,
            at=time.time(),
            from_me=own,
            device=device.number,
        )
        if new and not own:
            self.sent += 1
            self._network.events.emit(
                "shop_said",
                account=device.account,
                device=device.number,
                customer=handset.phone,
                name=handset.name,
                id=message_id,
                text=text,
            )
        return new

    def _forward(self, device: LinkedDevice, node: Node, jid: str, enc: Node) -> None:
        """Queue a copy for another linked device, of the same account or of another."""
        target = self._network.device_at(jid)
        sender = self._network.handsets[device.account]
        if target is None:
            return
        attrs = _from_person(sender, node.attrs["id"], time.time()) | {"from": device.lid}
        recipient = self._network.find(node.attrs["to"])
        if target.account == device.account and recipient is not None:
            attrs = _from_owner(sender, recipient, node.attrs["id"], time.time())
            attrs["from"] = device.lid
        identity = node.child("device-identity")
        target.deliver(Node("message", attrs, (enc, *([identity] if identity else []))))

    async def _acknowledge(self, device: LinkedDevice, node: Node, link: Link) -> None:
        faults = self._network.faults
        if faults.value(Fault.WITHHOLD_ACKS, device.account):
            return
        attrs = {
            "class": "message",
            "id": node.attrs["id"],
            "from": node.attrs["to"],
            "t": timestamp(),
        }
        ack = encode(Node("ack", attrs))
        delay = faults.value(Fault.ACK_DELAY, device.account)
        if delay:
            self._later(_send_after(delay, link, ack))
        else:
            await link.send(ack)

    async def _ask_again(
        self, device: LinkedDevice, handset: Handset, node: Node, error: DecryptError
    ) -> None:
        """Do as a phone that cannot read a message: ask its sender for it, with fresh keys."""
        log.warning(
            "sandbox.undecryptable", action="ask_again", device=device.number, error=str(error)
        )
        self._network.events.emit(
            "undecryptable", account=device.account, phone=handset.phone, id=node.attrs["id"]
        )
        if node.attrs.get("device_fanout") == "false":  # that was the answer to asking already
            return
        retry = {"count": "1", "id": node.attrs["id"], "t": timestamp(), "v": "1"}
        attrs = {"from": handset.lid, "id": node.attrs["id"], "type": "retry", "t": timestamp()}
        if handset.phone == device.account:
            attrs["recipient"] = node.attrs["to"]
        registration, *keys = bundle_nodes(handset.signal.take_bundle())
        device.deliver(
            Node(
                "receipt",
                attrs,
                (Node("retry", retry), registration, Node("keys", {}, tuple(keys))),
            )
        )

    async def _resend(self, device: LinkedDevice, message_id: str, count: int) -> None:
        """Encrypt a message anew for a device that could not read it."""
        row = self._network.store.inbox_message(device.account, message_id)
        if row is None or row.device:  # what another linked device sent is not a phone's to resend
            return
        owner, peer = self._network.handsets[device.account], self._network.handsets[row.peer]
        sender = owner if row.from_me else peer
        async with sender.writing:
            await sender.signal.start_session(device.lid, device.take_bundle())
            attrs, plaintext = _again(owner, peer, row)
            await self._encrypt_and_queue(sender, device, attrs, plaintext, count)

    async def _encrypt_and_queue(
        self,
        sender: Handset,
        device: LinkedDevice,
        attrs: dict[str, str],
        plaintext: bytes,
        retry: int = 0,
    ) -> None:
        enc = await sender.encrypt_for(device, plaintext)
        if retry:
            enc.attrs["count"] = str(retry)
        device.deliver(Node("message", attrs, (enc,)))

    def _count_in(self, event: str, *, customer: Handset, **fields: object) -> None:
        self.received += 1
        self._network.events.emit(event, customer=customer.phone, name=customer.name, **fields)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _recipients(node: Node) -> list[tuple[str, Node]]:
    """Each address a message is encrypted for, with its ``<enc>``."""
    direct = [(node.attrs["to"], enc) for enc in node.children if enc.tag == "enc"]
    participants = node.child("participants")
    copies = participants.children if participants else ()
    return direct + [(copy.attrs["jid"], copy.need("enc")) for copy in copies]


def _from_person(sender: Handset, message_id: str, at: float) -> dict[str, str]:
    return {
        "from": sender.lid,
        "sender_pn": sender.pn,
        "id": message_id,
        "t": timestamp(at),
        "type": "text",
        "notify": sender.name,
        "addressing_mode": "lid",
    }


def _from_owner(owner: Handset, customer: Handset, message_id: str, at: float) -> dict[str, str]:
    """A message of one's own, as one's other devices get it: the chat is the ``recipient``."""
    return {
        "from": owner.lid,
        "recipient": customer.lid,
        "peer_recipient_pn": customer.pn,
        "id": message_id,
        "t": timestamp(at),
        "type": "text",
        "notify": owner.name,
        "addressing_mode": "lid",
    }


def _again(owner: Handset, peer: Handset, row: InboxRow) -> tuple[dict[str, str], bytes]:
    """The attributes and plaintext of a message shown on the owner's phone."""
    if row.from_me:
        attrs = _from_owner(owner, peer, row.id, row.at)
        return attrs, sent_message(row.text, peer.lid)
    return _from_person(peer, row.id, row.at), text_message(row.text)


def _receipt(customer: Handset, message_id: str, kind: str, at: float) -> Node:
    """A customer's receipt; no ``kind`` means delivered."""
    attrs = {"from": customer.lid, "id": message_id, "t": timestamp(at)}
    return Node("receipt", attrs | ({"type": kind} if kind else {}))


def _type_of(node: Node) -> dict[str, str]:
    return {"type": node.attrs["type"]} if "type" in node.attrs else {}


async def _send_after(delay: float, link: Link, data: bytes) -> None:
    await asyncio.sleep(delay)
    await link.send(data)
