"""People's messages on their way to linked devices: encrypted for each, as well or badly as the
faults say, and again when a device could not read one."""

from __future__ import annotations

import asyncio

from waagent.sandbox.accounts import Account, LinkedDevice
from waagent.sandbox.bundles import retry_bundle
from waagent.sandbox.faults import Fault
from waagent.sandbox.network import Network
from waagent.sandbox.people import Handset
from waagent.sandbox.store import Original
from waagent.sandbox.tasks import Background
from waagent.sandbox.wire import Node

_PHONE_MODE = "pn"
_IN_THE_MAC = -12
"""Where both kinds of ciphertext have their MAC, or what it protects."""


class Delivery:
    """Encrypts and queues. Remembers each message, to be able to send it again."""

    def __init__(self, network: Network, background: Background) -> None:
        self._network = network
        self._background = background

    async def post(
        self,
        sender: Handset,
        account: Account,
        attrs: dict[str, str],
        plaintext: bytes,
        *,
        enc_attrs: dict[str, str] | None = None,
        only: LinkedDevice | None = None,
    ) -> None:
        """Queue a message for all linked devices of an account; ``sender.writing`` is held.

        ``only``: for this one alone.

        ``attrs`` belong to ``<message>``, ``enc_attrs`` to its ``<enc>``; ``plaintext`` is a
        serialised Message. Faults spoil only what customers send.
        """
        original = Original(
            account=account.phone,
            id=attrs["id"],
            sender=sender.phone,
            attrs=attrs,
            enc_attrs=enc_attrs or {},
            plaintext=plaintext,
        )
        self._network.store.keep_original(original)
        faults, customer = self._network.faults, sender.phone != account.phone
        copies = 2 if customer and faults.use_up(Fault.DUPLICATE, account.phone) else 1
        spoil = customer and faults.use_up(Fault.UNDECRYPTABLE, account.phone)
        hollow = customer and faults.use_up(Fault.UNAVAILABLE, account.phone)
        for device in ([only] if only else list(account.devices.values())) * copies:
            if hollow:
                device.deliver(Node("message", attrs, (Node("unavailable"),)))
            else:
                await self._queue(sender, device, original, spoil=spoil)

    async def again(self, device: LinkedDevice, message_id: str, retry: Node) -> None:
        """Send a message anew to a device whose retry receipt says that it could not read it."""
        original = self._network.store.original(device.account, message_id)
        if original is None:  # what another linked device sent is not a phone's to resend
            return
        faults = self._network.faults
        if faults.value(Fault.WITHHOLD_RESENDS, device.account):
            return
        delay = faults.value(Fault.RESEND_DELAY, device.account)
        if delay:
            self._background.start(self._again_after(delay, device, original, retry))
        else:
            await self._again(device, original, retry)

    async def _again_after(
        self, delay: float, device: LinkedDevice, original: Original, retry: Node
    ) -> None:
        await asyncio.sleep(delay)
        account = self._network.accounts.get(device.account)
        if account is not None and account.devices.get(device.number) is device:
            await self._again(device, original, retry)

    async def _again(self, device: LinkedDevice, original: Original, retry: Node) -> None:
        sender = self._network.handsets[original.sender]
        count = retry.need("retry").attrs.get("count", "1")
        async with sender.writing:
            await sender.signal.start_session(
                device.lid, retry_bundle(retry) or device.take_bundle()
            )
            spoil = self._network.faults.use_up(Fault.SPOIL_RESENDS, device.account)
            await self._queue(sender, device, original, count=count, spoil=spoil)

    async def _queue(
        self,
        sender: Handset,
        device: LinkedDevice,
        original: Original,
        *,
        count: str = "",
        spoil: bool = False,
    ) -> None:
        await self._follow_addressing(sender, device, original)
        enc = await sender.encrypt_for(device, original.plaintext)
        content = _spoiled(enc.data()) if spoil else enc.data()
        attrs = enc.attrs | original.enc_attrs | ({"count": count} if count else {})
        device.deliver(Node("message", original.attrs, (Node("enc", attrs, content),)))

    async def _follow_addressing(
        self, sender: Handset, device: LinkedDevice, original: Original
    ) -> None:
        # A client keeps Signal sessions by address: under another it knows of none.
        mode = original.attrs.get("addressing_mode", "")
        name = f"addressing:{sender.phone}:{device.lid}"
        before = (self._network.store.setting(name) or b"").decode()
        if mode == before or (not before and mode != _PHONE_MODE):
            return
        self._network.store.set_setting(name, mode.encode())
        await sender.signal.start_session(device.lid, device.take_bundle())


def _spoiled(ciphertext: bytes) -> bytes:
    """A ciphertext that no longer authenticates, though its envelope can be read."""
    spoiled = bytearray(ciphertext)
    spoiled[_IN_THE_MAC] ^= 0xFF
    return bytes(spoiled)
