"""Ops that only look."""

from __future__ import annotations

import os
from dataclasses import asdict

from waagent.sandbox.arguments import Arguments, Op, Result
from waagent.sandbox.hub import Hub
from waagent.sandbox.views import message_view, person_view


class LookOps:
    """Who is there and what they have."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._network = hub.network

    def ops(self) -> dict[str, Op]:
        """Each op by its name."""
        return {
            "ping": self._ping,
            "stat": self._stat,
            "accounts": self._accounts,
            "customers": self._customers,
            "inbox": self._inbox,
            "receipts": self._receipts,
            "chat_states": self._chat_states,
        }

    def _ping(self, _: Arguments) -> Result:
        return {"pid": os.getpid()}

    def _stat(self, _: Arguments) -> Result:
        accounts = self._network.accounts.values()
        devices = [device for account in accounts for device in account.devices.values()]
        return {
            "connections": self._hub.connections,
            "accounts": len(self._network.accounts),
            "customers": len(self._network.customers()),
            "devices": len(devices),
            "online": sum(device.link is not None for device in devices),
            "logins": self._hub.logins,
            "receipts": self._hub.messages.receipts,
            "messages_in": self._hub.messages.received,
            "messages_out": self._hub.messages.sent,
        }

    def _accounts(self, _: Arguments) -> Result:
        return {
            "accounts": [
                {
                    "phone": account.phone,
                    "name": self._network.handsets[account.phone].name,
                    "devices": [
                        {
                            "number": device.number,
                            "jid": device.pn,
                            "lid": device.lid,
                            "online": device.link is not None,
                            "queued": device.backlog().get("message", 0),
                        }
                        for device in account.devices.values()
                    ],
                }
                for account in self._network.accounts.values()
            ]
        }

    def _customers(self, _: Arguments) -> Result:
        return {"customers": [person_view(customer) for customer in self._network.customers()]}

    def _inbox(self, args: Arguments) -> Result:
        rows = self._network.store.inbox(self._network.handset(args.phone("phone")).phone)
        return {"messages": [message_view(row) for row in rows]}

    def _receipts(self, args: Arguments) -> Result:
        return {"receipts": self._network.store.receipts(args.text("id"))}

    def _chat_states(self, args: Arguments) -> Result:
        customer = self._network.customer(args.phone("phone"))
        states = self._hub.messages.chat_states.of(customer.phone)
        return {"states": [asdict(state) for state in states]}
