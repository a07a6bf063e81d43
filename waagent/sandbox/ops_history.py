"""The op with which an account has a past, and its devices hear of it."""

from __future__ import annotations

import asyncio

from waagent.errors import InvalidInputError
from waagent.sandbox import past
from waagent.sandbox.accounts import Account
from waagent.sandbox.arguments import Arguments, Op, Result
from waagent.sandbox.hub import Hub
from waagent.sandbox.manners import Addressing

_MOST = 100_000
_DAYS = 30.0


class HistoryOps:
    """Old conversations."""

    def __init__(self, hub: Hub) -> None:
        self._network = hub.network
        self._history = hub.history

    def ops(self) -> dict[str, Op]:
        """Each op by its name."""
        return {"history": self._turn_on}

    async def _turn_on(self, args: Arguments) -> Result:
        account = self._account(args)
        addressing = args.text("addressing", Addressing.LID)
        if addressing not in set(Addressing):
            raise InvalidInputError("'addressing' must be one of " + ", ".join(Addressing))
        chats = list(self._chats(args))
        for chat in chats:
            past.live_through(self._network, account, chat)
            await asyncio.sleep(0)  # connections want their turn, too
        self._history.turn_on(account, Addressing(addressing))
        devices = list(account.devices.values()) if args.flag("now") else []
        for device in devices:
            await self._history.send(device)
        messages = sum(len(chat.messages) for chat in chats)
        return {"chats": len(chats), "messages": messages, "devices": len(devices)}

    def _account(self, args: Arguments) -> Account:
        """The account, made if need be."""
        phone = args.phone("account")
        known = self._network.accounts.get(phone)
        if known is not None and not args.has("name"):
            return known
        return self._network.ensure_account(phone, args.text("name", "Toko"))

    def _chats(self, args: Arguments) -> list[past.PastChat]:
        if args.has("conversations"):
            return list(past.given(args.value("conversations")))
        chats, messages = (int(args.number(name, 0)) for name in ("chats", "messages"))
        if chats * messages > _MOST:
            raise InvalidInputError(f"at most {_MOST} messages can be made up at once")
        return list(past.made_up(chats, messages, args.number("days", _DAYS)))
