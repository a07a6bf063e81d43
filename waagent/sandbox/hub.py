"""The server's parts in one place, and linking a device, which needs most of them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from waagent.errors import RefusedError, TimedOutError
from waagent.sandbox import link_code, pairing, passkey
from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.certs import NoiseIdentity
from waagent.sandbox.faults import Fault
from waagent.sandbox.history import History
from waagent.sandbox.link_code import LinkCodes
from waagent.sandbox.messages import Messages
from waagent.sandbox.network import Network
from waagent.sandbox.pairing import Pairing, Pairings, Scan
from waagent.sandbox.store import DeviceRow
from waagent.sandbox.wire import encode

_LINK_SECONDS = 20


@dataclass(slots=True)
class Hub:
    """What connections and the control interface share."""

    network: Network
    messages: Messages
    identity: NoiseIdentity
    history: History
    pairings: Pairings = field(default_factory=Pairings)
    link_codes: LinkCodes = field(default_factory=LinkCodes)
    connections: int = 0
    logins: int = 0

    async def scan(self, code: str, phone: str, name: str) -> LinkedDevice:
        """The owner of ``phone`` scans a code; the device it linked. Raises WaagentError."""
        scan = pairing.read_code(code)
        offered = self.pairings.find(scan, time.monotonic())
        self.network.ensure_account(phone, name)
        return await self._link(offered, scan, phone)

    async def enter_code(self, code: str, phone: str, name: str) -> LinkedDevice:
        """The owner types the code a client shows; the device it linked. Raises WaagentError."""
        shown = self.link_codes.find(phone)
        link_code.read_typed(code)
        self.network.ensure_account(phone, name)
        scan = await link_code.enter(shown, code, self.network.handsets[phone].signal.identity)
        return await self._link(shown.pairing, scan, phone)

    async def _link(self, offered: Pairing, scan: Scan, phone: str) -> LinkedDevice:
        """The phone vouches for the client, unless WhatsApp wants to see a passkey."""
        self.network.events.emit("scan", account=phone)
        if self.network.faults.use_up(Fault.PASSKEY, phone):
            self.pairings.end(offered)
            await offered.link.send(encode(passkey.demand()))
            self.network.events.emit("passkey_demanded", account=phone)
            raise RefusedError("WhatsApp asks the client for a passkey", hint="the fault `passkey`")
        number = self.network.store.next_device_number(phone)
        self.pairings.claim(offered, phone, number)
        owner = self.network.handsets[phone]
        word = pairing.success(offered, scan, owner.signal.identity, owner.name)
        await offered.link.send(encode(word))
        await self._wait_until_linked(offered)
        return self.network.accounts[phone].devices[number]

    def linked(self, offered: Pairing) -> None:
        """The client signed: from now on it is a device of the account."""
        assert offered.account is not None
        companion = offered.companion
        row = DeviceRow(
            account=offered.account,
            number=offered.number,
            noise_key=companion.noise_key,
            identity=companion.identity,
            registration_id=companion.registration_id,
            signed_id=companion.signed.id,
            signed_key=companion.signed.public,
            signed_signature=companion.signed.signature,
            linked_at=time.time(),
        )
        device = self.network.add_device(row)
        self.network.events.emit(
            "paired", account=device.account, device=device.number, jid=device.pn, lid=device.lid
        )
        if not offered.linked.done():
            offered.linked.set_result(None)

    async def _wait_until_linked(self, offered: Pairing) -> None:
        try:
            async with asyncio.timeout(_LINK_SECONDS):
                await asyncio.wait([offered.linked])
        except TimeoutError:
            raise TimedOutError("the client did not answer the scan") from None
        if offered.linked.cancelled():
            raise RefusedError("the client did not accept the pairing", hint="see its log")
