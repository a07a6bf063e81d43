"""Who exists: accounts, their devices, customers; and what they find out about each other."""

from __future__ import annotations

import secrets
import time

import structlog

from waagent.errors import ConflictError, NotFoundError
from waagent.sandbox.accounts import Account, LinkedDevice
from waagent.sandbox.addresses import LID_SERVER, SERVER, display_name, lid_jid, parse_jid
from waagent.sandbox.counters import Counters
from waagent.sandbox.events import EventBus
from waagent.sandbox.faults import Faults
from waagent.sandbox.people import Handset
from waagent.sandbox.signal import Bundle, new_creds
from waagent.sandbox.store import DeviceRow, HandsetRow, Store
from waagent.sandbox.wire import Node, encode

log = structlog.get_logger(__name__)


class Network:
    """The directory. Everything in it is also in the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.events = EventBus()
        self.faults = Faults()
        self.counters = Counters()
        self.accounts: dict[str, Account] = {}
        self.handsets: dict[str, Handset] = {}
        self._by_lid: dict[str, Handset] = {}
        self._by_noise_key: dict[bytes, LinkedDevice] = {}
        for row in store.handsets():
            self._register(row)
        for device in store.devices():
            self._link(LinkedDevice(store, device))

    # people

    def customers(self) -> list[Handset]:
        """All customers, the first to come first."""
        return [handset for handset in self.handsets.values() if handset.role == "customer"]

    def customer(self, phone: str) -> Handset:
        """An existing customer. Raises NotFoundError."""
        handset = self.handsets.get(phone)
        if handset is None or handset.role != "customer":
            raise NotFoundError(
                f"nobody in the sandbox has the number {phone}",
                hint="make the customer first (op `customer`, or a scenario)",
            )
        return handset

    def handset(self, phone: str) -> Handset:
        """A customer's telephone, or an owner's. Raises NotFoundError."""
        return self.handsets.get(phone) or self.customer(phone)

    def ensure_customer(self, phone: str, name: str) -> Handset:
        """A customer, made if need be, with this name. Raises ConflictError for a shop's number."""
        name = display_name(name)
        handset = self.handsets.get(phone)
        if handset is None:
            return self._new_handset(phone, "customer", name)
        if handset.role != "customer":
            raise ConflictError(f"{phone} is a shop's number", hint="use another for the customer")
        self._rename(handset, name)
        return handset

    def account(self, phone: str) -> Account:
        """An existing account. Raises NotFoundError."""
        account = self.accounts.get(phone)
        if account is None:
            raise NotFoundError(
                f"no shop in the sandbox has the number {phone}",
                hint="scan a QR code with it first",
            )
        return account

    def ensure_account(self, phone: str, name: str) -> Account:
        """An account, made with its owner's phone if need be. Raises ConflictError."""
        name = display_name(name)
        handset = self.handsets.get(phone)
        if handset is None:
            self._new_handset(phone, "owner", name)
        elif handset.role != "owner":
            raise ConflictError(f"{phone} is a customer's number", hint="use another for the shop")
        else:
            self._rename(handset, name)
        return self.accounts[phone]

    def find(self, jid: str) -> Handset | None:
        """The telephone an address belongs to, whichever device it names."""
        parts = parse_jid(jid)
        if parts is None:
            return None
        if parts.server == LID_SERVER:
            return self._by_lid.get(parts.user)
        return self.handsets.get(parts.user)

    # devices

    def device_numbers(self, phone: str) -> list[int]:
        """The device numbers of a person; 0, the telephone, always is one."""
        account = self.accounts.get(phone)
        return [0, *account.devices] if account else [0]

    def device_at(self, jid: str) -> LinkedDevice | None:
        """The linked device with this address."""
        parts, handset = parse_jid(jid), self.find(jid)
        if parts is None or handset is None or handset.phone not in self.accounts:
            return None
        return self.accounts[handset.phone].devices.get(parts.device)

    def device_with_key(self, noise_key: bytes) -> LinkedDevice | None:
        """The linked device that logs in with this Noise key."""
        return self._by_noise_key.get(noise_key)

    def bundle_for(self, jid: str) -> Bundle | None:
        """What somebody needs to write to a device first; None for an unknown one."""
        parts, handset = parse_jid(jid), self.find(jid)
        if parts is None or handset is None or parts.server not in (SERVER, LID_SERVER):
            return None
        if parts.device == 0:
            return handset.signal.take_bundle()
        device = self.device_at(jid)
        return device.take_bundle() if device else None

    def add_device(self, row: DeviceRow) -> LinkedDevice:
        """Link a device; the account's other devices hear of it."""
        self.store.add_device(row)
        device = LinkedDevice(self.store, row)
        self._link(device)
        self._announce_devices(row.account, but=row.number)
        return device

    async def remove_device(self, device: LinkedDevice) -> None:
        """Unlink a device: it is told so, cut off, and unknown from then on."""
        self._by_noise_key.pop(device.row.noise_key, None)
        self.accounts[device.account].devices.pop(device.number, None)
        link, device.link = device.link, None
        self.store.remove_device(device.account, device.number)
        if link is not None:
            await link.dismiss(encode(conflict("device_removed", "401")))
        self._announce_devices(device.account)
        self.events.emit("logout", account=device.account, device=device.number)

    async def stream_error(self, account: str, node: Node) -> int:
        """Send the open sockets of an account a stream error and hang up; how many.

        Raises NotFoundError.
        """
        links = [device.link for device in self.account(account).devices.values() if device.link]
        for link in links:
            await link.dismiss(encode(node))
        return len(links)

    def drop(self, account: str | None = None) -> int:
        """Cut the sockets of one account or of all; how many."""
        chosen = [self.account(account)] if account else list(self.accounts.values())
        links = [device.link for shop in chosen for device in shop.devices.values() if device.link]
        for link in links:
            link.cut()
        return len(links)

    def _announce_devices(self, account: str, but: int | None = None) -> None:
        # Clients compare the hash with their own list and ask again when it differs, as here.
        jid = lid_jid(account)
        devices = tuple(
            Node("device", {"jid": lid_jid(account, number)})
            for number in self.device_numbers(account)
        )
        attrs = {"from": jid, "type": "account_sync", "id": secrets.token_hex(6), "t": timestamp()}
        listing = Node("devices", {"dhash": "2:" + secrets.token_hex(4)}, devices)
        self.accounts[account].deliver(Node("notification", attrs, (listing,)), but=but)

    def _new_handset(self, phone: str, role: str, name: str) -> Handset:
        row = HandsetRow(phone=phone, role=role, name=name, creds=new_creds())
        self.store.add_handset(row)
        return self._register(row)

    def _rename(self, handset: Handset, name: str) -> None:
        if handset.name != name:
            handset.name = name
            self.store.rename_handset(handset.phone, name)

    def _register(self, row: HandsetRow) -> Handset:
        handset = Handset(self.store, row)
        self.handsets[row.phone] = handset
        self._by_lid[handset.lid.partition("@")[0]] = handset
        if row.role == "owner":
            self.accounts[row.phone] = Account(row.phone)
        return handset

    def _link(self, device: LinkedDevice) -> None:
        self.accounts[device.account].devices[device.number] = device
        self._by_noise_key[device.row.noise_key] = device


def timestamp(at: float | None = None) -> str:
    """Unix seconds as an attribute value; now unless given."""
    return str(int(time.time() if at is None else at))


def conflict(kind: str, code: str | None = None) -> Node:
    """The word that a session is over: ``replaced`` by another, or ``device_removed``."""
    attrs = {"code": code} if code else {}
    return Node("stream:error", attrs, (Node("conflict", {"type": kind}),))
