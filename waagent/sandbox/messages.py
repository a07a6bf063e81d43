"""Messages and receipts on their way: between customers, owners' phones and linked devices."""

from __future__ import annotations

import time

import structlog

from waagent.errors import NotFoundError
from waagent.sandbox import drafts
from waagent.sandbox.accounts import Account, Link, LinkedDevice
from waagent.sandbox.acks import Acks
from waagent.sandbox.addresses import parse_jid
from waagent.sandbox.bundles import bundle_nodes
from waagent.sandbox.chat_states import ChatStates
from waagent.sandbox.content import Change
from waagent.sandbox.delivery import Delivery
from waagent.sandbox.drafts import Draft
from waagent.sandbox.manners import PLAIN, Manner, from_owner, from_person
from waagent.sandbox.media import MediaStore
from waagent.sandbox.network import Network, timestamp
from waagent.sandbox.people import Handset, new_message_id
from waagent.sandbox.screens import Arrival, Screens
from waagent.sandbox.signal import DecryptError
from waagent.sandbox.tasks import Background
from waagent.sandbox.wire import Node, encode

log = structlog.get_logger(__name__)


class Messages:
    """The post office. Counts what passes."""

    def __init__(self, network: Network, media: MediaStore, background: Background) -> None:
        self._network = network
        self.delivery = Delivery(network, background)
        self._acks = Acks(network, background)
        self.chat_states = ChatStates(network)
        self._screens = Screens(network, media, self.chat_states)
        self.received = 0
        """Messages customers and owners sent."""
        self.receipts = 0
        """Receipts linked devices sent."""

    @property
    def sent(self) -> int:
        """Messages linked devices sent."""
        return self._screens.sent

    # what people do

    async def customer_says(
        self, customer: Handset, account: Account, text: str, manner: Manner = PLAIN
    ) -> str:
        """A customer writes a text to a shop. The message's id."""
        return await self.customer_sends(customer, account, drafts.text(text), manner)

    async def owner_says(self, account: Account, customer: Handset, text: str) -> str:
        """The owner writes a text on the phone. The message's id."""
        return await self.owner_sends(account, customer, drafts.text(text))

    async def customer_sends(
        self, customer: Handset, account: Account, draft: Draft, manner: Manner = PLAIN
    ) -> str:
        """A customer sends something to a shop: all its devices get it. The message's id."""
        message_id, at = new_message_id(), time.time() - manner.age
        owner = self._network.handsets[account.phone]
        async with customer.writing:
            self._screens.put(draft, message_id, at, sender=customer, receiver=owner)
            self._count_in("customer", account, customer, message_id, draft)
            attrs = from_person(customer, message_id, at, manner.addressing) | draft.attrs
            await self.delivery.post(
                customer, account, attrs, draft.message, enc_attrs=draft.enc_attrs
            )
        return message_id

    async def owner_sends(self, account: Account, customer: Handset, draft: Draft) -> str:
        """The owner sends something from the phone; devices get a copy. The message's id."""
        message_id, at = new_message_id(), time.time()
        owner = self._network.handsets[account.phone]
        async with owner.writing:
            self._screens.put(draft, message_id, at, sender=owner, receiver=customer)
            self._count_in("owner", account, customer, message_id, draft)
            attrs = from_owner(owner, customer, message_id, at) | draft.attrs
            copy = drafts.sent_copy(draft.message, customer.lid)
            await self.delivery.post(owner, account, attrs, copy, enc_attrs=draft.enc_attrs)
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
        if await self._acks.refuse(device, node, link):
            return
        delivered_to: list[Handset] = []
        for jid, enc in _recipients(node):
            handset = await self._hand_over(device, node, jid, enc)
            if handset is not None and handset.phone != device.account:
                delivered_to.append(handset)
        await self._acks.give(device, node, link)
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
        counters = self._network.counters.of(device.account)
        if kind == "retry":
            counters.retries += 1
        else:
            counters.receipted += len(ids)
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
            await self.delivery.again(device, ids[0], node)
        attrs = {"class": "receipt", "id": ids[0], "from": node.attrs.get("to", "")}
        await link.send(encode(Node("ack", attrs | _type_of(node))))

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
        arrival = Arrival(
            device=device, handset=handset, id=node.attrs["id"], chat=node.attrs["to"]
        )
        return handset if await self._screens.arrive(arrival, message) else None

    def _forward(self, device: LinkedDevice, node: Node, jid: str, enc: Node) -> None:
        """Queue a copy for another linked device, of the same account or of another."""
        target = self._network.device_at(jid)
        sender = self._network.handsets[device.account]
        if target is None:
            return
        attrs = from_person(sender, node.attrs["id"], time.time()) | {"from": device.lid}
        recipient = self._network.find(node.attrs["to"])
        if target.account == device.account and recipient is not None:
            attrs = from_owner(sender, recipient, node.attrs["id"], time.time())
            attrs["from"] = device.lid
        attrs |= {name: node.attrs[name] for name in ("type", "edit") if name in node.attrs}
        identity = node.child("device-identity")
        target.deliver(Node("message", attrs, (enc, *([identity] if identity else []))))

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

    def _count_in(
        self, who: str, account: Account, customer: Handset, message_id: str, draft: Draft
    ) -> None:
        self.received += 1
        content = draft.content
        if isinstance(content, Change):
            what = {"change": str(content.kind), "target": content.target}
        else:
            what = {"kind": str(content.kind)}
        self._network.events.emit(
            f"{who}_changed" if isinstance(content, Change) else f"{who}_said",
            account=account.phone,
            customer=customer.phone,
            name=customer.name,
            id=message_id,
            text=content.text,
            **what,
        )


def _recipients(node: Node) -> list[tuple[str, Node]]:
    """Each address a message is encrypted for, with its ``<enc>``."""
    direct = [(node.attrs["to"], enc) for enc in node.children if enc.tag == "enc"]
    participants = node.child("participants")
    copies = participants.children if participants else ()
    return direct + [(copy.attrs["jid"], copy.need("enc")) for copy in copies]


def _receipt(customer: Handset, message_id: str, kind: str, at: float) -> Node:
    """A customer's receipt; no ``kind`` means delivered."""
    attrs = {"from": customer.lid, "id": message_id, "t": timestamp(at)}
    return Node("receipt", attrs | ({"type": kind} if kind else {}))


def _type_of(node: Node) -> dict[str, str]:
    return {"type": node.attrs["type"]} if "type" in node.attrs else {}
