"""A telephone's end of Signal: keys of its own, a session with every device it talks to.

pyaileys does the ratchet, with one session per peer. When both sides start one at the same moment,
the peer may go on with the one that was replaced here; so replaced sessions are kept and tried.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyaileys.auth import AuthenticationCreds, AuthenticationState, init_auth_creds
from pyaileys.auth.creds import KeyPair as SignalKeyPair
from pyaileys.auth.creds import SignedKeyPair
from pyaileys.proto import WAProto_pb2
from pyaileys.signal.repository import (
    PreKeyBundle,
    PreKeyBundleKey,
    SignalError,
    SignalRepository,
)

from waagent.sandbox.keys import KEY_TYPE, KeyPair, new_key_pair
from waagent.sandbox.store import Store

_MAX_PADDING = 15
_SESSION = "session"
_REPLACED = "session-replaced"
_PRE_KEY = "pre-key"
_KEPT_SESSIONS = 4
_KEY = 32


class DecryptError(Exception):
    """A message that this handset has no session for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedKey:
    """A medium-term key, signed by the identity key."""

    id: int
    public: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What somebody must know of a device to write to it first. Keys are 32 bytes."""

    registration_id: int
    identity: bytes
    signed: SignedKey
    one_time: tuple[int, bytes] | None


def new_creds() -> bytes:
    """Fresh long-term keys of a handset, as stored."""
    creds = init_auth_creds()
    signed = creds.signed_pre_key
    return json.dumps(
        {
            "identity": [
                creds.signed_identity_key.private.hex(),
                creds.signed_identity_key.public.hex(),
            ],
            "signed": [signed.key_pair.private.hex(), signed.key_pair.public.hex()],
            "signature": signed.signature.hex(),
            "registration_id": creds.registration_id,
        }
    ).encode()


class SignalStore:
    """pyaileys' key store over the sandbox's database."""

    def __init__(self, store: Store, phone: str) -> None:
        self._store = store
        self._phone = phone

    async def get(self, key_type: str, ids: list[str]) -> dict[str, Any]:
        found = ((key, self._store.signal_value(self._phone, key_type, key)) for key in ids)
        return {key: _unpack(key_type, value) for key, value in found if value is not None}

    async def set(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        for kind, values in data.items():
            for key, value in values.items():
                self._store.set_signal_value(self._phone, kind, key, _pack(value))

    async def clear(self) -> None:
        raise NotImplementedError  # pyaileys' protocol asks for it and never calls it


class Signal:
    """Encrypts and decrypts for one handset; ``jid`` arguments are device addresses."""

    def __init__(self, store: Store, phone: str, creds: bytes) -> None:
        self._store = store
        self._phone = phone
        self._creds = _load_creds(creds)
        self._repository = SignalRepository(
            AuthenticationState(self._creds, SignalStore(store, phone))
        )

    @property
    def identity(self) -> KeyPair:
        """The handset's identity key: for an owner, also what signs linked devices."""
        pair = self._creds.signed_identity_key
        return KeyPair(pair.private, pair.public)

    def take_bundle(self) -> Bundle:
        """A bundle with a new one-time key, for one peer."""
        key_id = self._store.next_number(f"pre-key:{self._phone}")
        pair = new_key_pair()
        self._store.set_signal_value(self._phone, _PRE_KEY, str(key_id), pair.private + pair.public)
        signed = self._creds.signed_pre_key
        return Bundle(
            registration_id=self._creds.registration_id,
            identity=self._creds.signed_identity_key.public,
            signed=SignedKey(
                id=signed.key_id, public=signed.key_pair.public, signature=signed.signature
            ),
            one_time=(key_id, pair.public),
        )

    async def has_session(self, jid: str) -> bool:
        """Whether this handset can write to the device without a bundle."""
        return bool(await self._repository.validate_session(jid))

    async def start_session(self, jid: str, bundle: Bundle) -> None:
        """Begin a session with a device, replacing any other. Raises SignalError."""
        before = self._session(jid)
        if before:
            self._remember(self._address(jid), before)
        one_time = bundle.one_time
        await self._repository.inject_outgoing_session(
            jid,
            PreKeyBundle(
                bundle.registration_id,
                KEY_TYPE + bundle.identity,
                PreKeyBundleKey(
                    bundle.signed.id, KEY_TYPE + bundle.signed.public, bundle.signed.signature
                ),
                one_time and PreKeyBundleKey(one_time[0], KEY_TYPE + one_time[1]),
            ),
        )

    async def encrypt(self, jid: str, plaintext: bytes) -> tuple[str, bytes]:
        """The ``enc`` type (``pkmsg`` or ``msg``) and ciphertext of a padded plaintext."""
        padding = 1 + secrets.randbelow(_MAX_PADDING)
        padded = plaintext + bytes([padding]) * padding
        kind, ciphertext = await self._repository.encrypt_message(jid, data=padded)
        return str(kind), bytes(ciphertext)

    async def decrypt(self, jid: str, kind: str, ciphertext: bytes) -> bytes:
        """The plaintext without its padding. Raises DecryptError."""
        before = self._session(jid)
        try:
            plaintext = await self._decrypt(jid, kind, ciphertext)
        except (SignalError, ValueError) as error:
            if kind == "msg":
                return await self._decrypt_replaced(jid, ciphertext)
            raise DecryptError(str(error)) from error
        if before and _base_key(before) != _base_key(self._session(jid)):
            self._remember(self._address(jid), before)
        return plaintext

    async def _decrypt(self, jid: str, kind: str, ciphertext: bytes) -> bytes:
        padded = bytes(
            await self._repository.decrypt_message(jid, message_type=kind, ciphertext=ciphertext)
        )
        return padded[: -padded[-1]]

    async def _decrypt_replaced(self, jid: str, ciphertext: bytes) -> bytes:
        """Try the sessions that were replaced; one that fits becomes the current one."""
        address = self._address(jid)
        current = self._store.signal_value(self._phone, _SESSION, address)
        for session in self._replaced(address):
            self._store.set_signal_value(self._phone, _SESSION, address, session)
            try:
                plaintext = await self._decrypt(jid, "msg", ciphertext)
            except (SignalError, ValueError):
                continue
            if current is not None:
                self._remember(address, current, instead_of=session)
            return plaintext
        self._store.set_signal_value(self._phone, _SESSION, address, current)
        raise DecryptError("no session fits")

    def _session(self, jid: str) -> bytes | None:
        return self._store.signal_value(self._phone, _SESSION, self._address(jid))

    def _remember(self, address: str, session: bytes, instead_of: bytes | None = None) -> None:
        kept = [s for s in self._replaced(address) if s not in (session, instead_of)]
        packed = json.dumps([s.hex() for s in [session, *kept][:_KEPT_SESSIONS]]).encode()
        self._store.set_signal_value(self._phone, _REPLACED, address, packed)

    def _replaced(self, address: str) -> list[bytes]:
        packed = self._store.signal_value(self._phone, _REPLACED, address)
        return [bytes.fromhex(s) for s in json.loads(packed)] if packed else []

    def _address(self, jid: str) -> str:
        return str(self._repository.jid_to_address(jid))


def _load_creds(stored: bytes) -> AuthenticationCreds:
    values = json.loads(stored)
    identity, signed = (
        SignalKeyPair(private=bytes.fromhex(private), public=bytes.fromhex(public))
        for private, public in (values["identity"], values["signed"])
    )
    return AuthenticationCreds(
        noise_key=identity,  # this one, the next, and adv_secret_key: only a web client has them
        pairing_ephemeral_key_pair=identity,
        signed_identity_key=identity,
        signed_pre_key=SignedKeyPair(
            key_pair=signed, signature=bytes.fromhex(values["signature"]), key_id=1
        ),
        registration_id=values["registration_id"],
        adv_secret_key="",
    )


def _base_key(session: bytes | None) -> bytes:
    """What tells one session with a peer from another."""
    if session is None:
        return b""
    return bytes(WAProto_pb2.RecordStructure.FromString(session).currentSession.aliceBaseKey)


def _pack(value: Any) -> bytes | None:
    return value if value is None else bytes(value)


def _unpack(kind: str, value: bytes) -> Any:
    if kind != _PRE_KEY:
        return value
    return {"private": value[:_KEY], "public": value[_KEY:]}
