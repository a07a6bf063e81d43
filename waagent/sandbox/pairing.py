"""Linking a device: the codes it shows, the scan by the owner's phone, the signed answer."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field

from pyaileys.proto import WAProto_pb2

from waagent.errors import InvalidInputError, NotFoundError, RefusedError
from waagent.sandbox.accounts import Link
from waagent.sandbox.addresses import SERVER_JID, lid_jid, pn_jid
from waagent.sandbox.keys import KeyPair, sign
from waagent.sandbox.signal import SignedKey
from waagent.sandbox.wire import Node

REFS = 6
FIRST_REF_SECONDS = 60.0
REF_SECONDS = 20.0
GRACE_SECONDS = 3.0
"""How much longer than it is shown a code can be scanned: the client starts its clock later."""
_ACCOUNT_SIGNATURE = b"\x06\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """The keys of a client that wants to be linked, as it told them in the handshake."""

    noise_key: bytes
    identity: bytes
    registration_id: int
    signed: SignedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a phone reads from a QR code."""

    ref: str
    noise_key: bytes
    identity: bytes
    secret: bytes


@dataclass(slots=True, kw_only=True)
class Pairing:
    """One client that waits to be scanned. Times are seconds on the monotonic clock."""

    companion: Companion
    link: Link
    started: float
    refs: tuple[str, ...] = field(default_factory=lambda: tuple(_ref() for _ in range(REFS)))
    linked: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    limit: float = 0
    """Seconds after which the server hangs up, used codes or not; 0 for no such limit."""
    account: str | None = None
    number: int = 0

    @property
    def ends(self) -> float:
        """When the server hangs up: as a rule, when the last code is used up."""
        if self.limit:
            return self.started + self.limit
        return self._first_until + (len(self.refs) - 1) * REF_SECONDS + GRACE_SECONDS

    @property
    def _first_until(self) -> float:
        # Clients show the first code longer only when they got all of them.
        first = FIRST_REF_SECONDS if len(self.refs) == REFS else REF_SECONDS
        return self.started + first

    def shows(self, ref: str, now: float) -> bool:
        """Whether this code may be on the screen now."""
        index = self.refs.index(ref)
        until = self._first_until + index * REF_SECONDS
        return now <= until + GRACE_SECONDS


class Pairings:
    """All clients that wait to be scanned."""

    def __init__(self) -> None:
        self._by_ref: dict[str, Pairing] = {}

    def begin(
        self, companion: Companion, link: Link, now: float, *, refs: int = REFS, limit: float = 0
    ) -> Pairing:
        """A client may now be scanned by ``refs`` codes, for ``limit`` seconds if not 0."""
        pairing = Pairing(
            companion=companion,
            link=link,
            started=now,
            refs=tuple(_ref() for _ in range(refs)),
            limit=limit,
        )
        self._by_ref.update(dict.fromkeys(pairing.refs, pairing))
        return pairing

    def end(self, pairing: Pairing) -> None:
        """Its codes are worthless from now on; a scan that waits for it is refused."""
        self._forget(pairing)
        if not pairing.linked.done():
            pairing.linked.cancel()

    def find(self, scan: Scan, now: float) -> Pairing:
        """The client that shows this code. Raises NotFoundError or RefusedError."""
        pairing = self._by_ref.get(scan.ref)
        if pairing is None:
            raise NotFoundError(
                "nobody shows this code", hint="scan the code that is on the screen now"
            )
        if not pairing.shows(scan.ref, now):
            raise RefusedError("this code has expired", hint="scan the one that replaced it")
        companion = pairing.companion
        if (scan.noise_key, scan.identity) != (companion.noise_key, companion.identity):
            raise RefusedError("the code does not belong to the client that shows it")
        return pairing

    def claim(self, pairing: Pairing, account: str, number: int) -> None:
        """From here on nobody else can scan its codes."""
        pairing.account, pairing.number = account, number
        self._forget(pairing)

    def _forget(self, pairing: Pairing) -> None:
        for ref in pairing.refs:
            self._by_ref.pop(ref, None)


def read_code(code: str) -> Scan:
    """The parts of ``…#ref,noise,identity,secret,type``. Raises InvalidInputError."""
    parts = code.strip().rpartition("#")[2].split(",")
    try:
        ref, noise_key, identity, secret = parts[:4]
        return Scan(
            ref=ref,
            noise_key=base64.b64decode(noise_key, validate=True),
            identity=base64.b64decode(identity, validate=True),
            secret=base64.b64decode(secret, validate=True),
        )
    except (ValueError, binascii.Error):
        raise InvalidInputError(
            "not a WhatsApp pairing code",
            hint="it looks like https://wa.me/settings/linked_devices#REF,KEY,KEY,KEY,1",
        ) from None


def offer(refs: tuple[str, ...]) -> Node:
    """The codes for a client that wants to be linked."""
    nodes = tuple(Node("ref", {}, ref.encode()) for ref in refs)
    return _set(Node("pair-device", {}, nodes))


def success(pairing: Pairing, scan: Scan, owner: KeyPair, name: str) -> Node:
    """The word that the owner's phone vouches for this client.

    ``owner`` is the phone's identity key: the client trusts it as the phone's from here on.
    """
    assert pairing.account is not None
    details = WAProto_pb2.ADVDeviceIdentity(
        rawId=1, timestamp=int(time.time()), keyIndex=pairing.number
    ).SerializeToString()
    signed = WAProto_pb2.ADVSignedDeviceIdentity(
        details=details,
        accountSignatureKey=owner.public,
        accountSignature=sign(owner, _ACCOUNT_SIGNATURE + details + pairing.companion.identity),
    ).SerializeToString()
    sealed = WAProto_pb2.ADVSignedDeviceIdentityHMAC(
        details=signed, hmac=hmac.digest(scan.secret, signed, hashlib.sha256)
    ).SerializeToString()
    pn, lid = pn_jid(pairing.account, pairing.number), lid_jid(pairing.account, pairing.number)
    return _set(
        Node(
            "pair-success",
            {},
            (
                Node("device-identity", {}, sealed),
                Node("biz", {"name": name}),
                Node("device", {"jid": pn, "lid": lid}),
                Node("platform", {"name": "android"}),
            ),
        )
    )


def _set(child: Node) -> Node:
    attrs = {"from": SERVER_JID, "type": "set", "id": secrets.token_hex(6), "xmlns": "md"}
    return Node("iq", attrs, (child,))


def _ref() -> str:
    return "2@" + base64.b64encode(secrets.token_bytes(33)).decode()
