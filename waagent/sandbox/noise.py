"""The server's half of WhatsApp's Noise handshake, and the cipher that follows it.

``Noise_XX_25519_AESGCM_SHA256``; the transcript starts with the client's four opening bytes. No
I/O here: bytes in, bytes out.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from waagent.sandbox.keys import KeyPair, new_key_pair, shared_secret

PROLOGUE = b"WA\x06\x03"
_NAME = b"Noise_XX_25519_AESGCM_SHA256\0\0\0\0"
_KEY = 32


class NoiseError(Exception):
    """The handshake or a frame does not authenticate."""


class Cipher:
    """One direction of the channel after the handshake: AES-GCM with a counting nonce."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._count = 0

    def encrypt(self, plaintext: bytes) -> bytes:
        return self._aead.encrypt(self._nonce(), plaintext, b"")

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Raises NoiseError."""
        try:
            return self._aead.decrypt(self._nonce(), ciphertext, b"")
        except InvalidTag:
            raise NoiseError("a frame does not authenticate") from None

    def _nonce(self) -> bytes:
        nonce = self._count.to_bytes(12, "big")
        self._count += 1
        return nonce


class Transcript:
    """The running hash, salt and key of a handshake; the same on both sides."""

    def __init__(self) -> None:
        self._hash = _NAME
        self._salt = _NAME
        self._aead = AESGCM(_NAME)
        self._count = 0
        self.mix_hash(PROLOGUE)

    def mix_hash(self, data: bytes) -> None:
        self._hash = hashlib.sha256(self._hash + data).digest()

    def mix_key(self, secret: bytes) -> None:
        self._salt, key = self._derive(secret)
        self._aead = AESGCM(key)
        self._count = 0

    def encrypt(self, plaintext: bytes) -> bytes:
        ciphertext = self._aead.encrypt(self._nonce(), plaintext, self._hash)
        self.mix_hash(ciphertext)
        return ciphertext

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Raises NoiseError."""
        try:
            plaintext = self._aead.decrypt(self._nonce(), ciphertext, self._hash)
        except InvalidTag:
            raise NoiseError("the handshake does not authenticate") from None
        self.mix_hash(ciphertext)
        return plaintext

    def split(self) -> tuple[bytes, bytes]:
        """The keys of the channel: client to server, server to client."""
        return self._derive(b"")

    def _derive(self, secret: bytes) -> tuple[bytes, bytes]:
        out = HKDF(hashes.SHA256(), 2 * _KEY, self._salt, b"").derive(secret)
        return out[:_KEY], out[_KEY:]

    def _nonce(self) -> bytes:
        nonce = self._count.to_bytes(12, "big")
        self._count += 1
        return nonce


class Responder:
    """The server side of one handshake: ``hello`` once, then ``finish`` once."""

    def __init__(self, static: KeyPair, certificate: bytes) -> None:
        self._static = static
        self._certificate = certificate
        self._ephemeral = new_key_pair()
        self._transcript = Transcript()

    def hello(self, client_ephemeral: bytes) -> tuple[bytes, bytes, bytes]:
        """The server's ephemeral key, encrypted static key and encrypted certificate chain."""
        secret = _agree(self._ephemeral, client_ephemeral)
        self._transcript.mix_hash(client_ephemeral)
        self._transcript.mix_hash(self._ephemeral.public)
        self._transcript.mix_key(secret)
        static = self._transcript.encrypt(self._static.public)
        self._transcript.mix_key(_agree(self._static, client_ephemeral))
        return self._ephemeral.public, static, self._transcript.encrypt(self._certificate)

    def finish(self, static: bytes, payload: bytes) -> tuple[bytes, bytes]:
        """The client's static public key and its payload, both decrypted. Raises NoiseError."""
        client = self._transcript.decrypt(static)
        self._transcript.mix_key(_agree(self._ephemeral, client))
        return client, self._transcript.decrypt(payload)

    def ciphers(self) -> tuple[Cipher, Cipher]:
        """The ciphers to receive and to send with."""
        receive, send = self._transcript.split()
        return Cipher(receive), Cipher(send)


def _agree(pair: KeyPair, public: bytes) -> bytes:
    try:
        return shared_secret(pair, public)
    except ValueError:
        raise NoiseError("not a public key") from None
