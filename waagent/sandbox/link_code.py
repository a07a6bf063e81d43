"""Linking by a code that the client shows and the owner types, instead of a scan.

The code never travels. Both sides wrap an ephemeral key with it; only when both used the same code
do they arrive at the same secret, from which comes the one that a QR code would have held.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from waagent.errors import InvalidInputError, NotFoundError, RefusedError, TimedOutError
from waagent.sandbox.addresses import SERVER_JID, parse_jid
from waagent.sandbox.keys import KeyPair, new_key_pair, shared_secret
from waagent.sandbox.network import timestamp
from waagent.sandbox.pairing import Pairing, Scan
from waagent.sandbox.wire import Node, WireError, encode

TAG = "link_code_companion_reg"
_ALPHABET = frozenset("123456789ABCDEFGHJKLMNPQRSTVWXYZ")
_CODE = 8
_SALT, _COUNTER, _NONCE, _KEY = 32, 16, 12, 32
_WRAPPED = _SALT + _COUNTER + _KEY
_ROUNDS = 2 << 16
_FINISH_SECONDS = 20


@dataclass(slots=True, kw_only=True)
class LinkCode:
    """A client that shows a code for the owner of ``phone`` to type."""

    pairing: Pairing
    phone: str
    wrapped: bytes
    ref: bytes = field(default_factory=lambda: secrets.token_urlsafe(24).encode())
    finish: asyncio.Future[Node] | None = None
    """The client's answer to what the phone said, while the phone waits for it."""


class LinkCodes:
    """All clients that show a code; a number's newest counts."""

    def __init__(self) -> None:
        self._by_phone: dict[str, LinkCode] = {}

    def hear(self, pairing: Pairing, request: Node) -> tuple[Node, ...]:
        """What a client that pairs says about codes; the children of the answer.

        Raises WireError.
        """
        if request.attrs.get("stage") == "companion_hello":
            return (Node(TAG, {"stage": "companion_hello"}, (self._begin(pairing, request),)),)
        if request.attrs.get("stage") == "companion_finish":
            self._finish(request)
        return ()

    def find(self, phone: str) -> LinkCode:
        """The client that waits for this number's owner. Raises NotFoundError."""
        shown = self._by_phone.get(phone)
        if shown is None or shown.pairing.linked.done() or shown.pairing.account is not None:
            self._by_phone.pop(phone, None)
            raise NotFoundError(
                f"nobody shows a pairing code for {phone}",
                hint="ask for one first, for this very number",
            )
        return shown

    def _begin(self, pairing: Pairing, request: Node) -> Node:
        jid = parse_jid(request.attrs.get("jid", ""))
        wrapped = request.need("link_code_pairing_wrapped_companion_ephemeral_pub").data()
        if jid is None or len(wrapped) != _WRAPPED:
            raise WireError("not a request for a pairing code")
        shown = LinkCode(pairing=pairing, phone=jid.user, wrapped=wrapped)
        self._by_phone[jid.user] = shown
        return Node("link_code_pairing_ref", {}, shown.ref)

    def _finish(self, request: Node) -> None:
        ref = request.need("link_code_pairing_ref").data()
        for shown in self._by_phone.values():
            if shown.ref == ref and shown.finish is not None and not shown.finish.done():
                shown.finish.set_result(request)


def read_typed(code: str) -> str:
    """The eight characters of a code. Raises InvalidInputError."""
    typed = code.replace("-", "").replace(" ", "").upper()
    if len(typed) != _CODE or not set(typed) <= _ALPHABET:
        raise InvalidInputError(
            f"not a pairing code: {code!r}",
            hint="it looks like ABCD-1234, without 0, I, O, U",
        )
    return typed


async def enter(shown: LinkCode, code: str, owner: KeyPair) -> Scan:
    """The owner types a code; what a scan would have told the phone.

    ``owner`` is the phone's identity key. Raises InvalidInputError, RefusedError for the wrong
    code, TimedOutError.
    """
    typed = read_typed(code)
    ephemeral = new_key_pair()
    wrapped, companion = await asyncio.to_thread(_exchange_keys, typed, shown.wrapped, ephemeral)
    shown.finish = asyncio.get_running_loop().create_future()
    await shown.pairing.link.send(encode(_primary_hello(shown, wrapped, owner)))
    try:
        async with asyncio.timeout(_FINISH_SECONDS):
            answer = await shown.finish
    except TimeoutError:
        raise TimedOutError("the client did not answer the code") from None
    finally:
        shown.finish = None
    try:
        secret = _open_bundle(answer, shared_secret(ephemeral, companion), owner)
    except (InvalidTag, ValueError):
        raise RefusedError("this is not the code that the client shows") from None
    keys = shown.pairing.companion
    return Scan(
        ref=shown.ref.decode(), noise_key=keys.noise_key, identity=keys.identity, secret=secret
    )


def _exchange_keys(code: str, wrapped: bytes, ephemeral: KeyPair) -> tuple[bytes, bytes]:
    """The phone's ephemeral key as it travels, and the client's as this code reads it."""
    salt, counter = secrets.token_bytes(_SALT), secrets.token_bytes(_COUNTER)
    ours = salt + counter + _crypt(code, salt, counter, ephemeral.public)
    their_salt, rest = wrapped[:_SALT], wrapped[_SALT:]
    return ours, _crypt(code, their_salt, rest[:_COUNTER], rest[_COUNTER:])


def _crypt(code: str, salt: bytes, counter: bytes, data: bytes) -> bytes:
    key = hashlib.pbkdf2_hmac("sha256", code.encode(), salt, _ROUNDS, _KEY)
    stream = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    return stream.update(data) + stream.finalize()


def _primary_hello(shown: LinkCode, wrapped: bytes, owner: KeyPair) -> Node:
    children = (
        Node("link_code_pairing_ref", {}, shown.ref),
        Node("link_code_pairing_wrapped_primary_ephemeral_pub", {}, wrapped),
        Node("primary_identity_pub", {}, owner.public),
    )
    attrs = {"from": SERVER_JID, "type": TAG, "id": secrets.token_hex(6), "t": timestamp()}
    return Node("notification", attrs, (Node(TAG, {"stage": "primary_hello"}, children),))


def _open_bundle(finish: Node, ephemeral_secret: bytes, owner: KeyPair) -> bytes:
    """The secret both sides now have. Raises InvalidTag or ValueError when the codes differ."""
    bundle = finish.need("link_code_pairing_wrapped_key_bundle").data()
    salt, rest = bundle[:_SALT], bundle[_SALT:]
    key = _derive(ephemeral_secret, salt, b"link_code_pairing_key_bundle_encryption_key")
    plain = AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], None)
    identity, ours, random = plain[:_KEY], plain[_KEY : 2 * _KEY], plain[2 * _KEY :]
    if ours != owner.public or identity != finish.need("companion_identity_public").data():
        raise ValueError("the bundle names other keys")
    return _derive(ephemeral_secret + shared_secret(owner, identity) + random, b"", b"adv_secret")


def _derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), _KEY, salt, info).derive(secret)
