"""Ops with which people send more than plain texts, and change what they sent."""

from __future__ import annotations

from waagent.sandbox.accounts import Account
from waagent.sandbox.arguments import Arguments, Op, Result
from waagent.sandbox.composing import Composer
from waagent.sandbox.drafts import Draft
from waagent.sandbox.hub import Hub
from waagent.sandbox.media import MediaStore
from waagent.sandbox.people import Handset


class ContentOps:
    """Posting and changing; the writer may be a customer or, on the shop's phone, its owner."""

    def __init__(self, hub: Hub, media: MediaStore) -> None:
        self._network = hub.network
        self._messages = hub.messages
        self._composer = Composer(hub.network, media)

    def ops(self) -> dict[str, Op]:
        """Each op by its name."""
        return {"post": self._post, "change": self._change}

    async def _post(self, args: Arguments) -> Result:
        writer, peer = (self._network.handset(args.phone(name)) for name in ("from", "to"))
        account, _ = self._parties(writer, peer)
        draft = await self._composer.message(args, writer, account.phone)
        return {"id": await self._send(writer, peer, draft)}

    async def _change(self, args: Arguments) -> Result:
        writer = self._network.handset(args.phone("phone"))
        draft, row = self._composer.change(args, writer)
        return {"id": await self._send(writer, self._network.handset(row.peer), draft)}

    async def _send(self, writer: Handset, peer: Handset, draft: Draft) -> str:
        account, customer = self._parties(writer, peer)
        if writer is customer:
            return await self._messages.customer_sends(customer, account, draft)
        return await self._messages.owner_sends(account, customer, draft)

    def _parties(self, writer: Handset, peer: Handset) -> tuple[Account, Handset]:
        """The shop and the customer among the two. Raises NotFoundError."""
        if writer.role == "owner":
            return self._network.account(writer.phone), self._network.customer(peer.phone)
        return self._network.account(peer.phone), writer
