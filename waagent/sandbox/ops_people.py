"""Ops that people do: owners and customers with their telephones."""

from __future__ import annotations

from waagent.errors import InvalidInputError, TimedOutError
from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.arguments import Arguments, Op, Result
from waagent.sandbox.hub import Hub
from waagent.sandbox.manners import Addressing, Manner
from waagent.sandbox.views import message_view, person_view

_MAX_WAIT = 3_600.0


class PeopleOps:
    """Scanning, writing, receiving and reading."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._network = hub.network

    def ops(self) -> dict[str, Op]:
        """Each op by its name."""
        return {
            "scan": self._scan,
            "enter_code": self._enter_code,
            "customer": self._customer,
            "send": self._send,
            "owner_send": self._owner_send,
            "recv": self._recv,
            "read": self._read,
        }

    async def _scan(self, args: Arguments) -> Result:
        phone = args.phone("phone")
        device = await self._hub.scan(args.text("code"), phone, self._shop_name(phone, args))
        return _linked(device)

    async def _enter_code(self, args: Arguments) -> Result:
        phone = args.phone("phone")
        device = await self._hub.enter_code(args.text("code"), phone, self._shop_name(phone, args))
        return _linked(device)

    def _shop_name(self, phone: str, args: Arguments) -> str:
        known = self._network.handsets.get(phone)
        return args.text("name", known.name if known else "Toko")

    def _customer(self, args: Arguments) -> Result:
        return person_view(self._network.ensure_customer(args.phone("phone"), args.text("name")))

    async def _send(self, args: Arguments) -> Result:
        account = self._network.account(args.phone("to"))
        customer = self._network.customer(args.phone("from"))
        text = args.text("text")
        manner = manner_of(args)
        return {"id": await self._hub.messages.customer_says(customer, account, text, manner)}

    async def _owner_send(self, args: Arguments) -> Result:
        account = self._network.account(args.phone("account"))
        customer = self._network.customer(args.phone("to"))
        return {"id": await self._hub.messages.owner_says(account, customer, args.text("text"))}

    async def _recv(self, args: Arguments) -> Result:
        handset = self._network.handset(args.phone("phone"))
        timeout = args.number("timeout", 10.0)
        row = await handset.take(min(timeout, _MAX_WAIT))
        if row is None:
            raise TimedOutError(
                f"nothing came for {handset.phone} within {timeout:g} s",
                hint="is the shop's session connected, and did it send?",
            )
        return message_view(row)

    def _read(self, args: Arguments) -> Result:
        customer = self._network.customer(args.phone("phone"))
        self._hub.messages.customer_reads(customer, args.text("id"))
        return {}


def manner_of(args: Arguments) -> Manner:
    """How a customer's message is to travel. Raises InvalidInputError."""
    addressing = args.text("addressing", Addressing.LID)
    if addressing not in set(Addressing):
        raise InvalidInputError(
            f"no such addressing: {addressing!r}", hint="one of " + ", ".join(Addressing)
        )
    return Manner(addressing=Addressing(addressing), age=args.number("age", 0.0))


def _linked(device: LinkedDevice) -> Result:
    return {"jid": device.pn, "lid": device.lid, "device": device.number}
