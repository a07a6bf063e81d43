"""Ops that make trouble, and those that count what came of it."""

from __future__ import annotations

from waagent.errors import InvalidInputError
from waagent.sandbox.accounts import Account
from waagent.sandbox.addresses import phone_number
from waagent.sandbox.arguments import Arguments, Op, Result
from waagent.sandbox.faults import ALL, BAN_CODE, BAN_SECONDS, BANNED, Fault
from waagent.sandbox.hub import Hub
from waagent.sandbox.network import conflict
from waagent.sandbox.wire import Node

_FIRST_OF_CROWD = 628_990_000_001
_CODES = range(100, 1_000)


class TroubleOps:
    """Cutting, unlinking, banning and other misbehaviour."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._network = hub.network

    def ops(self) -> dict[str, Op]:
        """Each op by its name."""
        return {
            "drop": self._drop,
            "unlink": self._unlink,
            "stream_error": self._stream_error,
            "ban": self._ban,
            "burst": self._burst,
            "fault": self._fault,
            "clear_faults": self._clear_faults,
            "faults": self._faults,
            "counters": self._counters,
        }

    def _drop(self, args: Arguments) -> Result:
        account = args.text("account", ALL)
        return {"dropped": self._network.drop(None if account == ALL else phone_number(account))}

    async def _unlink(self, args: Arguments) -> Result:
        return {"unlinked": await self._remove_devices(self._account(args))}

    async def _stream_error(self, args: Arguments) -> Result:
        account, kind = self._account(args), args.text("kind")
        if kind == "device_removed":
            return {"sent": await self._remove_devices(account)}
        if kind == "replaced":
            return {"sent": await self._network.stream_error(account.phone, conflict(kind))}
        if not kind.isdecimal() or int(kind) not in _CODES:
            raise InvalidInputError(
                f"no such stream error: {kind!r}",
                hint="replaced, device_removed or a code from 100 to 999",
            )
        node = Node("stream:error", {"code": kind})
        return {"sent": await self._network.stream_error(account.phone, node)}

    def _ban(self, args: Arguments) -> Result:
        account = self._account(args)
        expire = args.number("expire", BAN_SECONDS) or BAN_SECONDS
        self._network.faults.set(
            Fault.REFUSE_LOGIN,
            account.phone,
            BANNED,
            code=int(args.number("code", BAN_CODE)),
            expire=expire,
        )
        return {"dropped": self._network.drop(account.phone)}

    async def _burst(self, args: Arguments) -> Result:
        """Many customers write at once, in turn."""
        account = self._account(args)
        count, people = int(args.number("count", 100)), int(args.number("people", 10))
        if not count or not people:
            raise InvalidInputError("a burst has at least 1 message of 1 customer")
        crowd = [
            self._network.ensure_customer(str(_FIRST_OF_CROWD + n), f"Pelanggan {n + 1}")
            for n in range(min(people, count))
        ]
        say = self._hub.messages.customer_says
        ids = [await say(crowd[n % len(crowd)], account, f"pesan {n + 1}") for n in range(count)]
        return {"ids": ids}

    def _fault(self, args: Arguments) -> Result:
        account = args.text("account", ALL)
        times = int(args.number("times", 0)) or None
        self._network.faults.set(
            args.text("name"),
            account if account == ALL else phone_number(account),
            args.number("value", 1.0),
            code=int(args.number("code", 0)),
            expire=args.number("expire", 0.0),
            times=times,
        )
        return self._faults(args)

    def _clear_faults(self, args: Arguments) -> Result:
        account, name = args.text("account", ""), args.text("name", "")
        if name and name not in set(Fault):
            raise InvalidInputError(
                f"no such fault: {name!r}", hint="one of " + ", ".join(sorted(Fault))
            )
        scope = account if account in ("", ALL) else phone_number(account)
        self._network.faults.clear(scope or None, name or None)
        return self._faults(args)

    def _faults(self, _: Arguments) -> Result:
        return {"faults": self._network.faults.listing()}

    def _counters(self, args: Arguments) -> Result:
        account = self._account(args)
        devices = account.devices.values()
        return self._network.counters.of(account.phone).view() | {
            "delivered": sum(device.delivered for device in devices),
        }

    def _account(self, args: Arguments) -> Account:
        return self._network.account(args.phone("account"))

    async def _remove_devices(self, account: Account) -> int:
        devices = list(account.devices.values())
        for device in devices:
            await self._network.remove_device(device)
        return len(devices)
