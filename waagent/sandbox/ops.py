"""What can be asked of a running sandbox: one method for each op of the control interface."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

from waagent.errors import InvalidInputError, TimedOutError, WaagentError
from waagent.sandbox.addresses import phone_number
from waagent.sandbox.events import EventBus
from waagent.sandbox.hub import Hub
from waagent.sandbox.people import Handset
from waagent.sandbox.runner import Runner
from waagent.sandbox.scenario import load_scenario
from waagent.sandbox.store import InboxRow

log = structlog.get_logger(__name__)
Result = dict[str, Any]
_MAX_TEXT = 65_536
_MAX_WAIT = 3_600.0
_REQUIRED = object()


class Operations:
    """The ops, on plain JSON values."""

    def __init__(self, hub: Hub, runner: Runner) -> None:
        self._hub = hub
        self._network = hub.network
        self._runner = runner
        self._ops: dict[str, Callable[[Arguments], Awaitable[Result] | Result]] = {
            name: getattr(self, f"_{name}") for name in OPS
        }

    @property
    def events(self) -> EventBus:
        """What happens, for the op ``events``."""
        return self._network.events

    async def run(self, request: dict[str, Any]) -> Result:
        """Carry out one request. Raises WaagentError."""
        name = request["op"]
        if name not in self._ops:
            raise InvalidInputError(f"no such op: {name!r}", hint="one of " + ", ".join(OPS))
        try:
            outcome = self._ops[name](Arguments(request))
            return outcome if isinstance(outcome, dict) else await outcome
        except WaagentError:
            raise
        except Exception:
            log.exception("sandbox.op_failed", action=name)
            raise WaagentError(f"the sandbox failed at {name}", hint="see its log") from None

    # looking

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
        return {"customers": [_person(customer) for customer in self._network.customers()]}

    def _inbox(self, args: Arguments) -> Result:
        rows = self._network.store.inbox(self._handset(args.phone("phone")).phone)
        return {"messages": [_message(row) for row in rows]}

    def _receipts(self, args: Arguments) -> Result:
        return {"receipts": self._network.store.receipts(args.text("id"))}

    # people

    async def _scan(self, args: Arguments) -> Result:
        phone = args.phone("phone")
        known = self._network.handsets.get(phone)
        name = args.text("name", known.name if known else "Toko")
        device = await self._hub.scan(args.text("code"), phone, name)
        return {"jid": device.pn, "lid": device.lid, "device": device.number}

    def _customer(self, args: Arguments) -> Result:
        return _person(self._network.ensure_customer(args.phone("phone"), args.text("name")))

    async def _send(self, args: Arguments) -> Result:
        account = self._network.account(args.phone("to"))
        customer = self._network.customer(args.phone("from"))
        text = args.text("text")
        return {"id": await self._hub.messages.customer_says(customer, account, text)}

    async def _owner_send(self, args: Arguments) -> Result:
        account = self._network.account(args.phone("account"))
        customer = self._network.customer(args.phone("to"))
        return {"id": await self._hub.messages.owner_says(account, customer, args.text("text"))}

    async def _recv(self, args: Arguments) -> Result:
        handset = self._handset(args.phone("phone"))
        timeout = args.number("timeout", 10.0)
        row = await handset.take(min(timeout, _MAX_WAIT))
        if row is None:
            raise TimedOutError(
                f"nothing came for {handset.phone} within {timeout:g} s",
                hint="is the shop's session connected, and did it send?",
            )
        return _message(row)

    def _read(self, args: Arguments) -> Result:
        customer = self._network.customer(args.phone("phone"))
        self._hub.messages.customer_reads(customer, args.text("id"))
        return {}

    # trouble

    def _drop(self, args: Arguments) -> Result:
        account = args.text("account", "all")
        return {"dropped": self._network.drop(None if account == "all" else phone_number(account))}

    async def _unlink(self, args: Arguments) -> Result:
        account = self._network.account(args.phone("account"))
        devices = list(account.devices.values())
        for device in devices:
            await self._network.remove_device(device)
        return {"unlinked": len(devices)}

    def _fault(self, args: Arguments) -> Result:
        account = args.text("account", "all")
        scope = account if account == "all" else phone_number(account)
        self._network.faults.set(args.text("name"), scope, args.number("value", 1.0))
        return {"faults": self._network.faults.listing()}

    def _clear_faults(self, args: Arguments) -> Result:
        account = args.text("account", "")
        self._network.faults.clear(phone_number(account) if account else None)
        return {"faults": self._network.faults.listing()}

    # stories

    async def _scenario(self, args: Arguments) -> Result:
        account = self._network.account(args.phone("account"))
        scenario = await asyncio.to_thread(_load, args)
        return {"run": self._runner.start(scenario, account, args.number("speed", 1.0))}

    def _scenario_status(self, args: Arguments) -> Result:
        return self._runner.status(args.text("run"))

    def _scenario_stop(self, args: Arguments) -> Result:
        self._runner.stop(args.text("run"))
        return {}

    def _handset(self, phone: str) -> Handset:
        """A customer's telephone, or an owner's."""
        return self._network.handsets.get(phone) or self._network.customer(phone)


OPS = (
    "ping",
    "stat",
    "accounts",
    "customers",
    "inbox",
    "receipts",
    "scan",
    "customer",
    "send",
    "owner_send",
    "recv",
    "read",
    "drop",
    "unlink",
    "fault",
    "clear_faults",
    "scenario",
    "scenario_status",
    "scenario_stop",
)
"""All ops but ``events``, which the control interface serves itself."""


class Arguments:
    """The values of one request, checked as they are asked for. Raises InvalidInputError."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def text(self, name: str, default: object = _REQUIRED) -> str:
        """A string that is not blank and not huge."""
        value = self._values.get(name, default)
        if value is _REQUIRED:
            raise InvalidInputError(f"{self._values['op']} needs {name!r}")
        blank = isinstance(value, str) and not value.strip() and value != default
        if not isinstance(value, str) or blank or len(value) > _MAX_TEXT:
            raise InvalidInputError(f"{name!r} must be a text of 1 to {_MAX_TEXT} characters")
        return value

    def phone(self, name: str) -> str:
        """The digits of a phone number."""
        return phone_number(self.text(name))

    def number(self, name: str, default: float) -> float:
        """A number that is not negative."""
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
            raise InvalidInputError(f"{name!r} must be a number, 0 or more")
        return float(value)


def _load(args: Arguments) -> Any:
    path = args.text("path", "")
    return load_scenario(Path(path) if path else args.text("name"))


def _person(handset: Handset) -> Result:
    return {"phone": handset.phone, "name": handset.name, "jid": handset.pn, "lid": handset.lid}


def _message(row: InboxRow) -> Result:
    return {
        "id": row.id,
        "phone": row.phone,
        "peer": row.peer,
        "device": row.device,
        "from_me": row.from_me,
        "text": row.text,
        "at": row.at,
        "taken": row.taken,
        "read": row.read,
    }
